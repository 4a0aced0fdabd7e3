package dev.threadwright.thread;

import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A decoded request to a thread. It carries its own time and the ids of what it may create, so that deciding it again
 * gives the same events.
 */
public sealed interface Command {

    Header header();

    /** The interrupts that it names, whose outcomes the thread's actor may have forgotten. */
    default List<InterruptId> interrupts() {
        return switch (this) {
            case SubmitInput submit -> submit.interrupt() == null ? List.of() : List.of(submit.interrupt());
            case ResumeRun resume -> List.copyOf(Resumption.named(resume).keySet());
            case RejectInterrupt reject -> List.of(reject.interrupt());
            case CancelRun ignored -> List.of();
            case CancelAll ignored -> List.of();
            case UpdateThread ignored -> List.of();
            case CompleteAction ignored -> List.of();
            case FailAction ignored -> List.of();
            case LoseAction ignored -> List.of();
            case ReleaseAction ignored -> List.of();
            case AcceptAction ignored -> List.of();
            case ExtendAction ignored -> List.of();
            case SettleAction ignored -> List.of();
            case FireTimers ignored -> List.of();
            case ContinueRun ignored -> List.of();
            case UpdateState ignored -> List.of();
            case RestoreState ignored -> List.of();
            case ForkThread ignored -> List.of();
            case PauseRun ignored -> List.of();
            case UnpauseRun ignored -> List.of();
            case SteerRun ignored -> List.of();
            case CompactThread ignored -> List.of();
            case RaiseInterrupt ignored -> List.of();
            case RecordResult ignored -> List.of();
            case CreateThread ignored -> List.of();
            case DeleteThread ignored -> List.of();
            case RequestRun request ->
                List.copyOf(Resumption.named(request.resume()).keySet());
        };
    }

    /** The run that it is about by name, whose ending the thread's actor may have forgotten; null if it names none. */
    default @Nullable RunId namedRun() {
        return switch (this) {
            case SubmitInput submit -> submit.run();
            case CancelRun cancel -> cancel.run();
            case ResumeRun resume -> resume.run();
            case SteerRun steer -> steer.run();
            case PauseRun pause -> pause.run();
            case UnpauseRun unpause -> unpause.run();
            case RejectInterrupt ignored -> null;
            case CompactThread ignored -> null;
            case RaiseInterrupt ignored -> null;
            case RecordResult ignored -> null;
            case CancelAll ignored -> null;
            case UpdateThread ignored -> null;
            case CompleteAction ignored -> null;
            case FailAction ignored -> null;
            case LoseAction ignored -> null;
            case ReleaseAction ignored -> null;
            case AcceptAction ignored -> null;
            case ExtendAction ignored -> null;
            case SettleAction ignored -> null;
            case FireTimers ignored -> null;
            case ContinueRun ignored -> null;
            case UpdateState ignored -> null;
            case RestoreState ignored -> null;
            case ForkThread ignored -> null;
            case CreateThread ignored -> null;
            case DeleteThread ignored -> null;
            case RequestRun ignored -> null;
        };
    }

    /**
     * What every command carries.
     *
     * @param timeMs when it was appended to its topic, or due; milliseconds since 1970
     * @param identity null for what the server sends itself (results, timers)
     * @param contentHash of all that makes two commands with one identity the same request; empty without identity
     * @param type as on the wire, without prefix and version: {@code user.input}
     * @param actor who asked, for the record: a caller's name, {@code kafka} or {@code system}
     * @param via how: {@code kafka}, {@code http} or {@code system}
     * @param trace that it belongs to; null for none
     */
    record Header(
            ThreadKey thread,
            long timeMs,
            @Nullable Identity identity,
            String contentHash,
            String type,
            String actor,
            String via,
            @Nullable TraceContext trace) {

        /** Of no trace. */
        public Header(
                ThreadKey thread,
                long timeMs,
                @Nullable Identity identity,
                String contentHash,
                String type,
                String actor,
                String via) {
            this(thread, timeMs, identity, contentHash, type, actor, via, null);
        }

        /** Of what the server sends itself. */
        public Header(
                ThreadKey thread,
                long timeMs,
                @Nullable Identity identity,
                String contentHash,
                String type,
                String actor) {
            this(thread, timeMs, identity, contentHash, type, actor, SYSTEM);
        }
    }

    String SYSTEM = "system";

    /**
     * A user input or external event.
     *
     * @param newRun the id of the run that it starts, if it starts or queues one
     * @param policy overrides the thread's and the server's
     * @param workflow overrides the thread's and the server's
     * @param run addresses exactly this run
     * @param interrupt addresses exactly this interrupt
     * @param bounds of the run which it starts, besides those of its workflow
     */
    record SubmitInput(
            Header header,
            Input input,
            RunId newRun,
            @Nullable Policy policy,
            @Nullable String workflow,
            @Nullable RunId run,
            @Nullable InterruptId interrupt,
            Bounds bounds)
            implements Command {
        public SubmitInput(
                Header header,
                Input input,
                RunId newRun,
                @Nullable Policy policy,
                @Nullable String workflow,
                @Nullable RunId run,
                @Nullable InterruptId interrupt) {
            this(header, input, newRun, policy, workflow, run, interrupt, Bounds.NONE);
        }
    }

    /**
     * A run goes on: any of its parts, all or none of them.
     *
     * @param run null for the one that waits, or that asked the interrupt
     * @param interrupt that {@code answer} is for; null for the only one, or for a map of answers by interrupt
     * @param answer null for none
     * @param updates of the run's state
     * @param goTo where it goes next; null for where it would go
     * @param item what the steps of {@code goTo} are given
     * @param pass past which breakpoints it goes on
     * @param bounds of the new leg, besides those of the workflow
     */
    record ResumeRun(
            Header header,
            @Nullable RunId run,
            @Nullable InterruptId interrupt,
            @Nullable Json answer,
            List<Edit> updates,
            @Nullable List<String> goTo,
            Json item,
            Event.Pass pass,
            Bounds bounds)
            implements Command {
        public ResumeRun {
            updates = List.copyOf(updates);
            goTo = goTo == null ? null : List.copyOf(goTo);
        }
    }

    /** @param replace whether the value takes the place of the channel's, instead of going through its reducer */
    record Edit(String channel, Json value, boolean replace) {}

    /** Somebody will not answer; the run ends. */
    record RejectInterrupt(
            Header header, InterruptId interrupt, @Nullable String reason) implements Command {}

    /** What is in flight ends, and nothing new starts. */
    record PauseRun(Header header, RunId run) implements Command {}

    record UnpauseRun(Header header, RunId run) implements Command {}

    /** Tells a started run something, which it takes in at its next super-step. */
    record SteerRun(Header header, RunId run, Input input) implements Command {}

    /**
     * Makes the thread's state smaller.
     *
     * @param keep how many messages stay, if the workflow has no step for it
     */
    record CompactThread(Header header, RunId newRun, String reason, int keep) implements Command {}

    /** A handler asks something, and ends. Counts only if exactly this attempt is outstanding. */
    record RaiseInterrupt(Header header, RunId run, ActionId action, int attempt, Prompt prompt) implements Command {}

    /** A handler did something that is not to be done again. Counts only if exactly this attempt is outstanding. */
    record RecordResult(Header header, RunId run, ActionId action, int attempt, String name, Json result)
            implements Command {}

    /**
     * Ends one run.
     *
     * @param leg only while this is its open leg; null for whatever leg it is in
     */
    record CancelRun(
            Header header,
            RunId run,
            boolean rollback,
            @Nullable RunId leg) implements Command {
        public CancelRun(Header header, RunId run, boolean rollback) {
            this(header, run, rollback, null);
        }
    }

    /** Ends every run that was admitted at or before the cut-off (milliseconds since 1970). */
    record CancelAll(Header header, long cutOffMs, boolean rollback) implements Command {}

    /**
     * Somebody wants a run, and says what with: an input, a command to the run that is stopped, or nothing for what is
     * left to do.
     *
     * @param leg names the run, or the leg of the run that goes on
     * @param request as it was sent, for the record and for whoever reads the run
     * @param create the thread if it does not exist
     * @param onlyIf the thread is in one of these; empty for whatever it is in
     * @param strategy what becomes of what the thread is busy with; null for the thread's own
     * @param answer to what the stopped run asks
     * @param updates of the state
     * @param goTo where it goes next
     * @param item what the steps of {@code goTo} are given
     * @param checkpoint to begin from; null for where the thread stands
     * @param bounds of the leg, besides those of its workflow
     * @param afterMs how long it waits before it starts; 0 for not at all
     */
    record RequestRun(
            Header header,
            RunId leg,
            Json.Obj request,
            boolean create,
            Set<ThreadStatus> onlyIf,
            @Nullable Policy strategy,
            @Nullable String workflow,
            @Nullable Input input,
            @Nullable Json answer,
            List<Edit> updates,
            @Nullable List<String> goTo,
            Json item,
            @Nullable String checkpoint,
            Bounds bounds,
            long afterMs)
            implements Command {

        /** Ten years, so that adding it to a time cannot overflow. */
        public static final long MAX_AFTER_MS = QueuePolicy.MAX_TTL_MS;

        public RequestRun {
            onlyIf = Set.copyOf(onlyIf);
            updates = List.copyOf(updates);
            goTo = goTo == null ? null : List.copyOf(goTo);
        }

        boolean isCommand() {
            return answer != null || !updates.isEmpty() || goTo != null;
        }

        /** The same to the run that is stopped, as one tells that. */
        ResumeRun resume() {
            // An edit alone lets it go on: past breakpoints, or to ask the same again.
            Event.Pass pass = answer == null && goTo == null ? Event.Pass.ALL : Event.Pass.NONE;
            return new ResumeRun(header, null, null, answer, updates, goTo, item, pass, bounds);
        }
    }

    /** Changes what is set on the thread. Creates the thread if need be. */
    record UpdateThread(Header header, SettingsChange change) implements Command {
        public UpdateThread(
                Header header, @Nullable Policy policy, @Nullable String workflow, Json.@Nullable Obj metadata) {
            this(header, policy, workflow, metadata, null);
        }

        public UpdateThread(
                Header header,
                @Nullable Policy policy,
                @Nullable String workflow,
                Json.@Nullable Obj metadata,
                Json.@Nullable Obj approvals) {
            this(header, new SettingsChange(policy, workflow, metadata, approvals, null));
        }
    }

    /** An action succeeded. Counts only if exactly this attempt is outstanding. */
    record CompleteAction(Header header, RunId run, ActionId action, int attempt, Json result) implements Command {}

    /** An attempt failed. Counts only if exactly this attempt is outstanding. */
    record FailAction(Header header, RunId run, ActionId action, int attempt, Failure failure) implements Command {}

    /**
     * Whom a handler asked has taken an attempt on, and will tell its result by a callback. Counts only if exactly this
     * attempt is outstanding: a callback may have been faster.
     */
    record AcceptAction(Header header, RunId run, ActionId action, int attempt) implements Command {}

    /** Who is at work on an attempt is alive. Counts only if exactly this attempt is outstanding. */
    record ExtendAction(Header header, RunId run, ActionId action, int attempt) implements Command {}

    /** What somebody makes of an action that is not done: whatever its attempts come to is discarded from here on. */
    record SettleAction(Header header, RunId run, ActionId action, Settlement settlement) implements Command {}

    /** What somebody makes of an action. */
    sealed interface Settlement {
        /** The next attempt begins now, beyond what its step allows if need be. */
        record Retry() implements Settlement {}

        record Succeed(Json result) implements Settlement {}

        record Fail(String message) implements Settlement {}
    }

    /** The process that ran an attempt is gone. Counts only if exactly this attempt is outstanding. */
    record LoseAction(Header header, RunId run, ActionId action, int attempt) implements Command {}

    /**
     * The turn of an attempt that was held has come.
     *
     * @param probe see {@link Event.ActionReleased}
     */
    record ReleaseAction(Header header, RunId run, ActionId action, int attempt, boolean probe) implements Command {}

    /**
     * Something on this thread was due at or before the header's time.
     *
     * @param nowMs when it is told: later than it was due, if no server ran. What then begins to wait for somebody has its
     *     time from there; milliseconds since 1970
     */
    record FireTimers(Header header, long nowMs) implements Command {
        public FireTimers(Header header) {
            this(header, header.timeMs());
        }
    }

    /**
     * A new run takes up what the head of the thread has left to do.
     *
     * @param run whose it must be; null for whosever it is
     */
    record ContinueRun(Header header, @Nullable RunId run, RunId newRun) implements Command {}

    /**
     * Changes the state through the reducers; nothing runs on for it.
     *
     * @param updates at least one; several are those of one super-step, and each says as which step
     * @param checkpoint whose state is changed, and becomes the thread's again; null for the thread's head
     */
    record UpdateState(
            Header header, List<Update> updates, @Nullable String checkpoint) implements Command {
        public UpdateState {
            updates = List.copyOf(updates);
        }

        public UpdateState(Header header, Json.Obj values) {
            this(header, List.of(new Update(Update.edits(values), null)), null);
        }

        /** Whether it leaves what is to be done as it is, and what is asked. */
        boolean isPlain() {
            return checkpoint == null
                    && updates.stream().allMatch(update -> update.step() == null && update.goTo() == null);
        }
    }

    /**
     * @param step as whose writes: what follows it is what is to be done next. {@link #START} for an input, {@link
     *     #END} if nothing is; null to leave that as it is
     * @param goTo what that step chose to follow it, or {@link #END}; null for what its routes say
     */
    record Update(
            List<Edit> edits,
            @Nullable String step,
            @Nullable List<String> goTo) {

        public static final String START = "__start__";
        public static final String END = "__end__";

        public Update {
            edits = List.copyOf(edits);
            goTo = goTo == null ? null : List.copyOf(goTo);
        }

        public Update(List<Edit> edits, @Nullable String step) {
            this(edits, step, null);
        }

        public static List<Edit> edits(Json.Obj values) {
            return values.fields().entrySet().stream()
                    .map(field -> new Edit(field.getKey(), field.getValue(), false))
                    .toList();
        }
    }

    /**
     * Brings the thread back to one of its checkpoints; what runs is cancelled.
     *
     * @param values changes to that state, through the reducers
     * @param newRun takes up what was to be done there; null if nothing shall run
     */
    record RestoreState(
            Header header,
            String checkpoint,
            Json.Obj values,
            @Nullable RunId newRun) implements Command {}

    /**
     * Makes the thread, which does not exist, a copy of another one's state.
     *
     * @param source a thread of the same tenant
     * @param checkpoint the source's; null for its head
     * @param values changes to that state, through the reducers
     * @param newRun takes up what was to be done there; null if nothing shall run
     * @param settings what is set on the new thread
     */
    record ForkThread(
            Header header,
            String source,
            @Nullable String checkpoint,
            Json.Obj values,
            @Nullable RunId newRun,
            SettingsChange settings)
            implements Command {
        public ForkThread(
                Header header, String source, @Nullable String checkpoint, Json.Obj values, @Nullable RunId newRun) {
            this(header, source, checkpoint, values, newRun, SettingsChange.NONE);
        }
    }

    /**
     * Makes a thread that does not exist.
     *
     * @param graph the workflow of this name becomes the thread's if there is one; null for none
     * @param ifAbsent whether it is fine if the thread exists already; nothing is changed then
     * @param superSteps that its state begins with: the updates of each
     */
    record CreateThread(
            Header header,
            SettingsChange settings,
            @Nullable String graph,
            boolean ifAbsent,
            List<List<Update>> superSteps)
            implements Command {
        public CreateThread {
            superSteps = superSteps.stream().map(List::copyOf).toList();
        }
    }

    /**
     * Ends all that runs on the thread, and empties it. Its name is never used again.
     *
     * @param ifSeq only if the thread is idle and this is still its last event; null for in any case
     */
    record DeleteThread(Header header, @Nullable Long ifSeq) implements Command {}
}

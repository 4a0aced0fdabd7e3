package dev.threadwright.thread;

import dev.threadwright.thread.Event.Pass;
import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.thread.policy.InterruptPolicy;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.thread.policy.RollbackPolicy;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Requests for runs. Each that is not refused becomes a leg: of a new run, or of one that goes on. What it asks of a
 * stopped run and cannot have ends that leg in an error, and the thread is as before.
 */
final class RunRequests {

    /** What clients know as the name of an answer to nothing that is asked. */
    private static final String UNKNOWN_INTERRUPT = "UnknownInterruptError";

    private static final String EMPTY_INPUT = "EmptyInputError";

    private static final String BUSY = "BusyError";

    private final Admission admission;
    private final Resumption resumption;
    private final Edits edits;
    private final Stops stops;
    private final Progress progress;

    RunRequests(Admission admission, Resumption resumption, Edits edits, Stops stops, Progress progress) {
        this.admission = admission;
        this.resumption = resumption;
        this.edits = edits;
        this.stops = stops;
        this.progress = progress;
    }

    Decision decide(Draft draft, Command.RequestRun request, Known known) {
        if (!draft.state().exists() && !request.create()) {
            return draft.unchanged(Decider.noThread(draft.state()));
        }
        progress.expire(draft);
        ThreadStatus status = draft.state().status();
        if (!request.onlyIf().isEmpty() && !request.onlyIf().contains(status)) {
            return refused(
                    draft,
                    Rejection.PRECONDITION,
                    "The thread is " + status.name().toLowerCase(Locale.ROOT));
        }
        if (request.afterMs() > 0 && (request.input() == null || request.isCommand())) {
            return refused(draft, Rejection.UNSUITABLE_INPUT, "Only a run with an input can start later");
        }
        draft.request(new Event.RunRequested(request.leg(), request.request()));
        if (request.checkpoint() != null && !isHead(draft.state(), request.checkpoint())) {
            return fromCheckpoint(draft, request, known.checkpoint());
        }
        if (request.isCommand()) {
            return command(draft, request, known);
        }
        Input input = request.input();
        return input == null ? carryOn(draft, request) : input(draft, request, input);
    }

    /** A request from where the thread stands is one without a checkpoint. */
    private static boolean isHead(ThreadState state, String checkpoint) {
        CheckpointId head = state.head();
        return head != null && head.text(state.key()).equals(checkpoint);
    }

    private Decision input(Draft draft, Command.RequestRun request, Input input) {
        return admission.byPolicy(draft, submit(request, input, policy(draft.state(), request)), request.afterMs());
    }

    private static Command.SubmitInput submit(Command.RequestRun request, Input input, Policy policy) {
        return new Command.SubmitInput(
                request.header(), input, request.leg(), policy, request.workflow(), null, null, request.bounds());
    }

    /**
     * Who is only asked by a thread does not make it busy: whatever the strategy, the newest starts at once and the
     * questions expire.
     */
    private static Policy policy(ThreadState state, Command.RequestRun request) {
        if (state.status() == ThreadStatus.INTERRUPTED) {
            return InterruptPolicy.DEFAULT;
        }
        Policy strategy = request.strategy();
        if (strategy != null) {
            return strategy;
        }
        Policy own = state.settings().policy();
        return own == null ? QueuePolicy.BEHIND_OPEN : own;
    }

    /** Answers, edits and jumps, for the run that is stopped. */
    private Decision command(Draft draft, Command.RequestRun request, Known known) {
        ThreadState state = draft.state();
        if (request.answer() == null && state.started().stream().noneMatch(StartedRun::isStopped)) {
            return state.status() == ThreadStatus.BUSY
                    ? ended(draft, request, BUSY, "The thread is busy, and no run of it is stopped")
                    : onIdle(draft, request);
        }
        draft.createIfAbsent();
        draft.nameLeg(request.leg());
        try {
            Decision resumed = resumption.attempt(draft, request.resume(), known);
            return switch (resumed.outcome()) {
                case Outcome.Rejected rejected -> ended(draft, request, name(rejected.reason()), rejected.message());
                // What was answered so before, and what changes the state only.
                case Outcome.Duplicate ignored -> ended(draft, request, null, "");
                case Outcome.Applied ignored -> ended(draft, request, null, "");
                case Outcome.Resumed goesOn -> draft.hasNamedLeg() ? joined(draft, request, goesOn) : resumed;
                case Outcome.Started other -> throw impossible(other);
                case Outcome.Merged other -> throw impossible(other);
                case Outcome.Kept other -> throw impossible(other);
                case Outcome.Queued other -> throw impossible(other);
                case Outcome.Cancelled other -> throw impossible(other);
                case Outcome.Unchanged other -> throw impossible(other);
                case Outcome.Invalid other -> throw impossible(other);
            };
        } catch (Resumption.Refusal refusal) {
            return ended(draft, request, name(refusal.reason()), refusal.message());
        }
    }

    private static IllegalStateException impossible(Outcome outcome) {
        return new IllegalStateException("No outcome of a resume: " + outcome);
    }

    /** The run was at work still, or is held: it took what it was given without a leg of its own. */
    private static Decision joined(Draft draft, Command.RequestRun request, Outcome outcome) {
        draft.nameLeg(null);
        draft.add(new Event.RunRequestEnded(request.leg(), null, ""));
        return draft.decided(outcome);
    }

    private static String name(Rejection reason) {
        return switch (reason) {
            case UNKNOWN_INTERRUPT, NOT_WAITING -> UNKNOWN_INTERRUPT;
            case AMBIGUOUS -> "AmbiguousResumeError";
            case INVALID_ANSWER -> "InvalidAnswerError";
            case INTERRUPT_EXPIRED -> "InterruptExpiredError";
            case ALREADY_ANSWERED -> "AlreadyAnsweredError";
            case BUSY,
                    MAX_PARALLEL_RUNS,
                    MAX_ACTIVE_RUNS,
                    QUEUE_FULL,
                    INBOX_FULL,
                    QUOTA_THREADS,
                    QUOTA_RUNS,
                    POLICY_FAILED,
                    UNKNOWN_THREAD,
                    UNKNOWN_RUN,
                    UNKNOWN_ACTION,
                    RUN_ENDED,
                    IN_FLIGHT,
                    UNKNOWN_STEP,
                    UNKNOWN_WORKFLOW,
                    UNSUITABLE_WORKFLOW,
                    UNSUITABLE_INPUT,
                    UNKNOWN_CHANNEL,
                    UNKNOWN_CHECKPOINT,
                    NOTHING_TO_CONTINUE,
                    THREAD_EXISTS,
                    CONFLICT,
                    THREAD_DELETED,
                    PRECONDITION -> "InvalidCommandError";
        };
    }

    /** An edit changes the state; a jump is a run that begins elsewhere. */
    private Decision onIdle(Draft draft, Command.RequestRun request) {
        ThreadState state = draft.state();
        Edits.Result edit =
                edits.changes(state, state.channels(), state.resumable(), request.updates(), request.workflow());
        if (edit instanceof Edits.Refused refused) {
            return ended(draft, request, name(refused.reason()), refused.message());
        }
        List<String> goTo = request.goTo();
        String unknown = goTo == null ? null : admission.unknownSteps(state, request.workflow(), goTo);
        if (unknown != null) {
            return ended(draft, request, name(Rejection.UNKNOWN_STEP), unknown);
        }
        draft.createIfAbsent();
        if (edit instanceof Edits.Changes changes && !changes.changes().isEmpty()) {
            draft.add(new Event.StateUpdated(changes.changes()));
        }
        return goTo == null
                ? ended(draft, request, null, "")
                : admission.startAt(draft, request, identity(request), goTo);
    }

    /** Nothing is given: what is left to do goes on. */
    private Decision carryOn(Draft draft, Command.RequestRun request) {
        ThreadState state = draft.state();
        // What only waits for its time is in nobody's way here.
        if (!state.started().stream().allMatch(StartedRun::isStopped)) {
            Decision busy = makeRoom(draft, request);
            if (busy != null) {
                return busy;
            }
        }
        draft.createIfAbsent();
        Optional<StartedRun> stopped = draft.state().started().reversed().stream()
                .filter(StartedRun::isStopped)
                .findFirst();
        if (stopped.isPresent()) {
            return goOn(draft, request, stopped.get());
        }
        Resumable left = draft.state().resumable();
        if (left != null) {
            return continued(draft, request, left);
        }
        return draft.state().head() == null
                ? ended(draft, request, EMPTY_INPUT, "The thread has no state to go on from: give an input")
                : ended(draft, request, null, "");
    }

    private Decision goOn(Draft draft, Command.RequestRun request, StartedRun stopped) {
        RunId run = stopped.id();
        if (stopped.control().paused()) {
            return ended(draft, request, BUSY, "Run " + run + " is held by an operator");
        }
        draft.nameLeg(request.leg());
        // Past the breakpoints of the super-step; who is asked is asked still, so that leg ends as the last one did.
        stops.goOn(draft, run, request.header(), List.of(), request.bounds(), Pass.ALL);
        progress.advance(draft);
        return draft.decided(new Outcome.Resumed(run, List.of()));
    }

    private Decision continued(Draft draft, Command.RequestRun request, Resumable left) {
        progress.carryOn(draft, request.leg(), left, request.bounds());
        progress.advance(draft);
        return draft.decided(new Outcome.Started(request.leg()));
    }

    /** Ends what is in the way of a request that cannot queue; or says why it may not. */
    private @Nullable Decision makeRoom(Draft draft, Command.RequestRun request) {
        ThreadState state = draft.state();
        Policy policy = policy(state, request);
        boolean isRollback = policy instanceof RollbackPolicy;
        if (!state.isCompacting() && (isRollback || policy instanceof InterruptPolicy)) {
            draft.createIfAbsent();
            new Cancellation(
                            draft,
                            isRollback ? Event.Cause.ROLLED_BACK : Event.Cause.SUPERSEDED,
                            Cancellation.CARRY_NONE)
                    .cancelAll();
            return null;
        }
        return refused(
                draft,
                Rejection.BUSY,
                "Thread is busy; only with the strategies interrupt and rollback can a run without an input, or from a"
                        + " checkpoint, begin now");
    }

    private Decision fromCheckpoint(Draft draft, Command.RequestRun request, @Nullable Checkpoint checkpoint) {
        ThreadState state = draft.state();
        String named = request.checkpoint();
        if (!state.exists()) {
            return draft.unchanged(Decider.noThread(state));
        }
        if (checkpoint == null || named == null) {
            return refused(draft, Rejection.UNKNOWN_CHECKPOINT, "Unknown checkpoint " + named);
        }
        if (request.isCommand()) {
            return ended(
                    draft,
                    request,
                    name(Rejection.UNSUITABLE_INPUT),
                    "A command is for what the thread waits for now, and not for one of its earlier checkpoints");
        }
        Input input = request.input();
        Decision unsuitable = input == null
                ? null
                : admission.unsuitable(draft, submit(request, input, InterruptPolicy.DEFAULT), checkpoint.channels());
        if (unsuitable != null) {
            return unsuitable;
        }
        if (state.status() == ThreadStatus.BUSY || state.isCompacting()) {
            Decision busy = makeRoom(draft, request);
            if (busy != null) {
                return busy;
            }
        }
        draft.createIfAbsent();
        new Cancellation(draft, Event.Cause.SUPERSEDED, Cancellation.CARRY_NONE).cancelAll();
        draft.add(new Event.StateRestored(named, checkpoint.channels(), checkpoint.resumable()));
        if (input != null) {
            return admission.byPolicy(draft, submit(request, input, InterruptPolicy.DEFAULT), request.afterMs());
        }
        Resumable left = draft.state().resumable();
        return left == null ? ended(draft, request, null, "") : continued(draft, request, left);
    }

    private static Identity identity(Command.RequestRun request) {
        Identity identity = request.header().identity();
        if (identity == null) {
            throw new IllegalArgumentException("A request has an identity");
        }
        return identity;
    }

    private static Decision refused(Draft draft, Rejection reason, String message) {
        return draft.state().exists()
                ? draft.refused(reason, message)
                : draft.unchanged(new Outcome.Invalid(reason, message));
    }

    private Decision ended(Draft draft, Command.RequestRun request, @Nullable String error, String message) {
        draft.createIfAbsent();
        draft.nameLeg(null);
        draft.add(new Event.RunRequestEnded(request.leg(), error, message));
        progress.advance(draft);
        return draft.decided(new Outcome.Started(request.leg()));
    }
}

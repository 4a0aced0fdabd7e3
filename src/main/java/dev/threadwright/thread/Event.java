package dev.threadwright.thread;

import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Planned;
import dev.threadwright.workflow.WorkflowRef;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A committed fact about a thread. The thread, sequence number, time, cause and actor stand on the {@link Recorded}
 * around it.
 *
 * <p>To add one: the record here, its case in {@link Fold}, its form and golden file in the journal's codec, and its
 * lifecycle record (or none) in the relay. The compiler lists the places.
 */
public sealed interface Event {

    /** The run that it is about: those that have one name it so. Null if it is about none. */
    default @Nullable RunId run() {
        return null;
    }

    record ThreadCreated() implements Event {}

    /** The settings as they are from here on. */
    record ThreadUpdated(ThreadSettings settings) implements Event {}

    /** The input belongs to the run, which it starts, joins or waits for in the queue, as the decision says. */
    record InputAccepted(Input input, RunId run, Why why) implements Event {}

    /** A command was refused; nothing else changed. Its data is not kept. */
    record InputRejected(
            @Nullable Identity identity,
            String type,
            Rejection reason,
            String message,
            @Nullable Why why) implements Event {}

    /**
     * The accepted input waits for its turn.
     *
     * @param expiresAtMs milliseconds since 1970 at which it is given up; null for never
     * @param bounds that its run has besides those of its workflow
     * @param notBeforeMs milliseconds since 1970 before which its turn cannot come; null for at once
     */
    record InputQueued(
            RunId run,
            WorkflowRef workflow,
            @Nullable Long expiresAtMs,
            Behind behind,
            Bounds bounds,
            @Nullable Long notBeforeMs)
            implements Event {
        public InputQueued(RunId run, WorkflowRef workflow, @Nullable Long expiresAtMs, Behind behind) {
            this(run, workflow, expiresAtMs, behind, Bounds.NONE, null);
        }
    }

    /** The queued run's turn has come; {@link RunStarted} follows. */
    record InputPromoted(RunId run) implements Event {}

    /**
     * The run took in the inputs of its inbox at the start of a super-step.
     *
     * @param mapped see {@link RunStarted}
     */
    record InputMerged(RunId run, List<Identity> inputs, List<Change> changes, boolean mapped) implements Event {
        public InputMerged {
            inputs = List.copyOf(inputs);
            changes = List.copyOf(changes);
        }
    }

    /**
     * The accepted event came before anyone waited for it.
     *
     * @param isNamed whether it named its run itself; otherwise any run of the thread may take it
     * @param expiresAtMs when it is given up; milliseconds since 1970
     */
    record InputKept(Identity identity, RunId run, boolean isNamed, long expiresAtMs) implements Event {}

    /** The input was accepted but no run will see it. */
    record InputExpired(Identity identity, RunId run, String message) implements Event {}

    /**
     * A run began. It takes the accepted, promoted or left-over inputs; a continuing one takes up what the head of the
     * thread has left to do.
     *
     * @param source the input whose data is the trigger
     * @param main whether it writes through to the thread's state, or has a lineage of its own
     * @param previousHead the sequence number of the checkpoint that it starts from; 0 if there is none
     * @param changes what its input writes, after the initial values of channels that were not there
     * @param mapped whether the workflow says itself what an input writes, instead of by the names of its keys
     * @param tasks of its first super-step; empty if it continues
     * @param bounds where it stops, and how far it may go
     * @param approvals the answers that interrupts of a kind get by themselves
     * @param timeoutMs how long it may be at work; null for as long as it takes
     */
    record RunStarted(
            RunId run,
            WorkflowRef workflow,
            Start start,
            Identity source,
            boolean main,
            long previousHead,
            List<Change> changes,
            boolean mapped,
            List<Planned> tasks,
            Bounds bounds,
            Map<String, Json> approvals,
            @Nullable Long timeoutMs)
            implements Event {
        public RunStarted {
            changes = List.copyOf(changes);
            tasks = List.copyOf(tasks);
        }

        public RunStarted(
                RunId run,
                WorkflowRef workflow,
                Start start,
                Identity source,
                boolean main,
                long previousHead,
                List<Change> changes,
                boolean mapped,
                List<Planned> tasks) {
            this(run, workflow, start, source, main, previousHead, changes, mapped, tasks, Bounds.NONE, Map.of(), null);
        }
    }

    /**
     * The run reached the end of its graph.
     *
     * @param values the channels that the run wrote, as they are now
     * @param settled what custom reducers made of the last super-step
     * @param folded what custom reducers made of a side run's writes on the thread's state
     * @param foldedBelow the same on what the thread's state would be without its main run
     */
    record RunCompleted(
            RunId run, Map<String, Json> values, List<Change> settled, List<Change> folded, List<Change> foldedBelow)
            implements Event {
        public RunCompleted {
            settled = List.copyOf(settled);
            folded = List.copyOf(folded);
            foldedBelow = List.copyOf(foldedBelow);
        }
    }

    /** @param step where; empty if it was no step's fault */
    record RunFailed(RunId run, String step, String error) implements Event {}

    /** The run waited in the queue, or was at work, for longer than it may. */
    record RunTimedOut(RunId run) implements Event {}

    /** @param carriesInput whether the run's inputs go on to the run that supersedes it */
    record RunCancelled(RunId run, Cause cause, boolean carriesInput) implements Event {}

    /** The thread's state is again what it was at the head, plus what side runs have folded since. */
    record StateRolledBack(RunId run, long head) implements Event {}

    /**
     * The state was changed from outside, of the thread or of the run that reads it.
     *
     * @param run null for the thread's own state
     */
    record StateUpdated(@Nullable RunId run, List<Change> changes) implements Event {
        public StateUpdated {
            changes = List.copyOf(changes);
        }

        public StateUpdated(List<Change> changes) {
            this(null, changes);
        }
    }

    /**
     * The run waits for what only somebody outside can give.
     *
     * @param superStep that it stands in
     * @param stop what that is
     * @param interrupts the questions that have not been answered
     * @param closed the leg that ends with it; null if that goes on: only an operator holds the run, or it had ended before
     */
    record RunInterrupted(
            RunId run,
            int superStep,
            Stop stop,
            List<Interrupt> interrupts,
            @Nullable RunId closed) implements Event {
        public RunInterrupted {
            interrupts = List.copyOf(interrupts);
        }
    }

    /**
     * The run goes on.
     *
     * @param by who made it go on
     * @param via how: {@code kafka}, {@code http}, or {@code system} for what nobody asked for
     * @param leg how often it has begun to go, this time included
     * @param interrupts those that were answered for it
     * @param bounds where it stops from here on, and how far it may go
     * @param pass whether it goes on past the breakpoint where it stood
     * @param opened the leg that begins; null if the last one goes on
     */
    record RunResumed(
            RunId run,
            String by,
            String via,
            int leg,
            List<InterruptId> interrupts,
            Bounds bounds,
            Pass pass,
            @Nullable RunId opened)
            implements Event {
        public RunResumed {
            interrupts = List.copyOf(interrupts);
        }
    }

    /** An operator holds the run: what is in flight ends, nothing new starts. */
    record RunPaused(RunId run, String by) implements Event {}

    /** The operator lets go of it. */
    record RunUnpaused(RunId run, String by) implements Event {}

    /** Somebody told the run something; {@link InputMerged} says when it took that in. @param steers how many by now */
    record RunSteered(RunId run, Identity input, int steers) implements Event {}

    /**
     * Somebody sent the run elsewhere.
     *
     * @param dropped tasks that are not done
     * @param settled see {@link StepCompleted}; if nothing else is to be ended first
     * @param next the tasks of the following super-step, if nothing else is to be ended first
     */
    record RunRedirected(
            RunId run, List<String> steps, Json item, List<TaskId> dropped, List<Change> settled, List<Planned> next)
            implements Event {
        public RunRedirected {
            steps = List.copyOf(steps);
            dropped = List.copyOf(dropped);
            settled = List.copyOf(settled);
            next = List.copyOf(next);
        }
    }

    /**
     * A task asks.
     *
     * @param action what asked, if it was a handler
     * @param attempt of the action; 0 without one
     */
    record InterruptRaised(
            RunId run,
            TaskId task,
            String step,
            Interrupt interrupt,
            @Nullable ActionId action,
            int attempt) implements Event {}

    /**
     * @param by who answered: a caller's name, {@code policy}
     * @param via how: {@code kafka}, {@code http} or {@code system}
     * @param input that the answer came with; null if it came with a command
     * @param bare whether it named no interrupt
     */
    record InterruptResolved(
            RunId run,
            InterruptId interrupt,
            Json answer,
            String by,
            String via,
            @Nullable Identity input,
            boolean bare)
            implements Event {}

    /** Somebody refuses to answer; the run's cancellation follows. */
    record InterruptRejected(
            RunId run, InterruptId interrupt, @Nullable String reason, String by, String via) implements Event {}

    /**
     * Nobody can answer any more.
     *
     * @param answer what the task is told instead; null if it is told nothing
     */
    record InterruptExpired(
            RunId run,
            InterruptId interrupt,
            Expiry expiry,
            @Nullable Json answer) implements Event {}

    /** An answer did not have the form that the interrupt asks for; it is still pending. */
    record InterruptAnswerRejected(
            @Nullable Identity identity, RunId run, InterruptId interrupt, String message, String by)
            implements Event {}

    /**
     * A task waits for an event.
     *
     * @param types of events, as its workflow has them
     * @param untilMs when it gives up; milliseconds since 1970, null for never
     */
    record WaitStarted(
            RunId run,
            TaskId task,
            String step,
            List<String> types,
            @Nullable Long untilMs) implements Event {
        public WaitStarted {
            types = List.copyOf(types);
        }
    }

    /**
     * An event came that a task waited for.
     *
     * @param index of the case that took it; 0 for the first
     */
    record WaitSatisfied(RunId run, TaskId task, Identity input, int index) implements Event {}

    /** A handler did something that it will find done when it is entered again. @param name its own for it */
    record ActionResultRecorded(RunId run, ActionId action, int attempt, String name, Json result) implements Event {}

    /**
     * The thread's state is to be made smaller; {@link RunStarted} follows.
     *
     * @param bytes of the state, as JSON
     * @param messages in all its channels of messages
     */
    record CompactionStarted(RunId run, String reason, long bytes, int messages) implements Event {}

    /** See {@link CompactionStarted}; {@link RunCompleted} follows. */
    record CompactionCompleted(RunId run, long bytes, int messages) implements Event {}

    /**
     * The thread's state is again what it was at one of its checkpoints.
     *
     * @param checkpoint in its text form
     * @param resumable what was to be done there; null at the end of a run
     */
    record StateRestored(
            String checkpoint, Channels channels, @Nullable Resumable resumable) implements Event {}

    /** The thread began as a copy of another one's state. */
    record ThreadForked(
            String source,
            String checkpoint,
            Channels channels,
            @Nullable Resumable resumable) implements Event {}

    /**
     * A step ended.
     *
     * @param goTo the steps that it chose to follow; null for its routes
     * @param settled what custom reducers made of the super-step, if the step was the last of it
     * @param next the tasks of the following super-step, if the step was the last of its own; empty while others are
     *     unfinished, and at the end of the graph
     */
    record StepCompleted(
            RunId run,
            TaskId task,
            String step,
            List<Change> changes,
            @Nullable List<String> goTo,
            List<Change> settled,
            List<Planned> next)
            implements Event {
        public StepCompleted {
            changes = List.copyOf(changes);
            goTo = goTo == null ? null : List.copyOf(goTo);
            settled = List.copyOf(settled);
            next = List.copyOf(next);
        }
    }

    /**
     * A step failed.
     *
     * @param followedBy the step that its workflow has for that; null if there is none: what runs its graph fails too
     * @param settled see {@link StepCompleted}
     * @param next see {@link StepCompleted}
     */
    record StepFailed(
            RunId run,
            TaskId task,
            String step,
            String error,
            @Nullable String followedBy,
            List<Change> settled,
            List<Planned> next)
            implements Event {
        public StepFailed {
            settled = List.copyOf(settled);
            next = List.copyOf(next);
        }
    }

    /**
     * A task began to run another graph. Its end is the {@link StepCompleted} of the task.
     *
     * @param trigger what that one is started with
     * @param changes what this writes to its own channels
     */
    record SubgraphStarted(
            RunId run, TaskId task, WorkflowRef workflow, Json trigger, List<Change> changes, List<Planned> tasks)
            implements Event {
        public SubgraphStarted {
            changes = List.copyOf(changes);
            tasks = List.copyOf(tasks);
        }
    }

    /** A task waits until then (milliseconds since 1970). */
    record TimerSet(RunId run, TaskId task, String step, long dueAtMs) implements Event {}

    /** What a task waited for has come: it ends, or its next attempt begins. */
    record TimerFired(RunId run, TaskId task) implements Event {}

    /**
     * Work leaves the decision; committed before anyone starts it. One per action, however many attempts follow.
     *
     * @param idempotent whether it may be started again when the process that ran it died
     * @param timeoutMs of each attempt
     * @param attempt 1, or the next one if its handler has asked something and is entered again with the answer
     * @param remote whether a worker elsewhere does it
     */
    record ActionRequested(
            RunId run,
            TaskId task,
            ActionId action,
            String step,
            String handler,
            Json input,
            boolean idempotent,
            long timeoutMs,
            int attempt,
            boolean remote)
            implements Event {
        public ActionRequested(
                RunId run,
                TaskId task,
                ActionId action,
                String step,
                String handler,
                Json input,
                boolean idempotent,
                long timeoutMs) {
            this(run, task, action, step, handler, input, idempotent, timeoutMs, 1, false);
        }
    }

    /**
     * A task asked for something that is not on its list of what it may ask for; nothing was executed. The end or failure
     * of the step follows.
     *
     * @param name what was asked for
     */
    record ActionDenied(RunId run, TaskId task, ActionId action, String step, String name) implements Event {}

    /**
     * An attempt failed for a passing reason.
     *
     * @param attempt the one that failed; 1 for the first
     * @param dueAtMs when the next one begins; milliseconds since 1970
     */
    record ActionRetryScheduled(RunId run, ActionId action, int attempt, String error, long dueAtMs) implements Event {}

    /** The process that ran the action is gone, and it must not be done twice: the run waits until somebody says. */
    record ActionUncertain(RunId run, ActionId action, int attempt, String reason) implements Event {}

    record ActionSucceeded(RunId run, ActionId action, int attempt, Json result) implements Event {}

    record ActionFailed(RunId run, ActionId action, int attempt, String error) implements Event {}

    /** Whom a handler asked has taken the action on, and will tell its result by a callback: nobody asks again for it. */
    record ActionAccepted(RunId run, ActionId action, int attempt) implements Event {}

    /** Who is at work on the action was heard of: its time begins anew. */
    record ActionExtended(RunId run, ActionId action, int attempt) implements Event {}

    /**
     * An operator gave up an attempt, or a wait for the next one: that one begins now.
     *
     * @param attempt the one that was given up
     */
    record ActionRetried(RunId run, ActionId action, int attempt) implements Event {}

    /** The attempt does not begin yet: what it is to reach has as much to do as it may have, or fails too often. */
    record ActionHeld(RunId run, ActionId action, int attempt) implements Event {}

    /**
     * The attempt that was held begins.
     *
     * @param probe whether it finds out if what it reaches works again; if not, that costs it none of its retries
     */
    record ActionReleased(RunId run, ActionId action, int attempt, boolean probe) implements Event {}

    /** A result came that nobody waits for: late, doubled or forged. */
    record ActionResultDiscarded(RunId run, ActionId action, int attempt, String reason) implements Event {}

    /**
     * Somebody asked for a run; what follows in the same decision is what came of it.
     *
     * @param leg the id that was given for it: of the run, or of the leg of a run that goes on
     * @param request what it was asked for with, as it was sent; the data of its input stands on {@link InputAccepted}
     */
    record RunRequested(RunId leg, Json.Obj request) implements Event {}

    /**
     * A request for a run came to its end and nothing ran for it.
     *
     * @param error the name of what is wrong with it; null if there was just nothing to do
     * @param message in words; empty without an error
     */
    record RunRequestEnded(RunId leg, @Nullable String error, String message) implements Event {}

    /** Past which of the breakpoints of its super-step a run goes on. */
    enum Pass {
        NONE,
        /** The one where it stands. */
        ONE,
        ALL
    }

    /**
     * The state was changed from outside, and with it what is to be done.
     *
     * @param checkpoint whose state was changed, in its text form; null for the thread's head
     * @param base the state of that checkpoint; null for that of the head
     * @param steps as whose writes; empty if they were nobody's
     * @param resumable what is to be done now; null if nothing is
     */
    record StateBranched(
            @Nullable String checkpoint,
            @Nullable Channels base,
            List<String> steps,
            List<Change> changes,
            @Nullable Resumable resumable)
            implements Event {
        public StateBranched {
            steps = List.copyOf(steps);
            changes = List.copyOf(changes);
        }
    }

    /** The thread is empty, and its name will not be used again. */
    record ThreadDeleted() implements Event {}

    /** Why a run ended before its end. */
    enum Cause {
        SUPERSEDED,
        REQUESTED,
        ROLLED_BACK,
        REJECTED
    }

    /** Why an interrupt expired. */
    enum Expiry {
        TIME,
        SUPERSEDED,
        CANCELLED,
        FAILED,
        REDIRECTED;

        /** As people read it, after "expired: ". */
        String words() {
            return switch (this) {
                case TIME -> "it was answered too late";
                case SUPERSEDED -> "its run was superseded";
                case CANCELLED -> "its run was cancelled";
                case FAILED -> "its run failed";
                case REDIRECTED -> "its run was sent elsewhere";
            };
        }
    }

    /** What a run was started by. */
    enum Start {
        INPUT,
        QUEUE,
        FOLLOW_UP,
        CONTINUE,
        COMPACTION
    }

    /** What a queued input waits for. */
    enum Behind {
        /** That no run is unfinished. */
        UNFINISHED,

        /** That no leg is open: every run has ended or is stopped for somebody. */
        OPEN,

        /** That no run is active. */
        ACTIVE
    }

    /** Why a command was refused. */
    enum Rejection {
        BUSY,
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
        UNKNOWN_INTERRUPT,
        INTERRUPT_EXPIRED,
        ALREADY_ANSWERED,
        INVALID_ANSWER,
        AMBIGUOUS,
        NOT_WAITING,
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
        PRECONDITION
    }

    /** What was decided about an input. */
    enum DecisionKind {
        START,
        INTERRUPT_AND_START_NEW,
        PARALLEL,
        MERGE_INTO_RUNNING,
        QUEUE,
        ROLLBACK,
        REJECT,
        ADDRESSED,
        STEER,
        RESUME,
        KEEP
    }

    /**
     * Why an input was decided as it was.
     *
     * @param policy as it is written: {@code queue(max=100)}; empty where none was asked
     * @param rule the condition that matched, if the policy has rules
     * @param running what the thread was doing: {@code idle} or counts by status
     * @param failedConditions rules that could not be evaluated and therefore did not match, with the error
     */
    record Why(
            DecisionKind decision,
            String policy,
            @Nullable String rule,
            String running,
            List<String> failedConditions) {}
}

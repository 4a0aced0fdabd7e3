package dev.threadwright.thread;

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
     */
    record InputQueued(
            RunId run, WorkflowRef workflow, @Nullable Long expiresAtMs, Behind behind) implements Event {}

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
            List<Planned> tasks)
            implements Event {
        public RunStarted {
            changes = List.copyOf(changes);
            tasks = List.copyOf(tasks);
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

    /** The run waited in the queue for longer than it may. */
    record RunTimedOut(RunId run) implements Event {}

    /** @param carriesInput whether the run's inputs go on to the run that supersedes it */
    record RunCancelled(RunId run, Cause cause, boolean carriesInput) implements Event {}

    /** The thread's state is again what it was at the head, plus what side runs have folded since. */
    record StateRolledBack(RunId run, long head) implements Event {}

    /** The thread's state was changed from outside of any run. */
    record StateUpdated(List<Change> changes) implements Event {
        public StateUpdated {
            changes = List.copyOf(changes);
        }
    }

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
     */
    record ActionRequested(
            RunId run,
            TaskId task,
            ActionId action,
            String step,
            String handler,
            Json input,
            boolean idempotent,
            long timeoutMs)
            implements Event {}

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

    /** A result came that nobody waits for: late, doubled or forged. */
    record ActionResultDiscarded(RunId run, ActionId action, int attempt, String reason) implements Event {}

    /** Why a run ended before its end. */
    enum Cause {
        SUPERSEDED,
        REQUESTED,
        ROLLED_BACK
    }

    /** What a run was started by. */
    enum Start {
        INPUT,
        QUEUE,
        FOLLOW_UP,
        CONTINUE
    }

    /** What a queued input waits for: that no run is unfinished, or only that none is active. */
    enum Behind {
        UNFINISHED,
        ACTIVE
    }

    /** Why a command was refused. */
    enum Rejection {
        BUSY,
        MAX_PARALLEL_RUNS,
        MAX_ACTIVE_RUNS,
        QUEUE_FULL,
        INBOX_FULL,
        POLICY_FAILED,
        UNKNOWN_THREAD,
        UNKNOWN_RUN,
        RUN_ENDED,
        UNKNOWN_INTERRUPT,
        UNKNOWN_WORKFLOW,
        UNSUITABLE_WORKFLOW,
        UNSUITABLE_INPUT,
        UNKNOWN_CHANNEL,
        UNKNOWN_CHECKPOINT,
        NOTHING_TO_CONTINUE,
        THREAD_EXISTS,
        CONFLICT
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
        ADDRESSED
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

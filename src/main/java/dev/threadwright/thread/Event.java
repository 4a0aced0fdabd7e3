package dev.threadwright.thread;

import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Json;
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

    /** The run took in the inputs of its inbox at the start of a super-step. */
    record InputMerged(RunId run, List<Identity> inputs, List<Change> changes) implements Event {}

    /** The input was accepted but no run will see it. */
    record InputExpired(Identity identity, RunId run, String message) implements Event {}

    /**
     * A run began. It takes the accepted, promoted or left-over inputs.
     *
     * @param source the input whose data is the trigger
     * @param main whether it writes through to the thread's state, or has a lineage of its own
     * @param previousHead the sequence number that the thread's state had before it
     * @param changes what its input writes
     */
    record RunStarted(
            RunId run,
            WorkflowRef workflow,
            Start start,
            Identity source,
            boolean main,
            long previousHead,
            List<Change> changes)
            implements Event {}

    /** @param values the channels that the run wrote, as they are now */
    record RunCompleted(RunId run, Map<String, Json> values) implements Event {}

    record RunFailed(RunId run, String step, String error) implements Event {}

    /** The run waited in the queue for longer than it may. */
    record RunTimedOut(RunId run) implements Event {}

    /** @param carriesInput whether the run's inputs go on to the run that supersedes it */
    record RunCancelled(RunId run, Cause cause, boolean carriesInput) implements Event {}

    /** The thread's state is again what it was at the head, plus what side runs have folded since. */
    record StateRolledBack(RunId run, long head) implements Event {}

    record StepCompleted(RunId run, String step, int superStep, List<Change> changes) implements Event {}

    record StepFailed(RunId run, String step, int superStep, String error) implements Event {}

    /** Work leaves the decision; committed before anyone starts it. */
    record ActionRequested(RunId run, ActionId action, String step, String handler, Json input, int attempt)
            implements Event {}

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
        FOLLOW_UP
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
        UNKNOWN_RUN,
        RUN_ENDED,
        UNKNOWN_INTERRUPT,
        UNKNOWN_WORKFLOW,
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

package dev.threadwright.thread;

import dev.threadwright.thread.Event.Behind;
import dev.threadwright.thread.policy.InterruptPolicy;
import dev.threadwright.thread.policy.MergePolicy;
import dev.threadwright.thread.policy.ParallelPolicy;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.thread.policy.RejectPolicy;
import dev.threadwright.thread.policy.RollbackPolicy;
import dev.threadwright.workflow.Json;

/** Commands by short names. Unless told otherwise they are sent at {@link #NOW_MS}. */
final class Commands {

    static final ThreadKey THREAD = new ThreadKey(ThreadKey.DEFAULT_TENANT, "t1");
    static final long NOW_MS = 1_000;

    static final Policy INTERRUPT = InterruptPolicy.DEFAULT;
    static final Policy PREPEND = new InterruptPolicy(true);
    static final Policy PARALLEL = ParallelPolicy.DEFAULT;
    static final Policy MERGE = new MergePolicy();
    static final Policy REJECT = new RejectPolicy();
    static final Policy QUEUE = QueuePolicy.DEFAULT;
    static final Policy QUEUE_BEHIND_ACTIVE = new QueuePolicy(100, null, Behind.ACTIVE);
    static final Policy ROLLBACK = new RollbackPolicy();

    private Commands() {}

    static Submit input(int number) {
        return Submit.of(number);
    }

    static Policy queueFor(long ttlMs) {
        return new QueuePolicy(100, ttlMs, Behind.UNFINISHED);
    }

    /** The run's action of this super-step succeeds. */
    static Command complete(String run, int superStep) {
        return complete(run, superStep, Json.NULL);
    }

    static Command complete(String run, int superStep, Json result) {
        return complete(new RunId(run), action(new RunId(run), superStep), 1, result);
    }

    /** The only task of a super-step. */
    static ActionId action(RunId run, int superStep) {
        return ActionId.of(run, TaskId.of(null, superStep, 0));
    }

    static Command complete(RunId run, ActionId action, int attempt, Json result) {
        return new Command.CompleteAction(internal(NOW_MS, "action.complete"), run, action, attempt, result);
    }

    static Command completeAt(long ms, String run, int superStep) {
        return new Command.CompleteAction(
                internal(ms, "action.complete"), new RunId(run), action(new RunId(run), superStep), 1, Json.NULL);
    }

    static Command fail(String run, int superStep, String error) {
        return new Command.FailAction(
                internal(NOW_MS, "action.fail"),
                new RunId(run),
                action(new RunId(run), superStep),
                1,
                Failure.permanent(error));
    }

    static Command cancel(String run) {
        return cancelAt(NOW_MS, run, false);
    }

    static Command cancelRollingBack(String run) {
        return cancelAt(NOW_MS, run, true);
    }

    static Command cancelAt(long ms, String run, boolean rollback) {
        return new Command.CancelRun(asked(ms, "cancel " + run, "run.cancel"), new RunId(run), rollback);
    }

    static Command cancelAll() {
        return cancelAllAdmittedBy(Long.MAX_VALUE);
    }

    static Command cancelAllRollingBack() {
        return new Command.CancelAll(asked(NOW_MS, "cancel all", "run.cancel"), Long.MAX_VALUE, true);
    }

    static Command cancelAllAdmittedBy(long cutOffMs) {
        return new Command.CancelAll(asked(NOW_MS, "cancel all", "run.cancel"), cutOffMs, false);
    }

    static Command timersAt(long ms) {
        return new Command.FireTimers(internal(ms, "timer"));
    }

    static Command settings(Policy policy, String workflow, Json.Obj metadata) {
        return new Command.UpdateThread(asked(NOW_MS, "settings", "thread.update"), policy, workflow, metadata);
    }

    private static Command.Header internal(long ms, String type) {
        return new Command.Header(THREAD, ms, null, "", type, "system");
    }

    private static Command.Header asked(long ms, String id, String type) {
        return new Command.Header(THREAD, ms, new Identity("test", id), id, type, "tester");
    }
}

package dev.threadwright.thread;

import dev.threadwright.json.JsonText;
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

    /** An action by its name, which ends in that of its task: {@code r1-2.1} is that of the run's task {@code 2.1}. */
    static Command done(String action, String result) {
        return doneAt(NOW_MS, action, 1, result);
    }

    static Command doneAt(long ms, String action, int attempt, String result) {
        return new Command.CompleteAction(
                internal(ms, "action.complete"), runOf(action), new ActionId(action), attempt, JsonText.parse(result));
    }

    static Command failed(String action, Failure failure) {
        return failedAt(NOW_MS, action, 1, failure);
    }

    static Command failedAt(long ms, String action, int attempt, Failure failure) {
        return new Command.FailAction(
                internal(ms, "action.fail"), runOf(action), new ActionId(action), attempt, failure);
    }

    static Command lost(String action, int attempt) {
        return new Command.LoseAction(internal(NOW_MS, "action.lose"), runOf(action), new ActionId(action), attempt);
    }

    private static RunId runOf(String action) {
        return new RunId(action.substring(0, action.lastIndexOf('-')));
    }

    /** Whatever run has left something to do is continued as this one. */
    static Command carryOn(String newRun) {
        return carryOn(null, newRun);
    }

    static Command carryOn(String run, String newRun) {
        return new Command.ContinueRun(
                asked(NOW_MS, "continue as " + newRun, "run.continue"),
                run == null ? null : new RunId(run),
                new RunId(newRun));
    }

    static Command update(String values) {
        return new Command.UpdateState(
                asked(NOW_MS, "update " + values, "state.update"), (Json.Obj) JsonText.parse(values));
    }

    /** @param newRun null if nothing shall run */
    static Command restore(String checkpoint, String values, String newRun) {
        return new Command.RestoreState(
                asked(NOW_MS, "restore " + checkpoint + values + newRun, "state.restore"),
                checkpoint,
                (Json.Obj) JsonText.parse(values),
                newRun == null ? null : new RunId(newRun));
    }

    /** @param newRun null if nothing shall run */
    static Command fork(String source, String checkpoint, String values, String newRun) {
        return new Command.ForkThread(
                asked(NOW_MS, "fork " + source + checkpoint + values + newRun, "thread.fork"),
                source,
                checkpoint,
                (Json.Obj) JsonText.parse(values),
                newRun == null ? null : new RunId(newRun));
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

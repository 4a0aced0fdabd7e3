package dev.threadwright.thread;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An action that has left the decision and is not done, as those see it who look after them.
 *
 * @param task of the run, whose step asked for it
 * @param name of the handler, or of what workers are asked for
 * @param attempt the last one; 1 for the first
 * @param dueAtMs when that is given up, or the next one begins; milliseconds since 1970, null if it waits for somebody
 */
public record OpenAction(
        ActionId action,
        RunId run,
        TaskId task,
        String step,
        String name,
        boolean remote,
        int attempt,
        Status status,
        @Nullable Long dueAtMs) {

    public enum Status {
        /** Somebody is at work on it. */
        OUTSTANDING,
        /** Its attempt waits for its turn. */
        HELD,
        /** The last attempt failed, and the next one comes. */
        RETRYING,
        /** Nobody knows what became of it. */
        UNCERTAIN
    }

    /** Of a thread, in the order of its tasks. */
    public static Map<ActionId, OpenAction> of(ThreadState state) {
        if (state.isIdle()) {
            return Map.of();
        }
        Map<ActionId, OpenAction> open = new LinkedHashMap<>();
        for (StartedRun run : state.started()) {
            for (Frame.Located located : run.frame().all()) {
                OpenAction action = of(run.id(), located);
                if (action != null) {
                    open.put(action.action(), action);
                }
            }
        }
        return open;
    }

    /** What the action reaches, by the name that limits are set by; null if it is not open. */
    public static @Nullable String targetOf(ThreadState state, RunId id, ActionId action) {
        StartedRun run = state.started(id);
        Frame.Located located = run == null ? null : run.acting(action);
        Task.Calling call =
                located == null ? null : StartedRun.act(located.task().state());
        return call == null ? null : Target.of(call.handler(), call.input());
    }

    private static @Nullable OpenAction of(RunId run, Frame.Located located) {
        return switch (located.task().state()) {
            case Task.Calling call -> open(run, located, call, Status.OUTSTANDING, call.deadlineMs());
            case Task.Held held -> open(run, located, held.call(), Status.HELD, null);
            case Task.Backoff backoff -> open(run, located, backoff.failed(), Status.RETRYING, backoff.untilMs());
            case Task.Uncertain uncertain -> open(run, located, uncertain.call(), Status.UNCERTAIN, null);
            case Task.Due ignored -> null;
            case Task.Joining ignored -> null;
            case Task.Asking ignored -> null;
            case Task.Awaiting ignored -> null;
            case Task.Sleeping ignored -> null;
            case Task.Nested ignored -> null;
            case Task.Ended ignored -> null;
        };
    }

    private static OpenAction open(
            RunId run, Frame.Located located, Task.Calling call, Status status, @Nullable Long dueAtMs) {
        return new OpenAction(
                call.action(),
                run,
                located.id(),
                located.task().step(),
                call.handler(),
                call.awaited() == Awaited.WORKER,
                call.attempt(),
                status,
                dueAtMs);
    }
}

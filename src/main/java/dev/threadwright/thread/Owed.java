package dev.threadwright.thread;

import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * Work that a state owes to the outside. It follows from the state alone, so a crash forgets none of it; what a batch
 * has to start or to stop is the difference between the states before and after it.
 */
public sealed interface Owed {

    /** Unique on the thread, and the same for as long as it is owed. */
    String ref();

    /** An action whose handler must run, or be running. */
    record Call(RunId run, ActionId action, int attempt, String step, String handler, Json input) implements Owed {
        @Override
        public String ref() {
            return action.value() + "#" + attempt;
        }
    }

    /** The thread wants {@link Command.FireTimers} at this time (milliseconds since 1970). */
    record Timer(RunId run, long dueAtMs) implements Owed {
        @Override
        public String ref() {
            return run.value() + "@" + dueAtMs;
        }
    }

    static List<Owed> of(ThreadState state) {
        if (state.isIdle()) {
            return List.of();
        }
        List<Owed> owed = new ArrayList<>();
        for (StartedRun run : state.started()) {
            StartedRun.Task task = run.task();
            if (task != null) {
                owed.add(new Call(run.id(), task.action(), task.attempt(), task.step(), task.handler(), task.input()));
            }
        }
        for (QueuedRun run : state.queue()) {
            Long expiresAtMs = run.expiresAtMs();
            if (expiresAtMs != null) {
                owed.add(new Timer(run.id(), expiresAtMs));
            }
        }
        return List.copyOf(owed);
    }
}

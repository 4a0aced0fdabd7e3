package dev.threadwright.thread;

import org.jspecify.annotations.Nullable;

/** An action's name and idempotency key: the same for every attempt, never used for another action. */
public record ActionId(String value) {

    static ActionId of(RunId run, TaskId task) {
        return new ActionId(run.value() + "-" + task.value());
    }

    /** The run that asked for it, as the name says; null if it says none. */
    public @Nullable RunId run() {
        int end = value.lastIndexOf('-');
        return end < 1 ? null : new RunId(value.substring(0, end));
    }

    @Override
    public String toString() {
        return value;
    }
}

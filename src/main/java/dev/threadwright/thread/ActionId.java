package dev.threadwright.thread;

/** An action's name and idempotency key: the same for every attempt, never used for another action. */
public record ActionId(String value) {

    static ActionId of(RunId run, TaskId task) {
        return new ActionId(run.value() + "-" + task.value());
    }

    @Override
    public String toString() {
        return value;
    }
}

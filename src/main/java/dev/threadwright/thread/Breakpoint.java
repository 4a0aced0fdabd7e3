package dev.threadwright.thread;

/** One stop of a run: before or after a step. */
public record Breakpoint(When when, String step) {

    public enum When {
        BEFORE,
        AFTER
    }

    /** {@code before "pay"}. */
    String words() {
        return (when == When.BEFORE ? "before" : "after") + " \"" + step + "\"";
    }
}

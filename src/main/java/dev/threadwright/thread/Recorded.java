package dev.threadwright.thread;

import org.jspecify.annotations.Nullable;

/**
 * An event in its place on the thread.
 *
 * @param seq 1 for the thread's first event, without gaps
 * @param timeMs milliseconds since 1970
 * @param traceParent of its run's trace, or of the command's that is about no run; null for none
 */
public record Recorded(
        long seq, long timeMs, Event event, @Nullable String traceParent) {

    /** Of no trace. */
    public Recorded(long seq, long timeMs, Event event) {
        this(seq, timeMs, event, null);
    }
}

package dev.threadwright.thread;

/**
 * An event in its place on the thread.
 *
 * @param seq 1 for the thread's first event, without gaps
 * @param timeMs milliseconds since 1970
 */
public record Recorded(long seq, long timeMs, Event event) {}

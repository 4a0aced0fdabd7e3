package dev.threadwright.thread;

/**
 * How long a run may be at work. Time in which it waits for somebody or something, or is held, does not count.
 *
 * @param limitMs at least 1
 * @param usedMs until the thread's last event
 */
public record Budget(long limitMs, long usedMs) {

    Budget used(long moreMs) {
        return new Budget(limitMs, usedMs + moreMs);
    }

    /** @param forMs how long the run has been at work since the thread's last event */
    boolean isSpentAfter(long forMs) {
        return usedMs + forMs >= limitMs;
    }
}

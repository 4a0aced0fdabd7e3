package dev.threadwright.faults.campaign;

import java.util.Arrays;

/** How long there was nothing on one of several lines that are busy otherwise. */
final class Gaps {
    private final long[] lastNanos;
    private long longestNanos;

    Gaps(int lines) {
        this.lastNanos = new long[lines];
        Arrays.fill(lastNanos, System.nanoTime());
    }

    synchronized void decided(int line) {
        long now = System.nanoTime();
        longestNanos = Math.max(longestNanos, now - lastNanos[line]);
        lastNanos[line] = now;
    }

    /** Since it was asked last, and what goes on now is counted. */
    synchronized long longestMs() {
        long now = System.nanoTime();
        for (int line = 0; line < lastNanos.length; line++) {
            longestNanos = Math.max(longestNanos, now - lastNanos[line]);
            lastNanos[line] = now;
        }
        long ms = longestNanos / 1_000_000;
        longestNanos = 0;
        return ms;
    }
}

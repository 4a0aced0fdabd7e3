package dev.threadwright.ending;

import java.util.random.RandomGenerator;

/**
 * When something is tried again.
 *
 * @param maxAttempts the first included; at least 1
 */
record Retries(int maxAttempts) {

    /** After the first attempt; milliseconds. */
    static final long FIRST_MS = 2_000;

    /** Between two attempts at most; milliseconds. */
    static final long LONGEST_MS = 3_600_000;

    private static final int MAX_DOUBLINGS = 30;

    Retries {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("at least one attempt, not " + maxAttempts);
        }
    }

    boolean isLast(int attempt) {
        return attempt >= maxAttempts;
    }

    /** Twice as long after each attempt; and half of that by chance, so that what failed together is not tried together. */
    long waitMs(int attempt, RandomGenerator random) {
        long ms = Math.min(LONGEST_MS, FIRST_MS << Math.min(MAX_DOUBLINGS, attempt - 1));
        return ms / 2 + random.nextLong(ms / 2 + 1);
    }
}

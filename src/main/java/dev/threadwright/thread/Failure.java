package dev.threadwright.thread;

import org.jspecify.annotations.Nullable;

/**
 * How an attempt at an action failed.
 *
 * @param retryAfterMs what a rate limit said to wait; null if it did not
 */
public record Failure(Kind kind, String message, @Nullable Long retryAfterMs) {

    public enum Kind {
        /** May pass: retried as the step says. */
        TRANSIENT,
        /** Will not pass, or is an answer of the business: never retried. */
        PERMANENT,
        /** Passes when it is told to: retried after that. */
        RATE_LIMITED
    }

    public static Failure passing(String message) {
        return new Failure(Kind.TRANSIENT, message, null);
    }

    public static Failure permanent(String message) {
        return new Failure(Kind.PERMANENT, message, null);
    }
}

package dev.threadwright.step;

import java.time.Duration;

/** Whoever was called asks to wait. Tried again after that. */
public class RateLimitedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    public RateLimitedException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}

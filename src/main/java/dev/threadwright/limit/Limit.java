package dev.threadwright.limit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Of attempts that share something.
 *
 * @param concurrency how many may be under way at once; null for any number
 * @param rate how many may begin in a period; null for any number
 */
public record Limit(@Nullable Integer concurrency, @Nullable Rate rate) {

    public static final Limit NONE = new Limit(null, null);

    public Limit {
        if (concurrency != null && concurrency < 1) {
            throw new IllegalArgumentException("a concurrency is at least 1, not " + concurrency);
        }
    }

    public boolean isNone() {
        return concurrency == null && rate == null;
    }

    /** As many in each period, spread over it once a first handful has begun. */
    public record Rate(int permits, Duration period) {
        public Rate {
            if (permits < 1) {
                throw new IllegalArgumentException("a rate is at least 1, not " + permits);
            }
            if (period.toMillis() < 1) {
                throw new IllegalArgumentException(
                        "a rate's period is at least 1 ms, not " + period.toMillis() + " ms");
            }
        }
    }
}

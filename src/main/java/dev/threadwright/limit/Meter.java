package dev.threadwright.limit;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import org.jspecify.annotations.Nullable;

/** What is under way of that which a limit is about. Not safe for several threads. */
final class Meter {

    /** Of what has no limit. */
    static final Meter UNLIMITED = new Meter(Limit.NONE, TimeMeter.SYSTEM_MILLISECONDS);

    private final Limit limit;
    private final @Nullable Bucket bucket;
    private int underWay;

    Meter(Limit limit, TimeMeter time) {
        this.limit = limit;
        Limit.Rate rate = limit.rate();
        this.bucket = rate == null
                ? null
                : Bucket.builder()
                        .addLimit(bandwidth ->
                                bandwidth.capacity(rate.permits()).refillGreedy(rate.permits(), rate.period()))
                        .withCustomTimePrecision(time)
                        .build();
    }

    boolean hasRoom() {
        Integer most = limit.concurrency();
        return (most == null || underWay < most) && (bucket == null || bucket.getAvailableTokens() > 0);
    }

    /** One begins, for which there was room. */
    void begin() {
        if (this != UNLIMITED) {
            underWay++;
        }
        if (bucket != null) {
            bucket.tryConsume(1);
        }
    }

    /** One is under way already, whether there is room or not. */
    void join() {
        if (this != UNLIMITED) {
            underWay++;
        }
    }

    void end() {
        if (this != UNLIMITED) {
            underWay--;
        }
    }

    int underWay() {
        return underWay;
    }

    /** Whether forgetting it changes nothing. */
    boolean isFresh() {
        Limit.Rate rate = limit.rate();
        return underWay == 0 && (bucket == null || rate == null || bucket.getAvailableTokens() >= rate.permits());
    }
}

package dev.threadwright.limit;

import io.github.bucket4j.TimeMeter;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The meters of all that one limit holds for, each by itself; those are forgotten that have nothing to remember. */
final class Meters<K> {

    private final java.util.function.Function<K, @Nullable Limit> limits;
    private final TimeMeter time;
    private final Map<K, Meter> meters = new HashMap<>();

    Meters(java.util.function.Function<K, @Nullable Limit> limits, TimeMeter time) {
        this.limits = limits;
        this.time = time;
    }

    Meter of(K key) {
        Meter there = meters.get(key);
        if (there != null) {
            return there;
        }
        Limit limit = limits.apply(key);
        if (limit == null || limit.isNone()) {
            return Meter.UNLIMITED;
        }
        Meter fresh = new Meter(limit, time);
        meters.put(key, fresh);
        return fresh;
    }

    /** What is under way of one, without beginning to remember it. */
    int underWay(K key) {
        Meter there = meters.get(key);
        return there == null ? 0 : there.underWay();
    }

    void sweep() {
        meters.values().removeIf(Meter::isFresh);
    }

    int size() {
        return meters.size();
    }
}

package dev.threadwright.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Says which of many like things are worth writing down: the first, and after a while the next. Bounded. */
final class Sparing {

    private final long everyNanos;
    private final LongSupplier nanos;
    private final Map<String, Seen> seen;

    /** @param max things that are remembered; of more, those are forgotten that came first */
    Sparing(Duration every, int max, LongSupplier nanos) {
        this.everyNanos = every.toNanos();
        this.nanos = nanos;
        this.seen = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
                return size() > max;
            }
        };
    }

    /** @param skipped how many like it came since */
    private record Seen(long atNanos, long skipped) {}

    /** How many like it came since the last one that was worth it; null if this one is not, either. */
    synchronized @Nullable Long admit(String key) {
        long now = nanos.getAsLong();
        Seen last = seen.get(key);
        if (last != null && now - last.atNanos < everyNanos) {
            seen.put(key, new Seen(last.atNanos, last.skipped + 1));
            return null;
        }
        // Out and in again: the newest is the last to be forgotten.
        seen.remove(key);
        seen.put(key, new Seen(now, 0));
        return last == null ? 0L : last.skipped;
    }

    /** It was not written down after all. */
    synchronized void forget(String key) {
        seen.remove(key);
    }

    synchronized int size() {
        return seen.size();
    }
}

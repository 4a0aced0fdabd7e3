package dev.threadwright.journal;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record that goes out again without having touched a thread.
 *
 * @param partition the partition whose owner consumed it, and publishes it
 * @param source where it came from
 * @param key its raw key
 * @param value its raw value
 * @param headers its raw headers; the last of equal names
 * @param reason why it could not be understood; empty for a forward
 * @param timeMs when it was consumed; milliseconds since 1970
 */
public record OutboxRow(
        Kind kind,
        int partition,
        long position,
        Coordinates source,
        byte @Nullable [] key,
        byte @Nullable [] value,
        Map<String, byte[]> headers,
        String reason,
        long timeMs)
        implements Publication {

    public enum Kind {
        /** Could not be understood, or asks the impossible. */
        DEAD_LETTER,
        /** Arrived on a partition that its key does not hash to. */
        FORWARD
    }

    /** A record's place in Kafka. Written {@code topic-partition-offset}. */
    public record Coordinates(String topic, int partition, long offset) {
        @Override
        public String toString() {
            return topic + "-" + partition + "-" + offset;
        }
    }
}

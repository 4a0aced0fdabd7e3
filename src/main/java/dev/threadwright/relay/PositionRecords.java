package dev.threadwright.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction says of each of its partitions, beside the records that it publishes: up to which position they
 * go. The last one of a partition is how far it is published. All have the same key, so that compaction leaves one.
 */
public final class PositionRecords {

    private static final byte[] KEY = "published".getBytes(US_ASCII);

    private static final int MAX_DIGITS = 19;

    private PositionRecords() {}

    /** @param position as decimal digits */
    public static ProducerRecord<byte[], byte[]> of(String topic, int partition, long position) {
        return new ProducerRecord<>(
                topic, partition, KEY, Long.toString(position).getBytes(US_ASCII));
    }

    /** Null if it is none: servers alone write that topic, so whatever else is there says nothing about them. */
    public static @Nullable Long position(byte @Nullable [] key, byte @Nullable [] value) {
        if (value == null || value.length > MAX_DIGITS || !Arrays.equals(key, KEY)) {
            return null;
        }
        try {
            return Long.parseUnsignedLong(new String(value, US_ASCII));
        } catch (NumberFormatException e) {
            return null;
        }
    }
}

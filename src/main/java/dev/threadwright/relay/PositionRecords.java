package dev.threadwright.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction says of each of its partitions, beside the records that it publishes: up to which position they
 * go. The last one of a partition is how far it is published. All have the same key, so that compaction leaves one.
 */
public final class PositionRecords {

    private static final byte[] KEY = "published".getBytes(US_ASCII);

    private PositionRecords() {}

    /** @param position as decimal digits */
    public static ProducerRecord<byte[], byte[]> of(String topic, int partition, long position) {
        return new ProducerRecord<>(
                topic, partition, KEY, Long.toString(position).getBytes(US_ASCII));
    }

    /** @throws IllegalStateException if it is none */
    public static long position(String place, byte @Nullable [] value) {
        try {
            if (value != null) {
                return Long.parseUnsignedLong(new String(value, US_ASCII));
            }
        } catch (NumberFormatException e) {
            // Said below, with the place.
        }
        throw new IllegalStateException(place + " holds no published position. Servers alone may write that topic;"
                + " see \"Kafka behind Postgres\" in docs/operations.md");
    }
}

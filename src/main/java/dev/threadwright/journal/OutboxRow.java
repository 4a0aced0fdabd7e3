package dev.threadwright.journal;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A record that goes out beside the events of threads: one that came in and touched none, or one for a worker.
 *
 * @param partition the partition whose owner publishes it
 * @param source where it came from; {@link Coordinates#NOWHERE} if it is for a worker
 * @param key its raw key
 * @param value its raw value
 * @param headers its raw headers
 * @param reason why it could not be understood; empty if it is no dead letter
 * @param timeMs when it was appended to its topic, or is due; milliseconds since 1970
 */
public record OutboxRow(
        String tenant,
        Kind kind,
        int partition,
        long position,
        Coordinates source,
        byte @Nullable [] key,
        byte @Nullable [] value,
        RawHeaders headers,
        String reason,
        long timeMs)
        implements Publication {

    /** Why it goes out; all but forwards and actions are dead letters. */
    public enum Kind {
        /** Arrived on a partition that its key does not hash to. */
        FORWARD,
        /** Asks a worker for something, or not to do it any more. */
        ACTION,
        /** Could not be understood. */
        INVALID,
        /** Was understood, and asks the impossible. */
        REFUSED,
        /** The server failed on it. */
        FAILED,
        /** The store refuses what would come of it. */
        NOT_STORED,
        /** Its thread cannot be read. */
        THREAD_UNREADABLE,
        /** Its thread is set aside, for what happened to an earlier command. */
        THREAD_SET_ASIDE;

        /** What releases wrote that had one word for all dead letters. */
        private static final String DEAD_LETTER = "dead_letter";

        public boolean isDeadLetter() {
            return this != FORWARD && this != ACTION;
        }

        /** As it is stored and told. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Kind ofWord(String word) {
            return word.equals(DEAD_LETTER) ? INVALID : valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** Topic, coordinates and the headers that it gets in addition. */
    private static final int BASE_BYTES = 512;

    @Override
    public long bytes() {
        return BASE_BYTES
                + (key == null ? 0 : key.length)
                + (value == null ? 0 : value.length)
                + headers.bytes()
                + reason.length();
    }

    public OutboxPlace place() {
        return new OutboxPlace(partition, position);
    }

    /** A record's place in Kafka. Written {@code topic-partition-offset}. */
    public record Coordinates(String topic, int partition, long offset) {

        public static final Coordinates NOWHERE = new Coordinates("", 0, 0);

        @Override
        public String toString() {
            return topic + "-" + partition + "-" + offset;
        }
    }
}

package dev.threadwright.thread;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Names a state of a thread by the event that made it. Nothing is stored for it: the journal up to that event is the
 * checkpoint.
 *
 * @param timeMs of that event; milliseconds since 1970
 * @param seq of that event
 * @param ordinal among the checkpoints that the event made; less than 4
 */
public record CheckpointId(long timeMs, long seq, int ordinal) implements Comparable<CheckpointId> {

    private static final int SEQ_LOW_BITS = 30;
    private static final long SEQ_LIMIT = 1L << 42;
    private static final long LOW_30_BITS = (1L << 30) - 1;
    private static final long LOW_48_BITS = (1L << 48) - 1;
    private static final long VERSION_7 = 7L << 12;
    private static final long VARIANT_RFC_9562 = 1L << 63;

    public CheckpointId {
        if (timeMs < 0 || timeMs > LOW_48_BITS || seq < 1 || seq >= SEQ_LIMIT || ordinal < 0 || ordinal > 3) {
            throw new IllegalArgumentException("Not a checkpoint: event " + seq + " at " + timeMs + ", " + ordinal);
        }
    }

    /** As the outside sees it: a version 7 UUID, so ids of a thread sort in its order; another thread's are different. */
    public String text(ThreadKey thread) {
        long high = timeMs << 16 | VERSION_7 | seq >>> SEQ_LOW_BITS;
        long low = VARIANT_RFC_9562 | (seq & LOW_30_BITS) << 32 | (long) ordinal << 30 | mark(thread);
        return new UUID(high, low).toString();
    }

    /** Null if this cannot be a checkpoint of the thread. */
    public static @Nullable CheckpointId parse(ThreadKey thread, String text) {
        UUID uuid;
        try {
            uuid = UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
        long high = uuid.getMostSignificantBits();
        long low = uuid.getLeastSignificantBits();
        long seq = (high & 0xfff) << SEQ_LOW_BITS | low >>> 32 & LOW_30_BITS;
        if (seq == 0) {
            return null;
        }
        CheckpointId id = new CheckpointId(high >>> 16, seq, (int) (low >>> 30 & 3));
        return id.text(thread).equals(uuid.toString()) ? id : null;
    }

    @Override
    public int compareTo(CheckpointId other) {
        return seq == other.seq ? Integer.compare(ordinal, other.ordinal) : Long.compare(seq, other.seq);
    }

    private static long mark(ThreadKey thread) {
        return ByteBuffer.wrap(Fingerprint.of(thread.tenant(), thread.thread())).getInt() & LOW_30_BITS;
    }
}

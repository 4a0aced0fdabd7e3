package dev.threadwright.thread;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Names runs after the command that asks for them, so that a decision made again names the same run. Laid out as a
 * version 7 UUID: ids sort by the time of their commands, which keeps index pages warm.
 */
public final class RunIds {

    private static final long LOW_48_BITS = (1L << 48) - 1;
    private static final long LOW_12_BITS = (1L << 12) - 1;
    private static final long LOW_62_BITS = (1L << 62) - 1;
    private static final long VERSION_7 = 7L << 12;
    private static final long VARIANT_RFC_9562 = 1L << 63;

    private RunIds() {}

    /** @param timeMs the command's time; milliseconds since 1970 */
    public static RunId of(ThreadKey thread, Identity identity, long timeMs) {
        ByteBuffer hash =
                ByteBuffer.wrap(Fingerprint.of(thread.tenant(), thread.thread(), identity.source(), identity.id()));
        long high = (timeMs & LOW_48_BITS) << 16 | VERSION_7 | (hash.getLong() & LOW_12_BITS);
        long low = VARIANT_RFC_9562 | (hash.getLong() & LOW_62_BITS);
        return new RunId(new UUID(high, low).toString());
    }
}

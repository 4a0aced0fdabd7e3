package dev.threadwright.actor;

import dev.threadwright.journal.OutboxRow.Coordinates;
import dev.threadwright.journal.RawHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A consumed record as it came, kept until what it asked is committed.
 *
 * @param timeMs when it was appended to its topic; milliseconds since 1970
 */
public record RawRecord(
        String tenant,
        Coordinates source,
        byte @Nullable [] key,
        byte @Nullable [] value,
        RawHeaders headers,
        long timeMs) {

    /** Only where and when it was. */
    RawRecord bare() {
        return new RawRecord(tenant, source, null, null, RawHeaders.NONE, timeMs);
    }

    boolean isBare() {
        return key == null && value == null && headers.all().isEmpty();
    }

    public long bytes() {
        return (key == null ? 0 : key.length) + (value == null ? 0 : value.length) + headers.bytes();
    }
}

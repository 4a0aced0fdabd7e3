package dev.threadwright.actor;

import dev.threadwright.journal.OutboxRow.Coordinates;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A consumed record as it came, kept until what it asked is committed.
 *
 * @param headers the last of equal names
 * @param timeMs when it was appended to its topic; milliseconds since 1970
 */
public record RawRecord(
        Coordinates source, byte @Nullable [] key, byte @Nullable [] value, Map<String, byte[]> headers, long timeMs) {

    public long bytes() {
        return (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
    }
}

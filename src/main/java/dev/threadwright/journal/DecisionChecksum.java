package dev.threadwright.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadwright.thread.ThreadKey;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Tells a decision that is as it was written from one that is not. Against damage, not against malice. */
final class DecisionChecksum {

    private static final byte[] ABSENT = {-1, -1, -1, -1};

    private DecisionChecksum() {}

    static int of(
            ThreadKey thread,
            long firstSeq,
            long timeMs,
            @Nullable String source,
            @Nullable String id,
            String actor,
            String events) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(firstSeq)
                .putLong(timeMs)
                .flip());
        update(crc, thread.tenant());
        update(crc, thread.thread());
        update(crc, source);
        update(crc, id);
        update(crc, actor);
        update(crc, events);
        return (int) crc.getValue();
    }

    private static void update(CRC32C crc, @Nullable String text) {
        if (text == null) {
            crc.update(ABSENT);
            return;
        }
        byte[] bytes = text.getBytes(UTF_8);
        crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        crc.update(bytes);
    }
}

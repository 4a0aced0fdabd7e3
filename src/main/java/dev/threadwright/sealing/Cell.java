package dev.threadwright.sealing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadwright.thread.ThreadKey;
import java.nio.ByteBuffer;

/**
 * Where something sealed stands. It can be opened there and nowhere else, so that no row can be put in another's place.
 *
 * @param row tells it from others of its thread and column
 */
public record Cell(ThreadKey thread, SealedColumn column, String row) {

    /** Whose records belong to no thread. No thread is called so. */
    public static final String NO_THREAD = "";

    private static final byte[] KIND = "threadwright sealed 1".getBytes(UTF_8);
    private static final byte[] KEY_KIND = "threadwright key 1".getBytes(UTF_8);

    public static Cell of(ThreadKey thread, SealedColumn column, long row) {
        return new Cell(thread, column, Long.toString(row));
    }

    /** Authenticated beside the content. */
    byte[] aad(int keyNumber) {
        return joined(
                KIND,
                thread.tenant().getBytes(UTF_8),
                thread.thread().getBytes(UTF_8),
                column.word().getBytes(UTF_8),
                row.getBytes(UTF_8),
                ByteBuffer.allocate(Integer.BYTES).putInt(keyNumber).array());
    }

    /** Authenticated beside a wrapped key. */
    static byte[] keyContext(ThreadKey thread, int keyNumber) {
        return joined(
                KEY_KIND,
                thread.tenant().getBytes(UTF_8),
                thread.thread().getBytes(UTF_8),
                ByteBuffer.allocate(Integer.BYTES).putInt(keyNumber).array());
    }

    /** Each with its length, or one text could end where the next begins. */
    private static byte[] joined(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += Integer.BYTES + part.length;
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            all.putInt(part.length).put(part);
        }
        return all.array();
    }
}

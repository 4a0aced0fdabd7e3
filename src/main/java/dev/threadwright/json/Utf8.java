package dev.threadwright.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Whether bytes are well-formed UTF-8: no overlong forms, no surrogates, nothing beyond U+10FFFF, nothing cut. */
public final class Utf8 {

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** The bit of each byte that no ASCII has. */
    private static final long BEYOND_ASCII = 0x8080_8080_8080_8080L;

    /** Chars that are decoded at once, and thrown away. */
    private static final int MAX_CHARS = 1_024;

    private Utf8() {}

    /** Where the first bytes are that are no character, for people; null if there are none. Of ASCII it costs one look. */
    public static @Nullable String problem(byte[] bytes) {
        int ascii = asciiLength(bytes);
        if (ascii == bytes.length) {
            return null;
        }
        ByteBuffer rest = ByteBuffer.wrap(bytes, ascii, bytes.length - ascii);
        CharBuffer chars = CharBuffer.allocate(Math.min(rest.remaining(), MAX_CHARS));
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CoderResult result = CoderResult.OVERFLOW;
        while (result.isOverflow()) {
            chars.clear();
            result = decoder.decode(rest, chars, true);
        }
        return result.isError()
                ? "byte 0x%02X at offset %d is not part of a character"
                        .formatted(bytes[rest.position()] & 0xff, rest.position())
                : null;
    }

    /** How many bytes are ASCII before the first one that is not, give or take the seven before it. */
    private static int asciiLength(byte[] bytes) {
        int index = 0;
        while (index <= bytes.length - Long.BYTES) {
            if (((long) EIGHT_BYTES.get(bytes, index) & BEYOND_ASCII) != 0) {
                return index;
            }
            index += Long.BYTES;
        }
        while (index < bytes.length && bytes[index] >= 0) {
            index++;
        }
        return index;
    }
}

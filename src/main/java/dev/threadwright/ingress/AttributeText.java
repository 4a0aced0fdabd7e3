package dev.threadwright.ingress;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Text as CloudEvents attributes may hold it: well-formed UTF-8 without control characters. */
final class AttributeText {

    /** How much of a wrong value a reason repeats. */
    private static final int MAX_QUOTED = 60;

    private static final char REPLACEMENT = '\uFFFD';

    private AttributeText() {}

    /**
     * @param what its name in the reason
     * @param maxLength in UTF-16 units
     */
    static String read(String what, byte @Nullable [] bytes, int maxLength) throws InvalidRecordException {
        if (bytes == null) {
            throw new InvalidRecordException(what + " has no value");
        }
        // No character takes more than three bytes for one UTF-16 unit: what is far too long is not even decoded.
        if (bytes.length > 3L * maxLength) {
            throw tooLong(what, bytes.length + " bytes", maxLength);
        }
        return check(what, decode(what, bytes), maxLength);
    }

    static String check(String what, String text, int maxLength) throws InvalidRecordException {
        if (text.isEmpty()) {
            throw new InvalidRecordException(what + " is empty");
        }
        if (text.length() > maxLength) {
            throw tooLong(what, text.length() + " characters", maxLength);
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // Nearly every character of every attribute is printable ASCII.
            if (c < ' ' || c > '~') {
                i += requireAllowed(what, text, i);
            }
        }
        return text;
    }

    /** Returns how many further UTF-16 units the character takes. */
    private static int requireAllowed(String what, String text, int index) throws InvalidRecordException {
        int c = text.codePointAt(index);
        boolean nonCharacter = (c & 0xFFFE) == 0xFFFE || c >= 0xFDD0 && c <= 0xFDEF;
        if (Character.isISOControl(c) || nonCharacter || Character.getType(c) == Character.SURROGATE) {
            throw new InvalidRecordException(
                    "%s holds U+%04X at character %d; control characters and non-characters are not allowed"
                            .formatted(what, c, index));
        }
        return Character.charCount(c) - 1;
    }

    private static String decode(String what, byte[] bytes) throws InvalidRecordException {
        // Several times as fast as a strict decoder, and it marks what is malformed: only what has the mark, which may
        // also have been sent, is decoded again, strictly.
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) < 0) {
            return text;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidRecordException(what + " is not UTF-8");
        }
    }

    private static InvalidRecordException tooLong(String what, String length, int maxLength) {
        return new InvalidRecordException(what + " is too long: " + length + ", at most " + maxLength + " characters");
    }

    /** For a reason: what was there, cut, and in one line. */
    static String quoted(String text) {
        return '"'
                + (text.length() <= MAX_QUOTED ? printable(text) : printable(text.substring(0, MAX_QUOTED)) + "...")
                + '"';
    }

    /** One line that can be stored and sent, whatever was in it. */
    static String printable(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '?' : c)
                .forEach(line::appendCodePoint);
        return line.toString();
    }
}

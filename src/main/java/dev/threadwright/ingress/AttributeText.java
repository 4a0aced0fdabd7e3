package dev.threadwright.ingress;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Text as CloudEvents attributes may hold it: well-formed UTF-8 without control characters. */
public final class AttributeText {

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
            throw new InvalidRecordException(what + " " + tooLong(bytes.length + " bytes", maxLength));
        }
        return check(what, decode(what, bytes), maxLength);
    }

    static String check(String what, String text, int maxLength) throws InvalidRecordException {
        String problem = problem(text, maxLength);
        if (problem != null) {
            throw new InvalidRecordException(what + " " + problem);
        }
        return text;
    }

    /** What is wrong with it as an attribute other than a policy, to follow what it is; null if nothing is. */
    public static @Nullable String problem(String text) {
        return problem(text, Attributes.MAX_LENGTH);
    }

    private static @Nullable String problem(String text, int maxLength) {
        if (text.isEmpty()) {
            return "is empty";
        }
        if (text.length() > maxLength) {
            return tooLong(text.length() + " characters", maxLength);
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // Nearly every character of every attribute is printable ASCII.
            if (c < ' ' || c > '~') {
                int character = text.codePointAt(i);
                if (!isAllowed(character)) {
                    return "holds U+%04X at character %d; control characters and non-characters are not allowed"
                            .formatted(character, i);
                }
                i += Character.charCount(character) - 1;
            }
        }
        return null;
    }

    private static boolean isAllowed(int c) {
        boolean nonCharacter = (c & 0xFFFE) == 0xFFFE || c >= 0xFDD0 && c <= 0xFDEF;
        return !Character.isISOControl(c) && !nonCharacter && Character.getType(c) != Character.SURROGATE;
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

    private static String tooLong(String length, int maxLength) {
        return "is too long: " + length + ", at most " + maxLength + " characters";
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

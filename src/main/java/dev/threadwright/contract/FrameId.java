package dev.threadwright.contract;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names a frame by the event that it tells of and its place among all that can be told of that event, in whatever mode:
 * the same for every choice of modes, on every server.
 *
 * @param seq of the event
 * @param ordinal 0 for the first
 */
public record FrameId(long seq, int ordinal) implements Comparable<FrameId> {

    private static final Pattern FORM = Pattern.compile("(0|[1-9][0-9]{0,17})-(0|[1-9][0-9]{0,8})");

    /** Null if this names no frame. */
    public static @Nullable FrameId parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? new FrameId(Long.parseLong(matcher.group(1)), Integer.parseInt(matcher.group(2)))
                : null;
    }

    @Override
    public int compareTo(FrameId other) {
        return seq == other.seq ? Integer.compare(ordinal, other.ordinal) : Long.compare(seq, other.seq);
    }

    @Override
    public String toString() {
        return seq + "-" + ordinal;
    }
}

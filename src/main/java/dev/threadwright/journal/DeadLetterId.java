package dev.threadwright.journal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A dead letter's name: its place in the outbox. Written {@code partition-position}. */
public record DeadLetterId(int partition, long position) {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})-(\\d{1,18})");

    /** Null if no dead letter can be called that. */
    public static @Nullable DeadLetterId parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            return null;
        }
        DeadLetterId id = new DeadLetterId(Integer.parseInt(parts.group(1)), Long.parseLong(parts.group(2)));
        // One name each: no zeros in front.
        return id.toString().equals(text) ? id : null;
    }

    @Override
    public String toString() {
        return partition + "-" + position;
    }
}

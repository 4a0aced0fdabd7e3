package dev.threadwright.step.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long a server asks to wait: seconds, or the time of the next attempt. */
final class RetryAfter {

    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

    private RetryAfter() {}

    /** Null if it asks for nothing, or for what nobody understands. */
    static @Nullable Duration of(@Nullable String header, long nowMs) {
        if (header == null) {
            return null;
        }
        String asked = header.strip();
        if (SECONDS.matcher(asked).matches()) {
            return Duration.ofSeconds(Long.parseLong(asked));
        }
        try {
            long atMs = ZonedDateTime.parse(asked, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant()
                    .toEpochMilli();
            return Duration.ofMillis(Math.max(0, atMs - nowMs));
        } catch (DateTimeException | ArithmeticException e) {
            return null;
        }
    }
}

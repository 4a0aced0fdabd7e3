package dev.threadwright.catalog;

import dev.threadwright.workflow.Json;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Spans of time as people write them: {@code 200ms}, {@code 30s}, {@code 5m}, {@code 12h}, {@code 7d}, {@code PT1M}. */
final class Durations {

    private static final Pattern SHORT = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

    /** Ten years. */
    static final long MAX_MS = 10L * 366 * 86_400_000;

    private Durations() {}

    /** @throws IllegalArgumentException if it is not a span of time from 1 ms to {@link #MAX_MS} */
    static long ms(String text) {
        long ms = parse(text);
        if (ms < 1 || ms > MAX_MS) {
            throw new IllegalArgumentException("must be from 1ms to " + MAX_MS / 86_400_000 + "d, not " + text);
        }
        return ms;
    }

    /** What a document declares; if that is nothing, or no span of time, of which this tells: the other. */
    static long ms(String path, @Nullable Json declared, long otherwiseMs, Problems problems) {
        if (declared instanceof Json.Text text) {
            try {
                return ms(text.value());
            } catch (IllegalArgumentException e) {
                problems.add(path, String.valueOf(e.getMessage()));
            }
        }
        return otherwiseMs;
    }

    private static long parse(String text) {
        Matcher parts = SHORT.matcher(text);
        if (parts.matches()) {
            long number = Long.parseLong(parts.group(1));
            return switch (parts.group(2)) {
                case "ms" -> number;
                case "s" -> number * 1_000;
                case "m" -> number * 60_000;
                case "h" -> number * 3_600_000;
                // More would overflow, and is too long anyway.
                default -> Math.min(number, MAX_MS / 86_400_000 + 1) * 86_400_000;
            };
        }
        try {
            return Duration.parse(text).toMillis();
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("is no span of time like 200ms, 30s, 5m, 12h, 7d or PT1M: " + text);
        }
    }
}

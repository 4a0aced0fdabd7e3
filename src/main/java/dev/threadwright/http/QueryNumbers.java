package dev.threadwright.http;

import org.jspecify.annotations.Nullable;

/** Whole numbers in the query; read here, because a number that is none would otherwise become "not found". */
final class QueryNumbers {

    private QueryNumbers() {}

    static long read(String name, @Nullable String text, long min, long max, long absent) {
        if (text == null) {
            return absent;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number out of bounds.
        }
        throw new ProblemException(Problem.of(
                ProblemType.INVALID_REQUEST,
                "Query parameter " + name + " must be a whole number from " + min + " to " + max));
    }
}

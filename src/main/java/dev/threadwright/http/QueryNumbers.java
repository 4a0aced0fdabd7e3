package dev.threadwright.http;

import org.jspecify.annotations.Nullable;

/** Whole numbers in the query and the path; read here, because a number that is none would otherwise become "not found". */
final class QueryNumbers {

    private QueryNumbers() {}

    static long read(String name, @Nullable String text, long min, long max, long absent) {
        return text == null ? absent : read("Query parameter " + name, text, min, max);
    }

    static int readFromPath(String name, String text, int min, int max) {
        return (int) read("In the path, " + name, text, min, max);
    }

    private static long read(String what, String text, long min, long max) {
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number out of bounds.
        }
        throw new ProblemException(
                Problem.of(ProblemType.INVALID_REQUEST, what + " must be a whole number from " + min + " to " + max));
    }
}

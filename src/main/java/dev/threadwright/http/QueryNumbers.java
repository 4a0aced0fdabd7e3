package dev.threadwright.http;

import org.jspecify.annotations.Nullable;

/** Whole numbers in the query and the path; read here, because a number that is none would otherwise become "not found". */
final class QueryNumbers {

    private QueryNumbers() {}

    static long read(String name, @Nullable String text, long min, long max, long absent) {
        if (text == null) {
            return absent;
        }
        Long value = parse(text, min, max);
        if (value == null) {
            throw new ProblemException(
                    Problem.of(ProblemType.INVALID_REQUEST, problem("Query parameter " + name, min, max)));
        }
        return value;
    }

    /** As {@link #read}, for a request of the agent contract: like its fields, what cannot be meant is a 422. */
    static int readField(String name, @Nullable String text, int min, int max, int absent) {
        if (text == null) {
            return absent;
        }
        Long value = parse(text, min, max);
        if (value == null) {
            throw RequestFields.beside(problem("Query parameter " + name, min, max));
        }
        return value.intValue();
    }

    static int readFromPath(String name, String text, int min, int max) {
        Long value = parse(text, min, max);
        if (value == null) {
            throw new ProblemException(
                    Problem.of(ProblemType.INVALID_REQUEST, problem("In the path, " + name, min, max)));
        }
        return value.intValue();
    }

    private static String problem(String what, long min, long max) {
        return what + " must be a whole number from " + min + " to " + max;
    }

    private static @Nullable Long parse(String text, long min, long max) {
        try {
            long value = Long.parseLong(text);
            return value >= min && value <= max ? value : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}

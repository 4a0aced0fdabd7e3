package dev.threadwright.http;

import org.jspecify.annotations.Nullable;

/** Texts in the query, and words that stand for yes and no. */
final class QueryTexts {

    private QueryTexts() {}

    /** Nothing has a name without characters, or with one that Postgres has no text for. */
    static @Nullable String read(String name, @Nullable String text) {
        if (text != null && (text.isEmpty() || text.indexOf('\0') >= 0)) {
            throw wrong(name, "is empty or holds U+0000; leave it out");
        }
        return text;
    }

    /** @param first what stands for yes, and for what is absent */
    static boolean isFirst(String name, @Nullable String text, String first, String second) {
        if (text == null || text.equals(first)) {
            return true;
        }
        if (text.equals(second)) {
            return false;
        }
        throw wrong(name, "must be " + first + " or " + second);
    }

    static ProblemException wrong(String name, String detail) {
        return new ProblemException(Problem.of(ProblemType.INVALID_REQUEST, "Query parameter " + name + " " + detail));
    }
}

package dev.threadwright.http;

import org.jspecify.annotations.Nullable;

/** Texts and flags in the path and the query of the agent contract. */
final class PathTexts {

    private PathTexts() {}

    /** Postgres has no U+0000 in texts, so nothing is called that. */
    static String checked(String name, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new ProblemException(Problem.of(ProblemType.INVALID_REQUEST, name + " holds U+0000"));
        }
        return text;
    }

    static boolean flag(String name, @Nullable String text, boolean absent) {
        return switch (text) {
            case null -> absent;
            case "true", "1" -> true;
            case "false", "0" -> false;
            default ->
                throw new ProblemException(
                        Problem.of(ProblemType.INVALID_REQUEST, "Query parameter " + name + " must be true or false"));
        };
    }
}

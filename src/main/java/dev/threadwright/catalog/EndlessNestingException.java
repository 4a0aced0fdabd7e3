package dev.threadwright.catalog;

import dev.threadwright.catalog.StoredWorkflows.Key;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A document leads too deep, or to itself. Known of the outermost one alone: those on the way may be as deep as they are, and
 * nothing is wrong with them.
 */
final class EndlessNestingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private EndlessNestingException(String message) {
        super(message);
    }

    /** @param way from the outermost one */
    static EndlessNestingException on(List<Key> way, Key next) {
        String words = Stream.concat(way.stream(), Stream.of(next))
                .map(key -> key.ref().toString())
                .collect(Collectors.joining(" runs "));
        return new EndlessNestingException(
                way.contains(next)
                        ? "it runs what runs itself: " + words
                        : "workflows run each other more than " + Surroundings.MAX_DEPTH + " deep with it: " + words);
    }
}

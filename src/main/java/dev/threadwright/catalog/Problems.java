package dev.threadwright.catalog;

import java.util.ArrayList;
import java.util.List;

/** What is found wrong with a document while it is compiled: all of it is told at once. */
final class Problems {

    private final List<DocumentProblem> found = new ArrayList<>();

    /** @param pointer where: a JSON pointer */
    void add(String pointer, String message) {
        found.add(new DocumentProblem(pointer, message));
    }

    void addAll(List<DocumentProblem> problems) {
        found.addAll(problems);
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** Each once, in the order in which they were found. */
    List<DocumentProblem> all() {
        return found.stream().distinct().toList();
    }

    /** A JSON pointer to what a pointer's place has under a name. */
    static String at(String pointer, String name) {
        return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
    }
}

package dev.threadwright.store;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Where an item is: labels, the outermost first. Kept joined by dots, which labels cannot have, so that what is below a prefix
 * is a stretch of an index.
 */
public record Namespace(List<String> labels) {

    public static final int MAX_DEPTH = 32;
    public static final int MAX_LABEL_BYTES = 255;

    /** Of all labels together, with the dots: namespace and key have to fit in an index. */
    public static final int MAX_BYTES = 1_024;

    static final char SEPARATOR = '.';

    /** Right after the separator: what begins with a prefix and a dot is before the prefix and this. */
    private static final char BEYOND = '/';

    public Namespace {
        labels = List.copyOf(labels);
    }

    /** @throws IllegalArgumentException if an item cannot be there */
    public static Namespace ofItem(List<String> labels) {
        if (labels.isEmpty()) {
            throw new IllegalArgumentException("has no label; give one at least");
        }
        return prefix(labels);
    }

    /** @throws IllegalArgumentException if nothing can be below it; no labels are above everything */
    public static Namespace prefix(List<String> labels) {
        if (labels.size() > MAX_DEPTH) {
            throw new IllegalArgumentException("has " + labels.size() + " labels, at most " + MAX_DEPTH);
        }
        for (String label : labels) {
            if (label.isEmpty()) {
                throw new IllegalArgumentException("has an empty label");
            }
            if (label.indexOf(SEPARATOR) >= 0) {
                throw new IllegalArgumentException("has the label \"" + label + "\" with a dot in it");
            }
            if (bytes(label) > MAX_LABEL_BYTES) {
                throw new IllegalArgumentException("has a label of more than " + MAX_LABEL_BYTES + " bytes");
            }
        }
        Namespace namespace = new Namespace(labels);
        if (bytes(namespace.path()) > MAX_BYTES) {
            throw new IllegalArgumentException("has more than " + MAX_BYTES + " bytes");
        }
        return namespace;
    }

    /** @throws IllegalArgumentException as {@link #ofItem} */
    public static Namespace parse(String path) {
        return ofItem(path.isEmpty() ? List.of() : List.of(path.split("\\.", -1)));
    }

    static Namespace read(String path) {
        return new Namespace(List.of(path.split("\\.", -1)));
    }

    String path() {
        return String.join(".", labels);
    }

    /** Where what is below it begins and ends, in the order of bytes. */
    String from() {
        return path() + SEPARATOR;
    }

    String to() {
        return path() + BEYOND;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}

package dev.threadwright.catalog;

/**
 * Something that is wrong with a document.
 *
 * @param pointer where: a JSON pointer; empty for the document as a whole
 */
public record DocumentProblem(String pointer, String message) {
    @Override
    public String toString() {
        return pointer.isEmpty() ? message : pointer + ": " + message;
    }
}

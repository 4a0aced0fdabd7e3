package dev.threadwright.journal;

/**
 * Stored JSON that this release does not understand: a newer one wrote it, or it is damaged. Never the fault of a
 * command; the thread cannot be decided on until it is readable.
 */
public final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
        super(message);
    }
}

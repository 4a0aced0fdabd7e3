package dev.threadwright.journal;

import dev.threadwright.thread.ThreadKey;
import org.jspecify.annotations.Nullable;

/**
 * Stored data that this release does not understand: a newer one wrote it, or it is damaged. Never the fault of a
 * command. Trying again does not help; the thread cannot be decided on until it is readable, others can.
 */
public final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable ThreadKey thread;

    UnreadableException(String message) {
        super(message);
        this.thread = null;
    }

    UnreadableException(ThreadKey thread, RuntimeException cause) {
        super("Thread " + thread + " cannot be read: " + cause.getMessage(), cause);
        this.thread = thread;
    }

    UnreadableException(ThreadKey thread, String reason) {
        super("Thread " + thread + " cannot be read: " + reason);
        this.thread = thread;
    }

    /** The thread whose data it is; null where a single value was read. */
    public @Nullable ThreadKey thread() {
        return thread;
    }
}

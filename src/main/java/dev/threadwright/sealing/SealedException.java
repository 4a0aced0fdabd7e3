package dev.threadwright.sealing;

import org.jspecify.annotations.Nullable;

/** What is sealed cannot be opened, or what is to be sealed cannot be. */
public final class SealedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why not. */
    public enum Reason {
        /** Its key was destroyed on purpose: nobody can ever read it again. */
        ERASED,
        /** This server has not been given the master key that it needs. */
        NO_MASTER_KEY,
        /** Who has the master keys cannot be reached; trying again may help. */
        UNAVAILABLE,
        /** It is not what was sealed here, or its key is lost. */
        DAMAGED
    }

    private final Reason reason;

    public SealedException(Reason reason, String message) {
        this(reason, message, null);
    }

    public SealedException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** Whether it is the server's surroundings that are at fault, and not what is stored. */
    public boolean isPassing() {
        return reason == Reason.NO_MASTER_KEY || reason == Reason.UNAVAILABLE;
    }
}

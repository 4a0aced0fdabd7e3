package dev.threadwright.journal;

import org.jspecify.annotations.Nullable;

/** The connection was lost between sending a commit and its answer. */
public final class UnknownCommitException extends JournalException {
    private static final long serialVersionUID = 1L;

    public UnknownCommitException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

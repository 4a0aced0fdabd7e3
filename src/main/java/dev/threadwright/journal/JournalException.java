package dev.threadwright.journal;

import org.jspecify.annotations.Nullable;

/** Why the journal did not do what it was asked. */
public sealed class JournalException extends RuntimeException
        permits FencedException,
                RejectedBatchException,
                TimedOutBatchException,
                UnknownCommitException,
                JournalUnavailableException {
    private static final long serialVersionUID = 1L;

    JournalException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

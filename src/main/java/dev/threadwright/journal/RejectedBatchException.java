package dev.threadwright.journal;

import org.jspecify.annotations.Nullable;

/**
 * The store refuses the data of the batch; some command of it will never be stored as it is, or its thread is damaged.
 * Nothing was stored.
 */
public final class RejectedBatchException extends JournalException {
    private static final long serialVersionUID = 1L;

    public RejectedBatchException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

package dev.threadwright.journal;

import org.jspecify.annotations.Nullable;

/**
 * The store gave a batch up because it took too long. Nothing was stored. The same batch may take as long again, so a
 * smaller one is to be tried.
 */
public final class TimedOutBatchException extends JournalException {
    private static final long serialVersionUID = 1L;

    public TimedOutBatchException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

package dev.threadwright.journal;

import org.jspecify.annotations.Nullable;

/** The store cannot be reached, or is too busy; nothing was stored, and the same may succeed later. */
public final class JournalUnavailableException extends JournalException {
    private static final long serialVersionUID = 1L;

    public JournalUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

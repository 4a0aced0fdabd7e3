package dev.threadwright.tables;

/** Nothing was read or changed, because the database cannot be reached or is too busy; the same may succeed later. */
public final class TablesUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TablesUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}

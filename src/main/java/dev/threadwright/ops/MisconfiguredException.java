package dev.threadwright.ops;

/** The server cannot work as it is configured; the message says what to change. Trying again does not help. */
final class MisconfiguredException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MisconfiguredException(String message) {
        super(message);
    }
}

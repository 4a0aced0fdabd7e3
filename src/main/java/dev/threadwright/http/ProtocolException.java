package dev.threadwright.http;

/** Ends a command of the newer protocol. */
final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ProtocolError error;

    ProtocolException(ProtocolError error, String message) {
        // A caller's mistake has no use for a stack trace.
        super(message, null, false, false);
        this.error = error;
    }

    ProtocolError error() {
        return error;
    }
}

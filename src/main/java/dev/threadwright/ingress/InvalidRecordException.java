package dev.threadwright.ingress;

/** A record is not a command; the message says why. Without a stack trace, because senders decide how often it occurs. */
final class InvalidRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidRecordException(String message) {
        super(message, null, false, false);
    }
}

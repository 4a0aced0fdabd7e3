package dev.threadwright.json;

/** Text that is not the JSON it should be; the message says what and where. */
public final class InvalidJsonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidJsonException(String message) {
        super(message);
    }
}

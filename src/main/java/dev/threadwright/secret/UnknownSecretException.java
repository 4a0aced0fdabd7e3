package dev.threadwright.secret;

/** There is no such secret, or none that can be used; the message names it. */
public final class UnknownSecretException extends Exception {

    private static final long serialVersionUID = 1L;

    UnknownSecretException(String message) {
        super(message);
    }
}

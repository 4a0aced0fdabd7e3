package dev.threadwright.ending;

/** An address that this server does not send to, whoever asks; the message says why. */
final class RefusedAddressException extends Exception {

    private static final long serialVersionUID = 1L;

    RefusedAddressException(String message) {
        super(message);
    }
}

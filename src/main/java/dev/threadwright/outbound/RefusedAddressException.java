package dev.threadwright.outbound;

/** An address that this server does not send to, whoever asks; the message says why. */
public final class RefusedAddressException extends Exception {

    private static final long serialVersionUID = 1L;

    public RefusedAddressException(String message) {
        super(message);
    }
}

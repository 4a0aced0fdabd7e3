package dev.threadwright.callback;

/** Nobody may call back by that; the message says why, and nothing that the caller does not know. */
public final class CallbackRefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    public enum Reason {
        /** It was not made here, or was altered. */
        FORGED,
        /** It was made here, and its time is over. */
        EXPIRED
    }

    private final Reason reason;

    CallbackRefusedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}

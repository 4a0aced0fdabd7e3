package dev.threadwright.assistant;

/** What cannot be done with an assistant, and why. */
public final class AssistantRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public enum Reason {
        NOT_FOUND,
        EXISTS,
        OF_THE_SYSTEM,
        UNKNOWN_GRAPH
    }

    private final Reason reason;

    AssistantRefusedException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}

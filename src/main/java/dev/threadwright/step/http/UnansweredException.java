package dev.threadwright.step.http;

/** There was no answer, or one that says it may be another later. Tried again as the step says. */
final class UnansweredException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnansweredException(String message) {
        super(message);
    }
}

package dev.threadwright.step;

/** The action failed for good: an answer of the business, or a request that will never be right. Not tried again. */
public class StepRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StepRefusedException(String message) {
        super(message);
    }
}

package dev.threadwright.workflow;

/** A step says that it cannot go on with what it was given; the run fails with this message. */
public final class StepFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StepFailure(String message) {
        super(message);
    }
}

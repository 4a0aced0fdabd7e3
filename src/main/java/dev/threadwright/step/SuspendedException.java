package dev.threadwright.step;

/**
 * What {@link StepContext#ask} throws when the answer is not there yet: let it through. The handler is entered again, from
 * its beginning, when it is.
 */
public final class SuspendedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SuspendedException() {
        super("The handler waits for an answer", null, false, false);
    }
}

package dev.threadwright.http;

/** Refuses a request of whose body more is to come, which nobody reads: its connection ends with the answer. */
final class UnreadBodyException extends ProblemException {

    private static final long serialVersionUID = 1;

    UnreadBodyException(Problem problem) {
        super(problem);
    }
}

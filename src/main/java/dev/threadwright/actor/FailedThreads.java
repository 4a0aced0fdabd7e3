package dev.threadwright.actor;

import dev.threadwright.thread.ThreadKey;
import java.util.Comparator;
import java.util.Map;

/** Works of a batch that the server fails on; the batch is to be decided again without them. */
final class FailedThreads extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Map<ThreadKey, Failure> failures;

    /** @param index of the thread's first work that cannot be decided */
    record Failure(int index, Throwable defect) {}

    FailedThreads(Map<ThreadKey, Failure> failures) {
        super("The server fails on " + failures.size() + " threads");
        this.failures = Map.copyOf(failures);
    }

    Map<ThreadKey, Failure> failures() {
        return failures;
    }

    /** Of the work that came first. */
    Failure first() {
        return failures.values().stream()
                .min(Comparator.comparingInt(Failure::index))
                .orElseThrow();
    }
}

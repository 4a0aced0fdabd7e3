package dev.threadwright.thread.policy;

import dev.threadwright.thread.Event.Behind;
import dev.threadwright.thread.Event.Rejection;
import org.jspecify.annotations.Nullable;

/** What a policy wants done with an input. */
public sealed interface Choice {

    /** Nothing is in the way: start a run. */
    record Start() implements Choice {}

    /** Cancel every unfinished and queued run, then start. */
    record InterruptAndStart(boolean prependSuperseded) implements Choice {}

    /** Start beside what is running. */
    record StartBeside() implements Choice {}

    /** Into the inbox of the oldest active run. */
    record Merge() implements Choice {}

    /** @param ttlMs milliseconds after which the input is given up; null for never */
    record Enqueue(int max, @Nullable Long ttlMs, Behind behind) implements Choice {}

    /** As interrupt, and the state returns to what it was before the main run. */
    record RollBackAndStart() implements Choice {}

    record Refuse(Rejection reason, String message) implements Choice {}
}

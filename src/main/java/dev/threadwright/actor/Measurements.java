package dev.threadwright.actor;

import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.journal.Batch;
import dev.threadwright.journal.Publication;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.TraceContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What loops, their steps and their relays tell whoever measures them: counts, times, spans. Called where the work is done,
 * by many threads: has to return at once, and must not throw. Times are in nanoseconds.
 */
public interface Measurements {

    /** Nobody measures. */
    Measurements NONE = new Measurements() {};

    /** Why an attempt to commit a batch has not stored it, as far as is known. */
    enum CommitFailure {
        /** One of its partitions has another owner. */
        FENCED,
        /** The store refuses what it holds. */
        REJECTED,
        /** The store gave it up, because it took too long; it is made smaller. */
        TIMED_OUT,
        /** The answer was lost; what became of it is found out. */
        UNANSWERED,
        /** The store could not be reached; it is tried again. */
        UNAVAILABLE
    }

    /** What the consumer group has done with partitions. */
    enum Rebalance {
        ASSIGNED,
        REVOKED,
        LOST
    }

    /** A batch is durable. @param nanos from the first attempt to commit it to that */
    default void committed(List<Work> works, Batch batch, long nanos) {}

    default void commitFailed(CommitFailure why) {}

    /** Threads that were not in memory were read from the journal. */
    default void loaded(int threads, long nanos) {}

    default void rebalanced(Rebalance what, int partitions) {}

    /** A partition was claimed and is worked on. @param nanos that the last attempt took */
    default void claimed(long nanos) {}

    /** An attempt to claim a partition failed, and is made again. */
    default void claimFailed() {}

    /**
     * A handler is about to be called; after a crash perhaps not for the first time.
     *
     * @return the trace to which belongs whatever it asks elsewhere; null for none
     */
    default @Nullable TraceContext stepBegun(StepCall step) {
        return step.trace();
    }

    /** A handler has answered. @param result what its thread is told of it */
    default void stepEnded(StepCall step, Command result, long nanos) {}

    /** Nobody waits for a handler any more that was called. */
    default void stepCancelled(StepCall step, long nanos) {}

    /** A transaction is on Kafka. @param nanos that it took */
    default void published(List<Publication> publications, long nanos) {}

    /** A transaction failed, or could not begin; what it had is published again. */
    default void publishingFailed() {}

    /** What one commit left in one partition is on Kafka, all of it. @param nanos since it was committed */
    default void relayed(long nanos) {}
}

package dev.threadwright.actor;

import dev.threadwright.journal.Journal.Claim;
import java.util.Map;
import java.util.Set;

/** What became of a batch that was handed to the journal. */
sealed interface CommitResult {

    /** @param tookNanos until it was stored */
    record Committed(long tookNanos) implements CommitResult {}

    /** Nothing is stored: these partitions have another owner. */
    record Fenced(Set<Integer> partitions) implements CommitResult {}

    /** Nothing is stored, and never will be as it is. */
    record Rejected(String reason) implements CommitResult {}

    /** Nothing is stored: the store gave it up because it took too long. */
    record TimedOut(String reason) implements CommitResult {}

    /**
     * The answer was lost; the partitions were claimed again to find out.
     *
     * @param committed whether the batch is stored
     * @param tookNanos until that was known
     * @param claims of the partitions that are still this owner's
     */
    record Recovered(boolean committed, long tookNanos, Map<Integer, Claim> claims) implements CommitResult {}

    /** The loop was closed while the store could not be reached. */
    record Abandoned() implements CommitResult {}
}

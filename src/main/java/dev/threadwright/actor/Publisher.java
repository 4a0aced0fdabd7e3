package dev.threadwright.actor;

import dev.threadwright.journal.Journal.Claim;
import dev.threadwright.journal.Publication;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where committed records go out; the relay behind it publishes each partition in order, without a gap, once. */
public interface Publisher {

    /** The transactional id that it publishes with: what a later owner has to fence. */
    String publisherId();

    /**
     * Begins claimed partitions, each at the position that the log holds or the store knows, whichever is larger, after
     * making sure that their previous publishers publish no more. Blocks; call it before the first {@link #publish}. All at
     * once, because what the log is asked costs about the same for one partition and for many.
     */
    void open(List<Claim> claims);

    /**
     * How far a partition is published that was opened for this claim.
     *
     * @throws IllegalStateException if that is farther than its journal goes; it is not open then
     */
    long opened(Claim claim);

    /** Publishes what has been committed. Returns at once. */
    void publish(List<? extends Publication> publications);

    /** Whether so much waits to be published that nothing should be added. */
    boolean isSaturated();

    /** Returns when it is no longer saturated, or closed. */
    void awaitRoom() throws InterruptedException;

    /** When all that was given for the partition is published, its last position; the partition is then closed. */
    CompletionStage<Long> close(int partition);

    /** Another owner has the partition: what waits for it is theirs to publish. */
    void drop(int partition);
}

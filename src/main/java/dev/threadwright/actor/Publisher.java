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
     * Begins a claimed partition at the position that the log holds or the store knows, whichever is larger, after
     * making sure that its previous publisher publishes no more. Blocks; call it before the partition's first
     * {@link #publish}.
     *
     * @return the last position that is published
     */
    long open(Claim claim);

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

package dev.threadwright.relay;

import java.util.Collection;
import java.util.Map;

/** How far the log itself says that each partition is published. */
public interface PublishedPositions extends AutoCloseable {

    /**
     * Positions of the partitions that have one, after every transaction under way is decided.
     *
     * @throws RelayException if the cluster does not answer, or a transaction stays undecided
     * @throws IllegalStateException if the log holds something that is no position
     */
    Map<Integer, Long> read(Collection<Integer> partitions);

    /**
     * Makes sure that a publisher publishes no more, and that what it had under way is decided.
     *
     * @throws RelayException if the cluster does not answer
     */
    void fence(String publisher);

    @Override
    void close();
}

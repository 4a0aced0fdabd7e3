package dev.threadwright.relay;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How far the log itself says that each partition is published. */
public interface PublishedPositions {

    /** Before the position, in the metadata of an offset. */
    String PREFIX = "published=";

    /** What is written beside an offset, in the transaction that publishes up to the position. */
    static String metadata(long position) {
        return PREFIX + position;
    }

    /** The position that the metadata holds; null if it holds none. */
    static @Nullable Long position(String metadata) {
        return metadata.startsWith(PREFIX) ? Long.valueOf(metadata.substring(PREFIX.length())) : null;
    }

    /**
     * Positions of the partitions that have one, after every transaction under way is decided.
     *
     * @throws RelayException if the cluster does not answer, or a transaction stays undecided
     */
    Map<Integer, Long> read(Collection<Integer> partitions);

    /**
     * Makes sure that a publisher publishes no more, and that what it had under way is decided.
     *
     * @throws RelayException if the cluster does not answer
     */
    void fence(String publisher);
}

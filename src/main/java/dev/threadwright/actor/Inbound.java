package dev.threadwright.actor;

import dev.threadwright.journal.Batch.Offset;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The consumers of a loop's partitions. Nothing of a partition is consumed until it is resumed. */
public interface Inbound {

    /** Consumes the partition's topics from these offsets on; a topic without one, from its beginning. */
    void resume(int partition, List<Offset> offsets);

    /** Whether all has been offered that the partition's topics held when it was resumed. */
    boolean isCaughtUp(int partition);

    /** When it is complete, nothing of the partition is offered any more until it is resumed. */
    CompletableFuture<Void> pause(int partition);
}

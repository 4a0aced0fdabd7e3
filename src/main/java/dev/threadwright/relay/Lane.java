package dev.threadwright.relay;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A partition that the relay publishes. */
final class Lane {

    final int partition;

    /** The last position that is published for good. */
    long published;

    /** The last position that was given to publish. */
    long given;

    /** Completed with {@link #published} when all that was given is published; null while nobody asked. */
    @Nullable CompletableFuture<Long> closing;

    Lane(int partition, long published) {
        this.partition = partition;
        this.published = published;
        this.given = published;
    }

    boolean isDrained() {
        return published == given;
    }
}

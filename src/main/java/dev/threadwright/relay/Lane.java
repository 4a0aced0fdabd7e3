package dev.threadwright.relay;

import dev.threadwright.journal.Batch.Offset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A partition that the relay publishes. */
final class Lane {

    final int partition;

    /** The last position that is published for good. */
    long published;

    /** The last position that was given to publish. */
    long given;

    /** The next offsets of the inbound topics, by topic, as of what was given. */
    final Map<String, Long> offsets = new HashMap<>();

    /** Completed with {@link #published} when all that was given is published; null while nobody asked. */
    @Nullable CompletableFuture<Long> closing;

    Lane(int partition, long published, List<Offset> offsets) {
        this.partition = partition;
        this.published = published;
        this.given = published;
        offsets.forEach(offset -> this.offsets.put(offset.topic(), offset.next()));
    }

    boolean isDrained() {
        return published == given;
    }
}

package dev.threadwright.relay;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A partition that the relay publishes. */
final class Lane {

    final int partition;

    /** The last position that is published for good. */
    long published;

    /** The last position that was given to publish. */
    long given;

    /** What commits left here that is not published yet: the last position of each, and when it was given. */
    private final ArrayDeque<Given> waiting = new ArrayDeque<>();

    private record Given(long upTo, long nanos) {}

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

    /** All that was given so far came at this time, unless it came earlier. */
    void note(long nanos) {
        Given last = waiting.peekLast();
        if (given > published && (last == null || last.upTo() < given)) {
            waiting.add(new Given(given, nanos));
        }
    }

    /** For each commit that is published as a whole by now, the time since it was given; each is told once. */
    void tellRelayed(long nowNanos, LongConsumer delays) {
        for (Given first = waiting.peek(); first != null && first.upTo() <= published; first = waiting.peek()) {
            delays.accept(nowNanos - first.nanos());
            waiting.remove();
        }
    }

    /** When the oldest was given that is not published; null if there is none. */
    @Nullable Long oldestNanos() {
        Given oldest = waiting.peek();
        return oldest == null ? null : oldest.nanos();
    }
}

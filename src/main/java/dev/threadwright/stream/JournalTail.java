package dev.threadwright.stream;

import dev.threadwright.query.EventReads.Stretch;
import dev.threadwright.query.StoredDecision;
import dev.threadwright.stream.JournalTails.Part;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One client's place in a journal. The subscription says that there is something, the journal says what: a row has more
 * to tell than its events. It reads no page before the client has taken the one before. All that changes it runs on its
 * executor, one after the other.
 */
final class JournalTail implements AutoCloseable {

    /** Events that are read at once. */
    static final int PAGE = 100;

    /** The journal's rows. */
    interface Pages {
        Uni<Stretch> page(ThreadKey thread, long fromSeq, int limit);
    }

    private final Subscription subscription;
    private final Pages pages;
    private final Executor executor;
    private final Follower.Clock clock;

    /** The first event that the client has not been given. */
    private long nextSeq;

    /** The last event that there is to the subscription's knowledge. */
    private long headSeq;

    private boolean taking;
    private boolean deleted;
    private boolean closed;
    private @Nullable Throwable failure;
    private @Nullable CompletableFuture<List<Part>> waiting;
    private @Nullable Cancellable heartbeat;

    /** @param subscription that begins at the same event */
    JournalTail(Subscription subscription, Pages pages, long fromSeq, Executor executor, Follower.Clock clock) {
        this.subscription = subscription;
        this.pages = pages;
        this.nextSeq = fromSeq;
        this.executor = executor;
        this.clock = clock;
        // It is told so when it asks again, and comes back with the number of what it has seen.
        subscription.onStalled(() -> failure = new IllegalStateException("The client took nothing for too long"));
    }

    /** Part by part; it is closed when nobody listens any more. */
    Multi<Part> parts() {
        return Multi.createBy()
                .repeating()
                .completionStage(this::next)
                .until(List::isEmpty)
                .onItem()
                .<Part>disjoint()
                .onTermination()
                .invoke(this::close);
    }

    /** One part, or none at the end. */
    private CompletionStage<List<Part>> next() {
        CompletableFuture<List<Part>> answer = new CompletableFuture<>();
        executor.execute(() -> {
            waiting = answer;
            heartbeat = clock.after(Follower.HEARTBEAT_MS, () -> executor.execute(() -> beat(answer)));
            advance();
        });
        return answer;
    }

    private void beat(CompletableFuture<List<Part>> answer) {
        if (waiting == answer) {
            give(List.of(Part.HEARTBEAT));
        }
    }

    private void advance() {
        if (closed || waiting == null) {
            return;
        }
        if (failure != null) {
            fail(failure);
        } else if (deleted) {
            // Nobody reads what was deleted, the deletion included.
            give(List.of());
        } else if (headSeq >= nextSeq) {
            read();
        } else if (!taking) {
            taking = true;
            subscription.take().whenCompleteAsync(this::taken, executor);
        }
    }

    private void taken(Subscription.@Nullable Taken taken, @Nullable Throwable lost) {
        taking = false;
        if (taken == null) {
            failure = lost;
        } else if (taken.events().isEmpty()) {
            deleted = true;
        } else {
            List<Recorded> events = taken.events();
            deleted |= events.stream().anyMatch(recorded -> recorded.event() instanceof Event.ThreadDeleted);
            // What was read may have been ahead of what is told.
            headSeq = Math.max(headSeq, events.getLast().seq());
        }
        advance();
    }

    private void read() {
        long from = nextSeq;
        CompletableFuture<List<Part>> answer = waiting;
        // Whoever is given a heartbeat meanwhile asks again; one page at a time is enough.
        stopHeartbeat();
        pages.page(subscription.thread(), from, PAGE)
                .subscribe()
                .with(
                        stretch -> executor.execute(() -> wasRead(answer, stretch, from)),
                        lost -> executor.execute(() -> {
                            failure = lost;
                            advance();
                        }));
    }

    private void wasRead(@Nullable CompletableFuture<List<Part>> answer, Stretch stretch, long from) {
        if (closed || waiting != answer) {
            return;
        }
        int count = count(stretch, from);
        if (count == 0) {
            // What was committed can be read, unless the thread was deleted.
            deleted = true;
            advance();
            return;
        }
        nextSeq = from + count;
        give(List.of(new Part(stretch, from, count)));
    }

    private static int count(Stretch stretch, long from) {
        if (stretch.decisions().isEmpty()) {
            return 0;
        }
        StoredDecision last = stretch.decisions().getLast();
        return (int) Math.clamp(last.firstSeq + last.count - from, 0, PAGE);
    }

    private void give(List<Part> parts) {
        CompletableFuture<List<Part>> answer = waiting;
        waiting = null;
        stopHeartbeat();
        if (answer != null) {
            answer.complete(parts);
        }
    }

    private void fail(Throwable reason) {
        CompletableFuture<List<Part>> answer = waiting;
        waiting = null;
        stopHeartbeat();
        if (answer != null) {
            answer.completeExceptionally(reason);
        }
    }

    private void stopHeartbeat() {
        Cancellable beat = heartbeat;
        if (beat != null) {
            beat.cancel();
            heartbeat = null;
        }
    }

    @Override
    public void close() {
        subscription.close();
        executor.execute(() -> {
            closed = true;
            waiting = null;
            stopHeartbeat();
        });
    }
}

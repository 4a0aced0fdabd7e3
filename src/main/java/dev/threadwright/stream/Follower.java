package dev.threadwright.stream;

import dev.threadwright.contract.Projection;
import dev.threadwright.live.StepProgress;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.StartedRun;
import dev.threadwright.thread.ThreadState;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.Cancellable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream: follows a thread and gives what its {@link Teller} makes of it, as fast as it is asked. All that
 * changes it runs on its executor, one after the other.
 */
final class Follower implements AutoCloseable {

    /** A client that hears nothing for longer takes its connection for lost. */
    static final long HEARTBEAT_MS = 5_000;

    /** How much of handlers' progress waits for a client; the oldest is lost first. */
    static final int MAX_LIVE = 256;

    /** Calls an action later. */
    interface Clock {
        Cancellable after(long ms, Runnable action);
    }

    /**
     * Which events are looked at.
     *
     * @param from before which nothing is told
     * @param to the last that can matter; {@link Long#MAX_VALUE} if that is not known
     */
    record Range(long from, long to) {
        static final Range ALL = new Range(0, Long.MAX_VALUE);
    }

    private final Subscription subscription;
    private final Projection projection;
    private final Range range;
    private final Teller teller;
    private final Executor executor;
    private final Clock clock;

    private final Deque<ServerEvent> ready = new ArrayDeque<>();
    private final Deque<ServerEvent> live = new ArrayDeque<>();

    /** Of what has not begun here yet: what is said comes faster than what is committed. */
    private final Deque<StepProgress> early = new ArrayDeque<>();

    /** The last attempts of which it was told that they have ended. */
    private final Set<Attempt> ended = new LinkedHashSet<>();

    private record Attempt(ActionId action, int attempt) {}

    private boolean taking;
    private boolean deleted;
    private boolean closed;
    private @Nullable Throwable failure;
    private @Nullable CompletableFuture<List<ServerEvent>> waiting;
    private @Nullable Cancellable heartbeat;
    private @Nullable Ear ear;

    /** @param subscription that begins behind the state */
    Follower(Subscription subscription, ThreadState state, Range range, Teller teller, Executor executor, Clock clock) {
        this.subscription = subscription;
        this.projection = new Projection(state);
        this.range = range;
        this.teller = teller;
        this.executor = executor;
        this.clock = clock;
        // It is told so when it asks again, and comes back with the id of what it has seen.
        subscription.onStalled(() -> failure = new IllegalStateException("The client took nothing for too long"));
    }

    /** Told before anything else. */
    void begin(ServerEvent first) {
        ready.add(first);
    }

    /** Tells of what handlers say, too. */
    void listen(Ear to) {
        ear = to;
        to.tell(this::said);
    }

    /** All that it tells, one batch after the other; it is closed when nobody listens any more. */
    Multi<ServerEvent> events() {
        return Multi.createBy()
                .repeating()
                .completionStage(this::next)
                .until(List::isEmpty)
                .onItem()
                .<ServerEvent>disjoint()
                .onTermination()
                .invoke(this::close);
    }

    /** What is next to be told, or a heartbeat if that takes too long; empty at the end. */
    private CompletionStage<List<ServerEvent>> next() {
        CompletableFuture<List<ServerEvent>> answer = new CompletableFuture<>();
        executor.execute(() -> {
            waiting = answer;
            if (!answered()) {
                heartbeat = clock.after(HEARTBEAT_MS, () -> executor.execute(() -> beat(answer)));
                advance();
            }
        });
        return answer;
    }

    private void beat(CompletableFuture<List<ServerEvent>> answer) {
        if (waiting == answer) {
            ready.add(ServerEvent.HEARTBEAT);
            answered();
        }
    }

    private void advance() {
        if (taking || isOver()) {
            return;
        }
        taking = true;
        subscription.take().whenCompleteAsync(this::taken, executor);
    }

    private void taken(Subscription.@Nullable Taken taken, @Nullable Throwable lost) {
        taking = false;
        if (closed) {
            return;
        }
        if (taken == null) {
            failure = lost;
        } else {
            try {
                deleted |= taken.events().isEmpty();
                taken.events().forEach(recorded -> follow(recorded, taken.committedNanos()));
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        if (!answered() && waiting != null) {
            advance();
        }
    }

    private void follow(Recorded recorded, @Nullable Long committedNanos) {
        deleted |= recorded.event() instanceof Event.ThreadDeleted;
        noteEnd(recorded.event());
        if (recorded.seq() < range.from() || teller.isOver()) {
            projection.pass(recorded);
            teller.passed(recorded.event());
            return;
        }
        List<ServerEvent> told = new ArrayList<>();
        teller.tell(projection.add(recorded), told);
        // What was said before it happened is told before it.
        ready.addAll(live);
        live.clear();
        if (committedNanos == null) {
            ready.addAll(told);
        } else {
            Runnable sent = () -> subscription.sent(committedNanos);
            told.forEach(event -> ready.add(event.whenSent(sent)));
        }
        tellEarly();
    }

    private void tellEarly() {
        early.removeIf(said -> {
            if (isPast(said)) {
                return true;
            }
            if (isEarly(said)) {
                return false;
            }
            ServerEvent event = teller.tell(said, projection.state());
            if (event != null) {
                ready.add(event);
            }
            return true;
        });
    }

    /** Whether it is of an attempt that has not begun yet as far as is known here. */
    private boolean isEarly(StepProgress said) {
        StartedRun run = projection.state().started(said.run());
        return run == null || run.calling(said.action(), said.attempt()) == null;
    }

    /** Whether it is of an attempt whose end has been told: pieces of a message that come behind the whole would replace it. */
    private boolean isPast(StepProgress said) {
        return ended.contains(new Attempt(said.action(), said.attempt()));
    }

    private void noteEnd(Event event) {
        switch (event) {
            case Event.ActionSucceeded done -> ended.add(new Attempt(done.action(), done.attempt()));
            case Event.ActionFailed failed -> ended.add(new Attempt(failed.action(), failed.attempt()));
            case Event.ActionRetryScheduled retry -> ended.add(new Attempt(retry.action(), retry.attempt()));
            default -> {
                // No other event ends an attempt that goes on saying something.
            }
        }
        if (ended.size() > MAX_LIVE) {
            ended.remove(ended.iterator().next());
        }
    }

    private void said(StepProgress said) {
        if (closed || isOver() || isPast(said)) {
            return;
        }
        if (isEarly(said)) {
            if (early.size() >= MAX_LIVE) {
                early.removeFirst();
            }
            early.add(said);
            return;
        }
        ServerEvent event = teller.tell(said, projection.state());
        if (event == null) {
            return;
        }
        if (live.size() >= MAX_LIVE) {
            live.removeFirst();
        }
        live.add(event);
        answered();
    }

    private boolean isOver() {
        return deleted || teller.isOver() || projection.state().seq() >= range.to();
    }

    /** Whether whoever waits has been given something, or the end. */
    private boolean answered() {
        CompletableFuture<List<ServerEvent>> answer = waiting;
        if (answer == null) {
            return false;
        }
        ready.addAll(live);
        live.clear();
        if (ready.isEmpty() && !isOver() && failure == null) {
            return false;
        }
        waiting = null;
        Cancellable beat = heartbeat;
        if (beat != null) {
            beat.cancel();
            heartbeat = null;
        }
        if (ready.isEmpty() && failure != null && !isOver()) {
            answer.completeExceptionally(failure);
            return true;
        }
        List<ServerEvent> batch = List.copyOf(ready);
        ready.clear();
        answer.complete(batch);
        return true;
    }

    @Override
    public void close() {
        subscription.close();
        executor.execute(() -> {
            closed = true;
            waiting = null;
            Cancellable beat = heartbeat;
            if (beat != null) {
                beat.cancel();
            }
            Ear listening = ear;
            if (listening != null) {
                listening.close();
            }
        });
    }
}

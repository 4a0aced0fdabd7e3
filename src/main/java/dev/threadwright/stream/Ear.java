package dev.threadwright.stream;

import dev.threadwright.live.StepProgress;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.Cancellable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hears what handlers say of a thread from when it is made, and keeps it until somebody asks: a run may have said its first
 * words before whoever asked for it knows its name.
 */
final class Ear implements AutoCloseable {

    private final Executor executor;
    private final Cancellable feed;

    // On the executor only.
    private final Deque<StepProgress> kept = new ArrayDeque<>();
    private @Nullable Consumer<StepProgress> listener;

    Ear(Multi<StepProgress> feed, Executor executor) {
        this.executor = executor;
        this.feed = feed.emitOn(executor).subscribe().with(this::heard, lost -> {});
    }

    private void heard(StepProgress said) {
        Consumer<StepProgress> to = listener;
        if (to != null) {
            to.accept(said);
            return;
        }
        if (kept.size() >= Follower.MAX_LIVE) {
            kept.removeFirst();
        }
        kept.add(said);
    }

    /** @param to is told on the executor what was said, and what will be */
    void tell(Consumer<StepProgress> to) {
        executor.execute(() -> {
            listener = to;
            kept.forEach(to);
            kept.clear();
        });
    }

    @Override
    public void close() {
        feed.cancel();
    }
}

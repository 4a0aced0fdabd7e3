package dev.threadwright.stream;

import dev.threadwright.contract.LegEnd;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A place on a thread from which a leg will be followed, once: as a stream, or to its end. What is committed from here on
 * is kept for it, within bounds, and read from the journal beyond them.
 */
public final class Following implements AutoCloseable {

    private final RunStreams streams;
    private final Subscription subscription;
    private final @Nullable Ear ear;
    private final ThreadState state;
    private final Executor executor;

    /** @param ear null if what handlers say is not told */
    Following(RunStreams streams, Subscription subscription, @Nullable Ear ear, ThreadState state, Executor executor) {
        this.streams = streams;
        this.subscription = subscription;
        this.ear = ear;
        this.state = state;
        this.executor = executor;
    }

    public ThreadKey thread() {
        return subscription.thread();
    }

    /** The thread when this began; one without events if there was none. */
    public ThreadState state() {
        return state;
    }

    /** The leg from here on, until it ends; it may begin as late as it likes, or be at work already. */
    public Multi<ServerEvent> stream(RunId leg, StreamOptions options) {
        Follower follower = follower(new LegTeller(leg, options, null, end -> {}));
        if (RunStreams.isOpen(state, leg)) {
            follower.begin(RunStreams.metadata(thread(), leg));
        }
        if (ear != null) {
            follower.listen(ear);
        }
        return follower.events();
    }

    /** How the leg ends; unless it is cancelled first, which closes this. */
    public Uni<LegEnd> end(RunId leg) {
        RunStreams.Ends ends = new RunStreams.Ends(leg);
        return ends.of(follower(ends.teller()));
    }

    private Follower follower(Teller teller) {
        return new Follower(subscription, state, Follower.Range.ALL, teller, executor, streams.clock());
    }

    /** Only if it is not followed; streams and ends close it themselves. */
    @Override
    public void close() {
        subscription.close();
        if (ear != null) {
            ear.close();
        }
    }
}

package dev.threadwright.stream;

import dev.threadwright.contract.FrameId;
import dev.threadwright.contract.LegEnd;
import dev.threadwright.contract.Mode;
import dev.threadwright.contract.Projection;
import dev.threadwright.live.ProgressFeed;
import dev.threadwright.query.LegReads;
import dev.threadwright.query.StateReads;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Streams of runs as the contract has them: legs. They tell what the journal has, from any place in it, on any server;
 * what handlers say of their progress besides only as long as it is said, and on the server where.
 *
 * <p>All is called on a Vert.x context, which all answers come on.
 */
@ApplicationScoped
public class RunStreams {

    private final ThreadFeed feed;
    private final ProgressFeed progress;
    private final StateReads states;
    private final Vertx vertx;

    RunStreams(ThreadFeed feed, ProgressFeed progress, StateReads states, Vertx vertx) {
        this.feed = feed;
        this.progress = progress;
        this.states = states;
        this.vertx = vertx;
    }

    /** Where a stream begins. */
    public sealed interface From {
        /** With what happens next. */
        record Now() implements From {}

        /** With the leg's first frame. */
        record Start() implements From {}

        /** Behind a frame that was told. */
        record Behind(FrameId frame) implements From {}
    }

    /**
     * Follows a thread from now on to its end, for a leg that is about to begin. Whoever asks for that leg does so when this
     * has answered, and closes what is answered if nothing comes of it.
     */
    public Uni<Following> follow(ThreadKey thread) {
        return follow(thread, null, executor());
    }

    /** The same for a stream. */
    public Uni<Following> follow(ThreadKey thread, StreamOptions options) {
        return follow(thread, options, executor());
    }

    private Uni<Following> follow(ThreadKey thread, @Nullable StreamOptions options, Executor executor) {
        return Uni.createFrom().deferred(() -> {
            Subscription subscription = admitted(feed.subscribe(thread, executor));
            Ear ear = options != null && hears(options) ? new Ear(progress.of(thread), executor) : null;
            return follow(thread, subscription, ear, executor);
        });
    }

    private Uni<Following> follow(ThreadKey thread, Subscription subscription, @Nullable Ear ear, Executor executor) {
        Runnable close = () -> {
            subscription.close();
            if (ear != null) {
                ear.close();
            }
        };
        return states.current(thread)
                .map(found -> {
                    ThreadState state = found == null ? ThreadState.absent(thread) : found;
                    subscription.beginBehind(state.seq());
                    return new Following(this, subscription, ear, state, executor);
                })
                .onFailure()
                .invoke(close)
                .onCancellation()
                .invoke(close);
    }

    /** The stream of a leg that is, or was. */
    public Uni<Multi<ServerEvent>> join(LegReads.Place place, StreamOptions options, From from) {
        Executor executor = executor();
        return switch (from) {
            case From.Now ignored -> joinNow(place, options, executor);
            case From.Start ignored ->
                states.before(place.thread(), place.fromSeq())
                        .map(state -> follower(place, state, place.fromSeq(), options, null, executor));
            case From.Behind behind ->
                states.before(place.thread(), behind.frame().seq())
                        .map(state -> follower(place, state, behind.frame().seq(), options, behind.frame(), executor));
        };
    }

    /** How a leg that is, or was, ends. */
    public Uni<LegEnd> end(LegReads.Place place) {
        Executor executor = executor();
        return states.before(place.thread(), place.fromSeq()).flatMap(state -> {
            Ends ends = new Ends(place.leg());
            Follower follower = new Follower(
                    subscribe(place.thread(), state.seq(), executor),
                    state,
                    range(place, place.fromSeq()),
                    ends.teller(),
                    executor,
                    clock());
            return ends.of(follower);
        });
    }

    private Uni<Multi<ServerEvent>> joinNow(LegReads.Place place, StreamOptions options, Executor executor) {
        if (place.isOver()) {
            return Uni.createFrom().item(Multi.createFrom().empty());
        }
        return follow(place.thread(), options, executor).map(following -> {
            if (isOpen(following.state(), place.leg())) {
                return following.stream(place.leg(), options);
            }
            following.close();
            return Multi.createFrom().empty();
        });
    }

    private Multi<ServerEvent> follower(
            LegReads.Place place,
            ThreadState state,
            long fromSeq,
            StreamOptions options,
            @Nullable FrameId behind,
            Executor executor) {
        Follower follower = new Follower(
                subscribe(place.thread(), state.seq(), executor),
                state,
                range(place, fromSeq),
                new LegTeller(place.leg(), options, behind, end -> {}),
                executor,
                clock());
        if (hears(options)) {
            follower.listen(new Ear(progress.of(place.thread()), executor));
        }
        return follower.events();
    }

    /** Of a leg that has ended nothing comes any more. */
    private static Follower.Range range(LegReads.Place place, long fromSeq) {
        return new Follower.Range(fromSeq, place.isOver() ? place.headSeq() : Long.MAX_VALUE);
    }

    /** Whether a stream tells of what handlers say. */
    private static boolean hears(StreamOptions options) {
        return options.modes().contains(Mode.CUSTOM) || options.modes().contains(Mode.MESSAGES_TUPLE);
    }

    Subscription subscribe(ThreadKey thread, long afterSeq, Executor executor) {
        return admitted(feed.subscribe(thread, afterSeq, executor));
    }

    private static Subscription admitted(@Nullable Subscription subscription) {
        if (subscription == null) {
            throw new TooManyStreamsException();
        }
        return subscription;
    }

    static boolean isOpen(ThreadState state, RunId leg) {
        return state.queued(leg) != null
                || state.started().stream()
                        .anyMatch(
                                run -> run.leg().id().equals(leg) && !run.leg().isClosed());
    }

    /** Said at the beginning to who has not heard how the leg began. */
    static ServerEvent metadata(ThreadKey thread, RunId leg) {
        return LegTeller.event(Projection.metadata(thread, leg));
    }

    Follower.Clock clock() {
        return (ms, action) -> {
            long timer = vertx.setTimer(ms, id -> action.run());
            return () -> vertx.cancelTimer(timer);
        };
    }

    Executor executor() {
        io.vertx.core.Context context = vertx.getOrCreateContext();
        return action -> context.runOnContext(ignored -> action.run());
    }

    /** Waits for the end of a leg, and for nothing else. */
    static final class Ends {
        private final LegTeller teller;
        private @Nullable LegEnd end;

        Ends(RunId leg) {
            teller = new LegTeller(
                    leg, new StreamOptions(java.util.Set.of(), false, List.of(), false), null, found -> end = found);
        }

        LegTeller teller() {
            return teller;
        }

        Uni<LegEnd> of(Follower follower) {
            return follower.events().collect().last().map(last -> {
                LegEnd found = end;
                if (found == null) {
                    throw new IllegalStateException("The end of a leg is not where it should be");
                }
                return found;
            });
        }
    }
}

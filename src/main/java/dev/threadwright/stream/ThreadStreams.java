package dev.threadwright.stream;

import dev.threadwright.contract.FrameId;
import dev.threadwright.contract.ProtocolEvent;
import dev.threadwright.live.ProgressFeed;
import dev.threadwright.query.LegReads;
import dev.threadwright.query.StateReads;
import dev.threadwright.thread.QueuedRun;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.StartedRun;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Streams of threads: of all their runs, open from one to the next. Called on a Vert.x context, as {@link RunStreams}. */
@ApplicationScoped
public class ThreadStreams {

    private final RunStreams runs;
    private final StateReads states;
    private final LegReads legs;
    private final ProgressFeed progress;

    ThreadStreams(RunStreams runs, StateReads states, LegReads legs, ProgressFeed progress) {
        this.runs = runs;
        this.states = states;
        this.legs = legs;
        this.progress = progress;
    }

    /** @param now the thread as it is */
    public Uni<Multi<ServerEvent>> open(ThreadState now, Set<ThreadMode> modes, RunStreams.From from) {
        return switch (from) {
            case RunStreams.From.Now ignored -> open(now, now.seq() + 1, modes, null);
            case RunStreams.From.Start ignored -> open(ThreadState.absent(now.key()), 1, modes, null);
            case RunStreams.From.Behind behind ->
                states.before(now.key(), behind.frame().seq())
                        .flatMap(state -> open(state, behind.frame().seq(), modes, behind.frame()));
        };
    }

    private Uni<Multi<ServerEvent>> open(
            ThreadState state, long fromSeq, Set<ThreadMode> modes, @Nullable FrameId behind) {
        Executor executor = runs.executor();
        return requests(state)
                .map(requests -> follow(
                        state,
                        new Follower.Range(fromSeq, Long.MAX_VALUE),
                        new ThreadTeller(modes, behind, requests),
                        executor));
    }

    /** How the open legs were asked for. */
    private Uni<Map<RunId, StreamOptions>> requests(ThreadState state) {
        List<RunId> open = Stream.concat(
                        state.started().stream().map(StartedRun::leg).map(leg -> leg.id()),
                        state.queue().stream().map(QueuedRun::id))
                .toList();
        Map<RunId, StreamOptions> options = new HashMap<>();
        return Multi.createFrom()
                .iterable(open)
                .onItem()
                .transformToUniAndConcatenate(
                        leg -> legs.find(state.key().tenant(), state.key().thread(), leg))
                .invoke(place -> options.put(place.leg(), StreamOptions.of(place.request())))
                .collect()
                .asList()
                .replaceWith(options);
    }

    /**
     * What a client of the newer protocol wants to be told.
     *
     * @param since the number of the event behind which it begins; -1 for the start of the thread
     */
    public record Wanted(EventFilter filter, long since) {

        /** The same, but for what has been told. */
        public Wanted behind(long seq) {
            return seq > since ? new Wanted(filter, seq) : this;
        }
    }

    /** What any of these wants: each event once, in order. @param wanted at least one */
    public Uni<Multi<ServerEvent>> events(ThreadKey thread, List<Wanted> wanted) {
        Executor executor = runs.executor();
        long since = wanted.stream().mapToLong(Wanted::since).min().orElseThrow();
        long fromSeq = since < 0 ? 1 : ProtocolEvent.journalSeq(since);
        return states.before(thread, fromSeq)
                .map(state ->
                        follow(state, new Follower.Range(fromSeq, Long.MAX_VALUE), new EventTeller(wanted), executor));
    }

    private Multi<ServerEvent> follow(ThreadState state, Follower.Range range, Teller teller, Executor executor) {
        Follower follower = new Follower(
                runs.subscribe(state.key(), state.seq(), executor), state, range, teller, executor, runs.clock());
        follower.listen(new Ear(progress.of(state.key()), executor));
        return follower.events();
    }
}

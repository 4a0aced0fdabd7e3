package dev.threadwright.http;

import dev.threadwright.query.LegReads;
import dev.threadwright.stream.RunStreams;
import dev.threadwright.stream.ServerEvent;
import dev.threadwright.stream.StreamOptions;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Streams of runs that were asked for before. */
@ApplicationScoped
class JoinedRuns {

    private final LegReads legs;
    private final RunFollower follower;
    private final RunStreams runs;

    JoinedRuns(LegReads legs, RunFollower follower, RunStreams runs) {
        this.legs = legs;
        this.follower = follower;
        this.runs = runs;
    }

    /**
     * A stream, and where it is, and goes on.
     *
     * @param options what it tells: of what was not asked for, what the run was asked for with
     */
    record Joined(LegReads.Place place, StreamOptions options, Multi<ServerEvent> events) {}

    /**
     * Fails with a {@link ProblemException} if there is no such run, or the request cannot be meant.
     *
     * @param cancels whether the run is cancelled if the client goes away before it has ended
     */
    Uni<Joined> join(
            ThreadKey thread,
            String run,
            List<String> modes,
            List<String> namespaces,
            @Nullable String lastEventId,
            boolean cancels) {
        Uni<Joined> joined = legs.find(thread.tenant(), thread.thread(), new RunId(run))
                .onItem()
                .ifNull()
                .failWith(() -> RunResource.noRun(thread, run))
                .flatMap(place -> {
                    StreamOptions options = StreamQuery.options(StreamOptions.of(place.request()), modes, namespaces);
                    return runs.join(place, options, StreamQuery.from(lastEventId, place.headSeq()))
                            .map(events -> new Joined(place, options, events));
                });
        if (!cancels) {
            return joined;
        }
        RunName name = new RunName(thread, new RunId(run));
        return joined.map(one -> new Joined(
                one.place(), one.options(), one.events().onCancellation().invoke(() -> follower.gone(name, true))));
    }
}

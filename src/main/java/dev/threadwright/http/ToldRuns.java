package dev.threadwright.http;

import dev.threadwright.contract.LegEnd;
import dev.threadwright.ending.EndedRuns;
import dev.threadwright.query.LegReads;
import dev.threadwright.query.RequestedRun;
import dev.threadwright.query.RequestedRuns;
import dev.threadwright.stream.RunStreams;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.vertx.MutinyHelper;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Runs as webhooks tell of them: as readers see them, and what the state was at their end. */
@ApplicationScoped
class ToldRuns implements EndedRuns {

    private final RequestedRuns runs;
    private final LegReads legs;
    private final RunStreams streams;
    private final Vertx vertx;

    ToldRuns(RequestedRuns runs, LegReads legs, RunStreams streams, Vertx vertx) {
        this.runs = runs;
        this.legs = legs;
        this.streams = streams;
        this.vertx = vertx;
    }

    @Override
    public CompletionStage<Optional<Json.Obj>> find(ThreadKey thread, RunId leg) {
        return Uni.createFrom()
                .deferred(() -> runs.find(thread, leg)
                        .flatMap(run -> run == null ? Uni.createFrom().item(Optional.<Json.Obj>empty()) : told(run)))
                .runSubscriptionOn(MutinyHelper.executor(vertx.getOrCreateContext()))
                .subscribeAsCompletionStage();
    }

    private Uni<Optional<Json.Obj>> told(RequestedRun run) {
        return legs.find(run.thread().tenant(), run.thread().thread(), run.leg())
                .flatMap(place -> place == null
                        ? Uni.createFrom().item(Optional.empty())
                        : streams.end(place).map(end -> Optional.of(body(run, end))));
    }

    private static Json.Obj body(RequestedRun run, LegEnd end) {
        Map<String, Json> fields = new LinkedHashMap<>(RequestedRunView.of(run).fields());
        fields.put("values", end.values().get());
        String error = end.error();
        if (error == null) {
            fields.remove("error");
        } else {
            String message = end.message();
            fields.put(
                    "error",
                    Json.object(Map.of("error", Json.of(error), "message", Json.of(message == null ? "" : message))));
        }
        fields.put("run_started_at", time(run.startedAtMs() == null ? (Long) run.createdAtMs() : run.startedAtMs()));
        fields.put("run_ended_at", time(run.endedAtMs()));
        return Json.object(fields);
    }

    private static Json time(@Nullable Long ms) {
        return ms == null ? Json.NULL : Times.json(ms);
    }
}

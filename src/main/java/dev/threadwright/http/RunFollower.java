package dev.threadwright.http;

import dev.threadwright.contract.LegEnd;
import dev.threadwright.json.JsonText;
import dev.threadwright.log.LogFields;
import dev.threadwright.query.LegReads;
import dev.threadwright.stream.Following;
import dev.threadwright.stream.RunStreams;
import dev.threadwright.stream.ServerEvent;
import dev.threadwright.stream.StreamOptions;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.vertx.MutinyHelper;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Waits for runs to end or to stop, for clients that hold the line. */
@ApplicationScoped
public class RunFollower {

    /** White space before a JSON value means nothing, and keeps the line open. */
    static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

    private static final byte[] BLANK = {'\n'};
    private static final Logger LOG = Logger.getLogger(RunFollower.class);

    private final RunGate gate;
    private final RunStreams streams;
    private final LegReads legs;
    private final Vertx vertx;

    RunFollower(RunGate gate, RunStreams streams, LegReads legs, Vertx vertx) {
        this.vertx = vertx;
        this.gate = gate;
        this.streams = streams;
        this.legs = legs;
    }

    /** Where a run is, as the answer says. */
    interface Location extends Function<RunName, String> {}

    /** Asks for a run, and answers what it ends with. */
    Uni<Response> startAndWait(RunGate.Prepared prepared, Location location) {
        boolean cancels = prepared.body().cancelsOnDisconnect();
        if (prepared.command().named()) {
            // It may have ended long ago.
            return gate.sendOnly(prepared).flatMap(run -> wait(run, location, cancels));
        }
        return streams.follow(prepared.thread())
                .flatMap(following ->
                        sent(prepared, following).map(run -> answer(run, location, following.end(run.leg()), cancels)));
    }

    /** Asks for a run, and answers what happens until it ends or stops. */
    Uni<Response> startAndStream(RunGate.Prepared prepared, Headers headers, List<String> namespaces) {
        boolean cancels = prepared.body().cancelsOnDisconnect();
        StreamOptions options = prepared.body().streamOptions().withNamespaces(namespaces);
        if (prepared.command().named()) {
            return gate.sendOnly(prepared)
                    .flatMap(run -> place(run)
                            .flatMap(place -> streams.join(place, options, new RunStreams.From.Start()))
                            .map(events -> answer(run, headers, options, events, cancels)));
        }
        return streams.follow(prepared.thread(), options)
                .flatMap(following -> sent(prepared, following)
                        .map(run -> answer(run, headers, options, following.stream(run.leg(), options), cancels)));
    }

    /** Where a run is, and where its stream goes on. */
    interface Headers {
        Map<String, String> of(RunName run, StreamOptions options);
    }

    private Response answer(
            RunName run, Headers headers, StreamOptions options, Multi<ServerEvent> events, boolean cancels) {
        return SseAnswers.answer(events.onCancellation().invoke(() -> gone(run, cancels)), headers.of(run, options));
    }

    private Uni<LegReads.Place> place(RunName run) {
        return legs.find(run.thread().tenant(), run.thread().thread(), run.leg())
                .onItem()
                .ifNull()
                .failWith(() -> RunResource.noRun(run.thread(), run.leg().value()));
    }

    /** The run that was asked for, followed from before it began. */
    private Uni<RunName> sent(RunGate.Prepared prepared, Following following) {
        return gate.sendOnly(prepared)
                .onFailure()
                .invoke(following::close)
                .onCancellation()
                .invoke(following::close);
    }

    /** What a run ends, or ended, with. */
    Uni<Response> wait(RunName run, Location location, boolean cancelsOnDisconnect) {
        return place(run).map(place -> answer(run, location, streams.end(place), cancelsOnDisconnect));
    }

    private Response answer(RunName run, Location location, Uni<LegEnd> end, boolean cancelsOnDisconnect) {
        Uni<byte[]> value = end.map(RunFollower::body).onFailure().recoverWithItem(failure -> {
            try (LogFields ignored = LogFields.of(run.thread()).run(run.leg())) {
                LOG.warnf(failure, "Run %s cannot be followed", run.leg());
            }
            return JsonText.writeBytes(
                    error("InternalServerError", "The server cannot follow the run any more; join it again"));
        });
        Multi<byte[]> whole = withBlanksBefore(value);
        return Response.ok(
                        new StreamedBody(whole.onCancellation().invoke(() -> gone(run, cancelsOnDisconnect))),
                        MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.CONTENT_LOCATION, location.apply(run))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    private Multi<byte[]> withBlanksBefore(Uni<byte[]> value) {
        Executor context = MutinyHelper.executor(Vertx.currentContext());
        return Multi.createFrom().<byte[]>emitter(emitter -> {
            long blanks = vertx.setPeriodic(KEEP_ALIVE.toMillis(), id -> emitter.emit(BLANK));
            Cancellable waiting = value.emitOn(context).subscribe().with(found -> {
                vertx.cancelTimer(blanks);
                emitter.emit(found).complete();
            });
            emitter.onTermination(() -> {
                vertx.cancelTimer(blanks);
                waiting.cancel();
            });
        });
    }

    /** Whoever waited is gone; the run goes with it if that was asked for. */
    void gone(RunName run, boolean cancels) {
        if (cancels) {
            gate.cancel(run).subscribe().with(cancelled -> {}, failure -> {
                try (LogFields ignored = LogFields.of(run.thread()).run(run.leg())) {
                    LOG.warnf(
                            "Run %s goes on without its client: cancelling it failed: %s",
                            run.leg(), failure.getMessage());
                }
            });
        }
    }

    private static byte[] body(LegEnd end) {
        String error = end.error();
        return JsonText.writeBytes(error == null ? end.values().get() : error(error, end.message()));
    }

    private static Json.Obj error(String error, @Nullable String message) {
        Map<String, Json> what = new LinkedHashMap<>();
        what.put("error", Json.of(error));
        what.put("message", Json.of(message == null ? "" : message));
        return Json.object(Map.of("__error__", Json.object(what)));
    }
}

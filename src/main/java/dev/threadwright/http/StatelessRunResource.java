package dev.threadwright.http;

import dev.threadwright.query.RequestedRun;
import dev.threadwright.query.RequestedRuns;
import dev.threadwright.security.Role;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Runs without a thread: each has one of its own, which bears its name and goes when it has ended. And many at once. */
@Path("/runs")
@Needs(Role.WRITE)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Runs")
@APIResponse(ref = "InvalidRequest", responseCode = "400")
@APIResponse(ref = "NotFound", responseCode = "404")
@APIResponse(ref = "InvalidFields", responseCode = "422")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class StatelessRunResource {

    /** Runs that are asked for, or cancelled by name, in one request. */
    static final int MAX_BATCH = 100;

    /** Of one request's runs, how many are sent at a time. */
    private static final int CONCURRENCY = 16;

    private static final List<String> CANCEL_FIELDS = List.of("thread_id", "run_ids", "status");

    private final RunGate gate;
    private final RunFollower follower;
    private final RequestedRuns runs;
    private final int maxDataBytes;

    StatelessRunResource(
            RunGate gate,
            RunFollower follower,
            RequestedRuns runs,
            @ConfigProperty(name = "threadwright.limits.data-bytes") int maxDataBytes) {
        this.gate = gate;
        this.follower = follower;
        this.runs = runs;
        this.maxDataBytes = maxDataBytes;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createStatelessRun",
            summary = "Ask for a run on a thread of its own",
            description = "The thread is deleted when the run has ended or stopped, unless `on_completion` is keep.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = RunRequestSchema.class)))
    @APIResponse(
            responseCode = "200",
            description = "The run",
            headers =
                    @Header(
                            name = HttpHeaders.CONTENT_LOCATION,
                            description = "The run",
                            schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(implementation = RequestedRunView.class)))
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    @APIResponse(ref = "LimitReached", responseCode = "429")
    public Uni<Response> create(@BeanParam IdempotencyKey.OfRun key, byte @Nullable [] body) {
        return gate.prepareAlone(CurrentCaller.tenant(), body(body), key.value)
                .flatMap(gate::send)
                .map(run -> Response.ok(RequestedRunView.of(run))
                        .header(HttpHeaders.CONTENT_LOCATION, location(RunName.of(run)))
                        .build());
    }

    @POST
    @Path("/wait")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createStatelessRunAndWait",
            summary = "Ask for a run on a thread of its own, and wait for it",
            description = "As with a thread.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = RunRequestSchema.class)))
    @APIResponse(
            responseCode = "200",
            description = "The values of its thread",
            headers =
                    @Header(
                            name = HttpHeaders.CONTENT_LOCATION,
                            description = "The run",
                            schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    @APIResponse(ref = "LimitReached", responseCode = "429")
    public Uni<Response> createAndWait(@BeanParam IdempotencyKey.OfRun key, byte @Nullable [] body) {
        return gate.prepareAlone(CurrentCaller.tenant(), body(body), key.value)
                .flatMap(prepared -> follower.startAndWait(prepared, StatelessRunResource::location));
    }

    @POST
    @Path("/stream")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            operationId = "createStatelessRunAndStream",
            summary = "Ask for a run on a thread of its own and see what happens",
            description = "Server-sent events, in the modes that `stream_mode` names. The stream can be gone on with at"
                    + " `Location`, on any server, at any time.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = RunRequestSchema.class)))
    @APIResponse(
            responseCode = "200",
            description = "What happens, until the run has ended or stopped",
            headers = {
                @Header(
                        name = HttpHeaders.CONTENT_LOCATION,
                        description = "The run",
                        schema = @Schema(type = SchemaType.STRING)),
                @Header(
                        name = HttpHeaders.LOCATION,
                        description = "Where the stream goes on",
                        schema = @Schema(type = SchemaType.STRING))
            },
            content = @Content(schema = @Schema(type = SchemaType.STRING)))
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    @APIResponse(ref = "LimitReached", responseCode = "429")
    @Parameter(
            name = StreamQuery.NAMESPACE,
            in = ParameterIn.QUERY,
            description = "Only these subgraphs; empty for the run's own graph.",
            schema = @Schema(type = SchemaType.ARRAY, implementation = String.class))
    public Uni<Response> createAndStream(
            @Context UriInfo uri, @BeanParam IdempotencyKey.OfRun key, byte @Nullable [] body) {
        return gate.prepareAlone(CurrentCaller.tenant(), body(body), key.value)
                .flatMap(prepared -> follower.startAndStream(
                        prepared,
                        (run, options) -> SseAnswers.ofRunAlone(run.leg(), options),
                        StreamQuery.namespaces(uri)));
    }

    @POST
    @Path("/batch")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createRuns",
            summary = "Ask for several runs, each on a thread of its own",
            description = "If one cannot be, for what is wrong with it, none is. At most " + MAX_BATCH + ".")
    @RequestBody(
            required = true,
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = RunRequestSchema.class)))
    @APIResponse(
            responseCode = "200",
            description = "The runs, in the order of the requests",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = RequestedRunView.class)))
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    @APIResponse(ref = "LimitReached", responseCode = "429")
    public Uni<Json> createAll(@BeanParam IdempotencyKey.OfRun key, byte @Nullable [] body) {
        List<RunBody> bodies = RequestFields.parseAll(body, maxDataBytes, MAX_BATCH, RunBody.FIELDS).stream()
                .map(RunBody::read)
                .toList();
        String tenant = CurrentCaller.tenant();
        List<Uni<RunGate.Prepared>> prepared = new ArrayList<>();
        for (int i = 0; i < bodies.size(); i++) {
            String each = key.value == null ? null : key.value + "/" + i;
            prepared.add(gate.prepareAlone(tenant, bodies.get(i), each));
        }
        return Uni.join()
                .all(prepared)
                .andFailFast()
                .flatMap(all -> gate.admitted(tenant, all))
                .flatMap(all -> Multi.createFrom()
                        .iterable(all)
                        .onItem()
                        .transformToUni(gate::send)
                        .merge(CONCURRENCY)
                        .collect()
                        .asMap(RequestedRun::leg)
                        .map(made -> Json.array(all.stream()
                                .<Json>map(one -> RequestedRunView.of(Objects.requireNonNull(made.get(one.leg()))))
                                .toList())));
    }

    @POST
    @Path("/cancel")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "cancelManyRuns",
            summary = "Cancel runs by their ids, or by their status",
            description = "`thread_id` and `run_ids`, or a status: pending, running or all, of one thread or of every"
                    + " thread; of these the oldest " + RequestedRuns.MAX_OPEN + ".")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = RunCancelSchema.class)))
    @APIResponse(responseCode = "204", description = "They are cancelled, or had ended")
    public Uni<Response> cancelAll(
            @Parameter(description = RunResource.CANCEL_ACTIONS) @RestQuery("action") @Nullable String action,
            byte @Nullable [] body) {
        boolean rollback = RunResource.isRollback(action);
        RequestFields fields = RequestFields.parse(body, maxDataBytes, CANCEL_FIELDS);
        String thread = fields.text("thread_id");
        List<String> ids = fields.texts("run_ids");
        String status = fields.word("status", List.of("pending", "running", "all"));
        if ((ids == null) == (status == null)) {
            throw fields.wrong("status", "or run_ids: give one of them, not both");
        }
        Uni<List<RequestedRun>> found;
        if (ids != null) {
            if (thread == null) {
                throw fields.wrong("thread_id", "is missing: run_ids are of one thread");
            }
            if (ids.size() > MAX_BATCH) {
                throw fields.wrong("run_ids", "has more than " + MAX_BATCH + " ids");
            }
            found = named(ThreadResource.key(thread), ids);
        } else {
            found = runs.open(
                    CurrentCaller.tenant(),
                    thread,
                    "all".equals(status) ? List.of("pending", "running") : List.of(String.valueOf(status)));
        }
        return found.flatMap(all -> Multi.createFrom()
                        .iterable(all)
                        .onItem()
                        .transformToUni(run -> gate.cancel(run, rollback))
                        .merge(CONCURRENCY)
                        .collect()
                        .asList())
                .map(cancelled -> Response.noContent().build());
    }

    private Uni<List<RequestedRun>> named(ThreadKey thread, List<String> ids) {
        return Multi.createFrom()
                .iterable(ids)
                .onItem()
                .transformToUniAndConcatenate(id -> runs.find(thread, new RunId(id))
                        .onItem()
                        .ifNull()
                        .failWith(() -> RunResource.noRun(thread, id)))
                .collect()
                .asList();
    }

    private RunBody body(byte @Nullable [] body) {
        return RunBody.read(RequestFields.parse(body, maxDataBytes, RunBody.FIELDS));
    }

    static String location(RunName run) {
        return "/runs/" + run.leg().value();
    }
}

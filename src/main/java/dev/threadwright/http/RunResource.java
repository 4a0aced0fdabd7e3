package dev.threadwright.http;

import dev.threadwright.query.RequestedRun;
import dev.threadwright.query.RequestedRuns;
import dev.threadwright.query.ThreadReads;
import dev.threadwright.security.Role;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
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
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Runs of a thread: asked for, listed, waited for, cancelled. What they tell meanwhile is another resource's. */
@Path("/threads/{thread_id}/runs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(
        name = "Runs",
        description =
                "As clients of LangGraph's Agent Server know them: a run that goes on after a stop is another one.")
@APIResponse(ref = "InvalidRequest", responseCode = "400")
@APIResponse(ref = "NotFound", responseCode = "404")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class RunResource {

    static final int DEFAULT_LIMIT = 10;
    static final int MAX_LIMIT = 1_000;
    static final int MAX_OFFSET = 1_000_000;

    static final String WHERE = "/threads/{thread_id}/runs/{run_id}";
    static final String CANCEL_ACTIONS = "interrupt: it keeps what it has written; rollback: it is forgotten";

    private static final List<String> STATUSES =
            List.of("pending", "running", "success", "error", "timeout", "interrupted");

    private final RunGate gate;
    private final RunFollower follower;
    private final RequestedRuns runs;
    private final RunDeletion deletion;
    private final ThreadReads threads;
    private final int maxDataBytes;

    RunResource(
            RunGate gate,
            RunFollower follower,
            RequestedRuns runs,
            RunDeletion deletion,
            ThreadReads threads,
            @ConfigProperty(name = "threadwright.limits.data-bytes") int maxDataBytes) {
        this.gate = gate;
        this.follower = follower;
        this.runs = runs;
        this.deletion = deletion;
        this.threads = threads;
        this.maxDataBytes = maxDataBytes;
    }

    @POST
    @Needs(Role.WRITE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createRun",
            summary = "Ask for a run",
            description =
                    "Answers as soon as it is decided and committed. What the thread is busy with is dealt with as"
                            + " `multitask_strategy` says; without one as the thread's own policy does, else it queues.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = RunRequestSchema.class)))
    @APIResponse(
            responseCode = "200",
            description = "The run; of a resume or a merge the part of a run that it has become",
            headers =
                    @Header(
                            name = HttpHeaders.CONTENT_LOCATION,
                            description = "The run",
                            schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(implementation = RequestedRunView.class)))
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    @APIResponse(ref = "LimitReached", responseCode = "429")
    public Uni<Response> create(
            @RestPath("thread_id") String threadId, @BeanParam IdempotencyKey.OfRun key, byte @Nullable [] body) {
        return gate.prepare(ThreadResource.key(threadId), body(body), key.value)
                .flatMap(gate::send)
                .map(RunResource::created);
    }

    @POST
    @Path("/wait")
    @Needs(Role.WRITE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createRunAndWait",
            summary = "Ask for a run and wait until it has ended or stopped for somebody",
            description = "The headers come as soon as it is decided, blanks while it goes on, then the values of the"
                    + " thread: with `__interrupt__` if it stopped, with `__error__` if it failed.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = RunRequestSchema.class)))
    @APIResponse(
            responseCode = "200",
            description = "The values of the thread",
            headers =
                    @Header(
                            name = HttpHeaders.CONTENT_LOCATION,
                            description = "The run",
                            schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    @APIResponse(ref = "LimitReached", responseCode = "429")
    public Uni<Response> createAndWait(
            @RestPath("thread_id") String threadId, @BeanParam IdempotencyKey.OfRun key, byte @Nullable [] body) {
        return gate.prepare(ThreadResource.key(threadId), body(body), key.value)
                .flatMap(prepared -> follower.startAndWait(prepared, RunResource::location));
    }

    @POST
    @Path("/stream")
    @Needs(Role.WRITE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            operationId = "createRunAndStream",
            summary = "Ask for a run and see what happens",
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
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    @APIResponse(ref = "LimitReached", responseCode = "429")
    @Parameter(
            name = StreamQuery.NAMESPACE,
            in = ParameterIn.QUERY,
            description = "Only these subgraphs; empty for the run's own graph.",
            schema = @Schema(type = SchemaType.ARRAY, implementation = String.class))
    public Uni<Response> createAndStream(
            @RestPath("thread_id") String threadId,
            @Context UriInfo uri,
            @BeanParam IdempotencyKey.OfRun key,
            byte @Nullable [] body) {
        return gate.prepare(ThreadResource.key(threadId), body(body), key.value)
                .flatMap(prepared -> follower.startAndStream(
                        prepared,
                        (run, options) -> SseAnswers.ofRun(run.thread(), run.leg(), options),
                        StreamQuery.namespaces(uri)));
    }

    @GET
    @Needs(Role.READ)
    @Operation(operationId = "listRuns", summary = "The runs of a thread, the newest first")
    @APIResponse(
            responseCode = "200",
            description = "A page of runs",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = RequestedRunView.class)))
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    public Uni<Json> list(
            @RestPath("thread_id") String threadId,
            @Parameter(
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = "" + MAX_LIMIT,
                                            defaultValue = "" + DEFAULT_LIMIT))
                    @RestQuery("limit")
                    @Nullable String limit,
            @Parameter(schema = @Schema(type = SchemaType.INTEGER, minimum = "0", maximum = "" + MAX_OFFSET))
                    @RestQuery("offset")
                    @Nullable String offset,
            @RestQuery("status") @Nullable String status,
            @Parameter(description = "Fields of the runs; all unless said.") @RestQuery("select") List<String> select) {
        ThreadKey thread = ThreadResource.key(threadId);
        int most = QueryNumbers.readField("limit", limit, 1, MAX_LIMIT, DEFAULT_LIMIT);
        int from = QueryNumbers.readField("offset", offset, 0, MAX_OFFSET, 0);
        if (status != null && !STATUSES.contains(status)) {
            throw RequestFields.beside("Query parameter status must be one of " + String.join(", ", STATUSES));
        }
        if (!RequestedRunView.FIELDS.containsAll(select)) {
            throw RequestFields.beside("Query parameter select names what there is not; there are "
                    + String.join(", ", RequestedRunView.FIELDS));
        }
        return runs.list(thread, status, most, from)
                .flatMap(found -> found.isEmpty()
                        ? existing(thread).replaceWith(found)
                        : Uni.createFrom().item(found))
                .map(found -> Json.array(found.stream()
                        .<Json>map(run -> RequestedRunView.of(run, select.isEmpty() ? null : select))
                        .toList()));
    }

    @GET
    @Path("/{run_id}")
    @Needs(Role.READ)
    @Operation(operationId = "getRun", summary = "One run of a thread")
    @APIResponse(
            responseCode = "200",
            description = "The run",
            content = @Content(schema = @Schema(implementation = RequestedRunView.class)))
    public Uni<Json> get(@RestPath("thread_id") String threadId, @RestPath("run_id") String runId) {
        return run(threadId, runId).map(RequestedRunView::of);
    }

    @DELETE
    @Path("/{run_id}")
    @Needs(Role.WRITE)
    @Operation(
            operationId = "deleteRun",
            summary = "Take a run that has ended off the lists",
            description = "What it wrote stays in the state, and what happened in the journal.")
    @APIResponse(responseCode = "204", description = "It is on no list any more")
    @APIResponse(ref = "Conflict", responseCode = "409")
    public Uni<Response> delete(@RestPath("thread_id") String threadId, @RestPath("run_id") String runId) {
        return run(threadId, runId)
                .flatMap(deletion::delete)
                .replaceWith(() -> Response.noContent().build());
    }

    @GET
    @Path("/{run_id}/join")
    @Needs(Role.READ)
    @Operation(
            operationId = "joinRun",
            summary = "Wait until a run has ended or stopped for somebody",
            description = "As waiting for a run that one asks for; of one that has ended, what it ended with.")
    @APIResponse(
            responseCode = "200",
            description = "The values of the thread",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    public Uni<Response> join(
            @RestPath("thread_id") String threadId,
            @RestPath("run_id") String runId,
            @Parameter(description = "Whether the run ends with this connection.", schema = @Schema(ref = "Flag"))
                    @RestQuery("cancel_on_disconnect")
                    @Nullable String cancelOnDisconnect) {
        boolean cancels = cancels(cancelOnDisconnect);
        return run(threadId, runId).flatMap(run -> follower.wait(RunName.of(run), RunResource::location, cancels));
    }

    @POST
    @Path("/{run_id}/cancel")
    @Needs(Role.WRITE)
    @Operation(
            operationId = "cancelRun",
            summary = "Cancel a run",
            description =
                    "One that has ended, and one that stopped for somebody, stays as it is: nobody's question goes"
                            + " away with a click on Stop.")
    @APIResponse(responseCode = "202", description = "It is cancelled, or had ended; without `wait`")
    @APIResponse(responseCode = "204", description = "The same, with `wait`")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    public Uni<Response> cancel(
            @RestPath("thread_id") String threadId,
            @RestPath("run_id") String runId,
            @Parameter(schema = @Schema(ref = "Flag")) @RestQuery("wait") @Nullable String wait,
            @Parameter(description = CANCEL_ACTIONS) @RestQuery("action") @Nullable String action) {
        boolean waits = flag("wait", wait);
        boolean rollback = isRollback(action);
        return run(threadId, runId)
                .flatMap(run -> gate.cancel(run, rollback))
                .map(outcome -> Response.status(waits ? 204 : 202).build());
    }

    private RunBody body(byte @Nullable [] body) {
        return RunBody.read(RequestFields.parse(body, maxDataBytes, RunBody.FIELDS));
    }

    private Uni<RequestedRun> run(String threadId, String runId) {
        ThreadKey thread = ThreadResource.key(threadId);
        RunId id = new RunId(PathTexts.checked("run_id", runId));
        return runs.find(thread, id).onItem().ifNull().failWith(() -> noRun(thread, runId));
    }

    private Uni<ThreadKey> existing(ThreadKey thread) {
        return threads.exists(thread).map(exists -> {
            if (!exists) {
                throw ThreadResource.noThread(thread);
            }
            return thread;
        });
    }

    /** The thread of a run that was asked for alone bears its name, and who asks for the run has named no thread. */
    static ProblemException noRun(ThreadKey thread, String runId) {
        return new ProblemException(Problem.of(
                ProblemType.RUN_NOT_FOUND,
                thread.thread().equals(runId)
                        ? "Run " + runId + " does not exist"
                        : "Thread " + thread.thread() + " has no run " + runId));
    }

    static Response created(RequestedRun run) {
        return Response.ok(RequestedRunView.of(run))
                .header(HttpHeaders.CONTENT_LOCATION, location(RunName.of(run)))
                .build();
    }

    /** A path: what is behind /runs/ is the run, to the end. */
    static String location(RunName run) {
        return "/threads/" + Answers.segment(run.thread().thread()) + "/runs/"
                + run.leg().value();
    }

    static boolean isRollback(@Nullable String action) {
        return switch (action) {
            case null -> false;
            case "interrupt" -> false;
            case "rollback" -> true;
            default ->
                throw RequestFields.beside("Query parameter action must be interrupt or rollback, not " + action);
        };
    }

    /** Whether what is followed ends with its follower, who must be one who may end it. */
    static boolean cancels(@Nullable String text) {
        boolean cancels = flag("cancel_on_disconnect", text);
        if (cancels) {
            CurrentCaller.require(Role.WRITE);
        }
        return cancels;
    }

    static boolean flag(String name, @Nullable String text) {
        return switch (text) {
            case null -> false;
            case "0", "false" -> false;
            case "1", "true" -> true;
            default ->
                throw new ProblemException(
                        Problem.of(ProblemType.INVALID_REQUEST, "Query parameter " + name + " must be 0 or 1"));
        };
    }
}

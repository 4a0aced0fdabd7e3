package dev.threadwright.http;

import dev.threadwright.contract.SnapshotView;
import dev.threadwright.query.Containment;
import dev.threadwright.query.HistoryReads;
import dev.threadwright.query.HistoryReads.History;
import dev.threadwright.query.RequestedRuns;
import dev.threadwright.security.Role;
import dev.threadwright.thread.Checkpoint;
import dev.threadwright.thread.CheckpointId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** The state of a thread, now and before, as the agent contract has it. */
@Path("/threads/{thread_id}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(
        name = "State",
        description = "States are computed from the thread's events: the longer its history, the longer it takes.")
@APIResponse(ref = "InvalidRequest", responseCode = "400")
@APIResponse(ref = "NotFound", responseCode = "404")
@APIResponse(ref = "InvalidFields", responseCode = "422")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class StateResource {

    static final int DEFAULT_LIMIT = 10;
    static final int MAX_LIMIT = 1_000;

    private static final List<String> AT_FIELDS = List.of("checkpoint", "subgraphs", "select");
    private static final List<String> HISTORY_FIELDS = List.of("limit", "before", "metadata", "checkpoint", "select");
    private static final String SUBGRAPHS =
            "Whether tasks that are running a graph have its state, as it is. It is not kept once that has ended.";

    private final HistoryReads reads;
    private final ThreadAnswers answers;
    private final RequestedRuns runs;
    private final Commands commands;
    private final CommandGate gate;

    StateResource(HistoryReads reads, RequestedRuns runs, ThreadAnswers answers, Commands commands, CommandGate gate) {
        this.reads = reads;
        this.runs = runs;
        this.answers = answers;
        this.commands = commands;
        this.gate = gate;
    }

    @GET
    @Path("/state")
    @Needs(Role.READ)
    @Operation(operationId = "getState", summary = "The state of a thread")
    @APIResponse(
            responseCode = "200",
            description = "The state",
            content = @Content(schema = @Schema(implementation = StateSchema.class)))
    public Uni<Json> state(
            @RestPath("thread_id") String threadId,
            @Parameter(description = SUBGRAPHS) @RestQuery("subgraphs") @Nullable String subgraphs,
            @Parameter(description = StateFields.SELECT) @RestQuery("select") List<String> select) {
        boolean nested = PathTexts.flag("subgraphs", subgraphs, false);
        ThreadKey thread = ThreadResource.key(threadId);
        List<String> selected = selected(select);
        return reads.newest(thread, null, checkpoint -> true, 1)
                .flatMap(history -> views(thread, required(thread, history), nested))
                .map(views -> StateFields.of(views.isEmpty() ? SnapshotView.none() : views.getFirst(), selected));
    }

    @GET
    @Path("/state/{checkpoint_id}")
    @Needs(Role.READ)
    @Operation(operationId = "getStateAt", summary = "The state of a thread at a checkpoint")
    @APIResponse(
            responseCode = "200",
            description = "The state",
            content = @Content(schema = @Schema(implementation = StateSchema.class)))
    public Uni<Json> stateAt(
            @RestPath("thread_id") String threadId,
            @RestPath("checkpoint_id") String checkpointId,
            @Parameter(description = SUBGRAPHS) @RestQuery("subgraphs") @Nullable String subgraphs,
            @Parameter(description = StateFields.SELECT) @RestQuery("select") List<String> select) {
        return at(
                ThreadResource.key(threadId),
                checkpointId,
                selected(select),
                PathTexts.flag("subgraphs", subgraphs, false));
    }

    @POST
    @Path("/state/checkpoint")
    @Needs(Role.READ)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "findStateAt", summary = "The state of a thread at a checkpoint that is named in full")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = ThreadRequestSchemas.At.class)))
    @APIResponse(
            responseCode = "200",
            description = "The state",
            content = @Content(schema = @Schema(implementation = StateSchema.class)))
    public Uni<Json> stateAt(@RestPath("thread_id") String threadId, byte @Nullable [] body) {
        RequestFields fields = RequestFields.parse(body, commands.maxDataBytes(), AT_FIELDS);
        Boolean subgraphs = fields.flag("subgraphs");
        List<String> select = fields.texts("select");
        StateFields.check(select);
        String checkpoint = CheckpointName.of(fields, "checkpoint");
        if (checkpoint == null) {
            throw fields.wrong("checkpoint", "must have a checkpoint_id");
        }
        return at(ThreadResource.key(threadId), checkpoint, select, subgraphs != null && subgraphs);
    }

    private Uni<Json> at(ThreadKey thread, String name, @Nullable List<String> select, boolean subgraphs) {
        CheckpointId id = CheckpointId.parse(thread, name);
        return reads.newest(thread, null, checkpoint -> checkpoint.id().equals(id), 1)
                .flatMap(history -> views(thread, required(thread, history), subgraphs))
                .map(views -> {
                    if (views.isEmpty()) {
                        throw noCheckpoint(thread, name);
                    }
                    return StateFields.of(views.getFirst(), select);
                });
    }

    @POST
    @Path("/state")
    @Needs(Role.WRITE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "writeState",
            summary = "Change the state of a thread",
            description =
                    "Through the reducers of its channels; nothing runs on for it. Without a checkpoint and `as_node`,"
                            + " what is asked stays asked; with one of them, what waits is superseded.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            schema = @Schema(implementation = ThreadRequestSchemas.State.class),
                            examples =
                                    @ExampleObject(name = "example", value = "{\"values\": {\"topic\": \"tides\"}}")))
    @APIResponse(
            responseCode = "200",
            description = "The checkpoint that it made",
            content = @Content(schema = @Schema(implementation = StateSchema.Written.class)))
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    @APIResponse(ref = "SetAside", responseCode = "500")
    public Uni<Json> write(
            @RestPath("thread_id") String threadId, @BeanParam IdempotencyKey.OfCommand key, byte @Nullable [] body) {
        ThreadKey thread = ThreadResource.key(threadId);
        return gate.decided(commands.updateState(
                        thread, key.value, ThreadRequest.StateUpdate.parse(body, commands.maxDataBytes())))
                .flatMap(decided -> reads.madeBy(thread, decided.seq()))
                .onItem()
                .ifNull()
                .failWith(() -> ThreadResource.noThread(thread))
                .map(id -> written(thread, id));
    }

    private static Json written(ThreadKey thread, CheckpointId id) {
        Json.Obj checkpoint = SnapshotView.checkpoint(thread, "", id);
        return Json.object(Map.of("checkpoint", checkpoint, "configurable", checkpoint));
    }

    @PATCH
    @Path("/state")
    @Needs(Role.WRITE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "patchState", summary = "Change the metadata of a thread")
    @RequestBody(
            required = true,
            content = @Content(schema = @Schema(implementation = ThreadRequestSchemas.StateMetadata.class)))
    @APIResponse(
            responseCode = "200",
            description = "The thread's metadata as they are now",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT, implementation = Object.class)))
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    @APIResponse(ref = "SetAside", responseCode = "500")
    public Uni<Object> patch(
            @RestPath("thread_id") String threadId, @BeanParam IdempotencyKey.OfCommand key, byte @Nullable [] body) {
        ThreadKey thread = ThreadResource.key(threadId);
        return answers.require(thread)
                .flatMap(exists -> gate.decided(commands.updateThread(
                        thread, key.value, ThreadRequest.metadata(body, commands.maxDataBytes()))))
                .flatMap(decided -> answers.one(thread, false))
                .map(fields -> fields.getOrDefault("metadata", Json.EMPTY_OBJECT));
    }

    @POST
    @Path("/history")
    @Needs(Role.READ)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "searchHistory",
            summary = "The states that a thread has gone through, the newest first",
            description = "Without those of side runs, and of runs that were rolled back.")
    @RequestBody(content = @Content(schema = @Schema(implementation = ThreadRequestSchemas.History.class)))
    @APIResponse(
            responseCode = "200",
            description = "The states",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = StateSchema.class)))
    public Uni<Json> history(@RestPath("thread_id") String threadId, byte @Nullable [] body) {
        RequestFields fields = RequestFields.parseOrEmpty(body, commands.maxDataBytes(), HISTORY_FIELDS);
        List<String> select = fields.texts("select");
        StateFields.check(select);
        return history(
                ThreadResource.key(threadId),
                CheckpointName.of(fields, "before"),
                fields.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
                fields.object("metadata"),
                CheckpointName.isOfSubgraph(fields, "checkpoint"),
                select);
    }

    @GET
    @Path("/history")
    @Needs(Role.READ)
    @Operation(operationId = "getHistory", summary = "The states that a thread has gone through, the newest first")
    @APIResponse(
            responseCode = "200",
            description = "The states",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = StateSchema.class)))
    public Uni<Json> history(
            @RestPath("thread_id") String threadId,
            @Parameter(
                            description = "How many at most.",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = "" + MAX_LIMIT,
                                            defaultValue = "" + DEFAULT_LIMIT))
                    @RestQuery("limit")
                    @Nullable String limit,
            @Parameter(description = "Older ones than this checkpoint.") @RestQuery("before") @Nullable String before) {
        int most = QueryNumbers.readField("limit", limit, 1, MAX_LIMIT, DEFAULT_LIMIT);
        return history(ThreadResource.key(threadId), before, most, null, false, null);
    }

    private Uni<Json> history(
            ThreadKey thread,
            @Nullable String before,
            int limit,
            Json.@Nullable Obj metadata,
            boolean isOfSubgraph,
            @Nullable List<String> select) {
        CheckpointId end = before == null ? null : CheckpointId.parse(thread, before);
        if (before != null && end == null) {
            throw noCheckpoint(thread, before);
        }
        return reads.newest(
                        thread,
                        end,
                        checkpoint -> !isOfSubgraph
                                && (metadata == null
                                        || Containment.contains(SnapshotView.metadata(checkpoint), metadata)),
                        limit)
                .flatMap(history -> views(thread, required(thread, history), false))
                .map(views -> Json.array(
                        views.stream().map(view -> StateFields.of(view, select)).toList()));
    }

    /** With the metadata of the runs that made them. */
    private Uni<List<Json.Obj>> views(ThreadKey thread, History history, boolean subgraphs) {
        List<String> made = history.checkpoints().stream()
                .map(Checkpoint::run)
                .filter(Objects::nonNull)
                .map(RunId::value)
                .distinct()
                .toList();
        Uni<Map<String, Json.Obj>> metadata =
                made.isEmpty() ? Uni.createFrom().item(Map.of()) : runs.metadata(thread, made);
        return metadata.map(byRun -> history.checkpoints().stream()
                .map(checkpoint -> {
                    RunId run = checkpoint.run();
                    Json.Obj view = view(thread, history, checkpoint, subgraphs);
                    Json.Obj own = run == null ? null : byRun.get(run.value());
                    return own == null ? view : with(view, own);
                })
                .toList());
    }

    private static Json.Obj with(Json.Obj view, Json.Obj ofRun) {
        Map<String, Json> metadata = new LinkedHashMap<>(ofRun.fields());
        if (view.get("metadata") instanceof Json.Obj own) {
            metadata.putAll(own.fields());
        }
        Map<String, Json> fields = new LinkedHashMap<>(view.fields());
        fields.put("metadata", Json.object(metadata));
        return Json.object(fields);
    }

    /** The state at the newest of the checkpoints. */
    static Json.Obj newest(ThreadKey thread, History history) {
        return history.checkpoints().isEmpty()
                ? SnapshotView.none()
                : view(thread, history, history.checkpoints().getFirst(), false);
    }

    private static Json.Obj view(ThreadKey thread, History history, Checkpoint checkpoint, boolean subgraphs) {
        return history.isHead(checkpoint)
                ? SnapshotView.ofHead(thread, checkpoint, history.now(), history.failedStep(), subgraphs)
                : SnapshotView.of(thread, checkpoint, subgraphs);
    }

    private static @Nullable List<String> selected(List<String> select) {
        List<String> names = select.stream()
                .flatMap(all -> List.of(all.split(",", -1)).stream())
                .toList();
        if (names.isEmpty()) {
            return null;
        }
        StateFields.check(names);
        return names;
    }

    private static History required(ThreadKey thread, @Nullable History history) {
        if (history == null) {
            throw ThreadResource.noThread(thread);
        }
        return history;
    }

    private static ProblemException noCheckpoint(ThreadKey thread, String id) {
        return new ProblemException(
                Problem.of(ProblemType.CHECKPOINT_NOT_FOUND, "Thread " + thread.thread() + " has no checkpoint " + id));
    }
}

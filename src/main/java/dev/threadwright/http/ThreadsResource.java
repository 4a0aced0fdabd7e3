package dev.threadwright.http;

import dev.threadwright.audit.Act;
import dev.threadwright.query.ThreadSearch;
import dev.threadwright.query.ThreadSearch.Found;
import dev.threadwright.security.Role;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Threads: made, found, deleted many at once. */
@Path("/threads")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Threads")
@APIResponse(ref = "InvalidRequest", responseCode = "400")
@APIResponse(ref = "InvalidFields", responseCode = "422")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class ThreadsResource {

    /** Threads that one request deletes at the same time. */
    private static final int DELETED_AT_ONCE = 16;

    private final Commands commands;
    private final CommandGate gate;
    private final ThreadSearch search;
    private final ThreadAnswers answers;

    ThreadsResource(Commands commands, CommandGate gate, ThreadSearch search, ThreadAnswers answers) {
        this.commands = commands;
        this.gate = gate;
        this.search = search;
        this.answers = answers;
    }

    @POST
    @Needs(Role.WRITE)
    @Operation(
            operationId = "createThread",
            summary = "Make a thread",
            description =
                    "Inputs make threads, too; this one is there before its first input, with what is set on it. With"
                            + " `supersteps` it begins with a state.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ThreadRequestSchemas.Create.class),
                            examples =
                                    @ExampleObject(name = "example", value = "{\"metadata\": {\"customer\": 4711}}")))
    @APIResponse(
            responseCode = "200",
            description = "The thread; the one that was there, with `if_exists` do_nothing",
            content = @Content(schema = @Schema(implementation = ThreadView.class)))
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    @APIResponse(ref = "LimitReached", responseCode = "429")
    @APIResponse(ref = "SetAside", responseCode = "500")
    public Uni<Map<String, Object>> create(@BeanParam IdempotencyKey.OfCommand key, byte @Nullable [] body) {
        ThreadRequest.Create create = ThreadRequest.Create.parse(body, commands.maxDataBytes(), commands.policyCheck());
        String named = create.threadId();
        ThreadKey thread = ThreadResource.key(named == null ? newId(key.value) : named);
        return gate.decided(commands.createThread(thread, key.value, create))
                .flatMap(decided -> answers.one(thread, true));
    }

    /** The same for the same idempotency key, so that a request that is sent again makes no second thread. */
    static String newId(@Nullable String key) {
        return key == null
                ? UUID.randomUUID().toString()
                : UUID.nameUUIDFromBytes(("thread " + key).getBytes(StandardCharsets.UTF_8))
                        .toString();
    }

    @POST
    @Path("/search")
    @Needs(Role.READ)
    @Operation(
            operationId = "searchThreads",
            summary = "Threads, page by page",
            description = "By `values`, at most " + ThreadSearch.MAX_SCANNED
                    + " threads may match all else: their states are computed one by one.")
    @RequestBody(content = @Content(schema = @Schema(implementation = ThreadRequestSchemas.Search.class)))
    @APIResponse(
            responseCode = "200",
            description = "A page of threads, without their runs",
            headers =
                    @Header(
                            name = AssistantResource.NEXT_PAGE,
                            description = "The offset of the next page; absent at the last",
                            schema = @Schema(type = SchemaType.INTEGER)),
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = ThreadView.class)))
    public Uni<Response> search(byte @Nullable [] body) {
        ThreadRequest.Search asked = ThreadRequest.Search.parse(body, commands.maxDataBytes());
        return search.page(CurrentCaller.tenant(), asked.filter(), asked.page())
                .onFailure(ThreadSearch.TooManyException.class)
                .transform(ThreadsResource::tooMany)
                .map(found -> page(asked, found));
    }

    @POST
    @Path("/count")
    @Needs(Role.READ)
    @Operation(operationId = "countThreads", summary = "How many threads there are of a kind")
    @RequestBody(content = @Content(schema = @Schema(implementation = ThreadRequestSchemas.Filter.class)))
    @APIResponse(
            responseCode = "200",
            description = "A bare number",
            content = @Content(schema = @Schema(type = SchemaType.INTEGER)))
    public Uni<Json> count(byte @Nullable [] body) {
        return search.count(CurrentCaller.tenant(), ThreadRequest.count(body, commands.maxDataBytes()))
                .onFailure(ThreadSearch.TooManyException.class)
                .transform(ThreadsResource::tooMany)
                .map(Json::of);
    }

    @POST
    @Path("/prune")
    @Needs(Role.WRITE)
    @Audited(Act.THREAD_DELETE)
    @Operation(
            operationId = "pruneThreads",
            summary = "Delete threads",
            description = "Those that there are; others do not count. To keep only the latest state is not supported.")
    @RequestBody(
            required = true,
            content = @Content(schema = @Schema(implementation = ThreadRequestSchemas.Prune.class)))
    @APIResponse(
            responseCode = "200",
            description = "How many were deleted",
            content = @Content(schema = @Schema(implementation = ThreadRequestSchemas.Pruned.class)))
    public Uni<Json> prune(byte @Nullable [] body) {
        List<ThreadKey> threads = ThreadRequest.prune(body, commands.maxDataBytes()).stream()
                .map(ThreadResource::key)
                .toList();
        return Multi.createFrom()
                .iterable(threads)
                .onItem()
                .transformToUni(this::deleted)
                .merge(DELETED_AT_ONCE)
                .collect()
                .with(java.util.stream.Collectors.summingLong(Long::longValue))
                .map(count -> Json.object("pruned_count", Json.of(count)));
    }

    /** 1, or 0 if there is no such thread. */
    private Uni<Long> deleted(ThreadKey thread) {
        return gate.decided(commands.deleteThread(thread, null))
                .map(decided -> 1L)
                .onFailure(ThreadsResource::isUnknown)
                .recoverWithItem(0L);
    }

    static boolean isUnknown(Throwable failure) {
        return failure instanceof ProblemException refused && refused.problem().type() == ProblemType.THREAD_NOT_FOUND;
    }

    private static ProblemException tooMany(Throwable failure) {
        return RequestFields.at("/values", "cannot be looked for: " + failure.getMessage());
    }

    private static Response page(ThreadRequest.Search asked, Found found) {
        List<Json> threads = found.matches().stream()
                .<Json>map(match -> shown(ThreadView.of(match), asked))
                .toList();
        Response.ResponseBuilder response = Response.ok(Json.array(threads));
        return found.more()
                ? response.header(
                                AssistantResource.NEXT_PAGE,
                                (long) asked.page().offset() + asked.page().limit())
                        .build()
                : response.build();
    }

    private static Json shown(Map<String, Json> thread, ThreadRequest.Search asked) {
        Json whole = Json.object(thread);
        Map<String, Json> fields = new LinkedHashMap<>(thread);
        List<String> select = asked.select();
        if (select != null) {
            fields.keySet().retainAll(select);
        }
        if (!asked.extract().isEmpty()) {
            Map<String, Json> extracted = new LinkedHashMap<>();
            asked.extract().forEach((name, path) -> extracted.put(name, path.of(whole)));
            fields.put("extracted", Json.object(extracted));
        }
        return Json.object(fields);
    }
}

package dev.threadwright.http;

import dev.threadwright.assistant.AssistantChange;
import dev.threadwright.assistant.AssistantFilter;
import dev.threadwright.assistant.AssistantOrder;
import dev.threadwright.assistant.AssistantThreads;
import dev.threadwright.assistant.Assistants;
import dev.threadwright.assistant.StoredAssistant;
import dev.threadwright.security.Role;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
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

/** Assistants: found, made, changed in versions. What they look like inside is {@link AssistantGraphResource}'s. */
@Path("/assistants")
@Produces(MediaType.APPLICATION_JSON)
@Tag(
        name = "Assistants",
        description =
                "Each workflow is one, and so is each named configuration of a workflow. An id may be the workflow's"
                        + " name.")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class AssistantResource {

    static final int MAX_LIMIT = 1_000;
    static final int DEFAULT_LIMIT = 10;
    static final int MAX_NAME_LENGTH = 1_000;

    /** Where the next page of a search begins; absent at the last. */
    static final String NEXT_PAGE = "X-Pagination-Next";

    private static final List<String> CONTENT =
            List.of("graph_id", "name", "description", "config", "context", "metadata");
    private static final List<String> CREATED =
            List.of("graph_id", "assistant_id", "name", "description", "config", "context", "metadata", "if_exists");
    private static final List<String> SEARCHED =
            List.of("graph_id", "name", "metadata", "limit", "offset", "sort_by", "sort_order", "select");
    private static final List<String> COUNTED = List.of("graph_id", "name", "metadata");
    private static final String DO_NOTHING = "do_nothing";
    private static final String ASCENDING = "asc";

    private final Assistants assistants;
    private final Instance<AssistantThreads> threads;
    private final int maxDataBytes;

    AssistantResource(
            Assistants assistants,
            @Any Instance<AssistantThreads> threads,
            @ConfigProperty(name = "threadwright.limits.data-bytes") int maxDataBytes) {
        this.assistants = assistants;
        this.threads = threads;
        this.maxDataBytes = maxDataBytes;
    }

    @POST
    @Needs(Role.WRITE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "createAssistant", summary = "Make an assistant of a workflow")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = AssistantRequests.Create.class)))
    @APIResponse(
            responseCode = "200",
            description = "The assistant, in version 1; or the one that was there, with `if_exists` do_nothing",
            content = @Content(schema = @Schema(implementation = AssistantView.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    public Uni<Json> create(byte @Nullable [] body) {
        RequestFields fields = RequestFields.parse(body, maxDataBytes, CREATED);
        String id = fields.text("assistant_id");
        if (id != null && !Assistants.isId(id)) {
            throw fields.wrong("assistant_id", "must be a UUID; leave it out for a new one");
        }
        boolean mayExist = DO_NOTHING.equals(fields.word("if_exists", List.of("raise", DO_NOTHING)));
        return assistants
                .create(CurrentCaller.tenant(), id, fields.requiredText("graph_id"), change(fields), mayExist)
                .map(AssistantResource::view);
    }

    @POST
    @Path("/search")
    @Needs(Role.READ)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "searchAssistants", summary = "Assistants, page by page")
    @RequestBody(content = @Content(schema = @Schema(implementation = AssistantRequests.Search.class)))
    @APIResponse(
            responseCode = "200",
            description = "A page of assistants",
            headers =
                    @Header(
                            name = NEXT_PAGE,
                            description = "The offset of the next page; absent at the last",
                            schema = @Schema(type = SchemaType.INTEGER)),
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = AssistantView.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    public Uni<Response> search(byte @Nullable [] body) {
        RequestFields fields = RequestFields.parseOrEmpty(body, maxDataBytes, SEARCHED);
        int limit = fields.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
        int offset = fields.number("offset", 0, Integer.MAX_VALUE, 0);
        List<String> select = fields.select(AssistantView.FIELDS);
        String by = fields.word("sort_by", AssistantOrder.words());
        boolean descending = !ASCENDING.equals(fields.word("sort_order", List.of(ASCENDING, "desc")));
        // One more tells whether there are more.
        return assistants
                .search(
                        CurrentCaller.tenant(),
                        filter(fields),
                        by == null ? AssistantOrder.CREATED_AT : AssistantOrder.of(by),
                        descending,
                        limit + 1,
                        offset)
                .map(found -> page(found, select, limit, offset));
    }

    private static Response page(List<StoredAssistant> found, @Nullable List<String> select, int limit, int offset) {
        Json page = Json.array(found.stream()
                .limit(limit)
                .<Json>map(one -> AssistantView.of(one, select))
                .toList());
        Response.ResponseBuilder response = Response.ok(page);
        return found.size() > limit
                ? response.header(NEXT_PAGE, (long) offset + limit).build()
                : response.build();
    }

    @POST
    @Path("/count")
    @Needs(Role.READ)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "countAssistants", summary = "How many assistants there are")
    @RequestBody(content = @Content(schema = @Schema(implementation = AssistantRequests.Count.class)))
    @APIResponse(
            responseCode = "200",
            description = "The number",
            content = @Content(schema = @Schema(type = SchemaType.INTEGER)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    public Uni<Long> count(byte @Nullable [] body) {
        return assistants.count(
                CurrentCaller.tenant(), filter(RequestFields.parseOrEmpty(body, maxDataBytes, COUNTED)));
    }

    @GET
    @Path("/{assistant_id}")
    @Needs(Role.READ)
    @Operation(operationId = "getAssistant", summary = "An assistant, by its id or its workflow's name")
    @APIResponse(
            responseCode = "200",
            description = "The assistant",
            content = @Content(schema = @Schema(implementation = AssistantView.class)))
    @APIResponse(ref = "NotFound", responseCode = "404")
    public Uni<Json> assistant(@RestPath("assistant_id") String id) {
        return assistants
                .required(CurrentCaller.tenant(), PathTexts.checked("assistant_id", id))
                .map(AssistantResource::view);
    }

    @PATCH
    @Path("/{assistant_id}")
    @Needs(Role.WRITE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "updateAssistant",
            summary = "Make a new version of an assistant",
            description = "Metadata is laid over what is there, all else is replaced.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = AssistantRequests.Update.class)))
    @APIResponse(
            responseCode = "200",
            description = "The assistant, one version on",
            content = @Content(schema = @Schema(implementation = AssistantView.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    public Uni<Json> update(@RestPath("assistant_id") String id, byte @Nullable [] body) {
        RequestFields fields = RequestFields.parse(body, maxDataBytes, CONTENT);
        return assistants
                .change(CurrentCaller.tenant(), PathTexts.checked("assistant_id", id), change(fields))
                .map(AssistantResource::view);
    }

    @DELETE
    @Path("/{assistant_id}")
    @Needs(Role.WRITE)
    @Operation(
            operationId = "deleteAssistant",
            summary = "Delete an assistant, its versions and its crons",
            description = "Workflows are never deleted, and neither are the assistants that they are.")
    @APIResponse(responseCode = "204", description = "It is gone")
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Conflict", responseCode = "409")
    public Uni<Void> delete(
            @RestPath("assistant_id") String id,
            @Parameter(
                            description =
                                    "Whether its threads, those with its id in their metadata, are deleted first.",
                            schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "false"))
                    @RestQuery("delete_threads")
                    @Nullable String deleteThreads) {
        String checked = PathTexts.checked("assistant_id", id);
        boolean withThreads = PathTexts.flag("delete_threads", deleteThreads, false);
        // The threads first: what fails in between can be asked for again as long as the assistant is there.
        String tenant = CurrentCaller.tenant();
        return assistants
                .custom(tenant, checked)
                .flatMap(found -> withThreads
                        ? deleteThreads(tenant, found)
                        : Uni.createFrom().voidItem())
                .flatMap(done -> assistants.delete(tenant, checked));
    }

    private Uni<Void> deleteThreads(String tenant, StoredAssistant found) {
        if (!threads.isResolvable()) {
            throw new ProblemException(Problem.of(
                    ProblemType.NOT_SUPPORTED, "This server cannot delete threads; leave out delete_threads"));
        }
        return threads.get().delete(tenant, found.assistant().id());
    }

    @POST
    @Path("/{assistant_id}/versions")
    @Needs(Role.READ)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "getAssistantVersions", summary = "The versions of an assistant, the newest first")
    @RequestBody(content = @Content(schema = @Schema(implementation = AssistantRequests.Versions.class)))
    @APIResponse(
            responseCode = "200",
            description = "The versions",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = AssistantView.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    public Uni<Json> versions(@RestPath("assistant_id") String id, byte @Nullable [] body) {
        RequestFields fields = RequestFields.parseOrEmpty(body, maxDataBytes, List.of("metadata", "limit", "offset"));
        return assistants
                .versions(
                        CurrentCaller.tenant(),
                        PathTexts.checked("assistant_id", id),
                        fields.object("metadata"),
                        fields.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
                        fields.number("offset", 0, Integer.MAX_VALUE, 0))
                .map(found -> Json.array(
                        found.stream().<Json>map(AssistantView::ofVersion).toList()));
    }

    @POST
    @Path("/{assistant_id}/latest")
    @Needs(Role.WRITE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "setLatestAssistantVersion", summary = "Go back to a version of an assistant")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = AssistantRequests.Latest.class)))
    @APIResponse(
            responseCode = "200",
            description = "The assistant, in that version",
            content = @Content(schema = @Schema(implementation = AssistantView.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    public Uni<Json> latest(@RestPath("assistant_id") String id, byte @Nullable [] body) {
        RequestFields fields = RequestFields.parse(body, maxDataBytes, List.of("version"));
        if (fields.value("version") == null) {
            throw fields.wrong("version", "is missing");
        }
        int version = fields.number("version", 1, Integer.MAX_VALUE, 1);
        return assistants
                .use(CurrentCaller.tenant(), PathTexts.checked("assistant_id", id), version)
                .map(AssistantResource::view);
    }

    private static AssistantChange change(RequestFields fields) {
        String name = fields.text("name");
        if (name != null && (name.isBlank() || name.length() > MAX_NAME_LENGTH)) {
            throw fields.wrong("name", "must have 1 to " + MAX_NAME_LENGTH + " characters");
        }
        return new AssistantChange(
                fields.text("graph_id"),
                name,
                fields.text("description"),
                config(fields),
                fields.value("context"),
                fields.object("metadata"));
    }

    private static Json.@Nullable Obj config(RequestFields fields) {
        Json.Obj config = RunConfig.checked(fields);
        if (config == null) {
            return null;
        }
        if (config.get("tags") != null && !(config.get("tags") instanceof Json.Arr)) {
            throw fields.wrong("config", "has tags that are no list");
        }
        if (config.get("configurable") != null && !(config.get("configurable") instanceof Json.Obj)) {
            throw fields.wrong("config", "has a configurable that is no object");
        }
        return config;
    }

    private static AssistantFilter filter(RequestFields fields) {
        return new AssistantFilter(fields.text("graph_id"), fields.text("name"), fields.object("metadata"));
    }

    private static Json view(StoredAssistant found) {
        return AssistantView.of(found, null);
    }

    static ProblemException noAssistant(String id) {
        return new ProblemException(Problem.of(ProblemType.ASSISTANT_NOT_FOUND, "Assistant " + id + " does not exist"));
    }
}

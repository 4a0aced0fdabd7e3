package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.assistant.Assistants;
import dev.threadwright.cron.Cron;
import dev.threadwright.cron.CronFilter;
import dev.threadwright.cron.CronOrder;
import dev.threadwright.cron.Crons;
import dev.threadwright.security.Role;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/** Crons: made, changed, found. */
@Path("/runs/crons")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Crons", description = "Runs that begin by the clock.")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class CronResource {

    static final int MAX_LIMIT = 1_000;
    static final int DEFAULT_LIMIT = 10;

    private static final String ASCENDING = "asc";
    private static final List<String> SEARCHED = List.of(
            "assistant_id", "thread_id", "enabled", "metadata", "limit", "offset", "sort_by", "sort_order", "select");
    private static final List<String> COUNTED = List.of("assistant_id", "thread_id", "metadata");

    private final Crons crons;
    private final Assistants assistants;
    private final NewCrons newCrons;
    private final int maxDataBytes;

    CronResource(
            Crons crons,
            Assistants assistants,
            NewCrons newCrons,
            @ConfigProperty(name = "threadwright.limits.data-bytes") int maxDataBytes) {
        this.crons = crons;
        this.assistants = assistants;
        this.newCrons = newCrons;
        this.maxDataBytes = maxDataBytes;
    }

    @Schema(name = "CronSearchRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Search(
            String assistantId,
            String threadId,
            boolean enabled,

            @Schema(description = "Each pair has to be there and equal.")
            Map<String, Object> metadata,

            @Schema(minimum = "1", maximum = "" + MAX_LIMIT, defaultValue = "" + DEFAULT_LIMIT)
            int limit,

            @Schema(minimum = "0", defaultValue = "0") int offset,

            @Schema(
                    enumeration = {
                        "cron_id",
                        "assistant_id",
                        "thread_id",
                        "created_at",
                        "updated_at",
                        "next_run_date",
                        "end_time"
                    },
                    defaultValue = "created_at")
            String sortBy,

            @Schema(
                    enumeration = {"asc", "desc"},
                    defaultValue = "desc")
            String sortOrder,

            @Schema(description = "The fields to answer with; all if absent.")
            List<String> select) {}

    @Schema(name = "CronCountRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Count(String assistantId, String threadId, Map<String, Object> metadata) {}

    @POST
    @Needs(Role.WRITE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "createCron", summary = "Have runs begin by the clock, each on a thread of its own")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = CronBody.Create.class)))
    @APIResponse(
            responseCode = "200",
            description = "The cron",
            content = @Content(schema = @Schema(implementation = CronView.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    public Uni<Json> create(byte @Nullable [] body) {
        return newCrons.create(CronBody.created(body, maxDataBytes), null).map(CronResource::view);
    }

    @PATCH
    @Path("/{cron_id}")
    @Needs(Role.WRITE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "updateCron",
            summary = "Change a cron",
            description =
                    "What is not named stays; an `end_time` of null takes the end back, a false `enabled` also drops"
                            + " a run that is due and has not begun.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = CronBody.Update.class)))
    @APIResponse(
            responseCode = "200",
            description = "The cron",
            content = @Content(schema = @Schema(implementation = CronView.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    public Uni<Json> update(@RestPath("cron_id") String id, byte @Nullable [] body) {
        return crons.change(
                        CurrentCaller.tenant(),
                        PathTexts.checked("cron_id", id),
                        CronBody.changed(body, maxDataBytes).change())
                .map(changed -> {
                    if (changed == null) {
                        throw notFound(id);
                    }
                    return view(changed);
                });
    }

    @DELETE
    @Path("/{cron_id}")
    @Needs(Role.WRITE)
    @Operation(operationId = "deleteCron", summary = "Delete a cron", description = "Runs that have begun go on.")
    @APIResponse(responseCode = "204", description = "It is gone")
    @APIResponse(ref = "NotFound", responseCode = "404")
    public Uni<Void> delete(@RestPath("cron_id") String id) {
        return crons.delete(CurrentCaller.tenant(), PathTexts.checked("cron_id", id))
                .invoke(deleted -> {
                    if (!deleted) {
                        throw notFound(id);
                    }
                })
                .replaceWithVoid();
    }

    @POST
    @Path("/search")
    @Needs(Role.READ)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "searchCrons", summary = "Crons, page by page")
    @RequestBody(content = @Content(schema = @Schema(implementation = Search.class)))
    @APIResponse(
            responseCode = "200",
            description = "A page of crons",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = CronView.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    public Uni<Json> search(byte @Nullable [] body) {
        RequestFields fields = RequestFields.parseOrEmpty(body, maxDataBytes, SEARCHED);
        int limit = fields.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
        int offset = fields.number("offset", 0, Integer.MAX_VALUE, 0);
        List<String> select = fields.select(CronView.FIELDS);
        String by = fields.word("sort_by", CronOrder.words());
        CronOrder order = by == null ? CronOrder.CREATED_AT : CronOrder.of(by);
        boolean descending = !ASCENDING.equals(fields.word("sort_order", List.of(ASCENDING, "desc")));
        String tenant = CurrentCaller.tenant();
        return filter(fields, fields.flag("enabled"))
                .flatMap(filter -> crons.search(tenant, filter, order, descending, limit, offset))
                .map(found -> Json.array(found.stream()
                        .<Json>map(cron -> CronView.of(cron, select))
                        .toList()));
    }

    @POST
    @Path("/count")
    @Needs(Role.READ)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "countCrons", summary = "How many crons there are")
    @RequestBody(content = @Content(schema = @Schema(implementation = Count.class)))
    @APIResponse(
            responseCode = "200",
            description = "The number",
            content = @Content(schema = @Schema(type = SchemaType.INTEGER)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    public Uni<Long> count(byte @Nullable [] body) {
        String tenant = CurrentCaller.tenant();
        return filter(RequestFields.parseOrEmpty(body, maxDataBytes, COUNTED), null)
                .flatMap(filter -> crons.count(tenant, filter));
    }

    /** The assistant by its id, or a workflow's name; what there is not has no crons. */
    private Uni<CronFilter> filter(RequestFields fields, @Nullable Boolean enabled) {
        String assistant = fields.text("assistant_id");
        String thread = fields.text("thread_id");
        Json.Obj metadata = fields.object("metadata");
        if (assistant == null) {
            return Uni.createFrom().item(new CronFilter(null, thread, enabled, metadata));
        }
        return assistants
                .resolve(CurrentCaller.tenant(), assistant)
                .map(found -> new CronFilter(found == null ? assistant : found.id(), thread, enabled, metadata));
    }

    static Json view(Cron cron) {
        return CronView.of(cron, null);
    }

    private static ProblemException notFound(String id) {
        return new ProblemException(Problem.of(ProblemType.NOT_FOUND, "Cron " + id + " does not exist"));
    }
}

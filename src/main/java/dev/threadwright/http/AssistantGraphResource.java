package dev.threadwright.http;

import dev.threadwright.assistant.Assistant;
import dev.threadwright.assistant.AssistantGraph;
import dev.threadwright.assistant.AssistantSchemas;
import dev.threadwright.assistant.Assistants;
import dev.threadwright.security.Role;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import dev.threadwright.workflow.WorkflowRef;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** What assistants look like inside. */
@Path("/assistants/{assistant_id}")
@Needs(Role.READ)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Assistants")
@APIResponse(ref = "NotFound", responseCode = "404")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class AssistantGraphResource {

    /** Workflows run each other less deep than that. */
    private static final int ALL_DEPTHS = 100;

    private final Assistants assistants;
    private final WorkflowCatalog catalog;

    AssistantGraphResource(Assistants assistants, WorkflowCatalog catalog) {
        this.assistants = assistants;
        this.catalog = catalog;
    }

    @GET
    @Path("/graph")
    @Operation(
            operationId = "getAssistantGraph",
            summary = "The steps of an assistant's workflow, and where they lead",
            description = "Routes that are declared; where a `goto` leads is not known before.")
    @APIResponse(
            responseCode = "200",
            description = "Nodes and edges",
            content = @Content(schema = @Schema(implementation = AssistantRequests.GraphView.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    public Uni<Json> graph(
            @RestPath("assistant_id") String id,
            @Parameter(
                            description = "Whether the workflows that steps run are drawn in their place, or how deep.",
                            schema = @Schema(type = SchemaType.STRING, defaultValue = "false"))
                    @RestQuery("xray")
                    @Nullable String xray) {
        int depth = depth(xray);
        String tenant = CurrentCaller.tenant();
        return workflow(tenant, id).map(workflow -> AssistantGraph.of(workflow, depth, ref -> found(tenant, ref)));
    }

    @GET
    @Path("/schemas")
    @Operation(operationId = "getAssistantSchemas", summary = "What goes into an assistant, and what comes out")
    @APIResponse(
            responseCode = "200",
            description = "JSON Schemas, as far as the workflow's channels say",
            content = @Content(schema = @Schema(implementation = AssistantRequests.SchemasView.class)))
    public Uni<Json> schemas(@RestPath("assistant_id") String id) {
        return workflow(CurrentCaller.tenant(), id).map(AssistantSchemas::of);
    }

    @GET
    @Path("/subgraphs")
    @Operation(operationId = "getAssistantSubgraphs", summary = "The workflows that an assistant's steps run")
    @APIResponse(
            responseCode = "200",
            description = "Schemas by namespace: the step, or with `recurse` step|step",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    public Uni<Json> subgraphs(
            @RestPath("assistant_id") String id,
            @Parameter(schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "false"))
                    @RestQuery("recurse")
                    @Nullable String recurse) {
        boolean deep = PathTexts.flag("recurse", recurse, false);
        String tenant = CurrentCaller.tenant();
        return workflow(tenant, id)
                .map(workflow -> AssistantSchemas.ofSubgraphs(workflow, deep, ref -> found(tenant, ref)));
    }

    @GET
    @Path("/subgraphs/{namespace}")
    @Operation(operationId = "getAssistantSubgraph", summary = "One workflow that an assistant's step runs")
    @APIResponse(
            responseCode = "200",
            description = "Its schemas by its namespace; with `recurse` those within it, too",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    public Uni<Json> subgraph(
            @RestPath("assistant_id") String id,
            @RestPath("namespace") String namespace,
            @Parameter(schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "false"))
                    @RestQuery("recurse")
                    @Nullable String recurse) {
        boolean deep = PathTexts.flag("recurse", recurse, false);
        String tenant = CurrentCaller.tenant();
        return workflow(tenant, id)
                .map(workflow -> within(
                        AssistantSchemas.ofSubgraphs(workflow, true, ref -> found(tenant, ref)), id, namespace, deep));
    }

    private static Json within(Json.Obj all, String id, String namespace, boolean deep) {
        Map<String, Json> found = new LinkedHashMap<>(all.fields());
        found.keySet()
                .removeIf(name -> !name.equals(namespace) && !(deep && AssistantSchemas.isWithin(name, namespace)));
        if (found.isEmpty()) {
            throw new ProblemException(
                    Problem.of(ProblemType.NOT_FOUND, "Assistant " + id + " has no subgraph " + namespace));
        }
        return Json.object(found);
    }

    private static int depth(@Nullable String xray) {
        return switch (xray) {
            case null -> 0;
            case "true" -> ALL_DEPTHS;
            case "false" -> 0;
            default -> (int) QueryNumbers.read("xray", xray, 0, ALL_DEPTHS, 0);
        };
    }

    /** On a thread that may wait for what has to be compiled, or read: it, or what it runs. */
    private Uni<Workflow> workflow(String tenant, String id) {
        return assistants
                .required(tenant, PathTexts.checked("assistant_id", id))
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .map(found -> present(tenant, found.assistant()));
    }

    private Workflow present(String tenant, Assistant assistant) {
        Workflow workflow = assistants.workflow(tenant, assistant);
        if (workflow == null) {
            throw new ProblemException(Problem.of(
                    ProblemType.UNKNOWN_WORKFLOW,
                    "Assistant " + assistant.id() + " is of workflow " + assistant.graph()
                            + ", which this server does not have"));
        }
        return workflow;
    }

    private @Nullable Workflow found(String tenant, WorkflowRef ref) {
        return catalog.find(tenant, ref);
    }
}

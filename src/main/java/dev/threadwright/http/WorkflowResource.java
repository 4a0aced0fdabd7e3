package dev.threadwright.http;

import dev.threadwright.audit.Act;
import dev.threadwright.catalog.Catalog;
import dev.threadwright.catalog.CatalogUnavailableException;
import dev.threadwright.catalog.DocumentProblem;
import dev.threadwright.catalog.DocumentSchema;
import dev.threadwright.catalog.InvalidDocumentException;
import dev.threadwright.catalog.WorkflowConflictException;
import dev.threadwright.json.Utf8;
import dev.threadwright.query.StoredWorkflow;
import dev.threadwright.query.WorkflowReads;
import dev.threadwright.security.Role;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/** Workflow documents: registered, checked and read back. */
@Path("/workflows")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Workflows", description = "Documents in YAML or JSON; a version never changes.")
public class WorkflowResource {

    private static final String YAML = "application/yaml";
    private static final String TEXT_YAML = "text/yaml";

    private final Catalog catalog;
    private final WorkflowReads reads;

    WorkflowResource(Catalog catalog, WorkflowReads reads) {
        this.catalog = catalog;
        this.reads = reads;
    }

    @Schema(name = "RegisteredWorkflow")
    record RegisteredView(
            @Schema(required = true) String name,
            @Schema(required = true) int version,

            @Schema(required = true, description = "What inputs and runs call it.", examples = "report@2")
            String workflow)
            implements Audited.Told {

        @Override
        public Map<String, Json> told() {
            return Map.of("workflow", Json.of(workflow));
        }
    }

    @Schema(name = "WorkflowCheck")
    record CheckView(
            @Schema(required = true) boolean valid,
            @Schema(required = true) List<ProblemView> problems) {}

    @Schema(name = "WorkflowProblem")
    record ProblemView(
            @Schema(required = true, description = "JSON pointer into the document.")
            String pointer,

            @Schema(required = true) String detail) {}

    @Schema(name = "Workflows")
    record WorkflowsView(@Schema(required = true) List<RegisteredView> workflows) {}

    @POST
    @Needs(Role.ADMINISTER)
    @Consumes({MediaType.APPLICATION_JSON, YAML, TEXT_YAML})
    @Audited(Act.WORKFLOW_REGISTER)
    @Operation(
            operationId = "registerWorkflow",
            summary = "Register a workflow",
            description =
                    "Without a version it becomes the next one. The same content again is no new version. Runs keep"
                            + " the version that they started with.")
    @RequestBody(
            required = true,
            content = {
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Object.class)),
                @Content(mediaType = YAML, schema = @Schema(implementation = String.class))
            })
    @APIResponse(
            responseCode = "201",
            description = "Registered",
            content = @Content(schema = @Schema(implementation = RegisteredView.class)))
    @APIResponse(
            responseCode = "200",
            description = "This was the newest version already",
            content = @Content(schema = @Schema(implementation = RegisteredView.class)))
    @APIResponse(
            responseCode = "409",
            description = "The version that it names has other content, or is not above the newest",
            content =
                    @Content(
                            mediaType = Problem.MEDIA_TYPE,
                            schema = @Schema(implementation = ApiDocument.ProblemSchema.class)))
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    @APIResponse(ref = "NotPossible", responseCode = "422")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<Response> register(byte @Nullable [] body) {
        String tenant = CurrentCaller.tenant();
        return blocking(() -> {
            Catalog.Registered registered =
                    catalog.register(tenant, text(body), Clock.systemUTC().millis());
            RegisteredView view = new RegisteredView(
                    registered.ref().name(),
                    registered.ref().version(),
                    registered.ref().toString());
            return Response.status(registered.isNew() ? 201 : 200)
                    .location(URI.create("/workflows/" + view.name() + "/" + view.version()))
                    .entity(view)
                    .build();
        });
    }

    @POST
    @Path("/validate")
    @Needs(Role.READ)
    @Consumes({MediaType.APPLICATION_JSON, YAML, TEXT_YAML})
    @Operation(operationId = "validateWorkflow", summary = "Check a workflow without registering it")
    @RequestBody(
            required = true,
            content = {
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Object.class)),
                @Content(mediaType = YAML, schema = @Schema(implementation = String.class))
            })
    @APIResponse(
            responseCode = "200",
            description = "All that is wrong with it",
            content = @Content(schema = @Schema(implementation = CheckView.class)))
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<CheckView> validate(byte @Nullable [] body) {
        String tenant = CurrentCaller.tenant();
        return blocking(() -> {
            List<DocumentProblem> problems = catalog.problems(tenant, text(body));
            return new CheckView(
                    problems.isEmpty(),
                    problems.stream()
                            .map(problem -> new ProblemView(problem.pointer(), problem.message()))
                            .toList());
        });
    }

    @GET
    @Needs(Role.READ)
    @Operation(
            operationId = "getWorkflows",
            summary = "The registered workflows, each in its newest version",
            description = "Those written in Java are not documents, and are not listed.")
    @APIResponse(
            responseCode = "200",
            description = "The workflows, by name",
            content = @Content(schema = @Schema(implementation = WorkflowsView.class)))
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<WorkflowsView> workflows() {
        return reads.newest(CurrentCaller.tenant()).map(WorkflowResource::view);
    }

    @GET
    @Path("/{name}")
    @Needs(Role.READ)
    @Operation(operationId = "getWorkflowVersions", summary = "The versions of a workflow, the newest first")
    @APIResponse(
            responseCode = "200",
            description = "The versions",
            content = @Content(schema = @Schema(implementation = WorkflowsView.class)))
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<WorkflowsView> versions(@RestPath("name") String name) {
        PathTexts.checked("The workflow's name", name);
        return reads.versions(CurrentCaller.tenant(), name).map(found -> {
            if (found.isEmpty()) {
                throw notFound(name);
            }
            return view(found);
        });
    }

    @GET
    @Path("/{name}/{version}")
    @Needs(Role.READ)
    @Produces({YAML, MediaType.APPLICATION_JSON})
    @Operation(operationId = "getWorkflow", summary = "A workflow's document, as it was sent")
    @APIResponse(
            responseCode = "200",
            description = "The document",
            content = {
                @Content(mediaType = YAML, schema = @Schema(implementation = String.class)),
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Object.class))
            })
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<Response> document(@RestPath("name") String name, @RestPath("version") String version) {
        PathTexts.checked("The workflow's name", name);
        int number = QueryNumbers.readFromPath("version", version, 1, Integer.MAX_VALUE);
        return reads.version(CurrentCaller.tenant(), name, number).map(found -> {
            if (found == null) {
                throw notFound(name + "@" + version);
            }
            boolean isJson = found.document.stripLeading().startsWith("{");
            return Response.ok(found.document, isJson ? MediaType.APPLICATION_JSON : YAML)
                    .build();
        });
    }

    @GET
    @Path("/schema")
    @ForAnybody
    @Produces("application/schema+json")
    @Operation(operationId = "getWorkflowSchema", summary = "The JSON Schema of workflow documents")
    @APIResponse(
            responseCode = "200",
            description = "The schema",
            content = @Content(schema = @Schema(implementation = Object.class)))
    public String schema() {
        return DocumentSchema.text();
    }

    private static WorkflowsView view(List<StoredWorkflow> found) {
        return new WorkflowsView(found.stream()
                .map(row -> new RegisteredView(row.name, row.version, row.name + "@" + row.version))
                .toList());
    }

    private static <T> Uni<T> blocking(Supplier<T> work) {
        return Uni.createFrom()
                .item(() -> {
                    try {
                        return work.get();
                    } catch (InvalidDocumentException e) {
                        throw new ProblemException(invalid(e));
                    } catch (WorkflowConflictException e) {
                        throw new ProblemException(
                                Problem.of(ProblemType.VERSION_CONFLICT, String.valueOf(e.getMessage())));
                    } catch (CatalogUnavailableException e) {
                        throw new ProblemException(
                                Problem.of(ProblemType.DATABASE_UNAVAILABLE, String.valueOf(e.getMessage())));
                    }
                })
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private static Problem invalid(InvalidDocumentException e) {
        int count = e.problems().size();
        return Problem.of(
                        ProblemType.INVALID_WORKFLOW,
                        count == 1 ? "1 problem in the document" : count + " problems in the document")
                .at(e.problems().stream()
                        .map(problem -> new Problem.FieldError(problem.pointer(), problem.message()))
                        .toList());
    }

    private static ProblemException notFound(String what) {
        return new ProblemException(Problem.of(ProblemType.NOT_FOUND, "There is no registered workflow " + what));
    }

    private static String text(byte @Nullable [] body) {
        String problem = body == null ? null : Utf8.problem(body);
        if (problem != null) {
            throw new ProblemException(Problem.at("", "is not UTF-8: " + problem));
        }
        return body == null ? "" : new String(body, StandardCharsets.UTF_8);
    }
}

package dev.threadwright.http;

import dev.threadwright.security.Role;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Streams of runs that were asked for before. */
@Path("/threads/{thread_id}/runs/{run_id}/stream")
@Needs(Role.READ)
@Tag(name = "Streams", description = "Runs while they happen, as clients of the LangGraph SDK follow them.")
public class RunStreamResource {

    private final JoinedRuns runs;

    RunStreamResource(JoinedRuns runs) {
        this.runs = runs;
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            operationId = "joinRunStream",
            summary = "The events of a run",
            description = "Of any run at any time, on any server: the journal has them. It ends with the run.")
    @APIResponse(
            responseCode = "200",
            description = "Server-sent events",
            content = @Content(schema = @Schema(type = SchemaType.STRING)))
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    @Parameter(
            name = StreamQuery.NAMESPACE,
            in = ParameterIn.QUERY,
            description = "Only these subgraphs; empty for the run's own graph.",
            schema = @Schema(type = SchemaType.ARRAY, implementation = String.class))
    public Uni<Response> join(
            @RestPath("thread_id") String threadId,
            @RestPath("run_id") String runId,
            @Parameter(description = StreamQuery.MODES) @RestQuery("stream_mode") List<String> modes,
            @Context UriInfo uri,
            @Parameter(description = StreamQuery.LAST_EVENT_ID) @RestHeader("Last-Event-ID") @Nullable String lastEventId,
            @Parameter(description = "Whether the run ends with this connection.", schema = @Schema(ref = "Flag"))
                    @RestQuery("cancel_on_disconnect")
                    @Nullable String cancels) {
        ThreadKey thread = ThreadResource.key(threadId);
        return runs.join(thread, runId, modes, StreamQuery.namespaces(uri), lastEventId, RunResource.cancels(cancels))
                .map(joined -> SseAnswers.answer(
                        joined.events(), SseAnswers.ofRun(thread, new RunId(runId), joined.options())));
    }
}

package dev.threadwright.http;

import dev.threadwright.security.Role;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
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

/** Streams of runs without a thread. */
@Path("/runs/{run_id}/stream")
@Needs(Role.READ)
@Tag(name = "Streams")
public class StatelessStreamResource {

    private final JoinedRuns runs;

    StatelessStreamResource(JoinedRuns runs) {
        this.runs = runs;
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            operationId = "joinRunStreamWithoutThread",
            summary = "The events of a run that was asked for without a thread")
    @APIResponse(
            responseCode = "200",
            description = "Server-sent events",
            content = @Content(schema = @Schema(type = SchemaType.STRING)))
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<Response> joinAlone(
            @RestPath("run_id") String runId,
            @Parameter(description = StreamQuery.MODES) @RestQuery("stream_mode") List<String> modes,
            @Parameter(description = StreamQuery.LAST_EVENT_ID) @RestHeader("Last-Event-ID") @Nullable String lastEventId,
            @Parameter(description = "Whether the run ends with this connection.", schema = @Schema(ref = "Flag"))
                    @RestQuery("cancel_on_disconnect")
                    @Nullable String cancels) {
        // The thread of such a run bears its name.
        ThreadKey thread = new ThreadKey(CurrentCaller.tenant(), runId);
        return runs.join(thread, runId, modes, List.of(), lastEventId, RunResource.cancels(cancels))
                .map(joined ->
                        SseAnswers.answer(joined.events(), SseAnswers.ofRunAlone(new RunId(runId), joined.options())));
    }
}

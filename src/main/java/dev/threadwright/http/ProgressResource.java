package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.live.ProgressFeed;
import dev.threadwright.live.StepProgress;
import dev.threadwright.security.Role;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestStreamElementType;

/** What handlers say while they work. Live and local: it is kept nowhere, and other servers' handlers are not heard. */
@Path("/threads/{thread_id}/progress")
@Needs(Role.READ)
@Tag(name = "Threads")
public class ProgressResource {

    private final ProgressFeed feed;

    ProgressResource(ProgressFeed feed) {
        this.feed = feed;
    }

    @Schema(name = "Progress", description = "How far a handler says it is.")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ProgressView(
            @Schema(required = true) String runId,
            @Schema(required = true) String step,

            @Schema(required = true, description = "1 for the first.")
            int attempt,

            @Schema(required = true, type = SchemaType.OBJECT, implementation = Object.class)
            Json data) {
        static ProgressView of(StepProgress progress) {
            return new ProgressView(progress.run().value(), progress.step(), progress.attempt(), progress.data());
        }
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "watchProgress",
            summary = "What the handlers of a thread's steps say while they work",
            description = "Server-sent events, from now on. Not kept: a slow reader misses the older of two.")
    @APIResponse(
            responseCode = "200",
            description = "As it is said",
            content = @Content(schema = @Schema(implementation = ProgressView.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    public Multi<ProgressView> progress(@RestPath("thread_id") String threadId) {
        return feed.of(ThreadResource.key(threadId)).map(ProgressView::of);
    }
}

package dev.threadwright.http;

import dev.threadwright.query.ThreadReads;
import dev.threadwright.security.Role;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/** Crons of threads. */
@Path("/threads/{thread_id}/runs/crons")
@Needs(Role.WRITE)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Crons")
public class ThreadCronResource {

    private final NewCrons newCrons;
    private final ThreadReads threads;
    private final int maxDataBytes;

    ThreadCronResource(
            NewCrons newCrons,
            ThreadReads threads,
            @ConfigProperty(name = "threadwright.limits.data-bytes") int maxDataBytes) {
        this.newCrons = newCrons;
        this.threads = threads;
        this.maxDataBytes = maxDataBytes;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "createThreadCron", summary = "Have runs of a thread begin by the clock")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = CronBody.Create.class)))
    @APIResponse(
            responseCode = "200",
            description = "The cron",
            content = @Content(schema = @Schema(implementation = CronView.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<Json> createForThread(@RestPath("thread_id") String threadId, byte @Nullable [] body) {
        ThreadKey key = ThreadResource.key(threadId);
        CronBody read = CronBody.created(body, maxDataBytes);
        return threads.thread(key).flatMap(thread -> {
            if (thread == null) {
                throw ThreadResource.noThread(key);
            }
            return newCrons.create(read, key.thread()).map(CronResource::view);
        });
    }
}

package dev.threadwright.http;

import dev.threadwright.query.CheckpointReads;
import dev.threadwright.security.Role;
import dev.threadwright.thread.CheckpointId;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
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

/** The states that a thread went through. */
@Path("/threads/{thread_id}/checkpoints")
@Needs(Role.READ)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Threads")
@APIResponse(ref = "InvalidRequest", responseCode = "400")
@APIResponse(ref = "NotFound", responseCode = "404")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class CheckpointResource {

    static final int DEFAULT_LIMIT = 20;
    static final int MAX_LIMIT = 200;

    private final CheckpointReads checkpoints;

    CheckpointResource(CheckpointReads checkpoints) {
        this.checkpoints = checkpoints;
    }

    @GET
    @Operation(
            operationId = "getCheckpoints",
            summary = "A thread's checkpoints, the newest first",
            description =
                    "One for every super-step, and one before each run's input. They are computed from the thread's"
                            + " events, so this takes the longer, the longer its history is.")
    @APIResponse(
            responseCode = "200",
            description = "The checkpoints",
            content = @Content(schema = @Schema(implementation = CheckpointsPage.class)))
    public Uni<CheckpointsPage> checkpoints(
            @RestPath("thread_id") String threadId,
            @Parameter(description = "Older ones than this checkpoint.") @RestQuery("before") @Nullable String before,
            @Parameter(
                            description = "How many at most.",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = "" + MAX_LIMIT,
                                            defaultValue = "" + DEFAULT_LIMIT))
                    @RestQuery("limit")
                    @Nullable String limit) {
        ThreadKey thread = ThreadResource.key(threadId);
        int most = (int) QueryNumbers.read("limit", limit, 1, MAX_LIMIT, DEFAULT_LIMIT);
        return checkpoints
                .newest(thread, before == null ? null : id(thread, before), most)
                .map(found -> {
                    if (found == null) {
                        throw ThreadResource.noThread(thread);
                    }
                    return new CheckpointsPage(found.stream()
                            .map(checkpoint -> CheckpointView.of(thread, checkpoint))
                            .toList());
                });
    }

    @GET
    @Path("/{checkpoint_id}")
    @Operation(operationId = "getCheckpoint", summary = "One checkpoint of a thread")
    @APIResponse(
            responseCode = "200",
            description = "The checkpoint",
            content = @Content(schema = @Schema(implementation = CheckpointView.class)))
    public Uni<CheckpointView> checkpoint(
            @RestPath("thread_id") String threadId, @RestPath("checkpoint_id") String checkpointId) {
        ThreadKey thread = ThreadResource.key(threadId);
        return checkpoints.one(thread, id(thread, checkpointId)).map(found -> {
            if (found == null) {
                throw ThreadResource.noThread(thread);
            }
            if (found.isEmpty()) {
                throw noCheckpoint(thread, checkpointId);
            }
            return CheckpointView.of(thread, found.getFirst());
        });
    }

    private static CheckpointId id(ThreadKey thread, String text) {
        CheckpointId id = CheckpointId.parse(thread, text);
        if (id == null) {
            throw noCheckpoint(thread, text);
        }
        return id;
    }

    private static ProblemException noCheckpoint(ThreadKey thread, String id) {
        return new ProblemException(
                Problem.of(ProblemType.CHECKPOINT_NOT_FOUND, "Thread " + thread.thread() + " has no checkpoint " + id));
    }
}

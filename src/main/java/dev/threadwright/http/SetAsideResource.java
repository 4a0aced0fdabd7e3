package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.query.SetAsideReads;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
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

/** Threads that the server cannot decide on: looked at, and let go on. */
@Path("/set-aside")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Threads set aside", description = "Threads that cannot be decided on until somebody releases them.")
public class SetAsideResource {

    static final int DEFAULT_LIMIT = 100;
    static final int MAX_LIMIT = 1_000;

    private final SetAsideReads threads;
    private final ThreadRelease release;

    SetAsideResource(SetAsideReads threads, ThreadRelease release) {
        this.threads = threads;
        this.release = release;
    }

    @Schema(name = "ThreadRelease", description = "What became of a wish to release a thread.")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ReleaseAnswer(
            @Schema(required = true) String threadId,

            @Schema(
                    required = true,
                    description = "Commands that are parked, and are decided before anything newer; 0 without replay.")
            long parked) {}

    @GET
    @Operation(operationId = "listSetAsideThreads", summary = "Threads that are set aside, page by page")
    @APIResponse(
            responseCode = "200",
            description = "A page of them, the oldest first",
            content = @Content(schema = @Schema(implementation = SetAsidePage.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<SetAsidePage> list(
            @Parameter(description = "`next` of the page before.") @RestQuery("after") @Nullable String after,
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
        int most = (int) QueryNumbers.read("limit", limit, 1, MAX_LIMIT, DEFAULT_LIMIT);
        SetAsideReads.Place place = after == null ? null : SetAsidePage.place(after);
        // One more tells whether there are more.
        return threads.page(ThreadKey.DEFAULT_TENANT, place, most + 1).map(found -> SetAsidePage.of(found, most));
    }

    @GET
    @Path("/{thread_id}")
    @Operation(operationId = "getSetAsideThread", summary = "Why a thread is set aside")
    @APIResponse(
            responseCode = "200",
            description = "It is",
            content = @Content(schema = @Schema(implementation = SetAsideView.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<SetAsideView> thread(@RestPath("thread_id") String threadId) {
        ThreadKey thread = ThreadResource.key(threadId);
        return threads.one(thread)
                .onItem()
                .ifNull()
                .failWith(() -> ThreadRelease.notSetAside(thread))
                .map(SetAsideView::of);
    }

    @POST
    @Path("/{thread_id}/release")
    @Operation(
            operationId = "releaseThread",
            summary = "Let a thread go on that is set aside",
            description =
                    "What was parked for it meanwhile is decided, the oldest first, and then what is newer. If the"
                            + " server fails as before, the thread is set aside again, with what is left. May be asked again.")
    @APIResponse(
            responseCode = "200",
            description = "Its owner sees to it, within a second; `releasing` tells as long as that lasts",
            content = @Content(schema = @Schema(implementation = ReleaseAnswer.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<ReleaseAnswer> release(
            @RestPath("thread_id") String threadId,
            @Parameter(
                            description =
                                    "Whether what is parked is decided; if not, it is left among the dead letters.",
                            schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "true"))
                    @RestQuery("replay")
                    @Nullable String replay) {
        ThreadKey thread = ThreadResource.key(threadId);
        return release.release(thread, isWanted(replay)).map(parked -> new ReleaseAnswer(thread.thread(), parked));
    }

    private static boolean isWanted(@Nullable String replay) {
        if (replay == null || replay.equals("true")) {
            return true;
        }
        if (replay.equals("false")) {
            return false;
        }
        throw new ProblemException(
                Problem.of(ProblemType.INVALID_REQUEST, "Query parameter replay must be true or false"));
    }
}

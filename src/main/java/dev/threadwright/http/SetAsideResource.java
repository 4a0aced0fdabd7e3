package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.audit.Act;
import dev.threadwright.query.SetAsideReads;
import dev.threadwright.query.StoredSetAside;
import dev.threadwright.security.Role;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
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

/** Threads that the server cannot decide on: looked at, and let go on. */
@Path("/set-aside")
@Needs(Role.OPERATE)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Threads set aside", description = "Threads that cannot be decided on until somebody releases them.")
@APIResponse(ref = "InvalidRequest", responseCode = "400")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class SetAsideResource {

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

            @Schema(required = true, description = "Dead letters that were sent again.")
            int replayed,

            @Schema(
                    required = true,
                    description =
                            "Whether dead letters of it are left that were not: that was not wanted, or there were"
                                    + " more than " + ThreadRelease.MAX_REPLAYS
                                    + ", or they cannot be sent again, or somebody"
                                    + " has, or they are of an earlier time that it was set aside.")
            boolean left)
            implements Audited.Told {

        @Override
        public Map<String, Json> told() {
            return Map.of("replayed", Json.of(replayed), "left", Json.of(left));
        }
    }

    @GET
    @Audited(Act.SET_ASIDE_LIST)
    @Operation(operationId = "listSetAsideThreads", summary = "Threads that are set aside, page by page")
    @APIResponse(
            responseCode = "200",
            description = "A page of them, the oldest first",
            content = @Content(schema = @Schema(implementation = SetAsidePage.class)))
    public Uni<SetAsidePage> list(@BeanParam PageQuery.OfMany page) {
        Paging<StoredSetAside, SetAsideReads.Place> paging = page.of(SetAsidePage.CURSOR);
        return threads.page(CurrentCaller.tenant(), paging.after(), paging.wanted())
                .map(found -> SetAsidePage.of(paging.page(found)));
    }

    @GET
    @Path("/{thread_id}")
    @Audited(Act.SET_ASIDE_READ)
    @Operation(operationId = "getSetAsideThread", summary = "Why a thread is set aside")
    @APIResponse(
            responseCode = "200",
            description = "It is",
            content = @Content(schema = @Schema(implementation = SetAsideView.class)))
    @APIResponse(ref = "NotFound", responseCode = "404")
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
    @Audited(Act.THREAD_RELEASE)
    @Operation(
            operationId = "releaseThread",
            summary = "Let a thread go on that is set aside",
            description = "What came for it meanwhile is sent again, the oldest first. If the server fails on it as"
                    + " before, the thread is set aside again, with what comes behind.")
    @APIResponse(
            responseCode = "200",
            description = "It goes on, within a second",
            content = @Content(schema = @Schema(implementation = ReleaseAnswer.class)))
    @APIResponse(ref = "NotFound", responseCode = "404")
    public Uni<ReleaseAnswer> release(
            @RestPath("thread_id") String threadId,
            @Parameter(
                            description = "Whether its dead letters are sent again.",
                            schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "true"))
                    @RestQuery("replay")
                    @Nullable String replay) {
        ThreadKey thread = ThreadResource.key(threadId);
        return release.release(thread, isWanted(replay))
                .map(done -> new ReleaseAnswer(thread.thread(), done.replayed(), done.left()));
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

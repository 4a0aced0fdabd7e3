package dev.threadwright.http;

import dev.threadwright.query.EventReads;
import dev.threadwright.query.ThreadReads;
import dev.threadwright.thread.RunId;
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

/** Threads as they are: committed rows. */
@Path("/threads/{thread_id}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Threads", description = "What has been committed.")
public class ThreadResource {

    static final int DEFAULT_LIMIT = 100;
    static final int MAX_LIMIT = 1_000;

    private final ThreadReads threads;
    private final EventReads events;

    ThreadResource(ThreadReads threads, EventReads events) {
        this.threads = threads;
        this.events = events;
    }

    @GET
    @Operation(operationId = "getThread", summary = "A thread with its newest runs")
    @APIResponse(
            responseCode = "200",
            description = "The thread",
            content = @Content(schema = @Schema(implementation = ThreadView.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<ThreadView> thread(@RestPath("thread_id") String threadId) {
        ThreadKey key = key(threadId);
        return threads.thread(key)
                .map(found -> found == null ? null : ThreadView.of(found))
                .onItem()
                .ifNull()
                .failWith(() -> noThread(key));
    }

    @GET
    @Path("/runs/{run_id}")
    @Operation(operationId = "getRun", summary = "One run of a thread")
    @APIResponse(
            responseCode = "200",
            description = "The run",
            content = @Content(schema = @Schema(implementation = RunView.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<RunView> run(@RestPath("thread_id") String threadId, @RestPath("run_id") String runId) {
        ThreadKey key = key(threadId);
        return threads.run(key, new RunId(runId))
                .map(found -> found == null ? null : RunView.of(found))
                .onItem()
                .ifNull()
                .failWith(() -> new ProblemException(
                        Problem.of(ProblemType.RUN_NOT_FOUND, "Thread " + key.thread() + " has no run " + runId)));
    }

    @GET
    @Path("/events")
    @Operation(
            operationId = "getEvents",
            summary = "A thread's journal, page by page",
            description = "Every event since the thread began, in order. A page may be shorter than asked for; go on at"
                    + " `next` until it is null.")
    @APIResponse(
            responseCode = "200",
            description = "Events from `from` on; none if the thread has not come that far",
            content = @Content(schema = @Schema(implementation = EventsPage.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<EventsPage> events(
            @RestPath("thread_id") String threadId,
            @Parameter(
                            description = "The sequence number to begin at.",
                            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", defaultValue = "1"))
                    @RestQuery("from")
                    @Nullable String from,
            @Parameter(
                            description = "How many events at most.",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = "" + MAX_LIMIT,
                                            defaultValue = "" + DEFAULT_LIMIT))
                    @RestQuery("limit")
                    @Nullable String limit) {
        ThreadKey key = key(threadId);
        // So far from the end of the numbers that no sum of a position and a limit overflows.
        long first = QueryNumbers.read("from", from, 1, Long.MAX_VALUE / 2, 1);
        int most = (int) QueryNumbers.read("limit", limit, 1, MAX_LIMIT, DEFAULT_LIMIT);
        return events.events(key, first, most).map(stretch -> {
            if (stretch.decisions().isEmpty()) {
                throw noThread(key);
            }
            return EventsPage.of(stretch, first, most);
        });
    }

    static ThreadKey key(String threadId) {
        ThreadKey key = new ThreadKey(ThreadKey.DEFAULT_TENANT, threadId);
        Commands.threadId(key);
        return key;
    }

    static ProblemException noThread(ThreadKey key) {
        return new ProblemException(
                Problem.of(ProblemType.THREAD_NOT_FOUND, "Thread " + key.thread() + " does not exist"));
    }
}

package dev.threadwright.http;

import dev.threadwright.query.ThreadReads;
import dev.threadwright.security.Role;
import dev.threadwright.stream.ServerEvent;
import dev.threadwright.stream.ThreadStreams;
import dev.threadwright.stream.ThreadStreams.Wanted;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/** The events of a thread in the words of the newer protocol. */
@Path("/threads/{thread_id}/stream/events")
@Needs(Role.READ)
@Tag(name = "Streams")
public class EventStreamResource {

    private final ThreadStreams streams;
    private final ThreadReads threads;

    EventStreamResource(ThreadStreams streams, ThreadReads threads) {
        this.streams = streams;
        this.threads = threads;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            operationId = "streamThreadEvents",
            summary = "The events of a thread, in the newer protocol",
            description =
                    "Everything from the start of the thread, or behind a number, and then what happens. It stays open."
                            + " The same events come with the same numbers each time, for every choice. GET with an"
                            + " upgrade to a WebSocket has both commands and events, by subscription.subscribe.")
    @RequestBody(
            description = "channels: at least one of values, updates, messages, tools, lifecycle, input, checkpoints,"
                    + " tasks, custom, custom:{name}; namespaces: prefixes of those of subgraphs; depth: how far below"
                    + " them; since: a number",
            required = true,
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(type = SchemaType.OBJECT)))
    @APIResponse(
            responseCode = "200",
            description = "Server-sent events",
            content = @Content(schema = @Schema(type = SchemaType.STRING)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<Response> events(@RestPath("thread_id") String threadId, byte @Nullable [] body) {
        ThreadKey thread = ThreadResource.key(threadId);
        return stream(thread, EventRequest.read(body)).map(events -> SseAnswers.answer(events, Map.of()));
    }

    private Uni<Multi<ServerEvent>> stream(ThreadKey thread, Wanted wanted) {
        return threads.thread(thread)
                .onItem()
                .ifNull()
                .failWith(() -> ThreadResource.noThread(thread))
                .flatMap(found -> streams.events(thread, List.of(wanted)));
    }
}

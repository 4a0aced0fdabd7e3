package dev.threadwright.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.threadwright.http.EventsPage.EventView;
import dev.threadwright.query.EventReads;
import dev.threadwright.query.EventReads.Stretch;
import dev.threadwright.query.StoredDecision;
import dev.threadwright.security.Role;
import dev.threadwright.stream.JournalTails;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
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

/** A thread's journal: page by page, or as a stream that goes on. */
@Path("/threads/{thread_id}/events")
@Needs(Role.READ)
@Tag(name = "Threads")
public class JournalResource {

    static final int DEFAULT_LIMIT = 100;
    static final int MAX_LIMIT = 1_000;

    static final String LAST_EVENT_ID = "Last-Event-ID";

    /** So far from the end of the numbers that no sum of a position and a limit overflows. */
    private static final long MAX_SEQ = Long.MAX_VALUE / 2;

    private final EventReads events;
    private final JournalTails tails;
    private final ObjectMapper json;

    JournalResource(EventReads events, JournalTails tails, ObjectMapper json) {
        this.events = events;
        this.tails = tails;
        this.json = json;
    }

    @GET
    @Produces({MediaType.APPLICATION_JSON, MediaType.SERVER_SENT_EVENTS})
    @Operation(
            operationId = "getEvents",
            summary = "A thread's journal, page by page, or as a stream",
            description = "Every event since the thread began, in order. A page may be shorter than asked for; go on at"
                    + " `next` until it is null. With `Accept: text/event-stream`, all of them and then those to come, until"
                    + " the thread is deleted: each a server-sent event with its `seq` as `id` and the same JSON as in a"
                    + " page as `data`, with comments while nothing happens.")
    @APIResponse(
            responseCode = "200",
            description = "Events from `from` on; none if the thread has not come that far",
            content = {
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = EventsPage.class)),
                @Content(mediaType = MediaType.SERVER_SENT_EVENTS, schema = @Schema(type = SchemaType.STRING))
            })
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<Response> events(
            @RestPath("thread_id") String threadId,
            @Parameter(
                            description = "The sequence number to begin at.",
                            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", defaultValue = "1"))
                    @RestQuery("from")
                    @Nullable String from,
            @Parameter(
                            description = "Instead of `from`: the sequence number to begin behind.",
                            schema = @Schema(type = SchemaType.INTEGER, minimum = "0"))
                    @RestQuery("after")
                    @Nullable String after,
            @Parameter(
                            description = "How many events at most; of a page.",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = "" + MAX_LIMIT,
                                            defaultValue = "" + DEFAULT_LIMIT))
                    @RestQuery("limit")
                    @Nullable String limit,
            @Parameter(
                            description =
                                    "Of a stream: the id of the last event that was seen, to go on behind it. Wins over"
                                            + " `from` and `after`.")
                    @RestHeader(LAST_EVENT_ID)
                    @Nullable String lastEventId,
            @Context HttpHeaders headers) {
        ThreadKey key = ThreadResource.key(threadId);
        long first = first(from, after);
        int most = (int) QueryNumbers.read("limit", limit, 1, MAX_LIMIT, DEFAULT_LIMIT);
        return wantsStream(headers) ? stream(key, behind(lastEventId, first)) : page(key, first, most);
    }

    private static long first(@Nullable String from, @Nullable String after) {
        if (from != null && after != null) {
            throw new ProblemException(Problem.of(
                    ProblemType.INVALID_REQUEST, "Query parameters from and after exclude each other: give one"));
        }
        return after == null
                ? QueryNumbers.read("from", from, 1, MAX_SEQ, 1)
                : QueryNumbers.read("after", after, 0, MAX_SEQ - 1, 0) + 1;
    }

    private static long behind(@Nullable String lastEventId, long first) {
        if (lastEventId == null || lastEventId.isEmpty()) {
            return first - 1;
        }
        try {
            long seq = Long.parseLong(lastEventId);
            if (seq == -1) {
                return 0;
            }
            if (seq >= 0 && seq < MAX_SEQ) {
                return seq;
            }
        } catch (NumberFormatException e) {
            // Said below, as for what is a number that none has.
        }
        throw new ProblemException(Problem.of(
                ProblemType.INVALID_REQUEST,
                "Header " + LAST_EVENT_ID + " must be the id of an event of this stream: its sequence number"));
    }

    /** Whoever takes anything gets a page. */
    private static boolean wantsStream(HttpHeaders headers) {
        for (MediaType accepted : headers.getAcceptableMediaTypes()) {
            if (accepted.isCompatible(MediaType.APPLICATION_JSON_TYPE)) {
                return false;
            }
            if (accepted.isCompatible(MediaType.SERVER_SENT_EVENTS_TYPE)) {
                return true;
            }
        }
        return false;
    }

    private Uni<Response> page(ThreadKey key, long first, int most) {
        return events.events(key, first, most).map(stretch -> {
            if (stretch.decisions().isEmpty()) {
                throw ThreadResource.noThread(key);
            }
            return Response.ok(EventsPage.of(stretch, first, most), MediaType.APPLICATION_JSON_TYPE)
                    .build();
        });
    }

    private Uni<Response> stream(ThreadKey key, long behind) {
        // Whether there is such a thread, and such an event.
        return events.events(key, Math.max(1, behind), 1).map(stretch -> {
            if (stretch.decisions().isEmpty()) {
                throw ThreadResource.noThread(key);
            }
            StoredDecision last = stretch.decisions().getLast();
            if (last.firstSeq + last.count <= behind) {
                throw RequestFields.beside("There is no event " + behind + " of thread " + key.thread());
            }
            return SseAnswers.answer(tails.behind(key, behind).map(this::bytes));
        });
    }

    private byte[] bytes(JournalTails.Part part) {
        Stretch stretch = part.stretch();
        if (stretch == null) {
            return SseAnswers.HEARTBEAT;
        }
        StringBuilder text = new StringBuilder();
        for (EventView event :
                EventsPage.of(stretch, part.fromSeq(), part.count()).events()) {
            text.append("id: ").append(event.seq()).append("\ndata: ");
            try {
                // Without line breaks, so the data is one line.
                text.append(json.writeValueAsString(event)).append("\n\n");
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("An event that cannot be written", e);
            }
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}

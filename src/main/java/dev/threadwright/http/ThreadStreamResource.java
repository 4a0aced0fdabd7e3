package dev.threadwright.http;

import dev.threadwright.query.StateReads;
import dev.threadwright.security.Role;
import dev.threadwright.stream.ThreadMode;
import dev.threadwright.stream.ThreadStreams;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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

/** Streams of threads. */
@Path("/threads/{thread_id}/stream")
@Needs(Role.READ)
@Tag(name = "Streams")
public class ThreadStreamResource {

    private final StateReads states;
    private final ThreadStreams threads;

    ThreadStreamResource(StateReads states, ThreadStreams threads) {
        this.states = states;
        this.threads = threads;
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            operationId = "joinThreadStream",
            summary = "The events of all runs of a thread",
            description = "It stays open from one run to the next.")
    @APIResponse(
            responseCode = "200",
            description = "Server-sent events",
            content = @Content(schema = @Schema(type = SchemaType.STRING)))
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<Response> thread(
            @RestPath("thread_id") String threadId,
            @Parameter(
                            description =
                                    "run_modes: what each run was asked for with; lifecycle: that runs begin and end;"
                                            + " state_update: changes from outside of runs. Without it, run_modes.")
                    @RestQuery("stream_mode")
                    List<String> modes,
            @Parameter(description = StreamQuery.LAST_EVENT_ID) @RestHeader("Last-Event-ID") @Nullable String lastEventId) {
        ThreadKey thread = ThreadResource.key(threadId);
        Set<ThreadMode> wanted = threadModes(modes);
        String location = "/threads/" + Answers.segment(thread.thread()) + "/stream";
        return states.current(thread)
                .onItem()
                .ifNull()
                .failWith(() -> ThreadResource.noThread(thread))
                .flatMap(state -> threads.open(state, wanted, StreamQuery.from(lastEventId, state.seq())))
                .map(events -> SseAnswers.answer(
                        events,
                        Map.of(
                                HttpHeaders.CONTENT_LOCATION,
                                location,
                                HttpHeaders.LOCATION,
                                location
                                        + wanted.stream()
                                                .map(mode -> "stream_mode=" + mode.form())
                                                .collect(Collectors.joining("&", "?", "")))));
    }

    private static Set<ThreadMode> threadModes(List<String> forms) {
        Set<ThreadMode> modes = EnumSet.noneOf(ThreadMode.class);
        for (String form : forms) {
            ThreadMode mode = ThreadMode.parse(form);
            if (mode == null) {
                throw StreamQuery.invalid(
                        "Query parameter stream_mode: there is no stream mode \"" + form + "\" of threads");
            }
            modes.add(mode);
        }
        return modes.isEmpty() ? EnumSet.of(ThreadMode.RUN_MODES) : modes;
    }
}

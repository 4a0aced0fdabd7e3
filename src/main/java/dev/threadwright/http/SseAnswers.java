package dev.threadwright.http;

import dev.threadwright.contract.Mode;
import dev.threadwright.json.JsonText;
import dev.threadwright.stream.ServerEvent;
import dev.threadwright.stream.StreamOptions;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Streams as answers: server-sent events, with headers that say where they go on. */
final class SseAnswers {

    static final byte[] HEARTBEAT = ": heartbeat\n\n".getBytes(StandardCharsets.US_ASCII);

    private SseAnswers() {}

    /** The headers are sent at once, before the first event. */
    static Response answer(Multi<ServerEvent> events, Map<String, String> headers) {
        Response.ResponseBuilder response = response(events.map(SseAnswers::bytes));
        headers.forEach(response::header);
        return response.build();
    }

    /** As above. @param parts whole events and comments, as they are sent */
    static Response answer(Multi<byte[]> parts) {
        return response(parts).build();
    }

    private static Response.ResponseBuilder response(Multi<byte[]> parts) {
        return Response.ok(new StreamedBody(parts), MediaType.SERVER_SENT_EVENTS_TYPE)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                // Proxies that gather what they pass on would keep it back.
                .header("X-Accel-Buffering", "no");
    }

    /** JSON has no line breaks of its own, so the data is one line. */
    private static byte[] bytes(ServerEvent event) {
        Supplier<? extends Json> data = event.data();
        if (event.isHeartbeat() || data == null) {
            return HEARTBEAT;
        }
        StringBuilder text = new StringBuilder();
        String id = event.id();
        if (id != null) {
            text.append("id: ").append(id).append('\n');
        }
        text.append("event: ").append(event.event()).append('\n');
        text.append("data: ").append(JsonText.write(data.get())).append("\n\n");
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        // The writer asks for what it writes at once.
        event.sent().run();
        return bytes;
    }

    /** Where the run is, and where its stream goes on with the same modes. */
    static Map<String, String> ofRun(ThreadKey thread, RunId leg, StreamOptions options) {
        String run = "/threads/" + Answers.segment(thread.thread()) + "/runs/" + Answers.segment(leg.value());
        return Map.of(HttpHeaders.CONTENT_LOCATION, run, HttpHeaders.LOCATION, run + "/stream" + modes(options));
    }

    /** The same for a run that was asked for without a thread. */
    static Map<String, String> ofRunAlone(RunId leg, StreamOptions options) {
        String run = "/runs/" + Answers.segment(leg.value());
        return Map.of(HttpHeaders.CONTENT_LOCATION, run, HttpHeaders.LOCATION, run + "/stream" + modes(options));
    }

    private static String modes(StreamOptions options) {
        return options.modes().stream()
                .map(Mode::form)
                .sorted()
                .map(mode -> "stream_mode=" + mode)
                .collect(Collectors.joining("&", "?", ""));
    }
}

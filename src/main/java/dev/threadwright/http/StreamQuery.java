package dev.threadwright.http;

import dev.threadwright.contract.FrameId;
import dev.threadwright.stream.RunStreams.From;
import dev.threadwright.stream.StreamOptions;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the requests for streams have in common. */
final class StreamQuery {

    static final String MODES =
            "What is told: values, updates, messages, messages-tuple, custom, tasks, checkpoints, debug, events, tools,"
                    + " lifecycle. Without it, what the run was asked for with.";

    static final String LAST_EVENT_ID =
            "The id of the last event that was seen: the stream goes on behind it. -1 begins with the run's first event;"
                    + " without it, the stream begins with what happens next.";

    static final String NAMESPACE = "namespace";

    private static final List<String> FROM_START = List.of("-1", "-");

    private StreamQuery() {}

    static StreamOptions options(StreamOptions asked, List<String> modes, List<String> namespaces) {
        try {
            return asked.withModes(modes).withNamespaces(namespaces);
        } catch (IllegalArgumentException e) {
            throw invalid("Query parameter stream_mode: " + e.getMessage());
        }
    }

    /** An empty one names the run's own graph. Quarkus REST passes over empty values of parameters that are lists. */
    static List<String> namespaces(UriInfo uri) {
        return uri.getQueryParameters().getOrDefault(NAMESPACE, List.of());
    }

    static From from(@Nullable String lastEventId, long headSeq) {
        if (lastEventId == null || lastEventId.isEmpty()) {
            return new From.Now();
        }
        if (FROM_START.contains(lastEventId)) {
            return new From.Start();
        }
        FrameId frame = FrameId.parse(lastEventId);
        if (frame == null || frame.seq() < 1 || frame.seq() > headSeq) {
            throw invalid("Header Last-Event-ID: \"" + lastEventId + "\" is no event of this thread");
        }
        return new From.Behind(frame);
    }

    static ProblemException invalid(String detail) {
        return new ProblemException(new Problem(ProblemType.INVALID_REQUEST, 422, detail, List.of(), Map.of()));
    }
}

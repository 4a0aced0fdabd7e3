package dev.threadwright.ingress;

import dev.threadwright.thread.TraceContext;
import dev.threadwright.workflow.Json;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The trace that a record belongs to. What carried it last says so in the headers {@code traceparent} and {@code
 * tracestate}; where those say nothing, the attributes of the CloudEvents extension for distributed tracing count.
 */
public final class TraceHeaders {

    static final String PARENT = "traceparent";
    static final String STATE = "tracestate";

    private TraceHeaders() {}

    /** Null if there is none, or none that can be read. */
    static @Nullable TraceContext read(Headers headers) {
        TraceContext carried = read(headers, PARENT, STATE);
        return carried == null
                ? read(headers, EnvelopeReader.ATTRIBUTE_PREFIX + PARENT, EnvelopeReader.ATTRIBUTE_PREFIX + STATE)
                : carried;
    }

    /** Of an event in structured mode. */
    static @Nullable TraceContext read(Json.Obj event) {
        return event.get(PARENT) instanceof Json.Text parent
                ? TraceContext.of(parent.value(), event.get(STATE) instanceof Json.Text state ? state.value() : null)
                : null;
    }

    /** As whoever sends the record would. */
    public static void add(Headers headers, TraceContext trace) {
        headers.add(PARENT, ForwardHeaders.utf8(trace.parent()));
        String state = trace.state();
        if (state != null) {
            headers.add(STATE, ForwardHeaders.utf8(state));
        }
    }

    private static @Nullable TraceContext read(Headers headers, String parent, String state) {
        String traceparent = text(headers.lastHeader(parent));
        return traceparent == null ? null : TraceContext.of(traceparent, text(headers.lastHeader(state)));
    }

    private static @Nullable String text(@Nullable Header header) {
        byte[] value = header == null ? null : header.value();
        // Whatever is not ASCII in it is not what it should be, and will not be taken for that.
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }
}

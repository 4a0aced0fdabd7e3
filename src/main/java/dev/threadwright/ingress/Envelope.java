package dev.threadwright.ingress;

import dev.threadwright.thread.Identity;
import dev.threadwright.thread.TraceContext;
import dev.threadwright.workflow.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A CloudEvent as far as it concerns us, however it was packed.
 *
 * @param type without prefix and version
 * @param extensions those of {@link Extensions#INBOUND} that it has
 * @param data null, as JSON, only where it may be: the result of an action
 * @param trace that it belongs to; null for none
 */
record Envelope(
        Identity identity,
        String type,
        Map<String, String> extensions,
        Json data,
        @Nullable TraceContext trace) {

    /** The same in another trace. */
    Envelope in(@Nullable TraceContext other) {
        return other == trace ? this : new Envelope(identity, type, extensions, data, other);
    }

    @Nullable String extension(String name) {
        return extensions.get(name);
    }

    String required(String name) throws InvalidRecordException {
        String value = extensions.get(name);
        if (value == null) {
            throw new InvalidRecordException(
                    Attributes.what(name) + " is missing; " + CloudEventTypes.onWire(type) + " needs it");
        }
        return value;
    }
}

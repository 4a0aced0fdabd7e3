package dev.threadwright.outbound;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is sent, but for where to. It may hold secrets, so it has no text of its own.
 *
 * @param method in upper case
 * @param body null for none
 */
public record Message(String method, Map<String, String> headers, byte @Nullable [] body) {

    public Message {
        headers = Map.copyOf(headers);
    }

    @Override
    public String toString() {
        return method;
    }
}

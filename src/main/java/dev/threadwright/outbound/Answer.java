package dev.threadwright.outbound;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came back.
 *
 * @param headers by their names in lower case
 * @param body what was read of it
 * @param isWhole whether that is all; else it was larger than asked for
 */
public record Answer(int status, Map<String, List<String>> headers, byte[] body, boolean isWhole) {

    public Answer {
        headers = Map.copyOf(headers);
    }

    /** Its first value; null if it has none. */
    public @Nullable String header(String name) {
        List<String> values = headers.get(name);
        return values == null || values.isEmpty() ? null : values.getFirst();
    }
}

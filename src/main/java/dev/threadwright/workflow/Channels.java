package dev.threadwright.workflow;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The values of a thread's state channels at one moment. A channel that was never written holds null. */
public record Channels(Map<String, Json> values) {

    public static final Channels EMPTY = new Channels(Map.of());

    public Channels {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    public Json get(String channel) {
        return values.getOrDefault(channel, Json.NULL);
    }

    /** These channels after the changes, in their order. */
    public Channels apply(List<Change> changes) {
        if (changes.isEmpty()) {
            return this;
        }
        Map<String, Json> next = new LinkedHashMap<>(values);
        for (Change change : changes) {
            Json current = next.getOrDefault(change.channel(), Json.NULL);
            next.put(change.channel(), change.reducer().reduce(current, change.value()));
        }
        return new Channels(next);
    }
}

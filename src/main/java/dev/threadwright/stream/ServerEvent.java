package dev.threadwright.stream;

import dev.threadwright.workflow.Json;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One event of a stream, as server-sent events have it.
 *
 * @param id null if it cannot be resumed behind
 * @param event its name; null for a heartbeat
 * @param data made when it is sent; null for a heartbeat
 * @param sent to be called when it has been given to the connection
 */
public record ServerEvent(
        @Nullable String id,
        @Nullable String event,
        @Nullable Supplier<? extends Json> data,
        Runnable sent) {

    private static final Runnable NOTHING = () -> {};

    /** Says nothing but that the server is there. */
    public static final ServerEvent HEARTBEAT = new ServerEvent(null, null, null);

    ServerEvent(@Nullable String id, @Nullable String event, @Nullable Supplier<? extends Json> data) {
        this(id, event, data, NOTHING);
    }

    ServerEvent whenSent(Runnable action) {
        return new ServerEvent(id, event, data, action);
    }

    public boolean isHeartbeat() {
        return event == null;
    }
}

package dev.threadwright.contract;

import dev.threadwright.workflow.Json;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An event of the newer protocol.
 *
 * @param channel that it is told on
 * @param method the channel's name, but for what is asked
 * @param id the same at every read
 * @param seq its number on the thread, the same at every read; below 2^53
 * @param timestampMs milliseconds since 1970
 * @param node the step that it is of; null if of none
 * @param data made when it is asked for
 */
public record ProtocolEvent(
        String channel,
        String method,
        String id,
        long seq,
        List<String> namespace,
        long timestampMs,
        @Nullable String node,
        Supplier<? extends Json> data) {

    /** How many of an event's parts can be numbered. */
    static final int MAX_PARTS = 100_000;

    /** The number of the journal's event that the event with this number tells of. */
    public static long journalSeq(long seq) {
        return seq / MAX_PARTS;
    }

    /** The last number that what the journal's event tells can have. */
    public static long lastSeq(long journalSeq) {
        return journalSeq * MAX_PARTS + MAX_PARTS - 1;
    }

    public Json.Obj json() {
        return new Members()
                .with("type", "event")
                .with("event_id", id)
                .with("seq", seq)
                .with("method", method)
                .with(
                        "params",
                        new Members()
                                .with("namespace", Members.texts(namespace))
                                .with("timestamp", timestampMs)
                                .withIfAny("node", node == null ? null : Json.of(node))
                                .with("data", data.get())
                                .json())
                .json();
    }
}

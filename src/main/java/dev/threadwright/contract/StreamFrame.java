package dev.threadwright.contract;

import dev.threadwright.thread.RunId;
import dev.threadwright.workflow.Json;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that a stream can tell.
 *
 * @param id null for what is live only, and not told again
 * @param event as clients read it, without the namespace
 * @param namespace of the subgraph; empty for the run's own graph
 * @param leg null if it is of the thread and of no run
 * @param data made when it is asked for
 */
public record StreamFrame(
        @Nullable FrameId id,
        Mode mode,
        String event,
        List<String> namespace,
        @Nullable RunId leg,
        Supplier<? extends Json> data) {

    /** The event with its namespace: {@code updates|price:6f1e}. */
    public String name() {
        return namespace.isEmpty() ? event : event + "|" + StateView.text(namespace);
    }
}

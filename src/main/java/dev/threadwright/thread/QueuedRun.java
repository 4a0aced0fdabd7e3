package dev.threadwright.thread;

import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.WorkflowRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run that waits for its turn.
 *
 * @param inputs the one that queued it, then those addressed to it since
 * @param expiresAtMs milliseconds since 1970; null for never
 * @param bounds that it has besides those of its workflow
 * @param notBeforeMs milliseconds since 1970; null for at once
 */
public record QueuedRun(
        RunId id,
        WorkflowRef workflow,
        List<Input> inputs,
        long admittedAtMs,
        @Nullable Long expiresAtMs,
        Event.Behind behind,
        Bounds bounds,
        @Nullable Long notBeforeMs) {

    public QueuedRun {
        inputs = List.copyOf(inputs);
    }

    boolean isExpiredAt(long timeMs) {
        return expiresAtMs != null && expiresAtMs <= timeMs;
    }

    boolean isDueAt(long timeMs) {
        return notBeforeMs == null || notBeforeMs <= timeMs;
    }

    List<Input> joined() {
        return inputs.subList(1, inputs.size());
    }

    QueuedRun joinedBy(Input input) {
        List<Input> all = new ArrayList<>(inputs);
        all.add(input);
        return new QueuedRun(id, workflow, all, admittedAtMs, expiresAtMs, behind, bounds, notBeforeMs);
    }
}

package dev.threadwright.cron;

import dev.threadwright.workflow.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Runs to come. Milliseconds since 1970.
 *
 * @param thread null for a thread of its own for each run
 * @param timezone null for UTC
 * @param onRunCompleted {@code delete} or {@code keep}, of the thread of a run that had none; null for what is usual
 * @param payload what runs are created with, beside the assistant and the metadata
 * @param nextAtMs null if it is not due any more, or disabled
 */
public record Cron(
        String id,
        String assistantId,
        @Nullable String thread,
        String schedule,
        @Nullable String timezone,
        @Nullable Long endAtMs,
        boolean enabled,
        @Nullable String onRunCompleted,
        Json.Obj payload,
        Json.Obj metadata,
        @Nullable Long nextAtMs,
        long createdAtMs,
        long updatedAtMs) {

    /** When it is due after a moment, by its schedule and end; null if it is not. */
    @Nullable Long nextAfter(long ms) {
        Instant next = enabled ? Schedule.of(schedule, timezone).next(Instant.ofEpochMilli(ms)) : null;
        return next == null || (endAtMs != null && next.toEpochMilli() > endAtMs) ? null : next.toEpochMilli();
    }

    Cron dueAt(@Nullable Long ms) {
        return new Cron(
                id,
                assistantId,
                thread,
                schedule,
                timezone,
                endAtMs,
                enabled,
                onRunCompleted,
                payload,
                metadata,
                ms,
                createdAtMs,
                updatedAtMs);
    }
}

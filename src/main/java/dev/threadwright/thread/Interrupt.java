package dev.threadwright.thread;

import dev.threadwright.workflow.Prompt;
import org.jspecify.annotations.Nullable;

/**
 * A question that a task has asked and waits to be answered.
 *
 * @param ordinal of the task's questions; 1 for the first
 * @param createdAtMs milliseconds since 1970
 */
public record Interrupt(InterruptId id, int ordinal, Prompt prompt, long createdAtMs) {

    /** Milliseconds since 1970; null for never. */
    public @Nullable Long expiresAtMs() {
        Long expiresInMs = prompt.expiresInMs();
        return expiresInMs == null ? null : (Long) Math.addExact(createdAtMs, expiresInMs);
    }

    boolean isExpiredAt(long timeMs) {
        Long expiresAtMs = expiresAtMs();
        return expiresAtMs != null && expiresAtMs <= timeMs;
    }
}

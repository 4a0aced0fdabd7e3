package dev.threadwright.thread;

import dev.threadwright.thread.policy.Policy;
import dev.threadwright.workflow.Json;
import org.jspecify.annotations.Nullable;

/**
 * What is set on one thread; null means the server's default.
 *
 * @param approvals the answers that interrupts of a kind get by themselves, in runs that start from then on
 * @param ttlMinutes for how long nothing may happen on it while it is idle, before it is deleted; null for ever
 */
public record ThreadSettings(
        @Nullable Policy policy,
        @Nullable String workflow,
        Json.Obj metadata,
        Json.Obj approvals,
        @Nullable Long ttlMinutes) {

    /** Ten years. */
    public static final long MAX_TTL_MINUTES = 5_256_000;

    public static final ThreadSettings NONE = new ThreadSettings(null, null, Json.EMPTY_OBJECT);

    public ThreadSettings(@Nullable Policy policy, @Nullable String workflow, Json.Obj metadata) {
        this(policy, workflow, metadata, Json.EMPTY_OBJECT);
    }

    public ThreadSettings(@Nullable Policy policy, @Nullable String workflow, Json.Obj metadata, Json.Obj approvals) {
        this(policy, workflow, metadata, approvals, null);
    }
}

package dev.threadwright.thread;

import dev.threadwright.thread.policy.Policy;
import dev.threadwright.workflow.Json;
import org.jspecify.annotations.Nullable;

/**
 * What is set on one thread; null means the server's default.
 *
 * @param approvals the answers that interrupts of a kind get by themselves, in runs that start from then on
 */
public record ThreadSettings(
        @Nullable Policy policy, @Nullable String workflow, Json.Obj metadata, Json.Obj approvals) {

    public static final ThreadSettings NONE = new ThreadSettings(null, null, Json.EMPTY_OBJECT);

    public ThreadSettings(@Nullable Policy policy, @Nullable String workflow, Json.Obj metadata) {
        this(policy, workflow, metadata, Json.EMPTY_OBJECT);
    }
}

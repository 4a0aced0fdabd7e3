package dev.threadwright.thread;

import dev.threadwright.thread.policy.Policy;
import dev.threadwright.workflow.Json;
import org.jspecify.annotations.Nullable;

/** What is set on one thread; null means the server's default. */
public record ThreadSettings(
        @Nullable Policy policy, @Nullable String workflow, Json.Obj metadata) {

    public static final ThreadSettings NONE = new ThreadSettings(null, null, Json.EMPTY_OBJECT);
}

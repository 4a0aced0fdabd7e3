package dev.threadwright.thread;

import dev.threadwright.thread.policy.Policy;

/**
 * The limits and defaults that a server decides with.
 *
 * @param maxActiveRuns how many started runs a thread may have unfinished; at least 1
 * @param maxInbox how many inputs may wait in one run's inbox; at least 1
 * @param maxKept how many events may wait on a thread for a step that takes them; at least 1
 * @param keptTtlMs how long each may; at least 1 ms
 */
public record ServerSettings(
        Policy policy, String workflow, int maxActiveRuns, int maxInbox, int maxKept, long keptTtlMs) {

    public static final int DEFAULT_MAX_KEPT = 100;

    /** One day. */
    public static final long DEFAULT_KEPT_TTL_MS = 86_400_000;

    public ServerSettings {
        if (maxActiveRuns < 1 || maxInbox < 1 || maxKept < 1 || keptTtlMs < 1) {
            throw new IllegalArgumentException("Limits must be at least 1: maxActiveRuns=" + maxActiveRuns
                    + ", maxInbox=" + maxInbox + ", maxKept=" + maxKept + ", keptTtlMs=" + keptTtlMs);
        }
    }

    public ServerSettings(Policy policy, String workflow, int maxActiveRuns, int maxInbox) {
        this(policy, workflow, maxActiveRuns, maxInbox, DEFAULT_MAX_KEPT, DEFAULT_KEPT_TTL_MS);
    }
}

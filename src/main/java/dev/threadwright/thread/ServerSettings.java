package dev.threadwright.thread;

import dev.threadwright.thread.policy.Policy;

/**
 * The limits and defaults that a server decides with.
 *
 * @param maxActiveRuns how many started runs a thread may have unfinished; at least 1
 * @param maxInbox how many inputs may wait in one run's inbox; at least 1
 */
public record ServerSettings(Policy policy, String workflow, int maxActiveRuns, int maxInbox) {

    public ServerSettings {
        if (maxActiveRuns < 1 || maxInbox < 1) {
            throw new IllegalArgumentException(
                    "Limits must be at least 1: maxActiveRuns=" + maxActiveRuns + ", maxInbox=" + maxInbox);
        }
    }
}

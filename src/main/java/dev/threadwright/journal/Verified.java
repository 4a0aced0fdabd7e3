package dev.threadwright.journal;

import dev.threadwright.thread.ThreadKey;
import java.util.List;

/**
 * A thread, recomputed.
 *
 * @param events how many were folded
 * @param findings none if all is as it should be
 */
public record Verified(ThreadKey thread, long events, List<Finding> findings) {
    public Verified {
        findings = List.copyOf(findings);
    }
}

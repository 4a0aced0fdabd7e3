package dev.threadwright.journal;

import dev.threadwright.thread.ThreadKey;
import java.util.List;

/**
 * A thread, recomputed.
 *
 * @param events how many were folded
 * @param erased whether what the thread held cannot be read any more, because its key was destroyed
 * @param findings none if all is as it should be
 */
public record Verified(ThreadKey thread, long events, boolean erased, List<Finding> findings) {
    public Verified {
        findings = List.copyOf(findings);
    }
}

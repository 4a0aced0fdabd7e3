package dev.threadwright.actor;

/**
 * A loop's bounds.
 *
 * @param maxBatchCount works in one commit
 * @param maxBatchBytes bytes of works in one batch, and that one commit writes; one work may exceed it alone
 * @param maxMailboxCount works that may wait; at the limit, consuming pauses
 * @param maxMailboxBytes bytes of works that may wait; at the limit, consuming pauses
 * @param maxActors threads kept in memory between commits
 * @param maxActorBytes estimated bytes of the threads kept in memory between commits
 * @param snapshotEvery events of a thread after which its state is stored, so that a load reads fewer
 */
public record LoopSettings(
        int maxBatchCount,
        long maxBatchBytes,
        int maxMailboxCount,
        long maxMailboxBytes,
        int maxActors,
        long maxActorBytes,
        int snapshotEvery) {

    public static final LoopSettings DEFAULT =
            new LoopSettings(2_000, 8L << 20, 8_000, 64L << 20, 20_000, 256L << 20, 500);

    public LoopSettings {
        if (maxBatchCount < 1
                || maxBatchBytes < 1
                || maxMailboxCount < 1
                || maxMailboxBytes < 1
                || maxActors < 1
                || maxActorBytes < 1
                || snapshotEvery < 1) {
            throw new IllegalArgumentException("Loop settings must all be at least 1");
        }
    }
}

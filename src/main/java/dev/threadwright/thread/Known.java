package dev.threadwright.thread;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What deciding a command needs beyond the thread's state, because an actor does not keep it in memory.
 *
 * @param prior what was decided when this identity came before
 * @param endedRun how the run that the command names ended, if it has
 * @param checkpoint the checkpoint that the command names; null if there is none
 * @param settled of the interrupts that the command names, those that are no longer pending
 * @param room what the tenant's quotas leave
 */
public record Known(
        @Nullable Prior prior,
        @Nullable RunStatus endedRun,
        @Nullable Checkpoint checkpoint,
        Map<InterruptId, SettledInterrupt> settled,
        Room room) {

    public static final Known NOTHING = new Known(null, null);

    public Known {
        settled = Map.copyOf(settled);
    }

    /** Of a tenant without quotas. */
    public Known(
            @Nullable Prior prior,
            @Nullable RunStatus endedRun,
            @Nullable Checkpoint checkpoint,
            Map<InterruptId, SettledInterrupt> settled) {
        this(prior, endedRun, checkpoint, settled, Room.UNLIMITED);
    }

    public Known(@Nullable Prior prior, @Nullable RunStatus endedRun) {
        this(prior, endedRun, null, Map.of());
    }

    /** An identity's first outcome, and the hash of the content that got it. */
    public record Prior(String contentHash, Outcome outcome) {}
}

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
 */
public record Known(
        @Nullable Prior prior,
        @Nullable RunStatus endedRun,
        @Nullable Checkpoint checkpoint,
        Map<InterruptId, SettledInterrupt> settled) {

    public static final Known NOTHING = new Known(null, null);

    public Known {
        settled = Map.copyOf(settled);
    }

    public Known(@Nullable Prior prior, @Nullable RunStatus endedRun) {
        this(prior, endedRun, null, Map.of());
    }

    /** An identity's first outcome, and the hash of the content that got it. */
    public record Prior(String contentHash, Outcome outcome) {}
}

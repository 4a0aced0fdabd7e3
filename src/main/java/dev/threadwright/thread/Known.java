package dev.threadwright.thread;

import org.jspecify.annotations.Nullable;

/**
 * What deciding a command needs beyond the thread's state, because an actor does not keep it in memory.
 *
 * @param prior what was decided when this identity came before
 * @param endedRun how the run that the command names ended, if it has
 * @param checkpoint the checkpoint that the command names; null if there is none
 */
public record Known(
        @Nullable Prior prior,
        @Nullable RunStatus endedRun,
        @Nullable Checkpoint checkpoint) {

    public static final Known NOTHING = new Known(null, null, null);

    public Known(@Nullable Prior prior, @Nullable RunStatus endedRun) {
        this(prior, endedRun, null);
    }

    /** An identity's first outcome, and the hash of the content that got it. */
    public record Prior(String contentHash, Outcome outcome) {}
}

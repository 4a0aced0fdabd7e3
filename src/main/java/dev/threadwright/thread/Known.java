package dev.threadwright.thread;

import org.jspecify.annotations.Nullable;

/**
 * What deciding a command needs beyond the thread's state, because an actor does not keep it in memory.
 *
 * @param prior what was decided when this identity came before
 * @param endedRun how the run that the command names ended, if it has
 */
public record Known(@Nullable Prior prior, @Nullable RunStatus endedRun) {

    public static final Known NOTHING = new Known(null, null);

    /** An identity's first outcome, and the hash of the content that got it. */
    public record Prior(String contentHash, Outcome outcome) {}
}

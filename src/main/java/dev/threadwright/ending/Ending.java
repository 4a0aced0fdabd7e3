package dev.threadwright.ending;

import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done, taken by one worker for a while.
 *
 * @param attempt 1 for the first
 * @param heldUntilMs when it is due again if nothing is heard of it; only who took it last has that, and settles it
 * @param webhook the address to tell; null for nobody
 * @param delete whether the thread goes with its run
 */
record Ending(
        ThreadKey thread,
        RunId leg,
        int attempt,
        long heldUntilMs,
        @Nullable String webhook,
        boolean delete) {

    /** Who it concerned was told, or cannot be. The thread's deletion has attempts of its own. */
    Ending told() {
        return new Ending(thread, leg, 1, heldUntilMs, null, delete);
    }
}

package dev.threadwright.actor;

import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.thread.Checkpoint;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.SettledInterrupt;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import org.jspecify.annotations.Nullable;

/** What stood before a batch, as far as its works name it. In memory: never blocks. */
interface Earlier {

    ThreadState state(ThreadKey thread);

    /** What was decided about an identity; null if nothing was. */
    @Nullable OutcomeRow outcome(OutcomeKey key);

    /** How a run ended; null if it has not. */
    @Nullable RunStatus ending(RunId run);

    /** What became of an interrupt; null if it is pending, or there is none. */
    @Nullable SettledInterrupt settled(InterruptId interrupt);

    /** Null if there is none. */
    @Nullable Checkpoint checkpoint(CheckpointKey named);
}

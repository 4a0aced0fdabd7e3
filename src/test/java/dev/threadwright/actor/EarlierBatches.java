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
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands before a batch because of those before it, and of what a test puts in. */
final class EarlierBatches implements Earlier {

    final Map<OutcomeKey, OutcomeRow> outcomes = new HashMap<>();
    final Map<RunId, RunStatus> endings = new HashMap<>();
    final Map<InterruptId, SettledInterrupt> settled = new HashMap<>();
    final Map<CheckpointKey, Checkpoint> checkpoints = new HashMap<>();
    private final Map<ThreadKey, ThreadState> states = new HashMap<>();

    /** The batch was committed. */
    void add(PendingBatch pending) {
        pending.after().forEach(changed -> states.put(changed.state().key(), changed.state()));
        outcomes.putAll(pending.outcomes());
        endings.putAll(pending.endedRuns());
        settled.putAll(pending.settled());
    }

    @Override
    public ThreadState state(ThreadKey thread) {
        return states.getOrDefault(thread, ThreadState.absent(thread));
    }

    @Override
    public @Nullable OutcomeRow outcome(OutcomeKey key) {
        return outcomes.get(key);
    }

    @Override
    public @Nullable RunStatus ending(RunId run) {
        return endings.get(run);
    }

    @Override
    public @Nullable SettledInterrupt settled(InterruptId interrupt) {
        return settled.get(interrupt);
    }

    @Override
    public @Nullable Checkpoint checkpoint(CheckpointKey named) {
        return checkpoints.get(named);
    }
}

package dev.threadwright.actor;

import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.thread.Checkpoint;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.SettledInterrupt;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the journal told about the works of the coming batch: states of cold threads (absent ones included), earlier
 * outcomes and ended runs. Read while the batch before it was being committed, so that one's own results stand beside it.
 */
final class Lookups {

    final Map<ThreadKey, ThreadState> states = new HashMap<>();

    /** Threads whose journal this release cannot read, and why. */
    final Map<ThreadKey, String> unreadable = new HashMap<>();

    /** Those of them whose state cannot be read: nothing can be decided on them. */
    final Set<ThreadKey> damaged = new HashSet<>();

    /** Checkpoints that cannot be read, and why; the thread that would go on from them may be another, and sound. */
    final Map<CheckpointKey, String> unreadableCheckpoints = new HashMap<>();

    final Map<OutcomeKey, OutcomeRow> outcomes = new HashMap<>();
    final Map<RunId, RunStatus> endedRuns = new HashMap<>();
    final Map<InterruptId, SettledInterrupt> settled = new HashMap<>();
    final Map<CheckpointKey, Checkpoint> checkpoints = new HashMap<>();

    boolean isKnown(ThreadKey thread) {
        return states.containsKey(thread) || unreadable.containsKey(thread);
    }

    /** @param checkpoint null for the thread's head */
    record CheckpointKey(ThreadKey thread, @Nullable String checkpoint) {
        /** Null if the command names none. */
        static @Nullable CheckpointKey of(Command command) {
            ThreadKey own = command.header().thread();
            if (command instanceof Command.RestoreState restore) {
                return new CheckpointKey(own, restore.checkpoint());
            }
            if (command instanceof Command.UpdateState update && update.checkpoint() != null) {
                return new CheckpointKey(own, update.checkpoint());
            }
            if (command instanceof Command.RequestRun request) {
                return request.checkpoint() == null ? null : new CheckpointKey(own, request.checkpoint());
            }
            return command instanceof Command.ForkThread fork
                    ? new CheckpointKey(new ThreadKey(own.tenant(), fork.source()), fork.checkpoint())
                    : null;
        }
    }

    void clear() {
        states.clear();
        unreadable.clear();
        damaged.clear();
        unreadableCheckpoints.clear();
        outcomes.clear();
        endedRuns.clear();
        settled.clear();
        checkpoints.clear();
    }
}

package dev.threadwright.actor;

import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.util.HashMap;
import java.util.Map;

/**
 * What the journal told about the works of the coming batch: states of cold threads (absent ones included), earlier
 * outcomes and ended runs. Read while the batch before it was being committed, so that one's own results stand beside it.
 */
final class Lookups {

    final Map<ThreadKey, ThreadState> states = new HashMap<>();

    /** Threads whose journal this release cannot read, and why. */
    final Map<ThreadKey, String> unreadable = new HashMap<>();

    final Map<OutcomeKey, OutcomeRow> outcomes = new HashMap<>();
    final Map<RunId, RunStatus> endedRuns = new HashMap<>();

    boolean isKnown(ThreadKey thread) {
        return states.containsKey(thread) || unreadable.containsKey(thread);
    }

    void clear() {
        states.clear();
        unreadable.clear();
        outcomes.clear();
        endedRuns.clear();
    }
}

package dev.threadwright.journal;

import dev.threadwright.thread.Fold;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.util.ArrayList;
import java.util.List;

/** A thread as a journal holds it: its decisions as text, a snapshot now and then. For tests of other packages. */
public final class StoredThread {

    private final ThreadKey key;
    private final List<Decision> decisions = new ArrayList<>();
    private String snapshot;
    private int snapshotAfter;

    private record Decision(String events, long firstSeq, long timeMs) {}

    public StoredThread(ThreadKey key) {
        this.key = key;
    }

    /** @param events of one decision */
    public void append(List<Recorded> events) {
        if (!events.isEmpty()) {
            decisions.add(new Decision(
                    EventCodec.writeAll(events),
                    events.getFirst().seq(),
                    events.getFirst().timeMs()));
        }
    }

    public void takeSnapshot(ThreadState state) {
        snapshot = SnapshotCodec.write(state);
        snapshotAfter = decisions.size();
    }

    /** From its first event on. */
    public ThreadState folded() {
        return folded(ThreadState.absent(key), decisions);
    }

    /** From the snapshot on; the same as {@link #folded} if there is none. */
    public ThreadState loaded() {
        return snapshot == null
                ? folded()
                : folded(SnapshotCodec.read(key, snapshot), decisions.subList(snapshotAfter, decisions.size()));
    }

    private static ThreadState folded(ThreadState from, List<Decision> decisions) {
        ThreadState state = from;
        for (Decision decision : decisions) {
            for (Recorded recorded : EventCodec.readAll(decision.events, decision.firstSeq, decision.timeMs)) {
                state = Fold.evolve(state, recorded);
            }
        }
        return state;
    }
}

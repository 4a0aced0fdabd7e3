package dev.threadwright.thread;

import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import java.util.ArrayList;
import java.util.List;

/** Whose state a run writes: the thread's, or its own until it completes. */
public sealed interface Lineage {

    /**
     * Writes through to the thread.
     *
     * @param base what the thread's state would be had this run never started: the state before it, plus what side
     *     runs have folded since
     * @param baseHead the sequence number of the event that last changed {@code base}
     */
    record Main(Channels base, long baseHead) implements Lineage {
        Main folded(List<Change> changes, long head) {
            return new Main(base.apply(changes), head);
        }
    }

    /**
     * Its own values, from the thread's state at its start, and the changes that will fold into the thread if it
     * completes.
     */
    record Side(Channels values, List<Change> changes) implements Lineage {
        public Side {
            changes = List.copyOf(changes);
        }

        Side apply(List<Change> more) {
            List<Change> all = new ArrayList<>(changes);
            all.addAll(more);
            return new Side(values.apply(more), all);
        }
    }
}

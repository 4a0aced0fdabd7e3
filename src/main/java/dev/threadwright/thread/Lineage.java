package dev.threadwright.thread;

import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whose state a run writes: the thread's, or its own until it completes. */
public sealed interface Lineage {

    /**
     * Writes through to the thread.
     *
     * @param base what the thread's state would be had this run never started: the state before it, plus what side
     *     runs have folded since
     * @param baseHead the checkpoint that {@code base} is at; null before the first
     */
    record Main(Channels base, @Nullable CheckpointId baseHead) implements Lineage {}

    /**
     * Its own values, from the thread's state at its start, and the changes that will fold into the thread if it
     * completes.
     *
     * @param head the checkpoint that {@code values} were last at
     */
    record Side(
            Channels values, List<Change> changes, @Nullable CheckpointId head) implements Lineage {
        public Side {
            changes = List.copyOf(changes);
        }

        Side apply(List<Change> more) {
            List<Change> all = new ArrayList<>(changes);
            more.forEach(change -> all.add(change.unsettled()));
            return new Side(values.apply(more), all, head);
        }

        /** What custom reducers made of changes that it has already. */
        Side settle(List<Change> results) {
            return new Side(values.apply(results), changes, head);
        }

        Side at(CheckpointId checkpoint) {
            return new Side(values, changes, checkpoint);
        }
    }
}

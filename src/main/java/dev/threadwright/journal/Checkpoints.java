package dev.threadwright.journal;

import dev.threadwright.thread.Checkpoint;
import dev.threadwright.thread.CheckpointId;
import dev.threadwright.thread.Fold;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A thread's checkpoints, folded from its journal: nothing else is stored of them. Reading one costs as much as the
 * thread's history up to it is long, and nothing but reading does.
 */
public final class Checkpoints {

    private static final int PAGE = 500;

    private final Journal journal;

    public Checkpoints(Journal journal) {
        this.journal = journal;
    }

    /**
     * @param id in its text form; null for the thread's head
     * @return null if the thread has no such checkpoint
     */
    public @Nullable Checkpoint find(ThreadKey thread, @Nullable String id) {
        CheckpointId wanted = id == null ? head(thread) : CheckpointId.parse(thread, id);
        if (wanted == null) {
            return null;
        }
        List<Checkpoint> found = new ArrayList<>(1);
        walk(thread, wanted.seq(), checkpoint -> {
            if (checkpoint.id().equals(wanted)) {
                found.add(checkpoint);
            }
        });
        return found.isEmpty() ? null : found.getFirst();
    }

    /**
     * The newest first.
     *
     * @param before older ones than this one; null for the newest of all
     */
    public List<Checkpoint> newest(ThreadKey thread, @Nullable CheckpointId before, int limit) {
        Deque<Checkpoint> last = new ArrayDeque<>();
        walk(thread, before == null ? Long.MAX_VALUE : before.seq(), checkpoint -> {
            if (before == null || checkpoint.id().compareTo(before) < 0) {
                last.addLast(checkpoint);
                if (last.size() > limit) {
                    last.removeFirst();
                }
            }
        });
        List<Checkpoint> newest = new ArrayList<>(last);
        Collections.reverse(newest);
        return newest;
    }

    private @Nullable CheckpointId head(ThreadKey thread) {
        Map<ThreadKey, ThreadState> loaded = journal.load(List.of(thread));
        ThreadState state = loaded.get(thread);
        return state == null ? null : state.head();
    }

    private interface Visitor {
        void visit(Checkpoint checkpoint);
    }

    private void walk(ThreadKey thread, long toSeq, Visitor visitor) {
        ThreadState state = ThreadState.absent(thread);
        while (state.seq() < toSeq) {
            List<DecisionRow> page = journal.decisions(thread, state.seq() + 1, PAGE);
            if (page.isEmpty()) {
                return;
            }
            for (DecisionRow decision : page) {
                for (Recorded recorded : decision.events()) {
                    if (recorded.seq() > toSeq) {
                        return;
                    }
                    ThreadState after = Fold.evolve(state, recorded);
                    Checkpoint.of(state, recorded, after).forEach(visitor::visit);
                    state = after;
                }
            }
        }
    }
}

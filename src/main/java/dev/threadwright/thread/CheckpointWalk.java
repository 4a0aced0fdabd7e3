package dev.threadwright.thread;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/** Folds a thread's journal from its first event on, and keeps the newest of the checkpoints that are asked for. */
public final class CheckpointWalk {

    private final Predicate<Checkpoint> wanted;
    private final int limit;
    private final Deque<Checkpoint> newest = new ArrayDeque<>();
    private ThreadState state;

    /** @param limit how many are kept; at least 1 */
    public CheckpointWalk(ThreadKey thread, Predicate<Checkpoint> wanted, int limit) {
        this.state = ThreadState.absent(thread);
        this.wanted = wanted;
        this.limit = limit;
    }

    /** The event that it comes to next. */
    public long nextSeq() {
        return state.seq() + 1;
    }

    public void add(Recorded recorded) {
        ThreadState after = Fold.evolve(state, recorded);
        for (Checkpoint checkpoint : Checkpoint.of(state, recorded, after)) {
            if (wanted.test(checkpoint)) {
                newest.addLast(checkpoint);
                if (newest.size() > limit) {
                    newest.removeFirst();
                }
            }
        }
        state = after;
    }

    /** The state that the walk has come to. */
    public ThreadState state() {
        return state;
    }

    /** The newest first. */
    public List<Checkpoint> newest() {
        List<Checkpoint> reversed = new ArrayList<>(newest);
        Collections.reverse(reversed);
        return reversed;
    }
}

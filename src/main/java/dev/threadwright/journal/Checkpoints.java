package dev.threadwright.journal;

import dev.threadwright.thread.Checkpoint;
import dev.threadwright.thread.CheckpointId;
import dev.threadwright.thread.CheckpointWalk;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.util.List;
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
     * @throws UnreadableException naming the thread
     */
    public @Nullable Checkpoint find(ThreadKey thread, @Nullable String id) {
        ThreadState now = journal.load(List.of(thread)).get(thread);
        if (now == null || now.deleted()) {
            return null;
        }
        CheckpointId wanted = id == null ? now.head() : CheckpointId.parse(thread, id);
        if (wanted == null) {
            return null;
        }
        CheckpointWalk walk =
                new CheckpointWalk(thread, checkpoint -> checkpoint.id().equals(wanted), 1);
        while (walk.nextSeq() <= wanted.seq()) {
            List<DecisionRow> page = journal.decisions(thread, walk.nextSeq(), PAGE);
            if (page.isEmpty()) {
                return null;
            }
            for (DecisionRow decision : page) {
                for (Recorded recorded : decision.events()) {
                    if (recorded.seq() <= wanted.seq()) {
                        add(walk, thread, recorded);
                    }
                }
            }
        }
        return walk.newest().isEmpty() ? null : walk.newest().getFirst();
    }

    private static void add(CheckpointWalk walk, ThreadKey thread, Recorded recorded) {
        try {
            walk.add(recorded);
        } catch (RuntimeException e) {
            throw new UnreadableException(thread, e);
        }
    }
}

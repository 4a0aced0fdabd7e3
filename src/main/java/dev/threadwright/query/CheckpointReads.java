package dev.threadwright.query;

import dev.threadwright.journal.EventCodec;
import dev.threadwright.thread.Checkpoint;
import dev.threadwright.thread.CheckpointId;
import dev.threadwright.thread.CheckpointWalk;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A thread's checkpoints. Nothing is stored of them: they are folded from its events. */
@ApplicationScoped
public class CheckpointReads {

    private static final int PAGE = 500;

    private final EventReads events;

    CheckpointReads(EventReads events) {
        this.events = events;
    }

    /**
     * The newest first. Null if there is no such thread.
     *
     * @param before older ones than this one; null for the newest of all
     */
    public Uni<@Nullable List<Checkpoint>> newest(ThreadKey thread, @Nullable CheckpointId before, int limit) {
        return walk(
                new CheckpointWalk(
                        thread, checkpoint -> before == null || checkpoint.id().compareTo(before) < 0, limit),
                thread,
                before == null ? Long.MAX_VALUE : before.seq());
    }

    /** Empty if the thread has no such checkpoint, null if there is no such thread. */
    public Uni<@Nullable List<Checkpoint>> one(ThreadKey thread, CheckpointId id) {
        return walk(new CheckpointWalk(thread, checkpoint -> checkpoint.id().equals(id), 1), thread, id.seq());
    }

    private Uni<@Nullable List<Checkpoint>> walk(CheckpointWalk walk, ThreadKey thread, long toSeq) {
        return events.events(thread, walk.nextSeq(), PAGE).flatMap(stretch -> {
            if (stretch.decisions().isEmpty()) {
                return Uni.createFrom().nullItem();
            }
            for (StoredDecision decision : stretch.decisions()) {
                for (Recorded recorded : EventCodec.readAll(decision.events, decision.firstSeq, decision.timeMs)) {
                    if (recorded.seq() == walk.nextSeq() && recorded.seq() <= toSeq) {
                        walk.add(recorded);
                    }
                }
            }
            return stretch.more() && walk.nextSeq() <= toSeq
                    ? walk(walk, thread, toSeq)
                    : Uni.createFrom().item(walk.newest());
        });
    }
}

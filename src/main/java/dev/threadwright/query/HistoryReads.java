package dev.threadwright.query;

import dev.threadwright.journal.EventCodec;
import dev.threadwright.thread.Checkpoint;
import dev.threadwright.thread.CheckpointId;
import dev.threadwright.thread.CheckpointWalk;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The states that a thread has gone through, as those see them who only know of one state: those of side runs, and of runs
 * that were rolled back, are not among them. Folded from the thread's events, all of them.
 */
@ApplicationScoped
public class HistoryReads {

    /** Checkpoints of runs that were rolled back later, which are passed over beside as many as are asked for. */
    static final int MAX_ROLLED_BACK = 200;

    private static final int PAGE = 500;

    private final EventReads events;

    HistoryReads(EventReads events) {
        this.events = events;
    }

    /**
     * @param checkpoints the newest first
     * @param now the thread's state after the last event that was read
     * @param failedStep where the last run failed, if it did and that was a step's fault
     */
    public record History(
            List<Checkpoint> checkpoints,
            ThreadState now,
            @Nullable String failedStep) {

        /** Whether it is where the thread stands. */
        public boolean isHead(Checkpoint checkpoint) {
            return checkpoint.id().equals(now.head());
        }
    }

    /** Null if there is no such thread. @param before older ones than this one; null for the newest of all */
    public Uni<@Nullable History> newest(
            ThreadKey thread, @Nullable CheckpointId before, Predicate<Checkpoint> wanted, int limit) {
        Walk walk = new Walk(
                thread,
                checkpoint -> !checkpoint.side()
                        && (before == null || checkpoint.id().compareTo(before) < 0)
                        && wanted.test(checkpoint),
                limit);
        return walk(walk, thread, 1);
    }

    /**
     * The checkpoint that a change of the state from outside has made; null if there is none.
     *
     * @param seq the last event of that decision: whatever came after it does not matter
     */
    public Uni<@Nullable CheckpointId> madeBy(ThreadKey thread, long seq) {
        return events.events(thread, seq, 1).map(stretch -> {
            for (StoredDecision decision : stretch.decisions()) {
                if (decision.firstSeq <= seq && seq < decision.firstSeq + decision.count) {
                    return lastChange(decision);
                }
            }
            return null;
        });
    }

    private static @Nullable CheckpointId lastChange(StoredDecision decision) {
        CheckpointId last = null;
        for (Recorded recorded : EventCodec.readAll(decision.events, decision.firstSeq, decision.timeMs)) {
            if (recorded.event() instanceof Event.StateUpdated || recorded.event() instanceof Event.StateBranched) {
                last = new CheckpointId(recorded.timeMs(), recorded.seq(), 0);
            }
        }
        return last;
    }

    private Uni<@Nullable History> walk(Walk walk, ThreadKey thread, long from) {
        return events.events(thread, from, PAGE).flatMap(stretch -> {
            if (stretch.decisions().isEmpty()) {
                return Uni.createFrom().nullItem();
            }
            for (StoredDecision decision : stretch.decisions()) {
                EventCodec.readAll(decision.events, decision.firstSeq, decision.timeMs)
                        .forEach(walk::add);
            }
            return stretch.more()
                    ? walk(walk, thread, walk.checkpoints.nextSeq())
                    : Uni.createFrom().item(walk.history());
        });
    }

    private static final class Walk {
        private final CheckpointWalk checkpoints;
        private final int limit;
        private final Set<RunId> rolledBack = new HashSet<>();
        private @Nullable String failedStep;

        Walk(ThreadKey thread, Predicate<Checkpoint> wanted, int limit) {
            this.checkpoints = new CheckpointWalk(thread, wanted, limit + MAX_ROLLED_BACK);
            this.limit = limit;
        }

        void add(Recorded recorded) {
            if (recorded.seq() != checkpoints.nextSeq()) {
                return;
            }
            checkpoints.add(recorded);
            switch (recorded.event()) {
                case Event.RunCancelled cancelled -> {
                    if (cancelled.cause() == Event.Cause.ROLLED_BACK) {
                        rolledBack.add(cancelled.run());
                    }
                }
                case Event.RunFailed failed -> failedStep = failed.step();
                case Event.RunStarted ignored -> failedStep = null;
                default -> {
                    // Nothing else is about these.
                }
            }
        }

        History history() {
            return new History(
                    checkpoints.newest().stream()
                            .filter(checkpoint -> checkpoint.run() == null || !rolledBack.contains(checkpoint.run()))
                            .limit(limit)
                            .toList(),
                    checkpoints.state(),
                    failedStep);
        }
    }
}

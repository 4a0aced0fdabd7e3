package dev.threadwright.journal;

import dev.threadwright.journal.Finding.Kind;
import dev.threadwright.sealing.Cell;
import dev.threadwright.sealing.Opening;
import dev.threadwright.sealing.SealedColumn;
import dev.threadwright.thread.Fold;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Folds a thread anew, row by row, and notes what does not fit. Executes nothing: no step, no condition, no reducer of
 * anybody's own.
 */
final class Recomputation {

    private final ThreadKey thread;
    private final @Nullable ThreadState snapshot;
    private final List<Finding> findings = new ArrayList<>();
    private ThreadState state;
    private boolean broken;
    private boolean snapshotSeen;

    /** @param snapshot as it is stored; null if there is none of this release's form */
    Recomputation(ThreadKey thread, @Nullable ThreadState snapshot) {
        this.thread = thread;
        this.snapshot = snapshot;
        this.state = ThreadState.absent(thread);
    }

    /** Of a thread that was deleted and whose journal is gone: that nothing else is told of it. */
    static Verified ofTombstone(ThreadKey thread, @Nullable Row row) {
        if (row == null) {
            return new Verified(
                    thread,
                    0,
                    false,
                    List.of(new Finding(Kind.DIFFERENCE, 0, "The thread was deleted, and its row is not there")));
        }
        Recomputation recomputation = new Recomputation(thread, null);
        recomputation.state = ThreadState.tombstone(thread, row.seq(), 0, 0);
        return new Verified(thread, 0, false, recomputation.end(row).findings());
    }

    /** What is left of a thread that is erased: that its rows are as they were written can be told without its key. */
    Verified endOfErased(@Nullable Row row) {
        Verified tombstone = ofTombstone(thread, row);
        findings.addAll(tombstone.findings());
        return new Verified(thread, 0, true, findings);
    }

    void check(
            long firstSeq,
            long timeMs,
            @Nullable String source,
            @Nullable String id,
            String actor,
            String events,
            int checksum) {
        if (DecisionChecksum.of(thread, firstSeq, timeMs, source, id, actor, events) != checksum) {
            found(Kind.ALTERED, firstSeq, "The decision is not as it was written: its checksum does not match");
        }
    }

    /** @param opening of what is sealed */
    void add(
            Opening opening,
            long firstSeq,
            int count,
            long timeMs,
            @Nullable String source,
            @Nullable String id,
            String actor,
            String events,
            int checksum) {
        check(firstSeq, timeMs, source, id, actor, events, checksum);
        if (broken) {
            return;
        }
        if (firstSeq != state.seq() + 1) {
            stop(Kind.GAP, firstSeq, "The event before it is " + state.seq());
            return;
        }
        List<Recorded> read;
        try {
            String opened = Sealed.open(opening, Cell.of(thread, SealedColumn.EVENTS, firstSeq), events);
            read = EventCodec.readAll(opened, firstSeq, timeMs);
        } catch (UnreadableException e) {
            stop(Kind.UNREADABLE, firstSeq, String.valueOf(e.getMessage()));
            return;
        }
        if (read.size() != count) {
            found(Kind.DIFFERENCE, firstSeq, "The decision counts " + count + " events and holds " + read.size());
        }
        read.forEach(this::fold);
    }

    private void fold(Recorded recorded) {
        if (broken) {
            return;
        }
        try {
            state = Fold.evolve(state, recorded);
        } catch (RuntimeException e) {
            stop(Kind.IMPOSSIBLE, recorded.seq(), String.valueOf(e.getMessage()));
            return;
        }
        if (snapshot != null && snapshot.seq() == state.seq()) {
            snapshotSeen = true;
            if (!snapshot.equals(state)) {
                found(Kind.DIFFERENCE, state.seq(), "The snapshot is not what the journal folds to here");
            }
        }
    }

    /** @param row what readers see of the thread; null if that is missing */
    Verified end(@Nullable Row row) {
        if (row == null) {
            found(Kind.DIFFERENCE, 0, "The thread has events, and no row that readers see");
        } else if (!broken) {
            difference("last event", row.seq(), state.seq());
            difference("unfinished runs", row.activeRuns(), state.started().size());
            difference("queued runs", row.queuedRuns(), state.queue().size());
            difference("status", row.status(), ThreadRows.status(state));
            String latest =
                    state.latestRun() == null ? "none" : state.latestRun().value();
            difference("latest run", row.latestRun() == null ? "none" : row.latestRun(), latest);
            difference("settings", row.settings(), Parts.settingsText(state.settings()));
        }
        if (snapshot != null && !broken && !snapshotSeen) {
            found(Kind.DIFFERENCE, snapshot.seq(), "The snapshot is at an event that the journal does not have");
        }
        return new Verified(thread, state.seq(), false, findings);
    }

    /** The thread as readers see it. */
    record Row(
            long seq,
            int activeRuns,
            int queuedRuns,
            String status,
            @Nullable String latestRun,
            String settings) {}

    private void difference(String what, Object stored, Object folded) {
        if (!stored.equals(folded)) {
            Kind kind = what.equals("last event") ? Kind.GAP : Kind.DIFFERENCE;
            found(
                    kind,
                    state.seq(),
                    "Readers see " + stored + " as its " + what + ", and the journal folds to " + folded);
        }
    }

    private void stop(Kind kind, long seq, String message) {
        found(kind, seq, message + "; what follows was not folded");
        broken = true;
    }

    private void found(Kind kind, long seq, String message) {
        findings.add(new Finding(kind, seq, message));
    }
}

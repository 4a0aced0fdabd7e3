package dev.threadwright.simulation;

import dev.threadwright.journal.Batch;
import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.Publication;
import dev.threadwright.journal.SetAsideThread;
import dev.threadwright.journal.UnknownCommitException;
import dev.threadwright.simulation.Faults.Kind;
import dev.threadwright.simulation.Timeline.Process;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.SettledInterrupt;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One process's way to the journal that all share: it takes time, it fails, and one may die on it. */
final class SimulatedJournal implements Journal {

    private final Process process;
    private final Journal shared;
    private final Faults faults;
    private final Consumer<Batch> onCommitted;

    SimulatedJournal(Process process, Journal shared, Faults faults, Consumer<Batch> onCommitted) {
        this.process = process;
        this.shared = shared;
        this.faults = faults;
        this.onCommitted = onCommitted;
    }

    @Override
    public void commit(Batch batch) {
        pass();
        if (faults.isJournalAway() || faults.happens(Kind.COMMIT_REFUSED)) {
            throw new JournalUnavailableException("injected", null);
        }
        if (faults.happens(Kind.COMMIT_UNKNOWN_NOT_STORED)) {
            throw new UnknownCommitException("injected before the commit", null);
        }
        shared.commit(batch);
        onCommitted.accept(batch);
        try {
            faults.pass(process);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnknownCommitException("interrupted", e);
        }
        if (faults.happens(Kind.COMMIT_UNKNOWN_STORED)) {
            throw new UnknownCommitException("injected after the commit", null);
        }
    }

    @Override
    public Claim claim(int partition, String owner, String publisher) {
        return effect(() -> shared.claim(partition, owner, publisher));
    }

    @Override
    public @Nullable Claim reclaim(int partition, long epoch, String owner, String publisher) {
        return effect(() -> shared.reclaim(partition, epoch, owner, publisher));
    }

    @Override
    public void fenced(int partition, long epoch) {
        effect(() -> {
            shared.fenced(partition, epoch);
            return null;
        });
    }

    @Override
    public void release(int partition, long epoch, long published) {
        effect(() -> {
            shared.release(partition, epoch, published);
            return null;
        });
    }

    @Override
    public Map<Integer, Holder> holders(Collection<Integer> partitions) {
        return effect(() -> shared.holders(partitions));
    }

    @Override
    public Map<ThreadKey, ThreadState> load(Collection<ThreadKey> threads) {
        return effect(() -> shared.load(threads));
    }

    @Override
    public Map<OutcomeKey, OutcomeRow> outcomes(Collection<OutcomeKey> keys) {
        return effect(() -> shared.outcomes(keys));
    }

    @Override
    public Map<RunId, RunStatus> endedRuns(Map<RunId, ThreadKey> runs) {
        return effect(() -> shared.endedRuns(runs));
    }

    @Override
    public Map<InterruptId, SettledInterrupt> settledInterrupts(Map<InterruptId, ThreadKey> interrupts) {
        return effect(() -> shared.settledInterrupts(interrupts));
    }

    @Override
    public List<Publication> publications(int partition, long after, int limit) {
        return effect(() -> shared.publications(partition, after, limit));
    }

    @Override
    public List<DecisionRow> decisions(ThreadKey thread, long fromSeq, int limit) {
        return effect(() -> shared.decisions(thread, fromSeq, limit));
    }

    @Override
    public long head(ThreadKey thread) {
        return effect(() -> shared.head(thread));
    }

    @Override
    public void setAside(SetAsideThread thread, long epoch) {
        effect(() -> {
            shared.setAside(thread, epoch);
            return null;
        });
    }

    @Override
    public List<OutboxRow> parked(SetAsideThread thread, int limit) {
        return effect(() -> shared.parked(thread, limit));
    }

    @Override
    public List<SetAsideThread> setAside(Collection<Integer> partitions, int limit) {
        return effect(() -> shared.setAside(partitions, limit));
    }

    @Override
    public List<ThreadKey> threadsOwingCalls(int partition) {
        return effect(() -> shared.threadsOwingCalls(partition));
    }

    @Override
    public List<DueTimer> timers(Collection<Integer> partitions, long dueByMs, int limit) {
        return effect(() -> shared.timers(partitions, dueByMs, limit));
    }

    @Override
    public void close() {
        // The process's way ends with it.
    }

    private <T> T effect(Supplier<T> call) {
        pass();
        if (faults.isJournalAway() || faults.happens(Kind.JOURNAL_READ)) {
            throw new JournalUnavailableException("injected before the call", null);
        }
        T answer = call.get();
        pass();
        if (faults.happens(Kind.JOURNAL_READ)) {
            throw new JournalUnavailableException("injected after the call", null);
        }
        return answer;
    }

    private void pass() {
        try {
            faults.pass(process);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JournalUnavailableException("interrupted", e);
        }
    }
}

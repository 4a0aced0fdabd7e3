package dev.threadwright.journal;

import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.SettledInterrupt;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A journal that fails now and then, as its random numbers say: the same seed and calls give the same failures. */
public final class FaultyJournal implements Journal {

    /**
     * How often a call fails, from 0 to 1. Of a commit, at most one of these happens.
     *
     * @param unavailable nothing is stored, and the caller knows
     * @param unknownNotStored nothing is stored, and the caller does not know
     * @param unknownStored all is stored, and the caller does not know
     * @param reads any other call fails; of claims, half after they took effect
     */
    public record Faults(double unavailable, double unknownNotStored, double unknownStored, double reads) {
        public static final Faults NONE = new Faults(0, 0, 0, 0);
    }

    private final Journal journal;
    private final RandomGenerator random;
    private volatile Faults faults;

    public FaultyJournal(Journal journal, RandomGenerator random, Faults faults) {
        this.journal = journal;
        this.random = random;
        this.faults = faults;
    }

    public void set(Faults next) {
        faults = next;
    }

    @Override
    public void commit(Batch batch) {
        Faults now = faults;
        double roll = roll();
        if (roll < now.unavailable()) {
            throw new JournalUnavailableException("injected", null);
        }
        if (roll < now.unavailable() + now.unknownNotStored()) {
            throw new UnknownCommitException("injected before the commit", null);
        }
        journal.commit(batch);
        if (roll < now.unavailable() + now.unknownNotStored() + now.unknownStored()) {
            throw new UnknownCommitException("injected after the commit", null);
        }
    }

    @Override
    public Claim claim(int partition, String owner, String publisher) {
        double roll = roll();
        if (roll < faults.reads() / 2) {
            throw new JournalUnavailableException("injected before the claim", null);
        }
        Claim claim = journal.claim(partition, owner, publisher);
        if (roll < faults.reads()) {
            throw new JournalUnavailableException("injected after the claim", null);
        }
        return claim;
    }

    @Override
    public @Nullable Claim reclaim(int partition, long epoch, String owner, String publisher) {
        double roll = roll();
        if (roll < faults.reads() / 2) {
            throw new JournalUnavailableException("injected before the claim", null);
        }
        Claim claim = journal.reclaim(partition, epoch, owner, publisher);
        if (roll < faults.reads()) {
            throw new JournalUnavailableException("injected after the claim", null);
        }
        return claim;
    }

    @Override
    public void fenced(int partition, long epoch) {
        mayFail();
        journal.fenced(partition, epoch);
    }

    @Override
    public void release(int partition, long epoch, long published) {
        mayFail();
        journal.release(partition, epoch, published);
    }

    @Override
    public Map<Integer, Holder> holders(Collection<Integer> partitions) {
        mayFail();
        return journal.holders(partitions);
    }

    @Override
    public Map<ThreadKey, ThreadState> load(Collection<ThreadKey> threads) {
        mayFail();
        return journal.load(threads);
    }

    @Override
    public Map<OutcomeKey, OutcomeRow> outcomes(Collection<OutcomeKey> keys) {
        mayFail();
        return journal.outcomes(keys);
    }

    @Override
    public Map<RunId, RunStatus> endedRuns(Map<RunId, ThreadKey> runs) {
        mayFail();
        return journal.endedRuns(runs);
    }

    @Override
    public Map<InterruptId, SettledInterrupt> settledInterrupts(Map<InterruptId, ThreadKey> interrupts) {
        mayFail();
        return journal.settledInterrupts(interrupts);
    }

    @Override
    public List<Publication> publications(int partition, long after, int limit) {
        mayFail();
        return journal.publications(partition, after, limit);
    }

    @Override
    public List<DecisionRow> decisions(ThreadKey thread, long fromSeq, int limit) {
        mayFail();
        return journal.decisions(thread, fromSeq, limit);
    }

    @Override
    public long head(ThreadKey thread) {
        mayFail();
        return journal.head(thread);
    }

    @Override
    public void setAside(SetAsideThread thread, long epoch) {
        mayFail();
        journal.setAside(thread, epoch);
    }

    @Override
    public List<OutboxRow> parked(SetAsideThread thread, int limit) {
        mayFail();
        return journal.parked(thread, limit);
    }

    @Override
    public List<SetAsideThread> setAside(Collection<Integer> partitions, int limit) {
        mayFail();
        return journal.setAside(partitions, limit);
    }

    @Override
    public List<ThreadKey> threadsOwingCalls(int partition) {
        mayFail();
        return journal.threadsOwingCalls(partition);
    }

    @Override
    public List<DueTimer> timers(Collection<Integer> partitions, long dueByMs, int limit) {
        mayFail();
        return journal.timers(partitions, dueByMs, limit);
    }

    @Override
    public void close() {
        journal.close();
    }

    private void mayFail() {
        if (roll() < faults.reads()) {
            throw new JournalUnavailableException("injected", null);
        }
    }

    /** Two threads call a journal; generators are for one. */
    private synchronized double roll() {
        return random.nextDouble();
    }
}

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
import org.jspecify.annotations.Nullable;

/** Passes everything on, for tests that change one thing. */
public class JournalDelegate implements Journal {

    private final Journal journal;

    public JournalDelegate(Journal journal) {
        this.journal = journal;
    }

    /** What a journal throws that holds something a newer release wrote. */
    public static UnreadableException unreadable(ThreadKey thread) {
        return new UnreadableException(thread, new IllegalStateException("an event of a newer release"));
    }

    @Override
    public void commit(Batch batch) {
        journal.commit(batch);
    }

    @Override
    public Claim claim(int partition, String owner, String publisher) {
        return journal.claim(partition, owner, publisher);
    }

    @Override
    public @Nullable Claim reclaim(int partition, long epoch, String owner, String publisher) {
        return journal.reclaim(partition, epoch, owner, publisher);
    }

    @Override
    public void fenced(int partition, long epoch) {
        journal.fenced(partition, epoch);
    }

    @Override
    public void release(int partition, long epoch, long published) {
        journal.release(partition, epoch, published);
    }

    @Override
    public Map<Integer, Holder> holders(Collection<Integer> partitions) {
        return journal.holders(partitions);
    }

    @Override
    public Map<ThreadKey, ThreadState> load(Collection<ThreadKey> threads) {
        return journal.load(threads);
    }

    @Override
    public Map<OutcomeKey, OutcomeRow> outcomes(Collection<OutcomeKey> keys) {
        return journal.outcomes(keys);
    }

    @Override
    public Map<RunId, RunStatus> endedRuns(Map<RunId, ThreadKey> runs) {
        return journal.endedRuns(runs);
    }

    @Override
    public Map<InterruptId, SettledInterrupt> settledInterrupts(Map<InterruptId, ThreadKey> interrupts) {
        return journal.settledInterrupts(interrupts);
    }

    @Override
    public List<Publication> publications(int partition, long after, int limit) {
        return journal.publications(partition, after, limit);
    }

    @Override
    public List<DecisionRow> decisions(ThreadKey thread, long fromSeq, int limit) {
        return journal.decisions(thread, fromSeq, limit);
    }

    @Override
    public long head(ThreadKey thread) {
        return journal.head(thread);
    }

    @Override
    public void setAside(SetAsideThread thread, long epoch) {
        journal.setAside(thread, epoch);
    }

    @Override
    public List<OutboxRow> parked(SetAsideThread thread, int limit) {
        return journal.parked(thread, limit);
    }

    @Override
    public List<SetAsideThread> setAside(Collection<Integer> partitions, int limit) {
        return journal.setAside(partitions, limit);
    }

    @Override
    public List<ThreadKey> threadsOwingCalls(int partition) {
        return journal.threadsOwingCalls(partition);
    }

    @Override
    public List<DueTimer> timers(Collection<Integer> partitions, long dueByMs, int limit) {
        return journal.timers(partitions, dueByMs, limit);
    }

    @Override
    public void close() {
        journal.close();
    }
}

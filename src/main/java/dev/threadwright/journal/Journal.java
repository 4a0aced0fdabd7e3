package dev.threadwright.journal;

import dev.threadwright.journal.Batch.Offset;
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

/**
 * The only source of truth. Blocking, for loops; each loop has a journal of its own and calls it from two threads at
 * most: one commits, one reads.
 *
 * <p>The contract, held by one test for every implementation:
 *
 * <ul>
 *   <li>{@link #commit} is all or nothing, and visible to every later read when it returns
 *   <li>sequence numbers of a thread and positions of a partition have no gaps
 *   <li>an owner whose epoch is not the partition's cannot commit, and a claim waits for a commit that is under way
 *   <li>whether there is another owner is asked before anything else: who is not fenced and still finds a thread elsewhere
 *       than expected has met damage, which is that thread's and not the partition's
 *   <li>one call never sees part of a batch
 *   <li>names that cannot be stored are not found, and a batch with one is rejected
 * </ul>
 *
 * <p>Every method but {@link #commit} throws {@link JournalUnavailableException} when the store cannot be reached. A
 * claim may have taken effect then, and may be repeated.
 */
public interface Journal extends AutoCloseable {

    /**
     * Makes the batch durable.
     *
     * @throws FencedException if a partition is no longer at the batch's epoch and position; nothing is stored
     * @throws RejectedBatchException if the store refuses the data itself; nothing is stored, and never will be
     * @throws UnknownCommitException if the answer was lost: the batch is stored or not; claim again to find out
     * @throws JournalUnavailableException if nothing was stored because the store cannot be reached
     */
    void commit(Batch batch);

    /**
     * Takes a partition over: raises its epoch, so that no earlier owner can commit, after waiting for a commit of
     * theirs that is under way.
     *
     * @param owner this process, for people
     * @param publisher the transactional id that the new owner publishes with
     * @throws JournalUnavailableException if the store cannot be reached or the claim's lock is not had in time
     */
    Claim claim(int partition, String owner, String publisher);

    /**
     * Claims a partition again that this owner had at {@code epoch}, after a commit whose answer was lost; waits for
     * that commit, as {@link #claim} does. May be repeated after a failure: an owner recognises its own claim, so
     * {@code owner} and {@code publisher} together must name this process alone.
     *
     * @return null if somebody else has claimed the partition since; nothing is changed then
     */
    @Nullable Claim reclaim(int partition, long epoch, String owner, String publisher);

    /**
     * Says that every publisher that the claim told of is fenced, and only the owner's own may publish now. Until then a
     * next claim tells of them again: a claimant may die before it has fenced anyone.
     */
    void fenced(int partition, long epoch);

    /**
     * Gives a partition back in order: all up to {@code published} is published, and the owner will publish no more.
     * It can commit no more either: its commits are fenced until it claims again. Does nothing if the epoch is no longer
     * the owner's.
     */
    void release(int partition, long epoch, long published);

    /** Who has the partitions now. */
    Map<Integer, Holder> holders(Collection<Integer> partitions);

    /**
     * States of the threads that exist, folded; one query for snapshots and one for what followed them.
     *
     * @throws UnreadableException naming a thread whose journal this release cannot read, or whose row says that it ends
     *     elsewhere; the others can be loaded without it
     */
    Map<ThreadKey, ThreadState> load(Collection<ThreadKey> threads);

    /** What was decided about commands that came before. */
    Map<OutcomeKey, OutcomeRow> outcomes(Collection<OutcomeKey> keys);

    /** How runs ended, of those that have; runs of other threads are not found. */
    Map<RunId, RunStatus> endedRuns(Map<RunId, ThreadKey> runs);

    /** What became of interrupts, of those that are no longer pending; those of other threads are not found. */
    Map<InterruptId, SettledInterrupt> settledInterrupts(Map<InterruptId, ThreadKey> interrupts);

    /**
     * What the partition published or has to publish after a position, in order; at most {@code limit}, fewer when they
     * are large, and none only at the end.
     */
    List<Publication> publications(int partition, long after, int limit);

    /**
     * A thread's decisions from the one that holds {@code fromSeq} on, in order; at most {@code limit}, fewer when they
     * are large, and none only at the end.
     */
    List<DecisionRow> decisions(ThreadKey thread, long fromSeq, int limit);

    /** The thread's last sequence number; 0 if it does not exist. */
    long head(ThreadKey thread);

    /**
     * Says that the thread is not to be decided on until somebody releases it: its timers and calls are not told of, and
     * its next owners hear of it. Takes the place of what was said before, but for the position that its parked commands
     * begin at: those that are left stay parked.
     *
     * @param epoch the owner's
     * @throws FencedException if the partition is no longer at that epoch
     */
    void setAside(SetAsideThread thread, long epoch);

    /** Threads of these partitions that are set aside, by name; at most {@code limit}. */
    List<SetAsideThread> setAside(Collection<Integer> partitions, int limit);

    /**
     * What was parked for the thread since it was set aside and is neither decided nor sent again, in the order in which it
     * was parked; at most {@code limit}, fewer when they are large, and none only if none is left.
     *
     * @throws UnreadableException if the next one is not kept whole any more
     */
    List<OutboxRow> parked(SetAsideThread thread, int limit);

    /**
     * Threads of the partition that owe calls, but those that are set aside: work that was running when the last owner
     * stopped.
     */
    List<ThreadKey> threadsOwingCalls(int partition);

    /**
     * Timers of these partitions that are due at or before a time (milliseconds since 1970), earliest first; none of
     * threads that are set aside.
     */
    List<DueTimer> timers(Collection<Integer> partitions, long dueByMs, int limit);

    /** @param publisher the transactional id that the owner publishes with */
    record Holder(long epoch, String publisher) {}

    record DueTimer(int partition, ThreadKey thread, String ref, long dueAtMs) {}

    /**
     * A partition as its new owner finds it.
     *
     * @param position the last position in use; 0 if none
     * @param published the last position that the store knows to be published; the log may know better
     * @param publishers transactional ids that may still publish the partition; empty if the last owner gave it back in
     *     order, or there was none
     */
    record Claim(
            int partition, long epoch, long position, long published, List<String> publishers, List<Offset> offsets) {}

    @Override
    void close();
}

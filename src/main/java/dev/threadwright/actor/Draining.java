package dev.threadwright.actor;

import dev.threadwright.journal.Batch;
import dev.threadwright.journal.Batch.Advance;
import dev.threadwright.journal.Batch.Drained;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.SetAsideThread;
import java.util.List;

/**
 * Decides what was parked for threads that are released: page by page from the journal, in batches of their own, so that
 * what cannot be decided is found as it is among other works. Until nothing is left the thread stays set aside, and what
 * comes for it is parked behind. Nothing is remembered from page to page: a next owner goes on where the last commit ended.
 *
 * <p>Other batches come in between, or a long queue would keep a partition; but fewer, so that a thread's queue is drained
 * faster than it can grow.
 *
 * <p>On the loop's thread alone.
 */
final class Draining {

    /** Batches that decide what was parked, to one of what came. */
    static final int BATCHES_IN_A_ROW = 2;

    private final Journal journal;
    private final Parked parked;
    private int inARow;

    Draining(Journal journal, Parked parked) {
        this.journal = journal;
        this.parked = parked;
    }

    /** Some parked commands of a thread in their order, or none if none is left. */
    record Page(SetAsideThread thread, List<OutboxRow> letters, List<Work> works) {

        boolean isEnd() {
            return letters.isEmpty();
        }

        /** The first ones. */
        Page first(int count) {
            return new Page(thread, letters.subList(0, count), works.subList(0, count));
        }

        /** With what is decided of it; nothing that was consumed. */
        PendingBatch pending(PendingBatch decided, OwnedPartition owned) {
            Batch batch = decided.batch();
            List<Advance> fence = batch.advances().isEmpty()
                    ? List.of(new Advance(owned.partition(), owned.epoch(), owned.position(), owned.position()))
                    : batch.advances();
            return decided.with(batch.draining(
                    new Drained(
                            thread, letters.stream().map(OutboxRow::position).toList(), isEnd()),
                    fence));
        }
    }

    /**
     * Whether the next batch is to decide what was parked.
     *
     * @param isPossible whether anything is
     * @param isIdle whether nothing else is to be decided
     */
    boolean isDue(boolean isPossible, boolean isIdle) {
        boolean isDue = isPossible && (isIdle || inARow < BATCHES_IN_A_ROW);
        inARow = isDue ? inARow + 1 : 0;
        return isDue;
    }

    /** @throws dev.threadwright.journal.UnreadableException if what is next is not kept any more */
    Page next(SetAsideThread thread, int maxCount, long maxBytes) {
        List<OutboxRow> letters = journal.parked(thread, maxCount);
        List<Work> works = letters.stream().map(parked::work).toList();
        int count = 0;
        long bytes = 0;
        for (Work work : works) {
            bytes += work.bytes();
            if (count > 0 && bytes > maxBytes) {
                break;
            }
            count++;
        }
        return new Page(thread, letters, works).first(count);
    }
}

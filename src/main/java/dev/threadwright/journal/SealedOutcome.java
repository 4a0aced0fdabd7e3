package dev.threadwright.journal;

import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.sealing.Cell;
import dev.threadwright.sealing.Opening;
import dev.threadwright.sealing.Seal;
import dev.threadwright.sealing.SealedColumn;
import dev.threadwright.sealing.SealedException;
import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.ThreadKey;

/** What a command came to, as its row has it: sealed, the hash of the command's content stands before it. */
public final class SealedOutcome {

    private static final int HASH_LENGTH = Sealed.ERASED_HASH.length();

    private SealedOutcome() {}

    /**
     * Of a thread that is erased, every command came to the same: that it is gone.
     *
     * @throws UnreadableException naming the thread
     * @throws JournalUnavailableException if it is the server that lacks what it needs
     */
    public static OutcomeRow read(Opening opening, OutcomeKey key, String contentHash, String result, long seq) {
        try {
            if (!Seal.isSealed(result)) {
                return new OutcomeRow(key, contentHash, OutcomeCodec.read(result), seq);
            }
            String opened = opening.open(new Cell(key.thread(), SealedColumn.RESULT, key.hash()), result);
            return new OutcomeRow(
                    key, opened.substring(0, HASH_LENGTH), OutcomeCodec.read(opened.substring(HASH_LENGTH)), seq);
        } catch (SealedException e) {
            if (e.reason() == SealedException.Reason.ERASED) {
                return new OutcomeRow(key, Sealed.ERASED_HASH, gone(key.thread()), seq);
            }
            throw Sealed.meaning(key.thread(), e);
        } catch (RuntimeException e) {
            throw new UnreadableException(key.thread(), e);
        }
    }

    private static Outcome gone(ThreadKey thread) {
        return new Outcome.Invalid(Rejection.THREAD_DELETED, "Thread " + thread.thread() + " was erased");
    }
}

package dev.threadwright.actor;

import dev.threadwright.actor.Measurements.CommitFailure;
import dev.threadwright.journal.Batch;
import dev.threadwright.journal.Batch.Advance;
import dev.threadwright.journal.FencedException;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.Journal.Claim;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.journal.RejectedBatchException;
import dev.threadwright.journal.TimedOutBatchException;
import dev.threadwright.journal.UnknownCommitException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Commits one batch after the other on a thread of its own, so that the loop can gather the next meanwhile. Holds on
 * while the store is away, and finds out what became of a commit whose answer was lost.
 */
final class Committer implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Committer.class);

    private final Threads threads;
    private final Journal journal;
    private final String owner;
    private final String publisher;
    private final Consumer<PendingBatch> onCommitted;
    private final Measurements measurements;
    private final ExecutorService thread;

    /** @param onCommitted runs on the committing thread, before anything else is committed; must not throw */
    Committer(
            String name,
            Threads threads,
            Journal journal,
            String owner,
            String publisher,
            Consumer<PendingBatch> onCommitted,
            Measurements measurements) {
        this.threads = threads;
        this.journal = journal;
        this.owner = owner;
        this.publisher = publisher;
        this.onCommitted = onCommitted;
        this.measurements = measurements;
        this.thread = threads.single(name + "-commit");
    }

    CompletableFuture<CommitResult> commit(PendingBatch pending) {
        CompletableFuture<CommitResult> answer = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                CommitResult result = untilAnswered(pending);
                // The loop goes on while this one is measured.
                answer.complete(result);
                measure(pending, result);
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private void measure(PendingBatch pending, CommitResult result) {
        if (result instanceof CommitResult.Committed(long tookNanos)) {
            measurements.committed(pending.works(), pending.batch(), tookNanos);
        } else if (result instanceof CommitResult.Recovered recovered && recovered.committed()) {
            measurements.committed(pending.works(), pending.batch(), recovered.tookNanos());
        }
    }

    private CommitResult untilAnswered(PendingBatch pending) {
        Patience patience = new Patience(threads, "commit " + pending.works().size() + " works");
        long begunNanos = System.nanoTime();
        while (true) {
            try {
                journal.commit(pending.batch());
                long tookNanos = System.nanoTime() - begunNanos;
                onCommitted.accept(pending);
                return new CommitResult.Committed(tookNanos);
            } catch (FencedException e) {
                LOG.warnf("%s", e.getMessage());
                measurements.commitFailed(CommitFailure.FENCED);
                return new CommitResult.Fenced(e.partitions());
            } catch (RejectedBatchException e) {
                measurements.commitFailed(CommitFailure.REJECTED);
                return new CommitResult.Rejected(String.valueOf(e.getMessage()));
            } catch (TimedOutBatchException e) {
                measurements.commitFailed(CommitFailure.TIMED_OUT);
                return new CommitResult.TimedOut(String.valueOf(e.getMessage()));
            } catch (UnknownCommitException e) {
                measurements.commitFailed(CommitFailure.UNANSWERED);
                LOG.warnf("The answer to a commit was lost, finding out what became of it: %s", e.getMessage());
                return recover(pending, begunNanos);
            } catch (JournalUnavailableException e) {
                measurements.commitFailed(CommitFailure.UNAVAILABLE);
                if (!patience.waitAfter(e)) {
                    return new CommitResult.Abandoned();
                }
            } catch (RuntimeException e) {
                measurements.commitFailed(CommitFailure.REJECTED);
                LOG.errorf(e, "A batch could not be committed");
                return new CommitResult.Rejected(e.toString());
            }
        }
    }

    private CommitResult recover(PendingBatch pending, long begunNanos) {
        Map<Integer, Claim> claims = new HashMap<>();
        boolean committed = false;
        for (Advance advance : pending.batch().advances()) {
            Patience patience = new Patience(threads, "claim partition " + advance.partition() + " again");
            for (boolean answered = false; !answered; ) {
                try {
                    Claim claim = journal.reclaim(advance.partition(), advance.epoch(), owner, publisher);
                    answered = true;
                    if (claim != null) {
                        claims.put(advance.partition(), claim);
                        committed |= isAsIntended(pending.batch(), advance, claim);
                    }
                } catch (JournalUnavailableException | UnknownCommitException e) {
                    if (!patience.waitAfter(e)) {
                        return new CommitResult.Abandoned();
                    }
                }
            }
        }
        return new CommitResult.Recovered(committed, System.nanoTime() - begunNanos, claims);
    }

    /** A batch is stored whole or not at all, so one partition that it moved tells for all. */
    private static boolean isAsIntended(Batch batch, Advance advance, Claim claim) {
        if (advance.from() != advance.to()) {
            return claim.position() == advance.to();
        }
        return batch.offsets().stream()
                .anyMatch(offset -> offset.partition() == advance.partition()
                        && claim.offsets().contains(offset));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}

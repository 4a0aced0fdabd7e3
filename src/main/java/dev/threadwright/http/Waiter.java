package dev.threadwright.http;

import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.query.OutcomeReads.RunHalt;
import dev.threadwright.query.OutcomeReads.RunKey;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.RunId;
import io.smallrye.mutiny.Uni;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One caller who waits. Answered once: with all that was asked for, or when time is up with what is known. */
final class Waiter {

    /** What a caller waits for: that the command is decided, or that the run that took it goes no further, too. */
    enum Until {
        DECISION,
        COMPLETION
    }

    /**
     * What is known of a command.
     *
     * @param outcome null while it is not decided
     * @param halt null while its run goes on, and where nobody asked for that
     * @param deadLetter why it was set aside undecided; null if it was not, or nobody here knows
     */
    record Answer(
            @Nullable OutcomeRow outcome,
            @Nullable RunHalt halt,
            @Nullable String deadLetter) {

        Answer(@Nullable OutcomeRow outcome, @Nullable RunHalt halt) {
            this(outcome, halt, null);
        }
    }

    private final Waiters waiters;
    private final CheckedCommand command;
    private final Until until;
    private final long deadlineNanos;
    private volatile long pollAtNanos;
    private final AtomicReference<@Nullable OutcomeRow> outcome = new AtomicReference<>();
    private volatile @Nullable RunKey run;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();

    Waiter(Waiters waiters, CheckedCommand command, Until until, long deadlineNanos, long pollAtNanos) {
        this.waiters = waiters;
        this.command = command;
        this.until = until;
        this.deadlineNanos = deadlineNanos;
        this.pollAtNanos = pollAtNanos;
    }

    CheckedCommand command() {
        return command;
    }

    /** Emits on whichever thread learns it. Who cancels waits no longer, and neither does the registry remember them. */
    Uni<Answer> answer() {
        return Uni.createFrom().completionStage(answer).onTermination().invoke(this::drop);
    }

    void drop() {
        waiters.forget(this);
    }

    void told(OutcomeRow row) {
        if (!command.isAnsweredBy(row) || !outcome.compareAndSet(null, row)) {
            return;
        }
        RunId joined = joinedRun(row.outcome());
        if (until == Until.DECISION || joined == null) {
            finish(new Answer(row, null));
        } else {
            RunKey key = new RunKey(row.key().thread(), joined);
            run = key;
            waiters.await(this, key);
        }
    }

    /** A run may have stood where it stopped before the command came: that is no news of what came of it. */
    void halted(RunHalt halt) {
        OutcomeRow decided = outcome.get();
        if (halt.isEnd() || (decided != null && halt.seq() >= decided.seq())) {
            finish(new Answer(decided, halt));
        }
    }

    /** It will never be decided as it is. */
    void setAside(String reason) {
        if (outcome.get() == null) {
            finish(new Answer(null, null, reason));
        }
    }

    void finish(Answer known) {
        drop();
        answer.complete(known);
    }

    Answer soFar() {
        return new Answer(outcome.get(), null);
    }

    @Nullable RunKey run() {
        return run;
    }

    boolean isLate(long nowNanos) {
        return deadlineNanos - nowNanos <= 0;
    }

    boolean isDue(long nowNanos) {
        return pollAtNanos - nowNanos <= 0;
    }

    void pollNext(long atNanos) {
        pollAtNanos = atNanos;
    }

    void ask(Set<OutcomeKey> outcomes, Set<RunKey> runs) {
        RunKey joined = run;
        if (joined != null) {
            runs.add(joined);
        } else {
            outcomes.add(command.outcomeKey());
            outcomes.add(command.conflictKey());
        }
    }

    /** The run that took the input; null if none did. */
    static @Nullable RunId joinedRun(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Started started -> started.run();
            case Outcome.Merged merged -> merged.run();
            case Outcome.Queued queued -> queued.run();
            case Outcome.Duplicate duplicate -> joinedRun(duplicate.first());
            case Outcome.Resumed resumed -> resumed.run();
            case Outcome.Kept ignored -> null;
            case Outcome.Rejected ignored -> null;
            case Outcome.Cancelled ignored -> null;
            case Outcome.Applied ignored -> null;
            case Outcome.Unchanged ignored -> null;
            case Outcome.Invalid ignored -> null;
        };
    }
}

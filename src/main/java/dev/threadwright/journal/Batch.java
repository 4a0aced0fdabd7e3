package dev.threadwright.journal;

import dev.threadwright.audit.Act;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Interrupt;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.OpenAction;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a loop commits at once.
 *
 * @param advances every partition that the batch touches: the fence
 * @param decisions in the order of their decision; positions of one partition ascend
 * @param outbox dead letters and forwards; positions are shared with the decisions of the partition
 * @param audits what of it is kept in the audit log
 */
public record Batch(
        List<Advance> advances,
        List<DecisionRow> decisions,
        List<OutboxRow> outbox,
        List<OutcomeRow> outcomes,
        List<ThreadRow> threads,
        List<RunRow> runs,
        List<InterruptRow> interrupts,
        List<OwedChange> owed,
        List<Offset> offsets,
        List<ThreadState> snapshots,
        List<LegRow> legs,
        List<ActionRow> actions,
        List<AuditRow> audits) {

    /** Without legs, actions and audits. */
    public Batch(
            List<Advance> advances,
            List<DecisionRow> decisions,
            List<OutboxRow> outbox,
            List<OutcomeRow> outcomes,
            List<ThreadRow> threads,
            List<RunRow> runs,
            List<InterruptRow> interrupts,
            List<OwedChange> owed,
            List<Offset> offsets,
            List<ThreadState> snapshots) {
        this(
                advances,
                decisions,
                outbox,
                outcomes,
                threads,
                runs,
                interrupts,
                owed,
                offsets,
                snapshots,
                List.of(),
                List.of(),
                List.of());
    }

    /**
     * That somebody did something, or the server did for want of anybody.
     *
     * @param partition that owns the thread; its chain goes on with it
     * @param caller who did it
     * @param known how that is known: {@code http}, {@code kafka} or {@code system}
     * @param target what it was done to: an id; empty if that is the thread
     * @param detail without anybody's data
     */
    public record AuditRow(
            ThreadKey thread, int partition, String caller, String known, Act act, String target, Json.Obj detail) {}

    /**
     * Compared and set: the commit takes place only if the partition is still at (epoch, from).
     *
     * @param from the partition's position before the batch
     * @param to its position after it
     */
    public record Advance(int partition, long epoch, long from, long to) {}

    /** @param open how it is now; null if it is done */
    public record ActionRow(
            ThreadKey thread, ActionId action, @Nullable OpenAction open) {}

    /** @param hash of (source, id), or of (source, id, content) for the refusal of a conflict; 32 bytes as hex */
    public record OutcomeKey(ThreadKey thread, String hash) {}

    /** @param seq the thread's last sequence number when it was decided */
    public record OutcomeRow(OutcomeKey key, String contentHash, Outcome outcome, long seq) {

        /** Whether it is of a command with this content; of a thread that is erased nobody can tell, and it does not matter. */
        public boolean isOf(String content) {
            return contentHash.equals(content) || contentHash.equals(Sealed.ERASED_HASH);
        }
    }

    /**
     * A thread as readers see it, after the batch.
     *
     * @param expectedSeq its last sequence number before the batch; 0 if it is new. Compared and set.
     * @param state after the batch
     * @param isSet whether the batch has changed what is set on it: only then is what it is searched by written again
     */
    public record ThreadRow(int partition, long expectedSeq, ThreadState state, boolean isSet) {}

    /**
     * What the batch changed about a run, as readers see it: a new row, or a patch of the one that is there. What is
     * null stays as it was. One row a run.
     *
     * @param workflow never null in a new row; kept as it is by a patch
     * @param decision what was decided about its input, in lower case with underscores, or {@code follow_up}; never
     *     null in a new row
     * @param admittedAtMs when its input was accepted; null exactly in a patch
     * @param startedAtMs null while it is queued, or if it never started
     * @param endedAtMs null while it is not terminal
     * @param values what it wrote; null while it has not completed
     * @param error null unless it failed
     * @param cause why it was cancelled, in lower case with underscores; null unless it was
     * @param request what it was asked for with, its input included; null if by an input alone
     */
    public record RunRow(
            ThreadKey thread,
            RunId run,
            RunStatus status,
            @Nullable String workflow,
            @Nullable String decision,
            @Nullable Long admittedAtMs,
            @Nullable Long startedAtMs,
            @Nullable Long endedAtMs,
            @Nullable Map<String, Json> values,
            @Nullable String error,
            @Nullable String cause,
            Json.@Nullable Obj request) {

        public RunRow(
                ThreadKey thread,
                RunId run,
                RunStatus status,
                @Nullable String workflow,
                @Nullable String decision,
                @Nullable Long admittedAtMs,
                @Nullable Long startedAtMs,
                @Nullable Long endedAtMs,
                @Nullable Map<String, Json> values,
                @Nullable String error) {
            this(
                    thread,
                    run,
                    status,
                    workflow,
                    decision,
                    admittedAtMs,
                    startedAtMs,
                    endedAtMs,
                    values,
                    error,
                    null,
                    null);
        }
    }

    /**
     * What the batch changed about a leg that is no whole run: a first leg that ended before its run did, the legs after
     * it, and requests for which nothing ran. A new row, or a patch of the one that is there; one row a leg.
     *
     * @param run null for a request for which nothing ran
     * @param status {@code running}, {@code success}, {@code error}, {@code timeout}, {@code interrupted} or {@code
     *     rolled_back}
     * @param createdAtMs null in a patch, and for a first leg: it began with its run
     * @param endedAtMs null while it is open
     * @param errorType the name of what is wrong with a request; null if nothing is
     * @param request what it was asked for with; null if by nobody, and in a patch
     */
    public record LegRow(
            ThreadKey thread,
            RunId leg,
            @Nullable RunId run,
            String status,
            @Nullable Long createdAtMs,
            @Nullable Long endedAtMs,
            @Nullable String errorType,
            @Nullable String error,
            Json.@Nullable Obj request) {

        public boolean isFirst() {
            return leg.equals(run);
        }
    }

    /**
     * What the batch changed about an interrupt: a new row, or the outcome of one that is pending. One row an interrupt.
     *
     * @param status {@code pending}, {@code resolved}, {@code rejected} or {@code expired}
     * @param step that asked; null exactly in a change
     * @param interrupt null exactly in a change
     * @param settledAtMs null while it is pending
     * @param settlement what became of it, as readers see it: answer, by, via, reason, expiry; null while it is pending
     */
    public record InterruptRow(
            ThreadKey thread,
            InterruptId id,
            RunId run,
            String status,
            @Nullable String step,
            @Nullable Interrupt interrupt,
            @Nullable Long settledAtMs,
            Json.@Nullable Obj settlement) {

        public static final String PENDING = "pending";
    }

    /**
     * Something that a thread owes to the outside from now on, or no longer.
     *
     * @param kind {@link #CALL}, also for one that waits for its turn, or {@link #TIMER}
     * @param dueAtMs when the thread is to be told; milliseconds since 1970
     */
    public record OwedChange(boolean owed, int partition, ThreadKey thread, String kind, String ref, long dueAtMs) {

        public static final String CALL = "call";
        public static final String TIMER = "timer";
    }

    /** @param next the offset of the first record that is not consumed */
    public record Offset(String topic, int partition, long next) {}
}

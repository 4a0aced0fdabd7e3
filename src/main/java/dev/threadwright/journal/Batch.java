package dev.threadwright.journal;

import dev.threadwright.thread.Interrupt;
import dev.threadwright.thread.InterruptId;
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
        List<ThreadState> snapshots) {

    /**
     * Compared and set: the commit takes place only if the partition is still at (epoch, from).
     *
     * @param from the partition's position before the batch
     * @param to its position after it
     */
    public record Advance(int partition, long epoch, long from, long to) {}

    /** @param hash of (source, id), or of (source, id, content) for the refusal of a conflict; 32 bytes as hex */
    public record OutcomeKey(ThreadKey thread, String hash) {}

    /** @param seq the thread's last sequence number when it was decided */
    public record OutcomeRow(OutcomeKey key, String contentHash, Outcome outcome, long seq) {}

    /**
     * A thread as readers see it, after the batch.
     *
     * @param expectedSeq its last sequence number before the batch; 0 if it is new. Compared and set.
     * @param state after the batch
     */
    public record ThreadRow(int partition, long expectedSeq, ThreadState state) {}

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
            @Nullable String error) {}

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
     * @param kind {@link #CALL} or {@link #TIMER}
     * @param dueAtMs when the thread is to be told; milliseconds since 1970
     */
    public record OwedChange(boolean owed, int partition, ThreadKey thread, String kind, String ref, long dueAtMs) {

        public static final String CALL = "call";
        public static final String TIMER = "timer";
    }

    /** @param next the offset of the first record that is not consumed */
    public record Offset(String topic, int partition, long next) {}
}

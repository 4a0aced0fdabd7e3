package dev.threadwright.actor;

import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.journal.Batch;
import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.Publication;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.SettledInterrupt;
import dev.threadwright.thread.ThreadState;
import java.util.List;
import java.util.Map;

/**
 * A decided batch and what follows from it once it is committed. Dropping it undoes it.
 *
 * @param after the changed threads, with their partitions
 * @param publications in the order of the partitions' positions
 * @param stops calls that are owed no more; told before {@code starts}
 * @param turns what it changes for attempts that are limited
 * @param outcomes of the identified works
 * @param endedRuns runs that ended in it
 * @param settled interrupts that had their outcome in it
 * @param uses what it changes for the tenants' quotas
 */
record PendingBatch(
        List<Work> works,
        Batch batch,
        List<Changed> after,
        List<Publication> publications,
        List<StepCall> stops,
        List<StepCall> starts,
        Turns.Changes turns,
        Map<OutcomeKey, OutcomeRow> outcomes,
        Map<RunId, RunStatus> endedRuns,
        Map<InterruptId, SettledInterrupt> settled,
        Map<String, Quotas.Use> uses) {

    record Changed(int partition, ThreadState state) {}
}

package dev.threadwright.actor;

import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.actor.Turns.AttemptEnd;
import dev.threadwright.actor.Turns.Turn;
import dev.threadwright.journal.Batch.OwedChange;
import dev.threadwright.thread.Awaited;
import dev.threadwright.thread.Owed;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a batch starts and stops owing, whatever happened in between. */
final class OwedDifference {

    /** No time tells it. */
    static final long NEVER_MS = Long.MAX_VALUE;

    private final List<OwedChange> changes = new ArrayList<>();
    private final List<StepCall> stops = new ArrayList<>();
    private final List<StepCall> starts = new ArrayList<>();
    private final List<Turn> left = new ArrayList<>();
    private final List<Turn> wanted = new ArrayList<>();

    /**
     * @param before the batch
     * @param after the batch; of the same thread
     */
    void add(int partition, ThreadState before, ThreadState after) {
        if (before.isIdle() && after.isIdle()) {
            return;
        }
        Map<String, Owed> gone = byRef(before);
        Map<String, Owed> come = byRef(after);
        come.forEach((ref, owed) -> {
            Owed there = gone.remove(ref);
            if (there == null) {
                change(true, partition, after, owed);
            } else if (dueAtMs(there) != dueAtMs(owed)) {
                changes.add(row(false, partition, after.key(), there));
                changes.add(row(true, partition, after.key(), owed));
            }
        });
        gone.values().forEach(owed -> change(false, partition, before, owed));
    }

    /** Rows that come and go. */
    List<OwedChange> changes() {
        return changes;
    }

    /** Calls that are owed no more, whoever was to answer them. */
    List<StepCall> stops() {
        return stops;
    }

    /** Calls that are owed from now on, whoever is to answer them. */
    List<StepCall> starts() {
        return starts;
    }

    /**
     * Of the calls that are owed no more those that may run here: a callback that was awaited may have come while a handler
     * here asks a second time, after a take-over.
     */
    List<StepCall> stopsHere() {
        return stops.stream()
                .filter(step -> step.call().awaited() != Awaited.WORKER)
                .toList();
    }

    /** Of the calls that are owed from now on those that are to run here. */
    List<StepCall> startsHere() {
        return starts.stream()
                .filter(step -> step.call().awaited() == Awaited.HANDLER)
                .toList();
    }

    Turns.Changes turns(List<AttemptEnd> ends) {
        return new Turns.Changes(ends, starts, stops, left, wanted);
    }

    /** @param in the state that owes it */
    private void change(boolean isOwed, int partition, ThreadState in, Owed owed) {
        changes.add(row(isOwed, partition, in.key(), owed));
        switch (owed) {
            case Owed.Call call -> (isOwed ? starts : stops).add(StepCall.of(partition, in, call));
            case Owed.Turn turn -> (isOwed ? wanted : left).add(new Turn(partition, in.key(), turn));
            case Owed.Timer ignored -> {}
        }
    }

    private static OwedChange row(boolean isOwed, int partition, ThreadKey thread, Owed owed) {
        String kind = switch (owed) {
            case Owed.Call ignored -> OwedChange.CALL;
            case Owed.Turn ignored -> OwedChange.CALL;
            case Owed.Timer ignored -> OwedChange.TIMER;
        };
        return new OwedChange(isOwed, partition, thread, kind, owed.ref(), dueAtMs(owed));
    }

    private static long dueAtMs(Owed owed) {
        return switch (owed) {
            case Owed.Call call -> call.deadlineMs();
            case Owed.Turn ignored -> NEVER_MS;
            case Owed.Timer timer -> timer.dueAtMs();
        };
    }

    private static Map<String, Owed> byRef(ThreadState state) {
        Map<String, Owed> byRef = new LinkedHashMap<>();
        Owed.of(state).forEach(owed -> byRef.put(owed.ref(), owed));
        return byRef;
    }
}

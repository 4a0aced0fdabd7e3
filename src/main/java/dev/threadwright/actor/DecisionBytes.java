package dev.threadwright.actor;

import dev.threadwright.journal.Weight;
import dev.threadwright.thread.Awaited;
import dev.threadwright.thread.Decision;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Owed;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadState;
import java.util.HashSet;
import java.util.Set;

/**
 * About how many bytes longer a commit gets by a decision: its events, and all rows that follow from them. What came in
 * says little about that: a small input makes a run of a large thread write large channels.
 */
final class DecisionBytes {

    /** Keys, numbers and names of the rows that nearly every decision writes. */
    static final int BASE_BYTES = 512;

    /** What a worker is sent besides the input of its action. */
    private static final int REQUEST_BYTES = 1_024;

    private final int snapshotEvery;

    DecisionBytes(int snapshotEvery) {
        this.snapshotEvery = snapshotEvery;
    }

    /**
     * @param start what the batch began with
     * @param before what the decision was made on
     */
    long of(ThreadState start, ThreadState before, Decision decision) {
        long sum = BASE_BYTES + Weight.WRITTEN.of(decision.outcome());
        if (decision.events().isEmpty()) {
            return sum;
        }
        ThreadState after = decision.after();
        sum += ofEvents(decision) + ofRequests(before, after);
        if (start == before) {
            sum += Weight.WRITTEN.of(after.settings());
        }
        if (isStored(start, after) && !isStored(start, before)) {
            sum += Weight.WRITTEN.of(after);
        }
        return sum;
    }

    /** Whether a batch that leads from one to the other stores a snapshot. */
    boolean isStored(ThreadState start, ThreadState after) {
        return start.seq() / snapshotEvery != after.seq() / snapshotEvery;
    }

    private static long ofEvents(Decision decision) {
        long sum = 0;
        boolean isRequested = false;
        for (Recorded recorded : decision.events()) {
            Event event = recorded.event();
            isRequested |= event instanceof Event.RunRequested;
            sum += Weight.WRITTEN.of(event) + ofRows(event, isRequested);
        }
        return sum;
    }

    /** What readers see of an event besides itself. */
    private static long ofRows(Event event, boolean isRequested) {
        return switch (event) {
            case Event.RunCompleted completed -> Weight.WRITTEN.of(completed.values());
            // Of its run and of its leg.
            case Event.RunFailed failed -> 2 * Weight.WRITTEN.of(failed.error());
            case Event.RunRequested requested -> 2 * Weight.WRITTEN.of(requested.request());
            case Event.InputAccepted accepted ->
                isRequested ? Weight.WRITTEN.of(accepted.input().data()) : 0;
            case Event.InterruptRaised raised -> Weight.WRITTEN.of(raised.interrupt());
            case Event.InterruptResolved resolved -> Weight.WRITTEN.of(resolved.answer());
            case Event.InterruptExpired expired -> Weight.WRITTEN.of(expired.answer());
            case Event.ThreadUpdated updated -> 2 * Weight.WRITTEN.of(updated.settings());
            // Nothing else that grows with what came in.
            default -> 0;
        };
    }

    /** What workers are newly asked for. */
    private static long ofRequests(ThreadState before, ThreadState after) {
        long sum = 0;
        Set<String> asked = null;
        for (Owed owed : Owed.of(after)) {
            if (owed instanceof Owed.Call call && call.awaited() == Awaited.WORKER) {
                if (asked == null) {
                    asked = new HashSet<>();
                    for (Owed earlier : Owed.of(before)) {
                        asked.add(earlier.ref());
                    }
                }
                sum += asked.contains(call.ref()) ? 0 : REQUEST_BYTES + Weight.WRITTEN.of(call.input());
            }
        }
        return sum;
    }
}

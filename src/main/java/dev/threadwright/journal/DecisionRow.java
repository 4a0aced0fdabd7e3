package dev.threadwright.journal;

import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One decision as the journal keeps it: its events, in order, are stored and read as one.
 *
 * @param partition the partition that owns the thread
 * @param position the decision's number in its partition, without gaps among all that the partition publishes
 * @param timeMs when the command was appended or due; milliseconds since 1970
 * @param causation the identity of the command, if it had one
 * @param actor who asked
 * @param events at least one, with contiguous sequence numbers and the decision's time
 */
public record DecisionRow(
        ThreadKey thread,
        int partition,
        long position,
        long timeMs,
        @Nullable Identity causation,
        String actor,
        List<Recorded> events)
        implements Publication {

    /** What each of its events adds besides itself: headers and key of its records. */
    private static final int EVENT_BYTES = 512;

    public DecisionRow {
        events = List.copyOf(events);
        if (events.isEmpty()) {
            throw new IllegalArgumentException("A decision without events is not stored: " + thread);
        }
        long expected = events.getFirst().seq();
        for (Recorded event : events) {
            if (event.seq() != expected++ || event.timeMs() != timeMs) {
                throw new IllegalArgumentException("A decision's events are numbered without gaps and of one time: "
                        + thread + ", event " + event.seq() + " at " + event.timeMs());
            }
        }
    }

    @Override
    public long bytes() {
        return (long) EVENT_BYTES * events.size() + Weight.WRITTEN.of(events);
    }

    public long firstSeq() {
        return events.getFirst().seq();
    }

    public long lastSeq() {
        return events.getLast().seq();
    }
}

package dev.threadwright.actor;

import dev.threadwright.journal.Journal;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.ThreadKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Tells threads what is due. A timer is told once more if it is still owed a while later: the loop may have dropped it with
 * its partition.
 */
final class DueTimers {

    /** Timers that are told of at once. */
    static final int MAX_AT_ONCE = 1_000;

    static final long AGAIN_MS = 1_000;

    private final Journal journal;
    private final LongSupplier nowMs;
    private final Map<TimerKey, Long> fired = new HashMap<>();

    private record TimerKey(ThreadKey thread, String ref) {}

    DueTimers(Journal journal, LongSupplier nowMs) {
        this.journal = journal;
        this.nowMs = nowMs;
    }

    /** Those that are due by now, earliest first, and were not told of just now. */
    List<Work> of(Collection<Integer> partitions) {
        long now = nowMs.getAsLong();
        fired.values().removeIf(toldMs -> now - toldMs > AGAIN_MS);
        List<Work> due = new ArrayList<>();
        for (Journal.DueTimer timer : journal.timers(partitions, now, MAX_AT_ONCE)) {
            if (fired.putIfAbsent(new TimerKey(timer.thread(), timer.ref()), now) == null) {
                due.add(new Work.Decide(timer.partition(), fire(timer), null, false));
            }
        }
        return due;
    }

    private Command fire(Journal.DueTimer timer) {
        return new Command.FireTimers(
                new Command.Header(timer.thread(), timer.dueAtMs(), null, "", "timer.due", "system"),
                nowMs.getAsLong());
    }
}

package dev.threadwright.actor;

import dev.threadwright.journal.Batch.InterruptRow;
import dev.threadwright.journal.Settlements;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.SettledInterrupt;
import dev.threadwright.thread.ThreadKey;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a batch's events change about interrupts as readers see them. */
final class InterruptRows {

    private final Map<InterruptId, InterruptRow> rows = new LinkedHashMap<>();
    private final Map<InterruptId, SettledInterrupt> settled = new HashMap<>();

    void add(ThreadKey thread, Recorded recorded) {
        Event event = recorded.event();
        if (event instanceof Event.InterruptRaised raised) {
            InterruptId id = raised.interrupt().id();
            rows.put(
                    id,
                    new InterruptRow(
                            thread,
                            id,
                            raised.run(),
                            InterruptRow.PENDING,
                            raised.step(),
                            raised.interrupt(),
                            null,
                            null));
            return;
        }
        SettledInterrupt outcome = SettledInterrupt.by(event);
        if (outcome == null) {
            return;
        }
        settled.put(outcome.id(), outcome);
        InterruptRow raised = rows.get(outcome.id());
        rows.put(
                outcome.id(),
                new InterruptRow(
                        thread,
                        outcome.id(),
                        outcome.run(),
                        outcome.status().name().toLowerCase(Locale.ROOT),
                        raised == null ? null : raised.step(),
                        raised == null ? null : raised.interrupt(),
                        recorded.timeMs(),
                        Settlements.of(event)));
    }

    List<InterruptRow> rows() {
        return List.copyOf(rows.values());
    }

    Map<InterruptId, SettledInterrupt> settled() {
        return settled;
    }
}

package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.publications;

import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Recorded;
import java.util.List;

/** What a journal holds, as tests look at it. */
final class Journaled {

    private Journaled() {}

    static List<Event> events(List<DecisionRow> decisions) {
        return decisions.stream()
                .flatMap(row -> row.events().stream())
                .map(Recorded::event)
                .toList();
    }

    /** The ids of the inputs that were accepted. */
    static List<String> accepted(List<DecisionRow> decisions) {
        return events(decisions).stream()
                .filter(Event.InputAccepted.class::isInstance)
                .map(event -> ((Event.InputAccepted) event).input().identity().id())
                .toList();
    }

    /** All that is not a decision, of partition 0. */
    static List<OutboxRow> outbox(Journal journal) {
        return publications(journal, 0).stream()
                .filter(OutboxRow.class::isInstance)
                .map(OutboxRow.class::cast)
                .toList();
    }
}

package dev.threadwright.thread;

import java.util.ArrayList;
import java.util.List;

/** A decision in the making: each event is folded as it is added, so what follows decides on what it left. */
final class Draft {

    private final Command command;
    private final List<Recorded> events = new ArrayList<>();
    private ThreadState state;

    Draft(ThreadState state, Command command) {
        this.state = state;
        this.command = command;
    }

    ThreadState state() {
        return state;
    }

    long timeMs() {
        return command.header().timeMs();
    }

    void add(Event event) {
        Recorded recorded = new Recorded(state.seq() + 1, timeMs(), event);
        state = Fold.evolve(state, recorded);
        events.add(recorded);
    }

    void createIfAbsent() {
        if (!state.exists()) {
            add(new Event.ThreadCreated());
        }
    }

    Decision decided(Outcome outcome) {
        if (!state.intake().isEmpty()) {
            throw new IllegalStateException("Thread " + state.key() + ": the decision leaves inputs without a run");
        }
        return new Decision(List.copyOf(events), outcome, state);
    }

    /** The answer when nothing is to be stored. */
    Decision unchanged(Outcome outcome) {
        if (!events.isEmpty()) {
            throw new IllegalStateException("Thread " + state.key() + ": " + events.size() + " events would be lost");
        }
        return new Decision(List.of(), outcome, state);
    }

    /** A refusal is a fact of the thread, stored and published like any other. */
    Decision refused(Event.Rejection reason, String message) {
        return refused(reason, message, null);
    }

    Decision refused(Event.Rejection reason, String message, Event.@org.jspecify.annotations.Nullable Why why) {
        Command.Header header = command.header();
        add(new Event.InputRejected(header.identity(), header.type(), reason, message, why));
        return decided(new Outcome.Rejected(reason, message));
    }
}

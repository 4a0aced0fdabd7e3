package dev.threadwright.thread;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    Command.Header header() {
        return command.header();
    }

    long timeMs() {
        return command.header().timeMs();
    }

    /** From when on somebody can know of what is decided: later than its time, if that passed while no server ran. */
    long knownFromMs() {
        return command instanceof Command.FireTimers timers ? Math.max(timeMs(), timers.nowMs()) : timeMs();
    }

    void add(Event event) {
        Recorded recorded = new Recorded(state.seq() + 1, timeMs(), event);
        state = Fold.evolve(state, recorded);
        events.add(recorded);
    }

    /** What became of an interrupt in this decision; null if nothing. */
    @Nullable SettledInterrupt settled(InterruptId id) {
        for (Recorded recorded : events) {
            SettledInterrupt settled = SettledInterrupt.by(recorded.event());
            if (settled != null && settled.id().equals(id)) {
                return settled;
            }
        }
        return null;
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
        if (state.isIdle() && !state.kept().isEmpty()) {
            throw new IllegalStateException("Thread " + state.key() + ": events are kept for nobody");
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

    Decision refused(Event.Rejection reason, String message, Event.@Nullable Why why) {
        Command.Header header = command.header();
        add(new Event.InputRejected(header.identity(), header.type(), reason, message, why));
        return decided(new Outcome.Rejected(reason, message));
    }
}

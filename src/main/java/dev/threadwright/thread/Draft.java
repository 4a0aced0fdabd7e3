package dev.threadwright.thread;

import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A decision in the making: each event is folded as it is added, so what follows decides on what it left. */
final class Draft {

    /** What of a request becomes metadata of its thread. */
    private static final List<String> DESCRIBED_BY = List.of("assistant_id", "graph_id");

    private final Command command;
    private final List<Recorded> events = new ArrayList<>();
    private final Map<RunId, TraceContext> traces = new HashMap<>(0);
    private ThreadState state;
    private @Nullable RunId leg;
    private Event.@Nullable RunRequested request;

    Draft(ThreadState state, Command command) {
        this.state = state;
        this.command = command;
    }

    ThreadState state() {
        return state;
    }

    /** As it is by now. */
    StartedRun started(RunId run) {
        StartedRun started = state.started(run);
        if (started == null) {
            throw new IllegalStateException("Run " + run + " is not started");
        }
        return started;
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

    /** The next leg that begins has this name. */
    void nameLeg(@Nullable RunId named) {
        leg = named;
    }

    /** Whether the name is still to be taken. */
    boolean hasNamedLeg() {
        return leg != null;
    }

    /** The name that was given to the next leg, for the first that asks; else the derived one. */
    RunId legOr(RunId derived) {
        RunId named = leg;
        leg = null;
        return named == null ? derived : named;
    }

    void add(Event event) {
        Recorded recorded = new Recorded(state.seq() + 1, timeMs(), event);
        ThreadState before = state;
        state = Fold.evolve(before, recorded);
        TraceContext trace = trace(before, event);
        events.add(trace == null ? recorded : new Recorded(recorded.seq(), timeMs(), event, trace.parent()));
    }

    /** A run's events belong to the run's trace, whoever caused them: who follows one sees the run to its end. */
    private @Nullable TraceContext trace(ThreadState before, Event event) {
        RunId run = event.run();
        // What is accepted may have no run yet, and may join one of another trace.
        if (run == null || event instanceof Event.InputAccepted || event instanceof Event.InputKept) {
            return header().trace();
        }
        // Of a run that ends with the event, the state before it still knows; of one that ended earlier, nothing does.
        TraceContext after = state.traceOf(run);
        TraceContext known = after == null ? before.traceOf(run) : after;
        if (known == null) {
            return traces.get(run);
        }
        traces.put(run, known);
        return known;
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

    /** What is accepted is accepted for this request, which stands before it. */
    void request(Event.RunRequested requested) {
        request = requested;
    }

    void createThreadIfAbsent() {
        if (!state.exists()) {
            add(new Event.ThreadCreated());
        }
    }

    /** Called before the first event of whatever is accepted. */
    void createIfAbsent() {
        createThreadIfAbsent();
        Event.RunRequested requested = request;
        if (requested != null) {
            request = null;
            add(requested);
            describe(requested.request());
        }
    }

    /** Whoever looks for threads looks for those of an assistant. */
    private void describe(Json.Obj request) {
        ThreadSettings now = state.settings();
        Map<String, Json> metadata = new LinkedHashMap<>(now.metadata().fields());
        for (String name : DESCRIBED_BY) {
            Json value = request.get(name);
            if (value != null) {
                metadata.put(name, value);
            }
        }
        if (!metadata.equals(now.metadata().fields())) {
            add(new Event.ThreadUpdated(new ThreadSettings(
                    now.policy(), now.workflow(), Json.object(metadata), now.approvals(), now.ttlMinutes())));
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

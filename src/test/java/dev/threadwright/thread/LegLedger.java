package dev.threadwright.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Legs as the events tell them: each begins once and ends once, a run has one at a time, and none is forgotten. */
final class LegLedger {

    private final Set<RunId> requested = new HashSet<>();
    private final Set<RunId> begun = new HashSet<>();
    private final Set<RunId> ended = new HashSet<>();
    private final Set<RunId> pending = new HashSet<>();
    private final Map<RunId, RunId> openByRun = new HashMap<>();

    void follow(Event event) {
        switch (event) {
            case Event.RunRequested one ->
                assertThat(requested.add(one.leg()))
                        .as("%s is requested once", one.leg())
                        .isTrue();
            case Event.RunRequestEnded one -> {
                assertThat(requested).as("what ends was requested").contains(one.leg());
                begin(one.leg());
                end(one.leg());
            }
            case Event.InputQueued one -> pending.add(one.run());
            case Event.RunStarted one -> {
                pending.remove(one.run());
                begin(one.run());
                openByRun.put(one.run(), one.run());
            }
            case Event.RunInterrupted one -> {
                if (one.closed() != null) {
                    assertThat(openByRun.remove(one.run()))
                            .as("the leg that ends")
                            .isEqualTo(one.closed());
                    end(one.closed());
                }
            }
            case Event.RunResumed one -> {
                if (one.opened() != null) {
                    begin(one.opened());
                    assertThat(openByRun.put(one.run(), one.opened()))
                            .as("open before %s", one.opened())
                            .isNull();
                }
            }
            case Event.RunCompleted one -> endOf(one.run());
            case Event.RunFailed one -> endOf(one.run());
            case Event.RunTimedOut one -> endOf(one.run());
            case Event.RunCancelled one -> endOf(one.run());
            default -> {}
        }
    }

    private void begin(RunId leg) {
        assertThat(begun.add(leg)).as("%s begins once", leg).isTrue();
    }

    private void end(RunId leg) {
        assertThat(ended.add(leg)).as("%s ends once", leg).isTrue();
    }

    private void endOf(RunId run) {
        if (pending.remove(run)) {
            begin(run);
            end(run);
            return;
        }
        RunId open = openByRun.remove(run);
        if (open != null) {
            end(open);
        }
    }

    /** What is open is open in the state. */
    void balance(ThreadState state) {
        assertThat(pending)
                .as("pending legs")
                .isEqualTo(state.queue().stream().map(QueuedRun::id).collect(Collectors.toSet()));
        assertThat(openByRun)
                .as("open legs, by run")
                .isEqualTo(state.started().stream()
                        .filter(run -> !run.leg().isClosed())
                        .collect(Collectors.toMap(
                                StartedRun::id, run -> run.leg().id())));
    }

    /** What was accepted has a leg; what was refused left nothing. */
    void answered(Command command, Decision decision) {
        if (!(command instanceof Command.RequestRun request)) {
            return;
        }
        List<RunId> requests = decision.events().stream()
                .map(Recorded::event)
                .filter(Event.RunRequested.class::isInstance)
                .map(event -> ((Event.RunRequested) event).leg())
                .toList();
        RunId leg = request.leg();
        switch (decision.outcome()) {
            case Outcome.Rejected ignored -> assertThat(requests).isEmpty();
            case Outcome.Invalid ignored -> assertThat(requests).isEmpty();
            case Outcome.Duplicate ignored -> assertThat(requests).isEmpty();
            case Outcome.Merged ignored -> {
                assertThat(requests).containsExactly(leg);
                assertThat(begun).doesNotContain(leg);
            }
            default -> {
                assertThat(requests).containsExactly(leg);
                assertThat(ended.contains(leg) || openByRun.containsValue(leg) || pending.contains(leg))
                        .as("%s has ended or will", leg)
                        .isTrue();
            }
        }
    }
}

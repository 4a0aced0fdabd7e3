package dev.threadwright.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Follows the trace of every run from event to event: it is that of its trigger, from its first event to its last. */
final class TraceLedger {

    private final Map<Identity, TraceContext> inputs = new HashMap<>();
    private final Map<RunId, Identity> triggers = new HashMap<>();
    private final Set<RunId> ending = new HashSet<>();
    private final Set<RunId> ended = new HashSet<>();
    private Identity accepted;

    void follow(Command command, Recorded recorded) {
        Event event = recorded.event();
        switch (event) {
            case Event.InputAccepted input -> {
                accepted = input.input().identity();
                inputs.put(accepted, input.input().trace());
            }
            // Who goes on from what somebody writes as an input goes on in the trace of that.
            case Event.StateBranched ignored ->
                inputs.put(command.header().identity(), command.header().trace());
            case Event.InputQueued queued -> triggers.put(queued.run(), accepted);
            case Event.RunStarted started -> triggers.put(started.run(), started.source());
            default -> {}
        }
        RunId run = event.run();
        boolean isOfTheCommand =
                run == null || event instanceof Event.InputAccepted || event instanceof Event.InputKept;
        TraceContext expected = isOfTheCommand ? command.header().trace() : of(run);
        // What comes of a run that the thread has forgotten belongs nowhere.
        assertThat(recorded.traceParent())
                .as("trace of %s", recorded)
                .isEqualTo(expected == null || !isOfTheCommand && ended.contains(run) ? null : expected.parent());
        if (isEnd(event)) {
            ending.add(run);
        }
    }

    /** Between decisions: what the thread owes is asked for in the trace of its run. */
    void balance(ThreadState state) {
        ended.addAll(ending);
        ending.clear();
        for (Owed owed : Owed.of(state)) {
            if (owed instanceof Owed.Call call) {
                assertThat(state.traceOf(call.run())).as("trace of %s", call).isEqualTo(of(call.run()));
            }
        }
    }

    private TraceContext of(RunId run) {
        return inputs.get(triggers.get(run));
    }

    private static boolean isEnd(Event event) {
        return event instanceof Event.RunCompleted
                || event instanceof Event.RunFailed
                || event instanceof Event.RunTimedOut
                || event instanceof Event.RunCancelled;
    }
}

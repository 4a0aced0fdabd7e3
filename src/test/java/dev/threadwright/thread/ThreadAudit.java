package dev.threadwright.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Follows one thread from decision to decision, and holds every event against the models of what may happen. */
public final class ThreadAudit {

    private final InputLedger inputs = new InputLedger();

    /** It knows nothing of what people do to runs; null from then on. */
    private @Nullable TaskLedger tasks = new TaskLedger();

    private final LegLedger legs = new LegLedger();
    private final Map<String, Integer> resolved = new HashMap<>();
    private ThreadState state;

    public ThreadAudit(ThreadKey thread) {
        state = ThreadState.absent(thread);
    }

    /** One decision. */
    public void follow(List<Recorded> events) {
        for (Recorded recorded : events) {
            assertThat(recorded.seq()).as("%s: the next event", state.key()).isEqualTo(state.seq() + 1);
            ThreadState after = Fold.evolve(state, recorded);
            Event event = recorded.event();
            inputs.follow(state, event, after);
            if (People.EVENTS.contains(event.getClass())) {
                tasks = null;
            }
            if (tasks != null) {
                tasks.follow(event, after);
            }
            legs.follow(event);
            if (event instanceof Event.ActionSucceeded done) {
                once(done.run(), done.action());
            } else if (event instanceof Event.ActionFailed done) {
                once(done.run(), done.action());
            }
            state = after;
        }
        inputs.balance(state);
        if (tasks != null) {
            tasks.balance(state);
        }
        legs.balance(state);
    }

    private void once(RunId run, ActionId action) {
        assertThat(resolved.merge(run + " " + action, 1, Integer::sum))
                .as("results of %s that were accepted", action)
                .isEqualTo(1);
    }

    public ThreadState state() {
        return state;
    }

    /** Actions of which nobody knows whether they took effect. */
    public void forEachUncertain(BiConsumer<RunId, ActionId> told) {
        for (StartedRun run : state.started()) {
            for (Frame.Located located : run.frame().all()) {
                if (located.task().state() instanceof Task.Uncertain uncertain) {
                    told.accept(run.id(), uncertain.call().action());
                }
            }
        }
    }

    /** Runs that wait for an event. */
    public List<RunId> awaiting() {
        List<RunId> awaiting = new ArrayList<>();
        for (StartedRun run : state.started()) {
            if (run.frame().all().stream().anyMatch(one -> one.task().state() instanceof Task.Awaiting)) {
                awaiting.add(run.id());
            }
        }
        return awaiting;
    }
}

package dev.threadwright.thread;

import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import dev.threadwright.workflow.WorkflowRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells the outside when a run stops for somebody, and when it goes on. */
final class Stops {

    private final WorkflowCatalog workflows;

    Stops(WorkflowCatalog workflows) {
        this.workflows = workflows;
    }

    /** The run stands at a breakpoint from here on. */
    void at(Draft draft, StartedRun run, Breakpoint breakpoint) {
        Stop now = run.stop();
        interrupted(draft, run, new Stop(now.interrupts(), breakpoint, now.byOperator(), now.uncertain()));
    }

    private static void interrupted(Draft draft, StartedRun run, Stop stop) {
        RunId closed = stop.closes() && !run.leg().isClosed() ? run.leg().id() : null;
        draft.add(new Event.RunInterrupted(run.id(), run.frame().superStep(), stop, run.interrupts(), closed));
    }

    /** Every run that has come to wait for more than was told. */
    void tell(Draft draft) {
        for (StartedRun run : draft.state().started()) {
            RunStatus status = run.status();
            if (status == RunStatus.PAUSED || status == RunStatus.WAITING_USER) {
                Stop stop = run.stop();
                if (!stop.isWithin(run.leg().told())) {
                    interrupted(draft, run, stop);
                }
            } else if (run.leg().told() != null) {
                // What it waited for has come by itself: a late result, an expiry.
                resumed(draft, run, Command.SYSTEM, Command.SYSTEM, List.of(), Bounds.NONE, Event.Pass.NONE);
            }
        }
    }

    /** A new leg begins, if the outside knows of the stop before it and no operator holds the run. */
    void goOn(
            Draft draft, RunId id, Command.Header header, List<InterruptId> answered, Bounds bounds, Event.Pass pass) {
        StartedRun run = draft.state().started(id);
        if (run != null && isHeld(run)) {
            resumed(draft, run, header.actor(), header.via(), answered, bounds, pass);
        }
    }

    /** An operator has let go of it. If somebody else has to give something, too, its last leg has ended all the same. */
    void goOnUnheld(Draft draft, RunId id, Command.Header header) {
        StartedRun run = draft.state().started(id);
        if (run == null || !isHeld(run)) {
            return;
        }
        if (run.stop().closes()) {
            resumed(draft, run, header.actor(), header.via(), List.of(), Bounds.NONE, Event.Pass.NONE, null);
        } else {
            resumed(draft, run, header.actor(), header.via(), List.of(), Bounds.NONE, Event.Pass.NONE);
        }
    }

    /** The same, when nobody asked for it: what the run waited for has expired. */
    void goOnByItself(Draft draft, RunId id) {
        StartedRun run = draft.state().started(id);
        if (run != null && isHeld(run)) {
            resumed(draft, run, Command.SYSTEM, Command.SYSTEM, List.of(), Bounds.NONE, Event.Pass.NONE);
        }
    }

    private static boolean isHeld(StartedRun run) {
        return run.leg().told() != null && !run.control().paused();
    }

    private void resumed(
            Draft draft,
            StartedRun run,
            String by,
            String via,
            List<InterruptId> answered,
            Bounds bounds,
            Event.Pass pass) {
        RunId opened = run.leg().isClosed() ? draft.legOr(run.id().leg(run.leg().number() + 1)) : null;
        resumed(draft, run, by, via, answered, bounds, pass, opened);
    }

    private void resumed(
            Draft draft,
            StartedRun run,
            String by,
            String via,
            List<InterruptId> answered,
            Bounds bounds,
            Event.Pass pass,
            @Nullable RunId opened) {
        // The leg that goes on keeps what it was given; a new one has what it is given itself.
        Bounds own = opened == null ? run.leg().bounds() : own(draft.state(), run.workflow());
        draft.add(new Event.RunResumed(
                run.id(), by, via, run.leg().number() + 1, answered, own.and(bounds), pass, opened));
    }

    /** What every leg of a workflow's runs is bound to. */
    Bounds own(ThreadState state, WorkflowRef ref) {
        Workflow workflow = workflows.find(state.key().tenant(), ref);
        return workflow == null ? Bounds.NONE : Bounds.at(workflow.breakpoints());
    }
}

package dev.threadwright.thread;

import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import java.util.List;

/** Tells the outside when a run stops for somebody, and when it goes on. */
final class Stops {

    private final WorkflowCatalog workflows;

    Stops(WorkflowCatalog workflows) {
        this.workflows = workflows;
    }

    /** The run stands at a breakpoint from here on. */
    void at(Draft draft, StartedRun run, Breakpoint breakpoint) {
        Stop now = run.stop();
        draft.add(new Event.RunInterrupted(
                run.id(),
                run.frame().superStep(),
                new Stop(now.interrupts(), breakpoint, now.byOperator(), now.uncertain()),
                run.interrupts()));
    }

    /** Every run that has come to wait for more than was told. */
    void tell(Draft draft) {
        for (StartedRun run : draft.state().started()) {
            RunStatus status = run.status();
            if (status == RunStatus.PAUSED || status == RunStatus.WAITING_USER) {
                Stop stop = run.stop();
                if (!stop.isWithin(run.leg().told())) {
                    draft.add(new Event.RunInterrupted(run.id(), run.frame().superStep(), stop, run.interrupts()));
                }
            } else if (run.leg().told() != null) {
                // What it waited for has come by itself: a late result, an expiry.
                resumed(draft, run, Command.SYSTEM, Command.SYSTEM, List.of(), Breakpoints.NONE, false);
            }
        }
    }

    /** A new leg begins, if the outside knows of the stop before it and no operator holds the run. */
    void goOn(
            Draft draft,
            RunId id,
            Command.Header header,
            List<InterruptId> answered,
            Breakpoints breakpoints,
            boolean pass) {
        StartedRun run = draft.state().started(id);
        if (run != null && isHeld(run)) {
            resumed(draft, run, header.actor(), header.via(), answered, breakpoints, pass);
        }
    }

    /** The same, when nobody asked for it: what the run waited for has expired. */
    void goOnByItself(Draft draft, RunId id) {
        StartedRun run = draft.state().started(id);
        if (run != null && isHeld(run)) {
            resumed(draft, run, Command.SYSTEM, Command.SYSTEM, List.of(), Breakpoints.NONE, false);
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
            Breakpoints breakpoints,
            boolean pass) {
        Workflow workflow = workflows.find(draft.state().key().tenant(), run.workflow());
        Breakpoints own = workflow == null ? Breakpoints.NONE : workflow.breakpoints();
        draft.add(
                new Event.RunResumed(run.id(), by, via, run.leg().number() + 1, answered, own.and(breakpoints), pass));
    }
}

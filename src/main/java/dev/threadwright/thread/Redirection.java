package dev.threadwright.thread;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.SuperStep;
import dev.threadwright.workflow.WorkflowCatalog;
import java.util.ArrayList;
import java.util.List;

/** Somebody sends a run to other steps than its own lead to. */
final class Redirection {

    private final WorkflowCatalog workflows;
    private final Ends ends;

    Redirection(WorkflowCatalog workflows, Ends ends) {
        this.workflows = workflows;
        this.ends = ends;
    }

    /**
     * Sends the run elsewhere: what is to be done besides what was answered is dropped, what has been done counts.
     *
     * @param item what the steps are given
     */
    void redirect(Draft draft, RunId id, List<String> steps, Json item) {
        StartedRun run = draft.started(id);
        List<TaskId> dropped = new ArrayList<>();
        boolean isOver = true;
        for (int i = 0; i < run.frame().tasks().size(); i++) {
            Task task = run.frame().tasks().get(i);
            if (task.state() instanceof Task.Ended || task.state() instanceof Task.Joining) {
                continue;
            }
            TaskId place = TaskId.of(null, run.frame().superStep(), i);
            if (isAnswered(task)) {
                isOver = false;
            } else {
                Asks.expire(draft, id, place, Event.Expiry.REDIRECTED);
                dropped.add(place);
            }
        }
        if (!isOver) {
            draft.add(new Event.RunRedirected(id, steps, item, dropped, List.of(), List.of()));
            return;
        }
        try {
            Graph graph = Graph.of(workflows, draft, id, null);
            SuperStep.End over = graph.redirected(graph.finished(), new Control.Redirect(steps, item));
            draft.add(new Event.RunRedirected(id, steps, item, dropped, over.settled(), over.next()));
        } catch (StepFailure failure) {
            ends.failRun(draft, id, "", String.valueOf(failure.getMessage()));
        }
    }

    /** Whether it was given an answer that it has not gone on with. */
    private static boolean isAnswered(Task task) {
        return switch (task.state()) {
            case Task.Due due -> !due.replay().answers().isEmpty();
            case Task.Nested nested -> nested.frame().tasks().stream().anyMatch(Redirection::isAnswered);
            case Task.Joining ignored -> false;
            case Task.Calling ignored -> false;
            case Task.Backoff ignored -> false;
            case Task.Held ignored -> false;
            case Task.Uncertain ignored -> false;
            case Task.Asking ignored -> false;
            case Task.Awaiting ignored -> false;
            case Task.Sleeping ignored -> false;
            case Task.Ended ignored -> false;
        };
    }
}

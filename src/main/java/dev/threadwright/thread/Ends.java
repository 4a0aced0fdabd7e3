package dev.threadwright.thread;

import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Planned;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.SuperStep;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import dev.threadwright.workflow.WorkflowsUnavailableException;
import dev.threadwright.workflow.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What follows when a task ends or fails: with the last one of a super-step the next, with the last one of a graph the end
 * of the task that runs it, or of the run.
 */
final class Ends {

    private final WorkflowCatalog workflows;

    Ends(WorkflowCatalog workflows) {
        this.workflows = workflows;
    }

    void end(Draft draft, RunId run, TaskId id, String step, Task.Ended end) {
        end(draft, run, id, step, end, "");
    }

    /** @param end what the task ends with; if that cannot be told, it fails */
    void end(Draft draft, RunId run, TaskId id, String step, Supplier<Task.Ended> end) {
        Task.Ended ended;
        try {
            ended = end.get();
        } catch (StepFailure failure) {
            fail(draft, run, id, step, String.valueOf(failure.getMessage()));
            return;
        } catch (WorkflowsUnavailableException later) {
            throw later;
        } catch (RuntimeException defect) {
            // The workflow's, not ours; see Tasks.execute.
            fail(draft, run, id, step, "The step is defective: " + defect);
            return;
        }
        end(draft, run, id, step, ended);
    }

    /** @param error of the task, if it failed and something follows that */
    private void end(Draft draft, RunId run, TaskId id, String step, Task.Ended end, String error) {
        Graph graph;
        try {
            graph = Graph.of(workflows, draft, run, id.parent());
        } catch (StepFailure missing) {
            fail(draft, run, id, step, String.valueOf(missing.getMessage()));
            return;
        }
        List<SuperStep.Finished> finished = graph.finishedWith(id, end);
        SuperStep.End over = null;
        String problem = null;
        if (finished != null) {
            try {
                over = graph.end(finished);
            } catch (StepFailure failure) {
                problem = String.valueOf(failure.getMessage());
            } catch (RuntimeException defect) {
                problem = "The workflow is defective: " + defect;
            }
        }
        List<Planned> next = over == null ? List.of() : over.next();
        List<Change> settled = over == null || next.isEmpty() ? List.of() : over.settled();
        List<String> goTo = end.goTo();
        draft.add(
                end.error() == null || goTo == null
                        ? new Event.StepCompleted(run, id, step, end.changes(), goTo, settled, next)
                        : new Event.StepFailed(run, id, step, error, goTo.getFirst(), settled, next));
        if (problem != null) {
            failGraph(draft, run, id.parent(), step, problem);
        } else if (over != null && finished != null && next.isEmpty()) {
            List<Change> changes =
                    finished.stream().flatMap(task -> task.changes().stream()).toList();
            if (id.parent() == null) {
                completeRun(draft, graph, over, changes, step);
            } else {
                completeGraph(draft, run, id.parent(), changes, over.merged());
            }
        }
    }

    void fail(Draft draft, RunId run, TaskId id, String step, String error) {
        String followedBy;
        try {
            Graph graph = Graph.of(workflows, draft, run, id.parent());
            // A compaction is its one step, which fails or not.
            boolean isAlone = graph.parent() == null && graph.run().isCompaction();
            followedBy = isAlone ? null : graph.workflow().step(step).onError();
        } catch (StepFailure missing) {
            followedBy = null;
        }
        expireBelow(draft, run, id);
        Task.Ended told = followedBy == null ? told(draft, run, id, step, error) : null;
        if (told != null) {
            end(draft, run, id, step, told);
            return;
        }
        if (followedBy == null) {
            draft.add(new Event.StepFailed(run, id, step, error, null, List.of(), List.of()));
            failGraph(draft, run, id.parent(), step, error);
            return;
        }
        end(draft, run, id, step, new Task.Ended(List.of(), List.of(followedBy), Fold.errorItem(step, error)), error);
    }

    /** How a step ends that tells a model why its tool gave nothing; null if it is no such step, or cannot tell. */
    private Task.@Nullable Ended told(Draft draft, RunId run, TaskId id, String step, String error) {
        Task task = draft.started(run).frame().find(id);
        try {
            Graph graph = Graph.of(workflows, draft, run, id.parent());
            return task != null && graph.workflow().step(step).kind() instanceof Step.Tool tool
                    ? graph.ended(id, tool.failed().of(graph.view(task.item()), Json.of(error)))
                    : null;
        } catch (StepFailure silent) {
            // What it was to be told of cannot be named either: the step fails with the first error.
            return null;
        }
    }

    /** What a failing task's subgraph asks, nobody will hear. */
    private static void expireBelow(Draft draft, RunId run, TaskId id) {
        Task task = draft.started(run).frame().find(id);
        if (task != null && task.state() instanceof Task.Nested) {
            Asks.expire(draft, run, id, Event.Expiry.FAILED);
        }
    }

    /** @param parent the task that runs the graph; null for the run's own */
    void failGraph(Draft draft, RunId run, @Nullable TaskId parent, String step, String error) {
        if (parent == null) {
            failRun(draft, run, step, error);
            return;
        }
        Task task = draft.started(run).frame().find(parent);
        if (task == null) {
            throw new IllegalStateException("Run " + run + " has no task " + parent);
        }
        fail(draft, run, parent, task.step(), "Step \"" + step + "\" of the subgraph: " + error);
    }

    /** The end of a subgraph, which is that of the task that ran it. */
    void completeGraph(Draft draft, RunId run, TaskId parent, List<Change> changes, Channels last) {
        Task task = draft.started(run).frame().find(parent);
        if (task == null || !(task.state() instanceof Task.Nested nested)) {
            throw new IllegalStateException("Task " + parent + " of run " + run + " runs no subgraph");
        }
        end(draft, run, parent, task.step(), () -> {
            Graph above = Graph.of(workflows, draft, run, parent.parent());
            Step step = above.workflow().step(task.step());
            if (!(step.kind() instanceof Step.Subgraph subgraph)) {
                throw new StepFailure(
                        "Step \"" + step.name() + "\" of " + above.workflow().ref() + " is no subgraph");
            }
            Step.Result output = subgraph.output();
            return above.ended(
                    parent,
                    output == null
                            ? Step.Outcome.of(sharedWrites(above.workflow(), nested, changes))
                            : output.of(above.view(task.item()), Json.object(last.values())));
        });
    }

    /** Its writes, not its values: what it was handed is there already. Of a channel that keeps the last, the last. */
    private static List<Write> sharedWrites(Workflow above, Task.Nested nested, List<Change> changes) {
        List<Change> all = new ArrayList<>(nested.changes());
        all.addAll(changes);
        List<Write> writes = new ArrayList<>();
        for (Change change : all) {
            if (above.channels().containsKey(change.channel())) {
                if (change.reducer() == Reducer.LAST_WRITE_WINS) {
                    writes.removeIf(write -> write.channel().equals(change.channel()));
                }
                writes.add(new Write(change.channel(), change.value()));
            }
        }
        return writes;
    }

    /** @param changes of the last super-step */
    private void completeRun(Draft draft, Graph graph, SuperStep.End end, List<Change> changes, String step) {
        StartedRun run = graph.run();
        List<Change> folded = List.of();
        List<Change> foldedBelow = List.of();
        if (run.lineage() instanceof Lineage.Side side) {
            List<Change> all = new ArrayList<>(side.changes());
            all.addAll(changes);
            try {
                folded = fold(graph.workflow(), draft.state().channels(), all);
                for (StartedRun other : draft.state().started()) {
                    if (other.lineage() instanceof Lineage.Main main) {
                        foldedBelow = fold(graph.workflow(), main.base(), all);
                    }
                }
            } catch (StepFailure failure) {
                failRun(draft, run.id(), step, "Its writes do not fold into the thread: " + failure.getMessage());
                return;
            }
        }
        Set<String> written = new LinkedHashSet<>(run.written());
        changes.forEach(change -> written.add(change.channel()));
        Map<String, Json> values = new LinkedHashMap<>();
        written.stream()
                .sorted()
                .forEach(channel -> values.put(channel, end.merged().get(channel)));
        expireSteers(draft, run.id());
        if (run.isCompaction()) {
            draft.add(new Event.CompactionCompleted(
                    run.id(), Compaction.bytes(end.merged()), Compaction.messages(end.merged())));
        }
        draft.add(new Event.RunCompleted(run.id(), values, end.settled(), folded, foldedBelow));
    }

    private static List<Change> fold(Workflow workflow, Channels into, List<Change> changes) {
        for (Change change : changes) {
            Reducer there = into.reducer(change.channel());
            if (there != null && !there.equals(change.reducer())) {
                throw new StepFailure("channel \"" + change.channel() + "\" is " + there.form() + " there and "
                        + change.reducer().form() + " here");
            }
        }
        List<Change> settled = workflow.settled(into, changes);
        into.apply(settled);
        return settled.stream().filter(change -> change.result() != null).toList();
    }

    /** Whatever is wrong with the run as a whole. */
    void failRun(Draft draft, RunId run, String step, String error) {
        expireSteers(draft, run);
        Asks.expire(draft, run, null, Event.Expiry.FAILED);
        draft.add(new Event.RunFailed(run, step, error));
    }

    /** What was meant for this run alone, and came too late for it, starts no other. */
    static void expireSteers(Draft draft, RunId id) {
        StartedRun run = draft.started(id);
        for (Identity told : run.control().steered()) {
            draft.add(new Event.InputExpired(told, id, "The run ended before it took this in"));
        }
    }

    /** The end of a run whose start leads nowhere. */
    void completeEmpty(Draft draft, RunId run) {
        try {
            Graph graph = Graph.of(workflows, draft, run, null);
            completeRun(draft, graph, new SuperStep.End(graph.channels(), List.of(), List.of()), List.of(), "");
        } catch (StepFailure failure) {
            failRun(draft, run, "", String.valueOf(failure.getMessage()));
        }
    }
}

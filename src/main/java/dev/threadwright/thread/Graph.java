package dev.threadwright.thread;

import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Planned;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.SuperStep;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A graph of a run, its own or a subgraph, with all that its steps read.
 *
 * @param parent the task that runs it; null for the run's own
 */
record Graph(StartedRun run, @Nullable TaskId parent, Workflow workflow, Frame frame, Channels channels, Json trigger) {

    /** @throws StepFailure if the server does not have the workflow */
    static Graph of(WorkflowCatalog workflows, Draft draft, RunId run, @Nullable TaskId parent) {
        return of(workflows, draft.state(), draft.started(run), parent);
    }

    /** @throws StepFailure if the server does not have the workflow */
    static Graph of(WorkflowCatalog workflows, ThreadState state, StartedRun run, @Nullable TaskId parent) {
        if (parent == null) {
            return new Graph(
                    run,
                    null,
                    workflow(workflows, state, run.frame()),
                    run.frame(),
                    state.channelsOf(run),
                    run.trigger().data());
        }
        Task task = run.frame().find(parent);
        if (task == null || !(task.state() instanceof Task.Nested nested)) {
            throw new IllegalStateException("Task " + parent + " of run " + run.id() + " runs no subgraph");
        }
        return new Graph(
                run,
                parent,
                workflow(workflows, state, nested.frame()),
                nested.frame(),
                nested.channels(),
                nested.trigger());
    }

    private static Workflow workflow(WorkflowCatalog workflows, ThreadState state, Frame frame) {
        Workflow workflow = workflows.find(state.key().tenant(), frame.workflow());
        if (workflow == null) {
            throw new StepFailure("Workflow " + frame.workflow() + " is not on this server");
        }
        return workflow;
    }

    /** Whether this is a channel of the workflow's own that has been written; a thread may have those of others too. */
    boolean holds(String channel) {
        return workflow.channels().containsKey(channel) && channels.contains(channel);
    }

    /** Where somebody sent it after the current super-step; null for where that leads. */
    Control.@Nullable Redirect redirect() {
        if (parent != null) {
            return null;
        }
        return run.isCompaction() ? Compaction.NOWHERE : run.control().redirect();
    }

    Step.View view(Json item) {
        return new Step.View(channels, trigger, run.consumed(), item);
    }

    /** What has ended in the current super-step. */
    List<SuperStep.Finished> finished() {
        List<SuperStep.Finished> finished = new ArrayList<>();
        for (Task task : frame.tasks()) {
            if (task.state() instanceof Task.Ended ended) {
                finished.add(
                        new SuperStep.Finished(task.step(), task.item(), ended.changes(), ended.goTo(), ended.error()));
            }
        }
        return finished;
    }

    /**
     * What the super-step ends with, if this task of it ends so; null while others are under way.
     */
    @Nullable List<SuperStep.Finished> finishedWith(TaskId last, Task.Ended end) {
        List<SuperStep.Finished> finished = new ArrayList<>();
        int lastIndex = last.path().getLast().index();
        for (int i = 0; i < frame.tasks().size(); i++) {
            Task task = frame.tasks().get(i);
            boolean isLast = i == lastIndex;
            if (isLast || task.state() instanceof Task.Ended) {
                Task.Ended ended = isLast ? end : (Task.Ended) task.state();
                finished.add(
                        new SuperStep.Finished(task.step(), task.item(), ended.changes(), ended.goTo(), ended.error()));
            } else if (!(task.state() instanceof Task.Joining)) {
                return null;
            }
        }
        return finished;
    }

    /** How a task of it ends that has come to this. */
    Task.Ended ended(TaskId id, Step.Outcome outcome) {
        return new Task.Ended(
                workflow.changesOf(outcome.writes(), MessageIds.of(run.id() + "-" + id)), outcome.goTo(), null);
    }

    /** The end of the current super-step: where its tasks lead, or where somebody sent the run. */
    SuperStep.End end(List<SuperStep.Finished> finished) {
        Control.Redirect redirect = redirect();
        return redirect != null
                ? redirected(finished, redirect)
                : SuperStep.end(workflow, view(Json.NULL), finished, frame.joining());
    }

    /** The end of a super-step that leads where somebody sent the run. */
    SuperStep.End redirected(List<SuperStep.Finished> finished, Control.Redirect redirect) {
        List<SuperStep.Finished> nowhere = finished.stream()
                .map(task -> new SuperStep.Finished(task.step(), task.item(), task.changes(), List.of(), null))
                .toList();
        SuperStep.End merged = SuperStep.end(workflow, view(Json.NULL), nowhere, List.of());
        return new SuperStep.End(
                merged.merged(),
                merged.settled(),
                redirect.steps().stream()
                        .distinct()
                        .map(step -> new Planned(step, redirect.item(), Set.of()))
                        .toList());
    }
}

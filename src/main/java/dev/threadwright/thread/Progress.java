package dev.threadwright.thread;

import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowRef;
import dev.threadwright.workflow.Workflows;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Carries runs on until each waits for something outside or has ended: pure super-steps finish before the next command
 * is decided. What an ending run leaves behind starts here too: its follow-up first, then the queue.
 */
final class Progress {

    private final Workflows workflows;

    Progress(Workflows workflows) {
        this.workflows = workflows;
    }

    /** The run takes what the draft has in its intake. */
    void start(Draft draft, RunId run, WorkflowRef ref, Event.Start start) {
        ThreadState state = draft.state();
        Workflow workflow = workflows.find(ref);
        List<Input> inputs = state.intake().inputs();
        Input trigger = switch (start) {
            case INPUT -> inputs.getLast(); // What it carries from superseded runs came before it.
            case QUEUE, FOLLOW_UP -> inputs.getFirst();
        };
        List<Change> changes = workflow == null ? List.of() : changesOf(workflow, inputs);
        boolean main = state.started().isEmpty();
        draft.add(new Event.RunStarted(run, ref, start, trigger.identity(), main, state.head(), changes));
    }

    void advance(Draft draft) {
        promote(draft);
        for (StartedRun due = firstDue(draft.state()); due != null; due = firstDue(draft.state())) {
            superStep(draft, due);
            promote(draft);
        }
    }

    void completeAction(Draft draft, StartedRun run, Json result) {
        Workflow workflow = workflows.find(run.workflow());
        if (workflow == null) {
            fail(draft, run, "", missing(run.workflow()));
            return;
        }
        complete(draft, workflow, run, workflow.changesOf(result));
    }

    void failAction(Draft draft, StartedRun run, String error) {
        StartedRun.Task task = run.task();
        fail(draft, run, task == null ? "" : task.step(), error);
    }

    /**
     * An input that waited in the queue for longer than it may is given up, whether or not its timer has fired: timers
     * wait for older backlog, so a command may be decided before the expiry that precedes it.
     *
     * @return the runs that ended so
     */
    static Set<RunId> expireQueued(Draft draft) {
        Set<RunId> expired = new HashSet<>();
        for (QueuedRun run : draft.state().queue()) {
            if (run.isExpiredAt(draft.timeMs())) {
                expire(draft, run);
                expired.add(run.id());
            }
        }
        return expired;
    }

    private static void expire(Draft draft, QueuedRun run) {
        for (Input input : run.inputs()) {
            draft.add(new Event.InputExpired(input.identity(), run.id(), "Waited in the queue for too long"));
        }
        draft.add(new Event.RunTimedOut(run.id()));
    }

    private void superStep(Draft draft, StartedRun run) {
        Workflow workflow = workflows.find(run.workflow());
        if (workflow == null) {
            fail(draft, run, "", missing(run.workflow()));
            return;
        }
        if (!run.inbox().isEmpty()) {
            draft.add(new Event.InputMerged(
                    run.id(), run.inbox().stream().map(Input::identity).toList(), changesOf(workflow, run.inbox())));
        }
        StartedRun now = draft.state().started(run.id());
        if (now == null) {
            throw new IllegalStateException("Run " + run.id() + " is due and not started");
        }
        execute(draft, workflow, now, workflow.steps().get(now.superStep()));
    }

    private void execute(Draft draft, Workflow workflow, StartedRun run, Step step) {
        Step.View view =
                new Step.View(draft.state().channelsOf(run), run.trigger().data(), run.consumed());
        List<Change> changes;
        Json request;
        try {
            switch (step) {
                case Step.Pure pure -> {
                    changes = workflow.changesOf(pure.function().apply(view));
                    request = Json.NULL;
                }
                case Step.Action action -> {
                    changes = List.of();
                    request = action.request().input(view);
                }
            }
        } catch (StepFailure failure) {
            fail(draft, run, step.name(), String.valueOf(failure.getMessage()));
            return;
        } catch (RuntimeException defect) {
            // The workflow's, not ours: it must cost this run and not the partition, which would meet it for ever.
            fail(draft, run, step.name(), "The step is defective: " + defect);
            return;
        }
        switch (step) {
            case Step.Pure ignored -> complete(draft, workflow, run, changes);
            case Step.Action action ->
                draft.add(new Event.ActionRequested(
                        run.id(),
                        ActionId.of(run.id(), run.superStep() + 1),
                        action.name(),
                        action.handler(),
                        request,
                        1));
        }
    }

    private void complete(Draft draft, Workflow workflow, StartedRun run, List<Change> changes) {
        int completed = run.superStep() + 1;
        draft.add(new Event.StepCompleted(
                run.id(), workflow.steps().get(run.superStep()).name(), completed, changes));
        StartedRun now = draft.state().started(run.id());
        if (completed == workflow.steps().size() && now != null) {
            draft.add(new Event.RunCompleted(now.id(), valuesOf(draft.state().channelsOf(now), now)));
            followUp(draft, now);
        }
    }

    private void fail(Draft draft, StartedRun run, String step, String error) {
        if (!step.isEmpty()) {
            draft.add(new Event.StepFailed(run.id(), step, run.superStep() + 1, error));
        }
        draft.add(new Event.RunFailed(run.id(), step, error));
        followUp(draft, run);
    }

    /** What came too late for the run becomes one run of the same version, ahead of the queue and past every limit. */
    private void followUp(Draft draft, StartedRun ended) {
        if (!draft.state().intake().isEmpty()) {
            start(draft, ended.id().followUp(), ended.workflow(), Event.Start.FOLLOW_UP);
        }
    }

    private void promote(Draft draft) {
        for (QueuedRun next = promotable(draft.state()); next != null; next = promotable(draft.state())) {
            if (next.isExpiredAt(draft.timeMs())) {
                expire(draft, next);
                continue;
            }
            new Cancellation(draft, Event.Cause.SUPERSEDED, false).cancelAllStarted();
            draft.add(new Event.InputPromoted(next.id()));
            start(draft, next.id(), next.workflow(), Event.Start.QUEUE);
        }
    }

    /** The head of the queue, if nothing that it waits for is in its way: one at a time, in order. */
    private static @Nullable QueuedRun promotable(ThreadState state) {
        if (state.queue().isEmpty()) {
            return null;
        }
        QueuedRun next = state.queue().getFirst();
        boolean free = switch (next.behind()) {
            case UNFINISHED -> state.started().isEmpty();
            case ACTIVE -> state.situation().active() == 0;
        };
        return free ? next : null;
    }

    private static @Nullable StartedRun firstDue(ThreadState state) {
        for (StartedRun run : state.started()) {
            if (run.isDue()) {
                return run;
            }
        }
        return null;
    }

    private static List<Change> changesOf(Workflow workflow, List<Input> inputs) {
        List<Change> changes = new ArrayList<>();
        inputs.forEach(input -> changes.addAll(workflow.changesOf(input.data())));
        return List.copyOf(changes);
    }

    private static Map<String, Json> valuesOf(Channels channels, StartedRun run) {
        Map<String, Json> values = new LinkedHashMap<>();
        run.written().stream().sorted().forEach(channel -> values.put(channel, channels.get(channel)));
        return values;
    }

    private static String missing(WorkflowRef workflow) {
        return "Workflow " + workflow + " is not on this server";
    }
}

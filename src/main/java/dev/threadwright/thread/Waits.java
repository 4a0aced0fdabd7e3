package dev.threadwright.thread;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which step an event from outside is for, now or later. */
final class Waits {

    private final WorkflowCatalog workflows;

    Waits(WorkflowCatalog workflows) {
        this.workflows = workflows;
    }

    /** A task that waits for an event, and the case of it that takes the event. */
    record Match(StartedRun run, Frame.Located waiting, int index) {}

    /** As expressions see it. */
    static Json event(Input input) {
        Map<String, Json> event = new LinkedHashMap<>();
        String type = input.eventType();
        event.put("type", type == null ? Json.NULL : Json.of(type));
        event.put("data", input.data());
        return Json.object(event);
    }

    /**
     * The earliest task that takes the event, of the run that started last.
     *
     * @param named the only run that may; null for any
     */
    @Nullable Match match(ThreadState state, Input input, @Nullable RunId named) {
        for (StartedRun run : state.started().reversed()) {
            if (named != null && !named.equals(run.id())) {
                continue;
            }
            for (Frame.Located located : run.frame().all()) {
                int index = index(state, run, located, input);
                if (index >= 0) {
                    return new Match(run, located, index);
                }
            }
        }
        return null;
    }

    /** The first of the kept events that a task takes which has begun to wait; null if none is for it. */
    @Nullable KeptInput early(ThreadState state, StartedRun run, Frame.Located waiting) {
        for (KeptInput kept : state.kept()) {
            if ((!kept.isNamed() || kept.run().equals(run.id())) && index(state, run, waiting, kept.input()) >= 0) {
                return kept;
            }
        }
        return null;
    }

    /** The case of a task that takes an event; -1 if it takes it not. */
    int index(ThreadState state, StartedRun run, Frame.Located located, Input input) {
        if (!(located.task().state() instanceof Task.Awaiting awaiting) || !takes(awaiting, input)) {
            return -1;
        }
        try {
            Graph graph = Graph.of(workflows, state, run, located.id().parent());
            if (!(graph.workflow().step(located.task().step()).kind() instanceof Step.Wait wait)) {
                return -1;
            }
            Step.View view = graph.view(located.task().item());
            for (int i = 0; i < wait.cases().size(); i++) {
                if (holds(wait.cases().get(i), view, input)) {
                    return i;
                }
            }
            return -1;
        } catch (StepFailure missing) {
            return -1;
        }
    }

    private static boolean takes(Task.Awaiting awaiting, Input input) {
        for (String type : awaiting.types()) {
            if (Step.Case.takes(type, input.eventType())) {
                return true;
            }
        }
        return false;
    }

    private static boolean holds(Step.Case one, Step.View view, Input input) {
        Step.EventCondition when = one.when();
        try {
            return one.takes(input.eventType()) && (when == null || when.holds(view, event(input)));
        } catch (RuntimeException cannotBeTold) {
            return false; // As a policy's rule that fails: an event must not be taken by a step that cannot read it.
        }
    }

    /** The run that started last of those which may still come to wait for such an event; null if none may. */
    @Nullable RunId keeper(ThreadState state, Input input, @Nullable RunId named) {
        for (StartedRun run : state.started().reversed()) {
            if (!run.isCompaction()
                    && (named == null || named.equals(run.id()))
                    && reaches(state, run.frame(), input)) {
                return run.id();
            }
        }
        for (QueuedRun run : state.queue()) {
            Workflow workflow = workflows.find(state.key().tenant(), run.workflow());
            if ((named == null || named.equals(run.id()))
                    && workflow != null
                    && waits(state, workflow, Set.copyOf(workflow.steps().values()), input, new HashSet<>())) {
                return run.id();
            }
        }
        return null;
    }

    private boolean reaches(ThreadState state, Frame frame, Input input) {
        Workflow workflow = workflows.find(state.key().tenant(), frame.workflow());
        if (workflow == null) {
            return false;
        }
        Set<String> ahead = new HashSet<>();
        for (Task task : frame.tasks()) {
            Step step = workflow.steps().get(task.step());
            if (task.state() instanceof Task.Nested nested && reaches(state, nested.frame(), input)) {
                return true;
            }
            boolean isBehind = task.state() instanceof Task.Awaiting
                    || task.state() instanceof Task.Ended
                    || task.state() instanceof Task.Nested;
            if (!isBehind) {
                ahead.add(task.step());
            } else if (step != null) {
                ahead.addAll(workflow.follow(step));
            }
        }
        return waits(state, workflow, workflow.reachableFrom(ahead), input, new HashSet<>());
    }

    private boolean waits(ThreadState state, Workflow workflow, Set<Step> steps, Input input, Set<Object> seen) {
        if (!seen.add(workflow.ref())) {
            return false;
        }
        for (Step step : steps) {
            switch (step.kind()) {
                case Step.Wait wait -> {
                    if (wait.cases().stream().anyMatch(one -> one.takes(input.eventType()))) {
                        return true;
                    }
                }
                case Step.Subgraph subgraph -> {
                    Workflow inner = workflows.find(state.key().tenant(), subgraph.workflow());
                    if (inner != null
                            && waits(state, inner, Set.copyOf(inner.steps().values()), input, seen)) {
                        return true;
                    }
                }
                case Step.Pure ignored -> {}
                case Step.Action ignored -> {}
                case Step.Tool ignored -> {}
                case Step.Sleep ignored -> {}
                case Step.Interrupt ignored -> {}
            }
        }
        return false;
    }

    /** Gives up what has waited for too long, and what nobody will wait for any more. */
    void expireLeftovers(Draft draft) {
        List<KeptInput> all = new ArrayList<>(draft.state().kept());
        for (KeptInput kept : all) {
            Input input = kept.input();
            if (kept.expiresAtMs() <= draft.timeMs()) {
                draft.add(new Event.InputExpired(input.identity(), kept.run(), "No step waited for it in time"));
            } else if (keeper(draft.state(), input, kept.isNamed() ? kept.run() : null) == null) {
                draft.add(new Event.InputExpired(input.identity(), kept.run(), "No step will wait for it any more"));
            }
        }
    }
}

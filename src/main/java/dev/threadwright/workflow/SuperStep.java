package dev.threadwright.workflow;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The end of a super-step: all its writes are merged in the order of its tasks, whoever finished first, and where the
 * tasks lead is asked on what they have left together.
 */
public final class SuperStep {

    /** Of one super-step of one graph; a fan-out over more fails the run. */
    public static final int MAX_TASKS = 1_000;

    private SuperStep() {}

    /**
     * A task that has finished.
     *
     * @param goTo the steps that it chose itself; null to follow its routes
     * @param error what {@code goTo} is to be told of a failure; null for success
     */
    public record Finished(
            String step,
            Json item,
            List<Change> changes,
            @Nullable List<String> goTo,
            @Nullable Json error) {}

    /**
     * @param merged the channels after the super-step
     * @param settled results of custom reducers
     * @param next tasks of the next super-step; empty at the end of the graph
     */
    public record End(Channels merged, List<Change> settled, List<Planned> next) {}

    /** The first tasks. @throws StepFailure if a route has no answer */
    public static List<Planned> start(Workflow workflow, Step.View view) {
        Plan plan = new Plan(workflow, List.of());
        plan.follow("", "start", workflow.start(), view);
        return plan.tasks();
    }

    /**
     * @param view of the graph as a whole; its state is what the super-step began with
     * @param waiting joins that earlier super-steps have led to in part
     * @throws StepFailure if the writes do not combine, or a route has no answer
     */
    public static End end(Workflow workflow, Step.View view, List<Finished> finished, List<Planned> waiting) {
        List<Change> changes = changesOf(workflow, finished);
        List<Change> settled = workflow.settled(view.state(), changes);
        Channels merged = view.state().apply(settled);
        List<Change> results =
                settled.stream().filter(change -> change.result() != null).toList();
        Plan plan = new Plan(workflow, waiting);
        for (Finished task : finished) {
            List<String> goTo = task.goTo();
            if (goTo != null) {
                plan.goTo(task, goTo);
            } else {
                Step step = workflow.step(task.step());
                plan.follow(
                        step.name(),
                        step.name(),
                        step.routes(),
                        new Step.View(merged, view.trigger(), view.consumed(), task.item()));
            }
        }
        return new End(merged, results, plan.tasks());
    }

    private static List<Change> changesOf(Workflow workflow, List<Finished> finished) {
        List<Change> changes = new ArrayList<>();
        Set<String> written = new HashSet<>();
        for (Finished task : finished) {
            Set<String> here = new HashSet<>();
            for (Change change : task.changes()) {
                if (here.add(change.channel())
                        && !written.add(change.channel())
                        && workflow.isSingle(change.channel())) {
                    throw workflow.writtenTwice(change.channel());
                }
                changes.add(change);
            }
        }
        return changes;
    }

    /** Where the tasks of a super-step lead: each step once, but for fan-outs and failures. */
    private static final class Plan {
        private final Workflow workflow;
        private final Map<String, Set<String>> missing = new LinkedHashMap<>();
        private final Set<String> once = new LinkedHashSet<>();
        private final List<Planned> tasks = new ArrayList<>();

        Plan(Workflow workflow, List<Planned> waiting) {
            this.workflow = workflow;
            waiting.forEach(planned -> missing.put(planned.step(), new LinkedHashSet<>(planned.missing())));
        }

        void goTo(Finished task, List<String> steps) {
            for (String name : steps) {
                Json error = task.error();
                if (error != null) {
                    add(new Planned(workflow.step(name).name(), error, Set.of()));
                } else {
                    lead(task.step(), workflow.step(name));
                }
            }
        }

        void follow(String from, String what, List<Route> routes, Step.View view) {
            for (Route route : routes) {
                try {
                    follow(from, route, view);
                } catch (StepFailure e) {
                    throw new StepFailure("What follows \"" + what + "\": " + e.getMessage());
                }
            }
        }

        private void follow(String from, Route route, Step.View view) {
            switch (route) {
                case Route.To to -> leadAll(from, to.steps());
                case Route.Choose choose -> {
                    for (Route.Case one : choose.cases()) {
                        Route.Condition when = one.when();
                        if (when == null || when.holds(view)) {
                            leadAll(from, one.steps());
                            return;
                        }
                    }
                }
                case Route.Each each -> {
                    List<Json> items = items(each, view);
                    items.forEach(item -> add(new Planned(each.step(), item, Set.of())));
                    if (items.isEmpty()) {
                        leadAll(from, each.otherwise());
                    }
                }
            }
        }

        private static List<Json> items(Route.Each each, Step.View view) {
            return switch (each.items().list(view)) {
                case Json.Arr list -> list.items();
                case Json.Null ignored -> List.of();
                default -> throw new StepFailure("a fan-out to \"" + each.step() + "\" is over a list");
            };
        }

        private void leadAll(String from, List<String> steps) {
            steps.forEach(name -> lead(from, workflow.step(name)));
        }

        private void lead(String from, Step step) {
            if (step.joins().contains(from)) {
                Set<String> others = missing.computeIfAbsent(step.name(), name -> new LinkedHashSet<>(step.joins()));
                others.remove(from);
            } else if (once.add(step.name())) {
                add(Planned.ready(step.name()));
            }
        }

        private void add(Planned task) {
            tasks.add(task);
            if (tasks.size() > MAX_TASKS) {
                throw new StepFailure("A super-step has at most " + MAX_TASKS + " tasks");
            }
        }

        List<Planned> tasks() {
            List<Planned> all = new ArrayList<>(tasks);
            missing.forEach((step, others) -> all.add(new Planned(step, Json.NULL, others)));
            if (!all.isEmpty() && all.stream().noneMatch(task -> task.missing().isEmpty())) {
                Planned stuck = all.getFirst();
                throw new StepFailure("Step \"" + stuck.step() + "\" joins "
                        + stuck.missing().stream().sorted().toList() + " too, and nothing leads there any more");
            }
            return List.copyOf(all);
        }
    }
}

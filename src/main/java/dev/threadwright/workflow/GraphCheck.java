package dev.threadwright.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with a graph, all of it at once. */
public final class GraphCheck {

    /** The most steps of a workflow. */
    public static final int MAX_STEPS = 500;

    private final Map<String, Step> steps;
    private final List<Problem> problems = new ArrayList<>();

    /** @param path in the terms of workflow documents: {@code steps.gather.joins} */
    public record Problem(String path, String message) {
        @Override
        public String toString() {
            return path + ": " + message;
        }
    }

    private GraphCheck(Map<String, Step> steps) {
        this.steps = steps;
    }

    public static List<Problem> problems(
            Map<String, Channel> channels, Map<String, Step> steps, List<Route> start, int recursionLimit) {
        return problems(channels, steps, start, recursionLimit, Breakpoints.NONE, null);
    }

    public static List<Problem> problems(
            Map<String, Channel> channels,
            Map<String, Step> steps,
            List<Route> start,
            int recursionLimit,
            Breakpoints breakpoints,
            @Nullable String compaction) {
        GraphCheck check = new GraphCheck(steps);
        if (steps.isEmpty()) {
            check.problem("steps", "there are none");
        }
        if (steps.size() > MAX_STEPS) {
            check.problem("steps", "there are " + steps.size() + ", at most " + MAX_STEPS);
        }
        if (!Workflow.isRecursionLimit(recursionLimit)) {
            check.problem(
                    "recursion_limit", "must be 1 to " + Workflow.MAX_RECURSION_LIMIT + ", not " + recursionLimit);
        }
        channels.forEach((name, channel) -> {
            if (channel.manyWrites() && channel.reducer() != Reducer.LAST_WRITE_WINS) {
                check.problem(
                        "channels." + name + ".many_writes",
                        "is for last_write_wins; " + channel.reducer().form() + " takes many writes anyway");
            }
        });
        check.routes("start", "", start);
        if (start.stream().noneMatch(GraphCheck::leadsSomewhere)) {
            check.problem("start", "leads to no step");
        }
        steps.forEach(check::step);
        check.breakpoints("breakpoints.before", breakpoints.before());
        check.breakpoints("breakpoints.after", breakpoints.after());
        if (compaction != null && !steps.containsKey(compaction)) {
            check.problem("compaction", "there is no step \"" + compaction + "\"");
        }
        return List.copyOf(check.problems);
    }

    private void breakpoints(String path, Set<String> names) {
        for (String name : names) {
            if (!name.equals(Breakpoints.ALL) && !steps.containsKey(name)) {
                problem(path, "there is no step \"" + name + "\"");
            }
        }
    }

    private static boolean leadsSomewhere(Route route) {
        return switch (route) {
            case Route.To to -> !to.steps().isEmpty();
            case Route.Choose choose ->
                choose.cases().stream().anyMatch(one -> !one.steps().isEmpty());
            case Route.Each ignored -> true;
        };
    }

    private void step(String name, Step step) {
        String path = "steps." + name;
        if (!name.equals(step.name())) {
            problem(path, "is called \"" + step.name() + "\"");
        }
        routes(path + ".next", name, step.routes());
        String onError = step.onError();
        if (onError != null) {
            target(path + ".on_error", "", onError);
        }
        for (String joined : step.joins()) {
            if (!steps.containsKey(joined)) {
                problem(path + ".joins", "there is no step \"" + joined + "\"");
            }
        }
    }

    private void routes(String path, String from, List<Route> routes) {
        for (Route route : routes) {
            switch (route) {
                case Route.To to -> to.steps().forEach(step -> target(path, from, step));
                case Route.Choose choose ->
                    choose.cases().forEach(one -> one.steps().forEach(step -> target(path, from, step)));
                case Route.Each each -> {
                    target(path, "", each.step());
                    each.otherwise().forEach(step -> target(path, from, step));
                }
            }
        }
    }

    /** @param from empty if what leads there cannot be joined with others: a start, a failure, a fan-out */
    private void target(String path, String from, String name) {
        Step step = steps.get(name);
        if (step == null) {
            problem(path, "there is no step \"" + name + "\"");
        } else if (!step.joins().isEmpty() && !step.joins().contains(from)) {
            problem(
                    path,
                    "\"" + name + "\" joins " + step.joins().stream().sorted().toList()
                            + " and cannot be led to from here");
        }
    }

    private void problem(String path, String message) {
        problems.add(new Problem(path, message));
    }
}

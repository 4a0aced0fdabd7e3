package dev.threadwright.catalog;

import dev.threadwright.workflow.Route;
import dev.threadwright.workflow.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** From where the steps of a graph without gotos are led to. */
final class Entries {

    private static final String START = "";

    private final Map<String, Step> steps;
    private final List<Route> start;
    private final Map<String, Set<String>> byTarget = new HashMap<>();
    private final Set<String> fannedOut = new HashSet<>();

    Entries(Map<String, Step> steps, List<Route> start) {
        this.steps = steps;
        this.start = start;
        add(START, start);
        steps.forEach((name, step) -> {
            add(name, step.routes());
            if (step.onError() != null) {
                add(name, step.onError());
            }
        });
    }

    private void add(String from, List<Route> routes) {
        targets(routes).forEach(step -> add(from, step));
        for (Route route : routes) {
            if (route instanceof Route.Each each) {
                fannedOut.add(each.step());
            }
        }
    }

    private void add(String from, String to) {
        byTarget.computeIfAbsent(to, name -> new HashSet<>()).add(from);
    }

    private static List<String> targets(List<Route> routes) {
        List<String> targets = new ArrayList<>();
        for (Route route : routes) {
            switch (route) {
                case Route.To to -> targets.addAll(to.steps());
                case Route.Choose choose -> choose.cases().forEach(one -> targets.addAll(one.steps()));
                case Route.Each each -> {
                    targets.add(each.step());
                    targets.addAll(each.otherwise());
                }
            }
        }
        return targets;
    }

    /** Steps that nothing leads to, from the start on. */
    List<String> unreachable() {
        Set<String> reached = new HashSet<>();
        List<String> todo = new ArrayList<>(targets(start));
        while (!todo.isEmpty()) {
            String name = todo.removeLast();
            Step step = steps.get(name);
            if (step != null && reached.add(name)) {
                todo.addAll(targets(step.routes()));
                if (step.onError() != null) {
                    todo.add(step.onError());
                }
            }
        }
        return steps.keySet().stream().filter(name -> !reached.contains(name)).toList();
    }

    /**
     * Joins that wait both for a step and for the one that follows only its failure, by name, with what is wrong. A step
     * that may run twice may do both, so those are left alone.
     */
    Map<String, String> joinsThatNeverRun() {
        Map<String, String> wrong = new LinkedHashMap<>();
        steps.forEach((name, join) -> join.joins().stream().sorted().forEach(joined -> {
            String failed = followsOnlyItsFailure(joined);
            if (failed != null && join.joins().contains(failed)) {
                wrong.put(
                        name,
                        "waits for \"" + joined + "\" and for \"" + failed + "\", which runs only if \"" + joined
                                + "\" fails, so this would never run; have both lead to one step, and join that");
            }
        }));
        return wrong;
    }

    private @Nullable String followsOnlyItsFailure(String name) {
        Step step = steps.get(name);
        if (step == null || step.onError() == null) {
            return null;
        }
        String failed = step.onError();
        boolean only = Set.of(name).equals(byTarget.get(failed))
                && step.routes().stream().noneMatch(route -> leadsTo(route, failed));
        return only && runsOnce(name, new HashSet<>()) ? failed : null;
    }

    private static boolean leadsTo(Route route, String name) {
        return switch (route) {
            case Route.To to -> to.steps().contains(name);
            case Route.Choose choose ->
                choose.cases().stream().anyMatch(one -> one.steps().contains(name));
            case Route.Each each -> each.step().equals(name) || each.otherwise().contains(name);
        };
    }

    /** Whether it certainly does not run twice in a run: one way leads there, and that is gone once. */
    private boolean runsOnce(String name, Set<String> after) {
        Set<String> from = byTarget.getOrDefault(name, Set.of());
        if (fannedOut.contains(name) || from.isEmpty() || !after.add(name)) {
            return false;
        }
        Step step = steps.get(name);
        boolean oneWay = from.size() == 1 || (step != null && step.joins().containsAll(from));
        boolean once = oneWay && from.stream().allMatch(one -> one.equals(START) || runsOnce(one, after));
        after.remove(name);
        return once;
    }
}

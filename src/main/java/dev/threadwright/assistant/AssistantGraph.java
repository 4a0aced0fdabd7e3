package dev.threadwright.assistant;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Route;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A workflow as nodes and edges. Its edges are the routes that are declared: where an expression or a function may lead
 * besides is not known before it does.
 */
public final class AssistantGraph {

    static final String START = "__start__";
    static final String END = "__end__";

    /** Between a step and the steps of the workflow that it runs. */
    static final String WITHIN = ":";

    private final Function<WorkflowRef, @Nullable Workflow> workflows;
    private final List<Json> nodes = new ArrayList<>();
    private final Map<Ends, Boolean> edges = new LinkedHashMap<>();
    private final Map<Ends, String> marks = new LinkedHashMap<>();

    private record Ends(String from, String to) {}

    private AssistantGraph(Function<WorkflowRef, @Nullable Workflow> workflows) {
        this.workflows = workflows;
    }

    /**
     * @param depth how deep the workflows that steps run are drawn in place of the steps; 0 for not at all
     * @param workflows null for what is not there; such a step is drawn as a step
     */
    public static Json.Obj of(Workflow workflow, int depth, Function<WorkflowRef, @Nullable Workflow> workflows) {
        AssistantGraph graph = new AssistantGraph(workflows);
        graph.draw("", workflow, depth);
        return graph.json();
    }

    private void draw(String prefix, Workflow workflow, int depth) {
        node(prefix + START, START, "start");
        Map<String, String> exits = new LinkedHashMap<>();
        Map<String, String> entries = new LinkedHashMap<>();
        for (Step step : workflow.steps().values()) {
            String id = prefix + step.name();
            Workflow inner = depth > 0 ? inner(step) : null;
            if (inner == null) {
                node(id, step.name(), kind(step));
            } else {
                draw(id + WITHIN, inner, depth - 1);
            }
            entries.put(step.name(), inner == null ? id : id + WITHIN + START);
            exits.put(step.name(), inner == null ? id : id + WITHIN + END);
        }
        node(prefix + END, END, "end");
        Function<@Nullable String, String> target =
                step -> step == null ? prefix + END : entries.getOrDefault(step, prefix + step);
        routes(prefix + START, workflow.start(), target);
        for (Step step : workflow.steps().values()) {
            String from = exits.getOrDefault(step.name(), prefix + step.name());
            routes(from, step.routes(), target);
            if (step.onError() != null) {
                edge(from, target.apply(step.onError()), true, "error");
            }
        }
    }

    private @Nullable Workflow inner(Step step) {
        return step.kind() instanceof Step.Subgraph subgraph ? workflows.apply(subgraph.workflow()) : null;
    }

    private void routes(String from, List<Route> routes, Function<@Nullable String, String> target) {
        if (routes.isEmpty()) {
            edge(from, target.apply(null), false, null);
        }
        for (Route route : routes) {
            switch (route) {
                case Route.To to -> edges(from, to.steps(), false, target);
                case Route.Choose choose ->
                    choose.cases()
                            .forEach(one ->
                                    edges(from, one.steps(), choose.cases().size() > 1, target));
                case Route.Each each -> {
                    edge(from, target.apply(each.step()), true, "each");
                    edges(from, each.otherwise(), true, target);
                }
            }
        }
    }

    private void edges(
            String from, List<String> steps, boolean conditional, Function<@Nullable String, String> target) {
        if (steps.isEmpty()) {
            edge(from, target.apply(null), conditional, null);
        }
        steps.forEach(step -> edge(from, target.apply(step), conditional, null));
    }

    /** Two ways between the same steps are one edge, which is conditional if both are. */
    private void edge(String from, String to, boolean conditional, @Nullable String mark) {
        Ends ends = new Ends(from, to);
        edges.merge(ends, conditional, Boolean::logicalAnd);
        if (mark != null) {
            marks.put(ends, mark);
        }
    }

    private void node(String id, String name, String kind) {
        Map<String, Json> fields = new LinkedHashMap<>();
        fields.put("id", Json.of(id));
        fields.put("name", Json.of(name));
        fields.put("type", Json.of("runnable"));
        Map<String, Json> data = new LinkedHashMap<>();
        data.put("name", Json.of(name));
        data.put("kind", Json.of(kind));
        fields.put("data", Json.object(data));
        nodes.add(Json.object(fields));
    }

    private static String kind(Step step) {
        return step.kind().getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private Json.Obj json() {
        List<Json> drawn = new ArrayList<>();
        edges.forEach((ends, conditional) -> {
            Map<String, Json> fields = new LinkedHashMap<>();
            fields.put("source", Json.of(ends.from()));
            fields.put("target", Json.of(ends.to()));
            String mark = marks.get(ends);
            if (mark != null) {
                fields.put("data", Json.of(mark));
            }
            if (conditional) {
                fields.put("conditional", Json.TRUE);
            }
            drawn.add(Json.object(fields));
        });
        Map<String, Json> graph = new LinkedHashMap<>();
        graph.put("nodes", Json.array(nodes));
        graph.put("edges", Json.array(drawn));
        return Json.object(graph);
    }
}

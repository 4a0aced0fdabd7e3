package dev.threadwright.catalog;

import dev.threadwright.expression.StepExpressions;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Route;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a document's start and its steps lead: to steps, by the first case that holds, or to a step for each item. */
final class RouteCompiler {

    private static final String END = "end";

    private final ExpressionCompiler expressions;
    private final Problems problems;

    RouteCompiler(ExpressionCompiler expressions, Problems problems) {
        this.expressions = expressions;
        this.problems = problems;
    }

    List<Route> compile(String path, @Nullable Json declared) {
        return switch (declared) {
            case null -> List.of();
            case Json.Text text -> List.of(new Route.To(target(text)));
            case Json.Obj route -> route(path, route);
            case Json.Arr several -> {
                List<Route> routes = new ArrayList<>();
                for (int i = 0; i < several.items().size(); i++) {
                    routes.addAll(compile(path + "/" + i, several.items().get(i)));
                }
                yield routes;
            }
            default -> List.of();
        };
    }

    private List<Route> route(String path, Json.Obj route) {
        boolean choose = route.get("choose") != null;
        boolean each = route.get("each") != null;
        if (choose == each) {
            problems.add(path, "needs either choose or each");
            return List.of();
        }
        return choose ? choose(path, route) : each(path, route);
    }

    private List<Route> choose(String path, Json.Obj route) {
        if (route.get("to") != null || route.get("otherwise") != null) {
            problems.add(path, "has choose, whose cases say where they lead");
        }
        List<Route.Case> cases = new ArrayList<>();
        List<Json> declared = route.get("choose") instanceof Json.Arr list ? list.items() : List.of();
        for (int i = 0; i < declared.size(); i++) {
            if (!(declared.get(i) instanceof Json.Obj one)) {
                return List.of();
            }
            String at = path + "/choose/" + i;
            boolean last = i == declared.size() - 1;
            if (last == (one.get("when") != null)) {
                problems.add(
                        at, last ? "is the last case and has no when" : "needs a when; only the last case has none");
                return List.of();
            }
            StepExpressions.Compiled when = expressions.condition(at + "/when", one.get("when"));
            cases.add(new Route.Case(when == null ? null : when::holds, target(one.get("to"))));
            if (!last && when == null) {
                return List.of();
            }
        }
        return cases.isEmpty() ? List.of() : List.of(new Route.Choose(cases));
    }

    private List<Route> each(String path, Json.Obj route) {
        if (!(route.get("to") instanceof Json.Text to)) {
            problems.add(path, "needs a to: the step that runs for each item");
            return List.of();
        }
        StepExpressions.Compiled items = expressions.expression(path + "/each", route.get("each"));
        return items == null
                ? List.of()
                : List.of(new Route.Each(items::value, to.value(), target(route.get("otherwise"))));
    }

    /** A step or a list of them; the end is none. */
    static List<String> target(@Nullable Json declared) {
        List<String> steps = declared instanceof Json.Text text ? List.of(text.value()) : Shapes.texts(declared);
        return steps.stream().filter(step -> !step.equals(END)).toList();
    }
}

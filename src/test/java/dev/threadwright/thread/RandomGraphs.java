package dev.threadwright.thread;

import dev.threadwright.workflow.Channel;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Route;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.WorkflowRef;
import dev.threadwright.workflow.Workflows;
import dev.threadwright.workflow.Write;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Workflows of all kinds of steps and routes, drawn at random; what their steps do depends on nothing but what they see.
 * Numbers in {@code log} are left to inputs and results, so that a test knows them again.
 */
final class RandomGraphs {

    static final List<String> NAMES = List.of("w0", "w1", "w2");

    /** Declares {@code log} as the others do not. */
    static final String ODD = "odd";

    private static final int MAX_LOG = 15;

    private final RandomGenerator random;

    RandomGraphs(RandomGenerator random) {
        this.random = random;
    }

    Workflows draw() {
        List<Workflow> all = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            all.add(workflow(NAMES.get(i), NAMES.subList(0, i)));
        }
        all.add(WorkflowBuilder.workflow(ODD, 1)
                .channel("log", Reducer.SET_UNION)
                .start("ask")
                .action("ask", "worker", Step.View::trigger, step -> step)
                .build());
        return new Workflows(all);
    }

    /** A result or an input: what keys name channels fits them, most of the time. */
    Json data(int number) {
        Map<String, Json> fields = new LinkedHashMap<>();
        if (chance(70)) {
            fields.put("log", Json.of(number));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            String channel = pick(List.of("last", "set", "total", "map", "stamp", "messages", "longest", "unknown"));
            fields.put(channel, value(channel, "x" + number).apply(null));
        }
        return chance(10) ? Json.of("text " + number) : Json.object(fields);
    }

    private Workflow workflow(String name, List<String> inner) {
        WorkflowBuilder builder = WorkflowBuilder.workflow(name, 1).recursionLimit(random.nextInt(3, 9));
        builder.channel("log", Reducer.APPEND)
                .channel(
                        "last",
                        new Channel(Reducer.LAST_WRITE_WINS, initial("last"), Channel.Type.ANY, chance(50), null))
                .channel("set", channel(Reducer.SET_UNION, "set"))
                .channel("total", channel(Reducer.SUM, "total"))
                .channel("map", Reducer.MERGE_MAP)
                .channel("messages", Reducer.MESSAGES);
        if (chance(50)) {
            builder.channel("stamp", Reducer.MAX_BY_TIMESTAMP);
        }
        boolean custom = chance(50);
        if (custom) {
            builder.channel("longest", "longest", RandomGraphs::longer);
        }
        if (chance(20)) {
            builder.input(data -> data instanceof Json.Obj object && object.get("log") != null
                    ? List.of(new Write("log", object.fields().get("log")))
                    : List.of());
        }
        graph(builder, inner, custom);
        return builder.build();
    }

    private Channel channel(Reducer reducer, String name) {
        return new Channel(reducer, initial(name), Channel.Type.ANY, false, null);
    }

    private Json initial(String channel) {
        return chance(15) ? Json.of(channel.length()) : null;
    }

    private void graph(WorkflowBuilder builder, List<String> inner, boolean custom) {
        List<String> names = new ArrayList<>();
        for (int i = random.nextInt(1, 7); i > 0; i--) {
            names.add("s" + names.size());
        }
        Map<String, List<Route>> routes = new LinkedHashMap<>();
        Map<String, String> onError = new LinkedHashMap<>();
        for (String name : names) {
            routes.put(name, routes(name, names));
            if (chance(30)) {
                onError.put(name, pick(names));
            }
        }
        Set<String> start = new HashSet<>(List.of(names.getFirst(), pick(names)));
        Map<String, Set<String>> joins = joins(names, routes, onError, start);
        builder.start(names.stream().filter(start::contains).toArray(String[]::new));
        for (String name : names) {
            builder.step(name, kind(name, names, inner, custom), options -> {
                routes.get(name).forEach(options::route);
                if (onError.containsKey(name)) {
                    options.onError(onError.get(name));
                }
                return options.joins(joins.getOrDefault(name, Set.of()).toArray(String[]::new));
            });
        }
    }

    private List<Route> routes(String name, List<String> names) {
        List<Route> routes = new ArrayList<>();
        for (int i = chance(30) ? 0 : random.nextInt(1, 3); i > 0; i--) {
            routes.add(
                    switch (random.nextInt(4)) {
                        case 0, 1 -> new Route.To(some(names));
                        case 2 ->
                            new Route.Choose(List.of(
                                    new Route.Case(condition(), some(names)), new Route.Case(null, some(names))));
                        default -> {
                            int most = random.nextInt(4);
                            yield new Route.Each(
                                    view -> items(view, most), pick(names), chance(50) ? some(names) : List.of());
                        }
                    });
        }
        return routes;
    }

    /** Some of the steps that several lead to, and nothing else, wait for all of them. */
    private Map<String, Set<String>> joins(
            List<String> names, Map<String, List<Route>> routes, Map<String, String> onError, Set<String> start) {
        Map<String, Set<String>> joins = new LinkedHashMap<>();
        Set<String> open = new HashSet<>(onError.values());
        open.addAll(start);
        routes.values()
                .forEach(all -> all.forEach(route -> {
                    if (route instanceof Route.Each each) {
                        open.add(each.step());
                    }
                }));
        for (String name : names) {
            Set<String> before = new HashSet<>();
            routes.forEach((from, all) -> all.forEach(route -> {
                if (leads(route, name)) {
                    before.add(from);
                }
            }));
            if (!open.contains(name) && before.size() > 1 && chance(70)) {
                joins.put(name, before);
            }
        }
        return joins;
    }

    private static boolean leads(Route route, String name) {
        return switch (route) {
            case Route.To to -> to.steps().contains(name);
            case Route.Choose choose ->
                choose.cases().stream().anyMatch(one -> one.steps().contains(name));
            case Route.Each each -> each.otherwise().contains(name);
        };
    }

    private Step.Kind kind(String name, List<String> names, List<String> inner, boolean custom) {
        int die = random.nextInt(100);
        if (die < 22 && !inner.isEmpty()) {
            boolean mapped = chance(30);
            String channel = pick(List.of("log", "last", "map"));
            return new Step.Subgraph(
                    new WorkflowRef(pick(inner), 1),
                    chance(30) ? Step.View::item : null,
                    mapped ? (view, values) -> Step.Outcome.of(List.of(new Write(channel, Json.of(name)))) : null);
        }
        if (die < 44) {
            return action();
        }
        if (die < 50) {
            return tool();
        }
        if (die < 62) {
            int ms = random.nextInt(-5, 60);
            return new Step.Sleep(view -> ms);
        }
        return new Step.Pure(pure(name, names, custom));
    }

    /** Asks for what is allowed and for what is not, by what it was given and how far the thread is. */
    private Step.Tool tool() {
        return new Step.Tool(
                view -> Json.object(
                        "name",
                        Json.of(
                                (view.item().hashCode()
                                                                + view.state()
                                                                        .get("log")
                                                                        .hashCode())
                                                        % 3
                                                == 0
                                        ? "other"
                                        : "worker")),
                Map.of("worker", action()),
                (view, error) -> Step.Outcome.of(List.of(new Write("log", error))));
    }

    private Step.Action action() {
        return new Step.Action(
                "worker",
                chance(3)
                        ? view -> {
                            throw new StepFailure("nothing to ask");
                        }
                        : Step.View::item,
                Json.EMPTY_OBJECT,
                (view, result) -> {
                    if (!(result instanceof Json.Obj object)) {
                        return Step.Outcome.of(List.of());
                    }
                    return Step.Outcome.of(object.fields().entrySet().stream()
                            .filter(field -> !field.getKey().equals("unknown"))
                            .map(field -> new Write(field.getKey(), field.getValue()))
                            .toList());
                },
                random.nextInt(50, 300),
                new Step.Retries(random.nextInt(3), random.nextInt(1, 10), random.nextInt(10, 30)),
                chance(70));
    }

    private Step.Function pure(String name, List<String> names, boolean custom) {
        List<Function<Step.View, Write>> writes = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            String channel = custom && chance(25)
                    ? "longest"
                    : pick(List.of("log", "log", "set", "set", "total", "map", "messages", "messages", "last"));
            Function<Step.View, Json> value = value(channel, name);
            writes.add(view -> new Write(channel, value.apply(view)));
        }
        Route.Condition fails = chance(10) ? condition() : view -> false;
        Route.Condition breaks = chance(3) ? condition() : view -> false;
        Route.Condition goes = chance(15) ? condition() : view -> false;
        List<String> goTo = chance(5) ? List.of("lost") : some(names);
        return view -> {
            if (fails.holds(view)) {
                throw new StepFailure("does not like it");
            }
            if (breaks.holds(view)) {
                throw new IllegalStateException("boom");
            }
            return new Step.Outcome(
                    writes.stream().map(write -> write.apply(view)).toList(), goes.holds(view) ? goTo : null);
        };
    }

    /** One that fits the channel, but for a few. */
    private Function<Step.View, Json> value(String channel, String name) {
        int number = random.nextInt(6);
        if (chance(2)) {
            return view -> Json.of(true);
        }
        return switch (channel) {
            case "log", "last", "longest" -> view -> Json.of(name + "-" + "x".repeat(number + size(view) % 3));
            case "set", "total" -> view -> Json.of(number + size(view) % 3);
            case "map" -> view -> Json.object(name, Json.of(size(view)));
            case "stamp" -> view -> Json.object("timestamp", Json.of(number));
            case "messages" ->
                number == 0
                        ? view -> Json.of("a text of " + name)
                        : number == 1
                                ? view -> Json.object(Map.of("type", Json.of("remove"), "id", Json.of("m2")))
                                : view -> Json.object(Map.of("id", Json.of("m" + number), "by", Json.of(name)));
            default -> view -> Json.of(number);
        };
    }

    private Route.Condition condition() {
        int rest = random.nextInt(3);
        return view -> size(view) % 3 == rest;
    }

    /** A task of a fan-out does not fan out: together they would be thousands. */
    private static Json items(Step.View view, int most) {
        List<Json> items = new ArrayList<>();
        for (int i = 0; i < most && size(view) < MAX_LOG && view.item() instanceof Json.Null; i++) {
            items.add(Json.object("n", Json.of(i)));
        }
        return Json.array(items);
    }

    private static int size(Step.View view) {
        return view != null && view.state().get("log") instanceof Json.Arr log
                ? log.items().size()
                : 0;
    }

    private static Json longer(Json current, Json incoming) {
        return current instanceof Json.Text held
                        && incoming instanceof Json.Text text
                        && held.value().length() >= text.value().length()
                ? current
                : incoming;
    }

    private List<String> some(List<String> names) {
        List<String> some = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            some.add(pick(names));
        }
        return some;
    }

    private <T> T pick(List<T> items) {
        return items.get(random.nextInt(items.size()));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }
}

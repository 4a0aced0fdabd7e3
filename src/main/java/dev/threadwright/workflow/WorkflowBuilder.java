package dev.threadwright.workflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Workflows in Java.
 *
 * <pre>{@code
 * WorkflowBuilder.workflow("review", 1)
 *         .channel("draft", Reducer.LAST_WRITE_WINS)
 *         .channel("notes", Reducer.APPEND)
 *         .action("write", "writer", View::trigger, step -> step.to("check"))
 *         .pure("check", view -> List.of(new Write("notes", Json.of("checked"))), step -> step)
 *         .start("write")
 *         .build();
 * }</pre>
 */
public final class WorkflowBuilder {

    /** Of one attempt at an action, if nothing else is said: five minutes. */
    public static final long DEFAULT_TIMEOUT_MS = 300_000;

    private final WorkflowRef ref;
    private final Map<String, Channel> channels = new LinkedHashMap<>();
    private final Map<String, Step> steps = new LinkedHashMap<>();
    private final List<Route> start = new ArrayList<>();
    private Workflow.@Nullable InputMapping input;
    private int recursionLimit = Workflow.DEFAULT_RECURSION_LIMIT;
    private Breakpoints breakpoints = Breakpoints.NONE;
    private @Nullable String compaction;
    private @Nullable Long timeoutMs;

    /** Where a step leads, and how an action is treated. */
    public static final class Options {
        private final List<Route> routes = new ArrayList<>();
        private final Set<String> joins = new LinkedHashSet<>();
        private @Nullable String onError;
        private @Nullable String label;
        private Json.Obj config = Json.EMPTY_OBJECT;
        private Step.@Nullable Result result;
        private long timeoutMs = DEFAULT_TIMEOUT_MS;
        private Step.Retries retries = Step.Retries.DEFAULT;
        private boolean idempotent = true;
        private @Nullable Boolean choosesNext;

        private Options() {}

        /** All of these follow, beside each other. */
        public Options to(String... next) {
            routes.add(new Route.To(List.of(next)));
            return this;
        }

        public Options route(Route route) {
            routes.add(route);
            return this;
        }

        /** Waits until all of these have led here. */
        public Options joins(String... others) {
            joins.addAll(List.of(others));
            return this;
        }

        public Options onError(String step) {
            onError = step;
            return this;
        }

        public Options label(String checkpoint) {
            label = checkpoint;
            return this;
        }

        public Options config(Json.Obj handed) {
            config = handed;
            return this;
        }

        /** What the result of an action comes to; without it, the values of the keys that name channels are written. */
        public Options result(Step.Result mapping) {
            result = mapping;
            return this;
        }

        public Options timeoutMs(long attempt) {
            timeoutMs = attempt;
            return this;
        }

        public Options retries(Step.Retries policy) {
            retries = policy;
            return this;
        }

        /** It follows its routes and nothing else, whatever its kind. */
        public Options followsRoutes() {
            choosesNext = false;
            return this;
        }

        /** It must not be started again when the process that ran it died: an operator decides then. */
        public Options notIdempotent() {
            idempotent = false;
            return this;
        }
    }

    private WorkflowBuilder(WorkflowRef ref) {
        this.ref = ref;
    }

    public static WorkflowBuilder workflow(String name, int version) {
        return new WorkflowBuilder(new WorkflowRef(name, version));
    }

    public WorkflowBuilder channel(String name, Reducer reducer) {
        return channel(name, Channel.of(reducer));
    }

    public WorkflowBuilder channel(String name, Channel channel) {
        if (channels.put(name, channel) != null) {
            throw new IllegalArgumentException("Channel \"" + name + "\" is declared twice");
        }
        return this;
    }

    /** A channel with a reducer of one's own: (current, incoming) to the result; pure. */
    public WorkflowBuilder channel(String name, String reducer, BinaryOperator<Json> function) {
        return channel(name, new Channel(new Reducer.Custom(reducer), null, Channel.Type.ANY, false, function));
    }

    public WorkflowBuilder start(String... first) {
        return start(new Route.To(List.of(first)));
    }

    public WorkflowBuilder start(Route route) {
        start.add(route);
        return this;
    }

    public WorkflowBuilder input(Workflow.InputMapping mapping) {
        input = mapping;
        return this;
    }

    public WorkflowBuilder recursionLimit(int superSteps) {
        recursionLimit = superSteps;
        return this;
    }

    /** Every run stops there. */
    public WorkflowBuilder breakpoints(Breakpoints everyRun) {
        breakpoints = everyRun;
        return this;
    }

    /** How long a run may be at work; time in which it waits does not count. */
    public WorkflowBuilder timeoutMs(long ofEveryRun) {
        timeoutMs = ofEveryRun;
        return this;
    }

    /** The step that makes a thread's state smaller when that is asked for. */
    public WorkflowBuilder compaction(String step) {
        compaction = step;
        return this;
    }

    public WorkflowBuilder pure(
            String name, java.util.function.Function<Step.View, List<Write>> writes, UnaryOperator<Options> options) {
        return step(
                name,
                new Step.Pure(view -> Step.Outcome.of(writes.apply(view))),
                chosen -> options.apply(chosen.followsRoutes()));
    }

    /** Asks somebody; without a result mapping, the values of the answer's keys that name channels are written. */
    public WorkflowBuilder interrupt(String name, Step.Question question, UnaryOperator<Options> options) {
        Options chosen = options.apply(new Options());
        Step.Result mapping = chosen.result;
        if (mapping == null && chosen.choosesNext == null) {
            chosen.followsRoutes();
        }
        return add(name, new Step.Interrupt(question, mapping == null ? this::byKey : mapping), chosen);
    }

    /** Waits for an event of this type; its result is what {@code {"type", "data"}} comes to. */
    public WorkflowBuilder await(String name, String type, UnaryOperator<Options> options) {
        Options chosen = options.apply(new Options());
        Step.Result mapping = chosen.result;
        if (mapping == null && chosen.choosesNext == null) {
            chosen.followsRoutes();
        }
        return add(
                name,
                new Step.Wait(List.of(new Step.Case(type, null, mapping == null ? this::byKeyOfData : mapping)), null),
                chosen);
    }

    /** An action whose result is written by the keys that name channels, unless the options say otherwise. */
    public WorkflowBuilder action(String name, String handler, Step.Request request, UnaryOperator<Options> options) {
        Options chosen = options.apply(new Options());
        Step.Result mapping = chosen.result;
        if (mapping == null && chosen.choosesNext == null) {
            chosen.followsRoutes();
        }
        return add(
                name,
                new Step.Action(
                        handler,
                        request,
                        chosen.config,
                        mapping == null ? this::byKey : mapping,
                        chosen.timeoutMs,
                        chosen.retries,
                        chosen.idempotent),
                chosen);
    }

    public WorkflowBuilder sleep(String name, Step.Duration duration, UnaryOperator<Options> options) {
        return step(name, new Step.Sleep(duration), options);
    }

    public WorkflowBuilder subgraph(String name, WorkflowRef workflow, UnaryOperator<Options> options) {
        return step(name, new Step.Subgraph(workflow, null, null), options);
    }

    public WorkflowBuilder step(String name, Step.Kind kind, UnaryOperator<Options> options) {
        return add(name, kind, options.apply(new Options()));
    }

    /** @throws IllegalArgumentException naming all that is wrong */
    public Workflow build() {
        return new Workflow(ref, channels, steps, start, input, recursionLimit, breakpoints, compaction, timeoutMs);
    }

    private WorkflowBuilder add(String name, Step.Kind kind, Options options) {
        Step step = new Step(name, kind, options.routes, options.onError, options.joins, options.label);
        if (options.choosesNext != null) {
            step = new Step(name, kind, step.routes(), step.onError(), step.joins(), step.label(), options.choosesNext);
        }
        if (steps.put(name, step) != null) {
            throw new IllegalArgumentException("Step \"" + name + "\" is defined twice");
        }
        return this;
    }

    private Step.Outcome byKeyOfData(Step.View view, Json event) {
        Json data = event instanceof Json.Obj object ? object.fields().getOrDefault("data", Json.NULL) : Json.NULL;
        return byKey(view, data);
    }

    private Step.Outcome byKey(Step.View view, Json result) {
        if (!(result instanceof Json.Obj object)) {
            return Step.Outcome.of(List.of());
        }
        return Step.Outcome.of(object.fields().entrySet().stream()
                .filter(field -> channels.containsKey(field.getKey()))
                .map(field -> new Write(field.getKey(), field.getValue()))
                .toList());
    }
}

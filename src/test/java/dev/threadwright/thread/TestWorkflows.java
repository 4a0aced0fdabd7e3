package dev.threadwright.thread;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Workflows;
import dev.threadwright.workflow.Write;
import java.util.List;
import java.util.function.Function;

/**
 * Workflows to decide on. All share the channels {@code last} (last write wins) and {@code log} (append); an input or a
 * result {@code {"log": x}} is mapped, one that is a bare text is not.
 */
final class TestWorkflows {

    static final Workflow PURE = of("pure", note("note"));
    static final Workflow ASYNC = of("async", work("work"));
    static final Workflow THREE = of("three", work("first"), work("second"), note("note"));
    static final Workflow FOUR = of("four", work("first"), note("note"), work("second"), note("again"));
    static final Workflow FAILING = of("failing", fails("fails", new StepFailure("no such number")));
    static final Workflow ASYNC_FAILING = of("async-failing", work("work"), fails("fails", new StepFailure("no")));
    static final Workflow DEFECTIVE = of("defective", fails("breaks", new IllegalStateException("boom")));
    static final Workflow UNDECLARED = of("undeclared", writes("strays", new Write("elsewhere", Json.NULL)));
    static final Workflow BAD_REQUEST = of("bad-request", new NamedStep("ask", action(view -> {
        throw new StepFailure("nothing to ask");
    })));

    /** Two actions beside each other, then a note. */
    static final Workflow TWO = WorkflowBuilder.workflow("two", 1)
            .channel("last", Reducer.LAST_WRITE_WINS)
            .channel("log", Reducer.APPEND)
            .start("a", "b")
            .action("a", "worker", Step.View::trigger, step -> step.to("note"))
            .action("b", "worker", Step.View::trigger, step -> step.to("note"))
            .step("note", note("note").kind(), step -> step)
            .build();

    static final Workflows ALL = new Workflows(
            List.of(PURE, ASYNC, THREE, FOUR, FAILING, ASYNC_FAILING, DEFECTIVE, UNDECLARED, BAD_REQUEST, TWO));

    record NamedStep(String name, Step.Kind kind) {}

    private TestWorkflows() {}

    static Workflow of(String name, NamedStep... steps) {
        return of(name, 1, steps);
    }

    /** One step after the other. */
    static Workflow of(String name, int version, NamedStep... steps) {
        WorkflowBuilder builder = WorkflowBuilder.workflow(name, version)
                .channel("last", Reducer.LAST_WRITE_WINS)
                .channel("log", Reducer.APPEND)
                .start(steps[0].name());
        for (int i = 0; i < steps.length; i++) {
            String next = i + 1 < steps.length ? steps[i + 1].name() : null;
            builder.step(steps[i].name(), steps[i].kind(), options -> next == null ? options : options.to(next));
        }
        return builder.build();
    }

    private static Step.Action action(Step.Request request) {
        return new Step.Action(
                "worker",
                request,
                Json.EMPTY_OBJECT,
                (view, result) -> Step.Outcome.of(byKey(result)),
                60_000,
                Step.Retries.DEFAULT,
                true);
    }

    private static List<Write> byKey(Json result) {
        return result instanceof Json.Obj object
                ? object.fields().entrySet().stream()
                        .filter(field -> List.of("last", "log").contains(field.getKey()))
                        .map(field -> new Write(field.getKey(), field.getValue()))
                        .toList()
                : List.of();
    }

    /** Leaves the trigger and, as a list, what else the run has taken in. */
    static NamedStep note(String name) {
        return pure(
                name,
                view -> List.of(
                        new Write("last", view.trigger()),
                        new Write("log", Json.array(List.of(Json.of(name), Json.array(view.consumed()))))));
    }

    static NamedStep writes(String name, Write... writes) {
        return pure(name, view -> List.of(writes));
    }

    static NamedStep work(String name) {
        return new NamedStep(name, action(Step.View::trigger));
    }

    private static NamedStep fails(String name, RuntimeException failure) {
        return pure(name, view -> {
            throw failure;
        });
    }

    private static NamedStep pure(String name, Function<Step.View, List<Write>> writes) {
        return new NamedStep(name, new Step.Pure(view -> Step.Outcome.of(writes.apply(view))));
    }
}

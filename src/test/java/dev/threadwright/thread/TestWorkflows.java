package dev.threadwright.thread;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowRef;
import dev.threadwright.workflow.Workflows;
import dev.threadwright.workflow.Write;
import java.util.List;
import java.util.Map;

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
    static final Workflow BAD_REQUEST = of("bad-request", new Step.Action("ask", "worker", view -> {
        throw new StepFailure("nothing to ask");
    }));

    static final Workflows ALL = new Workflows(
            List.of(PURE, ASYNC, THREE, FOUR, FAILING, ASYNC_FAILING, DEFECTIVE, UNDECLARED, BAD_REQUEST));

    private TestWorkflows() {}

    static Workflow of(String name, Step... steps) {
        return of(name, 1, steps);
    }

    static Workflow of(String name, int version, Step... steps) {
        return new Workflow(
                new WorkflowRef(name, version),
                Map.of("last", Reducer.LAST_WRITE_WINS, "log", Reducer.APPEND),
                List.of(steps));
    }

    /** Leaves the trigger and, as a list, what else the run has taken in. */
    static Step note(String name) {
        return new Step.Pure(
                name,
                view -> List.of(
                        new Write("last", view.trigger()),
                        new Write("log", Json.array(List.of(Json.of(name), Json.array(view.consumed()))))));
    }

    static Step writes(String name, Write... writes) {
        return new Step.Pure(name, view -> List.of(writes));
    }

    static Step work(String name) {
        return new Step.Action(name, "worker", Step.View::trigger);
    }

    private static Step fails(String name, RuntimeException failure) {
        return new Step.Pure(name, view -> {
            throw failure;
        });
    }
}

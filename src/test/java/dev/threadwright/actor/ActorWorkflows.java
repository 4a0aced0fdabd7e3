package dev.threadwright.actor;

import dev.threadwright.workflow.BuiltInWorkflows;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Workflows;
import dev.threadwright.workflow.Write;
import java.util.List;

/** Calls of each kind: {@code delay} is done by a handler, and may be done again. */
final class ActorWorkflows {

    static final long TIMEOUT_MS = 1_000;

    /** By a worker elsewhere, within {@link #TIMEOUT_MS}. */
    static final Workflow DELEGATE = WorkflowBuilder.workflow("delegate", 1)
            .channel("last", Reducer.LAST_WRITE_WINS)
            .step(
                    "charge",
                    new Step.Action(
                            "charge-card",
                            Step.View::trigger,
                            Json.EMPTY_OBJECT,
                            (view, result) -> Step.Outcome.of(List.of(new Write("last", result))),
                            TIMEOUT_MS,
                            Step.Retries.DEFAULT,
                            true,
                            true),
                    step -> step)
            .start("charge")
            .build();

    /** By a handler, and not twice. */
    static final Workflow ONCE = WorkflowBuilder.workflow("once", 1)
            .channel("last", Reducer.LAST_WRITE_WINS)
            .action("once", "once", Step.View::trigger, step -> step.notIdempotent())
            .start("once")
            .build();

    static final Workflows ALL = new Workflows(List.of(BuiltInWorkflows.ECHO, BuiltInWorkflows.DELAY, DELEGATE, ONCE));

    private ActorWorkflows() {}
}

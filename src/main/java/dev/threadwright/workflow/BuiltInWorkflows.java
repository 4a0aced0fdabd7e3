package dev.threadwright.workflow;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** The workflows that come with the server. */
public final class BuiltInWorkflows {

    /** The longest {@code data.ms} that {@link #DELAY} accepts: one day. */
    public static final long MAX_DELAY_MS = 86_400_000;

    /** One pure step: {@code output} becomes the input's data, {@code merged} the data of inputs merged into the run. */
    public static final Workflow ECHO = WorkflowBuilder.workflow("echo", 1)
            .channel("output", Reducer.LAST_WRITE_WINS)
            .channel("merged", Reducer.LAST_WRITE_WINS)
            .pure("echo", BuiltInWorkflows::echo, step -> step)
            .start("echo")
            .build();

    /** Waits {@code data.ms} milliseconds (1,000 if absent) outside the decision, then does what {@link #ECHO} does. */
    public static final Workflow DELAY = WorkflowBuilder.workflow("delay", 1)
            .channel("output", Reducer.LAST_WRITE_WINS)
            .channel("merged", Reducer.LAST_WRITE_WINS)
            .action(
                    "delay",
                    "delay",
                    BuiltInWorkflows::delayRequest,
                    step -> step.to("echo").timeoutMs(MAX_DELAY_MS + 60_000))
            .pure("echo", BuiltInWorkflows::echo, step -> step)
            .start("delay")
            .build();

    private BuiltInWorkflows() {}

    public static List<Workflow> all() {
        return List.of(ECHO, DELAY);
    }

    public static Workflows registry() {
        return new Workflows(all());
    }

    private static List<Write> echo(Step.View view) {
        List<Write> writes = new ArrayList<>(2);
        writes.add(new Write("output", view.trigger()));
        if (!view.consumed().isEmpty()) {
            writes.add(new Write("merged", Json.array(view.consumed())));
        } else if (view.state().values().containsKey("merged")) {
            // Otherwise an earlier run's merged inputs would look like this run's.
            writes.add(new Write("merged", Json.NULL));
        }
        return writes;
    }

    private static Json delayRequest(Step.View view) {
        Json ms = view.trigger() instanceof Json.Obj data ? data.get("ms") : null;
        if (ms == null) {
            return Json.object("ms", Json.of(1_000));
        }
        if (!(ms instanceof Json.Num num)
                || num.value().signum() < 0
                || num.value().compareTo(BigDecimal.valueOf(MAX_DELAY_MS)) > 0) {
            throw new StepFailure("data.ms must be a number from 0 to " + MAX_DELAY_MS);
        }
        return Json.object("ms", ms);
    }
}

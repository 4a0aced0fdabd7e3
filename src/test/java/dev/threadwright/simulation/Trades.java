package dev.threadwright.simulation;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Workflows;
import dev.threadwright.workflow.Write;
import java.util.List;
import java.util.stream.Stream;

/** The workflows that are run: one for each way in which a step can take its time. */
final class Trades {

    static final String WORK = "work";
    static final String ONCE = "once";
    static final String FLAKY = "flaky";
    static final String REMOTE = "remote";

    private static final Step.Retries THREE = new Step.Retries(3, 50, 500);

    static final Workflows ALL = new Workflows(List.of(
            note(builder("plain").start("note")).build(),
            note(builder("worker")
                            .start("work")
                            .action(
                                    "work",
                                    WORK,
                                    Step.View::trigger,
                                    step -> step.to("again").retries(THREE).timeoutMs(20_000))
                            .action(
                                    "again",
                                    WORK,
                                    Step.View::trigger,
                                    step -> step.to("note").timeoutMs(20_000)))
                    .build(),
            note(builder("pair")
                            .start("a", "b")
                            .action(
                                    "a",
                                    WORK,
                                    Step.View::trigger,
                                    step -> step.to("note").timeoutMs(20_000))
                            .action(
                                    "b",
                                    FLAKY,
                                    Step.View::trigger,
                                    step -> step.to("note").retries(THREE).timeoutMs(20_000)))
                    .build(),
            note(builder("careful")
                            .start("once")
                            .action(
                                    "once",
                                    ONCE,
                                    Step.View::trigger,
                                    step -> step.to("note").notIdempotent().timeoutMs(20_000)))
                    .build(),
            note(builder("impatient")
                            .start("work")
                            .action(
                                    "work",
                                    WORK,
                                    Step.View::trigger,
                                    step -> step.to("note").retries(THREE).timeoutMs(150)))
                    .build(),
            note(builder("delegate").start("remote").step("remote", remote(), step -> step.to("note")))
                    .build(),
            note(builder("approval")
                            .start("ask")
                            .interrupt(
                                    "ask",
                                    view -> Prompt.of(Prompt.APPROVAL_REQUIRED, Json.of("may I?"), null),
                                    step -> step.result(into()).to("work"))
                            .action(
                                    "work",
                                    WORK,
                                    Step.View::trigger,
                                    step -> step.to("note").timeoutMs(20_000)))
                    .build(),
            note(builder("sleeper").start("sleep").sleep("sleep", view -> 400, step -> step.to("note")))
                    .build(),
            note(builder("waiter")
                            .start("wait")
                            .await("wait", "news", step -> step.result(into()).to("note")))
                    .build()));

    static final List<String> WITHOUT_PEOPLE =
            List.of("plain", "worker", "worker", "pair", "careful", "impatient", "delegate", "delegate", "sleeper");

    static final List<String> WORKFLOWS = Stream.concat(WITHOUT_PEOPLE.stream(), Stream.of("approval", "waiter"))
            .toList();

    private Trades() {}

    private static WorkflowBuilder builder(String name) {
        return WorkflowBuilder.workflow(name, 1)
                .channel("last", Reducer.LAST_WRITE_WINS)
                .channel("log", Reducer.APPEND);
    }

    private static WorkflowBuilder note(WorkflowBuilder builder) {
        return builder.pure("note", view -> List.of(new Write("log", view.trigger())), step -> step);
    }

    private static Step.Result into() {
        return (view, answer) -> Step.Outcome.of(List.of(new Write("last", answer)));
    }

    private static Step.Action remote() {
        return new Step.Action(
                REMOTE,
                Step.View::trigger,
                Json.EMPTY_OBJECT,
                into(),
                3_000,
                new Step.Retries(5, 100, 1_000),
                true,
                true);
    }
}

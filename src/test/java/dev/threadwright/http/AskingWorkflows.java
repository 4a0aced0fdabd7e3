package dev.threadwright.http;

import dev.threadwright.spi.WorkflowProvider;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Write;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Workflows that ask people; those of the tests over HTTP. */
@Singleton
public class AskingWorkflows implements WorkflowProvider {

    static final String KIND = "approval_required";

    private static final Json.Obj SCHEMA = Json.object(Map.of(
            "type", Json.of("object"),
            "properties", Json.object("ok", Json.object("type", Json.of("boolean"))),
            "required", Json.array(List.of(Json.of("ok")))));

    @Override
    public List<Workflow> workflows() {
        return List.of(twice(), both(), briefly(), free(), event(), steps(), talk());
    }

    /** One question after the other, in one batch. */
    private static Workflow twice() {
        return WorkflowBuilder.workflow("ask-twice", 1)
                .channel("one", Reducer.LAST_WRITE_WINS)
                .channel("two", Reducer.LAST_WRITE_WINS)
                .interrupt(
                        "first",
                        question("first?", KIND, null),
                        step -> step.result(into("one")).to("second"))
                .interrupt("second", question("second?", "sign-off", null), step -> step.result(into("two")))
                .start("first")
                .build();
    }

    /** Two at once. */
    private static Workflow both() {
        return WorkflowBuilder.workflow("ask-both", 1)
                .channel("one", Reducer.LAST_WRITE_WINS)
                .channel("two", Reducer.LAST_WRITE_WINS)
                .interrupt("left", question("left?", KIND, null), step -> step.result(into("one")))
                .interrupt("right", question("right?", KIND, null), step -> step.result(into("two")))
                .start("left", "right")
                .build();
    }

    /** A question that nobody has time to answer; then one that stays. */
    private static Workflow briefly() {
        return WorkflowBuilder.workflow("ask-briefly", 1)
                .channel("one", Reducer.LAST_WRITE_WINS)
                .channel("two", Reducer.LAST_WRITE_WINS)
                .interrupt(
                        "quick",
                        question("quick?", KIND, 100L),
                        step -> step.result(into("one")).to("slow"))
                .interrupt("slow", question("slow?", KIND, null), step -> step.result(into("two")))
                .start("quick")
                .build();
    }

    /** Takes any answer. */
    private static Workflow free() {
        return WorkflowBuilder.workflow("ask-freely", 1)
                .channel("one", Reducer.LAST_WRITE_WINS)
                .interrupt(
                        "any",
                        view -> Prompt.of(Prompt.HUMAN_IN_THE_LOOP, Json.NULL, null),
                        step -> step.result(into("one")))
                .start("any")
                .build();
    }

    private static Workflow event() {
        return WorkflowBuilder.workflow("ask-event", 1)
                .channel("amount", Reducer.SUM)
                .await("payment", "paid", step -> step)
                .start("payment")
                .build();
    }

    /** Nothing but steps to stop at. */
    private static Workflow steps() {
        return WorkflowBuilder.workflow("three-steps", 1)
                .channel("trace", Reducer.APPEND)
                .channel("amount", Reducer.SUM)
                .pure("a", AskingWorkflows::trace, step -> step.to("b"))
                .pure("b", AskingWorkflows::trace, step -> step.to("c"))
                .pure("c", AskingWorkflows::trace, step -> step)
                .start("a")
                .build();
    }

    private static Workflow talk() {
        return WorkflowBuilder.workflow("talk", 1)
                .channel("messages", Reducer.MESSAGES)
                .pure("listen", view -> List.of(), step -> step)
                .start("listen")
                .build();
    }

    private static Step.Question question(String text, String kind, @Nullable Long expiresInMs) {
        return view -> new Prompt(
                kind,
                Json.object("text", Json.of(text)),
                SCHEMA,
                expiresInMs,
                expiresInMs == null ? null : Json.object("ok", Json.FALSE));
    }

    private static Step.Result into(String channel) {
        return (view, answer) -> Step.Outcome.of(List.of(new Write(channel, answer)));
    }

    private static List<Write> trace(Step.View view) {
        int before = view.state().values().get("trace") instanceof Json.Arr all
                ? all.items().size()
                : 0;
        return List.of(new Write("trace", Json.of(before + 1)));
    }
}

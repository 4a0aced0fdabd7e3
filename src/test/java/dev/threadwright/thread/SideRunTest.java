package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.PARALLEL;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.cancelRollingBack;
import static dev.threadwright.thread.Commands.complete;
import static dev.threadwright.thread.Commands.done;
import static dev.threadwright.thread.Commands.fail;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.ThreadSpec.given;
import static dev.threadwright.thread.ThreadSpec.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Workflows;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs beside the main run: a lineage of their own, folded in on completion. Scenario 69. */
class SideRunTest {

    @Test
    void aRunBesideAnotherIsASideRunAndDoesNotWriteTheThreadsState() {
        given(input(1).log("main"))
                .when(input(2).policy(PARALLEL).log("side"))
                .then(
                        "InputAccepted i2 -> r2 PARALLEL",
                        "RunStarted r2 async@1 INPUT by i2 side head=3 log+=\"side\"",
                        "ActionRequested r2 r2-1#1 {\"log\":\"side\"}")
                .state("{\"log\":[\"main\"]}");
    }

    @Test
    void whenItCompletesItsWritesAndNotItsValuesFoldIntoTheThread() {
        given(input(1).workflow("three").log("a"), input(2).policy(PARALLEL).log("s"))
                .and(complete("r1", 1, Json.object("log", Json.of("b"))))
                .when(complete("r2", 1, Json.object("last", Json.of("side"))))
                .then(
                        "ActionSucceeded r2-1#1",
                        "StepCompleted r2 1 work last=\"side\"",
                        "RunCompleted r2 {\"last\":\"side\",\"log\":[\"a\",\"s\"]}")
                .state("{\"last\":\"side\",\"log\":[\"a\",\"b\",\"s\"]}");
    }

    @Test
    void scenario69_whenItFailsOrIsCancelledNothingFolds() {
        given(input(1).log("a"), input(2).policy(PARALLEL).log("s"))
                .when(fail("r2", 1, "no"))
                .state("{\"log\":[\"a\"]}");
        given(input(1).log("a"), input(2).policy(PARALLEL).log("s"))
                .when(cancel("r2"))
                .state("{\"log\":[\"a\"]}");
        given(input(1).log("a"), input(2).policy(PARALLEL).log("s"))
                .when(cancelRollingBack("r2"))
                .then("RunCancelled r2 ROLLED_BACK")
                .state("{\"log\":[\"a\"]}");
    }

    @Test
    void aSideRunDoesNotSeeWhatTheMainRunWritesMeanwhile() {
        ThreadSpec spec = given(
                input(1).workflow("three").log("a"),
                input(2).policy(PARALLEL).workflow("three"),
                complete("r1", 1, Json.object("log", Json.of("b"))));

        StartedRun side = spec.state().started(new RunId("r2"));

        assertThat(Words.of(spec.state().channelsOf(side).get("log"))).isEqualTo("[\"a\"]");
    }

    @Test
    void theNextRunIsMainOnlyIfNoOtherIsUnfinished() {
        given(input(1), input(2).policy(PARALLEL), complete("r1", 1))
                .when(input(3).policy(PARALLEL))
                .then(
                        "InputAccepted i3 -> r3 PARALLEL",
                        "RunStarted r3 async@1 INPUT by i3 side head=10",
                        "ActionRequested r3 r3-1#1 \"hello 3\"")
                .and(complete("r2", 1), complete("r3", 1))
                .when(input(4).policy(PARALLEL))
                .then(
                        "InputAccepted i4 -> r4 START",
                        "RunStarted r4 async@1 INPUT by i4 main head=10",
                        "ActionRequested r4 r4-1#1 \"hello 4\"");
    }

    @Test
    void customReducersAreAskedAnewOnWhatTheThreadHolds() {
        longest()
                .and(input(1).workflow("longest").data(JsonText.parse("{\"longest\":\"aa\"}")))
                .and(input(2).policy(PARALLEL).workflow("longest").data(JsonText.parse("{\"longest\":\"s\"}")))
                .and(done("r2-1", "{\"longest\":\"side\"}"))
                .state("{\"longest\":\"aa\"}")
                .and(done("r1-1", "{\"longest\":\"longer than the other\"}"))
                .state("{\"longest\":\"longer than the other\"}")
                .when(done("r2-2", "{\"log\":\"end\"}"))
                .then(
                        "ActionSucceeded r2-2#1",
                        "StepCompleted r2 2 more log+=\"end\"",
                        "RunCompleted r2 {\"log\":[\"end\"],\"longest\":\"side\"}")
                .state("{\"log\":[\"end\"],\"longest\":\"longer than the other\"}");
    }

    @Test
    void aSideRunReadsWhatCustomReducersMadeOfItsOwnWrites() {
        longest()
                .and(input(1).workflow("longest").data(JsonText.parse("{\"longest\":\"a\"}")))
                .and(input(2).policy(PARALLEL).workflow("longest"))
                .when(done("r2-1", "{\"longest\":\"side\"}"))
                .then(
                        "ActionSucceeded r2-1#1",
                        "StepCompleted r2 1 ask longest custom:longest \"side\"",
                        "ActionRequested r2 r2-2#1 \"side\"")
                .state("{\"longest\":\"a\"}");
    }

    @Test
    void whatCustomReducersMadeOfASideRunStaysAfterARollbackOfTheMainRun() {
        longest()
                .and(input(1).workflow("longest").data(JsonText.parse("{\"longest\":\"of the main run\"}")))
                .and(input(2).policy(PARALLEL).workflow("longest").data(JsonText.parse("{\"longest\":\"side\"}")))
                .and(done("r2-1", "{\"longest\":\"si\"}"), done("r2-2", "{}"))
                .state("{\"longest\":\"of the main run\"}")
                .when(cancelRollingBack("r1"))
                .state("{\"longest\":\"side\"}");
    }

    @Test
    void writesThatTheThreadHasUnderAnotherReducerDoNotFold() {
        Workflow union = WorkflowBuilder.workflow("union", 1)
                .channel("log", Reducer.SET_UNION)
                .start("ask")
                .action("ask", "worker", Step.View::trigger, step -> step)
                .build();

        thread().workflows(new Workflows(List.of(union, TestWorkflows.ASYNC)))
                .and(input(1), input(2).policy(PARALLEL).workflow("union").log("side"))
                .and(done("r1-1", "{\"log\":\"main\"}"))
                .when(done("r2-1", "{}"))
                .then(
                        "ActionSucceeded r2-1#1",
                        "StepCompleted r2 1 ask",
                        "RunFailed r2 at \"ask\": Its writes do not fold into the thread:"
                                + " channel \"log\" is append there and set_union here")
                .state("{\"log\":[\"main\"]}")
                .running("idle");
    }

    /** Keeps the longer text. */
    private static Workflow longest(String name) {
        return WorkflowBuilder.workflow(name, 1)
                .channel("log", Reducer.APPEND)
                .channel(
                        "longest",
                        "longest",
                        (current, incoming) -> current instanceof Json.Text held
                                        && held.value().length()
                                                >= ((Json.Text) incoming)
                                                        .value()
                                                        .length()
                                ? current
                                : incoming)
                .start("ask")
                .action("ask", "worker", Step.View::trigger, step -> step.to("more"))
                .action("more", "worker", view -> view.state().get("longest"), step -> step)
                .build();
    }

    private static ThreadSpec longest() {
        return thread().workflows(new Workflows(List.of(longest("longest"), TestWorkflows.ASYNC)));
    }
}

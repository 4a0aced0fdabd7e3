package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.INTERRUPT;
import static dev.threadwright.thread.Commands.MERGE;
import static dev.threadwright.thread.Commands.PARALLEL;
import static dev.threadwright.thread.Commands.QUEUE;
import static dev.threadwright.thread.Commands.ROLLBACK;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.cancelRollingBack;
import static dev.threadwright.thread.Commands.carryOn;
import static dev.threadwright.thread.Commands.done;
import static dev.threadwright.thread.Commands.failed;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.ThreadSpec.given;
import static dev.threadwright.thread.ThreadSpec.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Channel;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Route;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Workflows;
import dev.threadwright.workflow.Write;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a graph does on a thread: super-steps, fan-outs, joins, choices, cycles, error edges. */
class GraphTest {

    // Concurrent steps

    @Test
    void stepsBesideEachOtherAreAllRequestedAtOnce() {
        given(input(1).workflow("two"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 two@1 INPUT by i1 main head=0",
                        "ActionRequested r1 r1-1#1 \"hello 1\"",
                        "ActionRequested r1 r1-1.1#1 \"hello 1\"")
                .running("1 active");
    }

    @Test
    void theWritesOfAFinishedTaskWaitForTheRestOfTheSuperStep() {
        given(input(1).workflow("two"))
                .when(done("r1-1.1", "{\"log\":\"b\"}"))
                .then("ActionSucceeded r1-1.1#1", "StepCompleted r1 1.1 b log+=\"b\"")
                .state("{}")
                .running("1 active")
                .when(done("r1-1", "{\"log\":\"a\"}"))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 a log+=\"a\"",
                        "StepCompleted r1 2 note last=\"hello 1\" log+=[\"note\",[]]",
                        "RunCompleted r1 {\"last\":\"hello 1\",\"log\":[\"a\",\"b\",\"note\",[]]}")
                .state("{\"last\":\"hello 1\",\"log\":[\"a\",\"b\",\"note\",[]]}");
    }

    @Test
    void whoeverFinishesFirstTheStateIsTheSame() {
        Command a = done("r1-1", "{\"log\":[\"a\",1]}");
        Command b = done("r1-1.1", "{\"log\":\"b\"}");
        String state = "{\"last\":\"hello 1\",\"log\":[\"a\",1,\"b\",\"note\",[]]}";

        given(input(1).workflow("two"), a, b).state(state).running("idle");
        given(input(1).workflow("two"), b, a).state(state).running("idle");
    }

    @Test
    void aPureStepBesideAnActionRunsAtOnceAndWaits() {
        on(graph("mixed")
                        .start("ask", "note")
                        .action("ask", "worker", Step.View::trigger, step -> step.to("end"))
                        .pure("note", logs("note"), step -> step.to("end"))
                        .pure("end", view -> log(view.state().get("log")), step -> step))
                .and(input(1).workflow("mixed"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 mixed@1 INPUT by i1 main head=0",
                        "ActionRequested r1 r1-1#1 \"hello 1\"",
                        "StepCompleted r1 1.1 note log+=\"note\"")
                .state("{}")
                .when(done("r1-1", "{\"log\":\"asked\"}"))
                .state("{\"log\":[\"asked\",\"note\",\"asked\",\"note\"]}");
    }

    @Test
    void aTaskDoesNotSeeWhatTheOthersOfItsSuperStepWrite() {
        on(graph("blind")
                        .start("a", "b")
                        .pure("a", logs("a"), step -> step)
                        .pure("b", view -> log(view.state().get("log")), step -> step))
                .and(input(1).workflow("blind").log("in"))
                .state("{\"log\":[\"in\",\"a\",\"in\"]}");
    }

    @Test
    void twoTasksThatWriteOneChannelThatKeepsTheLastFailTheRunAndWriteNothing() {
        given(input(1).workflow("two"), done("r1-1", "{\"last\":1,\"log\":\"a\"}"))
                .when(done("r1-1.1", "{\"last\":2}"))
                .then(
                        "ActionSucceeded r1-1.1#1",
                        "StepCompleted r1 1.1 b last=2",
                        "RunFailed r1 at \"b\": Channel \"last\" of workflow two@1 was written twice in one super-step")
                .state("{}");
    }

    @Test
    void aStepThatWritesOneChannelThatKeepsTheLastTwiceFails() {
        on(graph("twice")
                        .start("twice")
                        .pure(
                                "twice",
                                view -> List.of(new Write("last", Json.of(1)), new Write("last", Json.of(2))),
                                step -> step))
                .and(input(1).workflow("twice"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 twice@1 INPUT by i1 main head=0",
                        "StepFailed r1 1 twice: Channel \"last\" of workflow twice@1 was written twice in one super-step",
                        "RunFailed r1 at \"twice\":"
                                + " Channel \"last\" of workflow twice@1 was written twice in one super-step");
    }

    @Test
    void aStepMayWriteAChannelThatGrowsAsOftenAsItLikes() {
        on(graph("often")
                        .start("often")
                        .pure(
                                "often",
                                view -> List.of(
                                        new Write("log", Json.of(1)),
                                        new Write("last", Json.of("x")),
                                        new Write("log", Json.of(2))),
                                step -> step))
                .and(input(1).workflow("often"))
                .state("{\"last\":\"x\",\"log\":[1,2]}");
    }

    @Test
    void aResultThatDoesNotFitTheReducerFailsTheRun() {
        given(input(1).workflow("two"))
                .workflows(new Workflows(List.of(counting())))
                .and(input(2).policy(INTERRUPT).workflow("counting"))
                .when(done("r2-1", "{\"count\":\"many\"}"))
                .then(
                        "ActionSucceeded r2-1#1",
                        "StepCompleted r2 1 ask count sum \"many\"",
                        "RunFailed r2 at \"ask\": Channel \"count\" (sum): only numbers can be added up, not a text")
                .state("{}")
                .running("idle");
    }

    @Test
    void aResultThatCannotEvenBePreparedFailsItsStep() {
        on(graph("chat")
                        .channel("messages", Reducer.MESSAGES)
                        .start("ask")
                        .action("ask", "worker", Step.View::trigger, step -> step.onError("note"))
                        .pure("note", view -> log(view.item()), step -> step))
                .and(input(1).workflow("chat"))
                .when(done("r1-1", "{\"messages\":7}"))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepFailed r1 1 ask: Channel \"messages\" (messages):"
                                + " a message is an object or a text, not a number, then note",
                        "StepCompleted r1 2 note log+={\"error\":\"Channel \\\"messages\\\" (messages):"
                                + " a message is an object or a text, not a number\",\"step\":\"ask\"}",
                        "RunCompleted r1 {\"log\":[{\"error\":\"Channel \\\"messages\\\" (messages):"
                                + " a message is an object or a text, not a number\",\"step\":\"ask\"}]}");
    }

    // Fan-outs and joins

    @Test
    void aFanOutRunsOneTaskForEveryItemAndItsJoinRunsOnce() {
        on(fanOut())
                .and(input(1).workflow("fan-out").data(JsonText.parse("{\"items\":[\"x\",\"y\",\"z\"]}")))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 fan-out@1 INPUT by i1 main head=0 items=[\"x\",\"y\",\"z\"]",
                        "ActionRequested r1 r1-1#1 \"x\"",
                        "ActionRequested r1 r1-1.1#1 \"y\"",
                        "ActionRequested r1 r1-1.2#1 \"z\"")
                .and(done("r1-1.2", "{\"log\":\"Z\"}"), done("r1-1", "{\"log\":\"X\"}"))
                .when(done("r1-1.1", "{\"log\":\"Y\"}"))
                .then(
                        "ActionSucceeded r1-1.1#1",
                        "StepCompleted r1 1.1 work log+=\"Y\"",
                        "StepCompleted r1 2 gather last=[\"X\",\"Y\",\"Z\"]",
                        "RunCompleted r1 {\"items\":[\"x\",\"y\",\"z\"],"
                                + "\"last\":[\"X\",\"Y\",\"Z\"],\"log\":[\"X\",\"Y\",\"Z\"]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"items\":[]}", "{\"items\":null}", "{}"})
    void aFanOutOverNothingGoesItsOtherWay(String data) {
        ThreadSpec spec = on(fanOut()).and(input(1).workflow("fan-out").data(JsonText.parse(data)));

        assertThat(spec.words()).contains("StepCompleted r1 1 empty log+=\"empty\"");
        spec.running("idle");
    }

    @Test
    void aFanOutOverWhatIsNoListFailsTheRun() {
        on(graph("bad-fan-out")
                        .start("list")
                        .pure(
                                "list",
                                logs("list"),
                                step -> step.route(new Route.Each(Step.View::trigger, "work", List.of())))
                        .pure("work", logs("work"), step -> step))
                .and(input(1).workflow("bad-fan-out"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 bad-fan-out@1 INPUT by i1 main head=0",
                        "StepCompleted r1 1 list log+=\"list\"",
                        "RunFailed r1 at \"list\": What follows \"list\": a fan-out to \"work\" is over a list")
                .state("{}");
    }

    @Test
    void aJoinWaitsForTheLongerWay() {
        on(graph("diamond")
                        .start("short", "long")
                        .pure("short", logs("short"), step -> step.to("join"))
                        .pure("long", logs("long"), step -> step.to("longer"))
                        .action("longer", "worker", Step.View::trigger, step -> step.to("join"))
                        .pure("join", logs("join"), step -> step.joins("short", "longer")))
                .and(input(1).workflow("diamond"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 diamond@1 INPUT by i1 main head=0",
                        "StepCompleted r1 1 short log+=\"short\"",
                        "StepCompleted r1 1.1 long log+=\"long\"",
                        "ActionRequested r1 r1-2#1 \"hello 1\"")
                .running("1 active")
                .when(done("r1-2", "{\"log\":\"longer\"}"))
                .then(
                        "ActionSucceeded r1-2#1",
                        "StepCompleted r1 2 longer log+=\"longer\"",
                        "StepCompleted r1 3 join log+=\"join\"",
                        "RunCompleted r1 {\"log\":[\"short\",\"long\",\"longer\",\"join\"]}");
    }

    @Test
    void aJoinThatCanNeverCompleteFailsTheRunAndNamesIt() {
        on(graph("half")
                        .start("a")
                        .pure("a", logs("a"), step -> step.to("join"))
                        .pure("b", logs("b"), step -> step.to("join"))
                        .pure("join", logs("join"), step -> step.joins("a", "b")))
                .and(input(1).workflow("half"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 half@1 INPUT by i1 main head=0",
                        "StepCompleted r1 1 a log+=\"a\"",
                        "RunFailed r1 at \"a\": Step \"join\" joins [b] too, and nothing leads there any more")
                .running("idle");
    }

    @Test
    void aJoinInACycleWaitsForAllAnewEveryTime() {
        ThreadSpec spec = on(graph("rounds")
                        .start("a", "b")
                        .pure("a", logs("a"), step -> step.to("join"))
                        .pure("b", logs("b"), step -> step.to("b2"))
                        .pure("b2", logs("b2"), step -> step.to("join"))
                        .pure(
                                "join",
                                logs("join"),
                                step -> step.joins("a", "b2")
                                        .route(new Route.Choose(List.of(
                                                new Route.Case(view -> size(view, "log") > 6, List.of()),
                                                new Route.Case(null, List.of("a", "b")))))))
                .and(input(1).workflow("rounds"));

        spec.state("{\"log\":[\"a\",\"b\",\"b2\",\"join\",\"a\",\"b\",\"b2\",\"join\"]}")
                .running("idle");
    }

    // Choices

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    {"last":"big"}   | ["sort","big"]
                    {"last":"small"} | ["sort","small"]
                    {"last":"other"} | ["sort"]
                    """)
    void aConditionalEdgeIsDecidedOnTheState(String data, String log) {
        ThreadSpec spec = on(graph("sorting")
                        .start("sort")
                        .pure(
                                "sort",
                                logs("sort"),
                                step -> step.route(new Route.Choose(List.of(
                                        new Route.Case(
                                                view -> view.state().get("last").equals(Json.of("big")),
                                                List.of("big")),
                                        new Route.Case(
                                                view -> view.state().get("last").equals(Json.of("small")),
                                                List.of("small")),
                                        new Route.Case(null, List.of())))))
                        .pure("big", logs("big"), step -> step)
                        .pure("small", logs("small"), step -> step))
                .and(input(1).workflow("sorting").data(JsonText.parse(data)));

        assertThat(spec.state().channels().get("log")).isEqualTo(JsonText.parse(log));
        spec.running("idle");
    }

    @Test
    void aStepMayGoElsewhereThanItsRoutesLead() {
        on(going("elsewhere"))
                .and(input(1).workflow("going"))
                .state("{\"log\":[\"elsewhere\"]}")
                .running("idle");
    }

    @Test
    void aStepMayGoNowhereAndEndTheRun() {
        on(going()).and(input(1).workflow("going")).state("{}").running("idle");
    }

    @Test
    void aStepThatGoesToOneThatDoesNotExistFailsTheRun() {
        on(going("lost"))
                .and(input(1).workflow("going"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 going@1 INPUT by i1 main head=0",
                        "StepCompleted r1 1 go",
                        "RunFailed r1 at \"go\": Workflow going@1 has no step \"lost\"");
    }

    @Test
    void aConditionThatIsDefectiveCostsItsRunAndNotTheThread() {
        ThreadSpec spec = on(graph("defective-route")
                        .start("a")
                        .pure(
                                "a",
                                logs("a"),
                                step -> step.route(new Route.Choose(List.of(
                                        new Route.Case(
                                                view -> {
                                                    throw new IllegalStateException("boom");
                                                },
                                                List.of()),
                                        new Route.Case(null, List.of()))))))
                .and(input(1).workflow("defective-route"));

        assertThat(spec.last(Event.RunFailed.class).error())
                .isEqualTo("The workflow is defective: java.lang.IllegalStateException: boom");
    }

    @Test
    void aStartThatLeadsNowhereCompletesAtOnce() {
        on(graph("empty-start")
                        .start(new Route.Each(Step.View::trigger, "work", List.of()))
                        .pure("work", logs("work"), step -> step))
                .and(input(1).workflow("empty-start").data(JsonText.parse("[]")))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 empty-start@1 INPUT by i1 main head=0",
                        "RunCompleted r1 {}")
                .running("idle");
    }

    @Test
    void aStartThatHasNoAnswerFailsTheRun() {
        on(graph("bad-start")
                        .start(new Route.Each(Step.View::trigger, "work", List.of()))
                        .pure("work", logs("work"), step -> step))
                .and(input(1).workflow("bad-start"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 bad-start@1 INPUT by i1 main head=0",
                        "RunFailed r1 at \"\": What follows \"start\": a fan-out to \"work\" is over a list");
    }

    // Cycles

    @Test
    void scenario61_aCycleWithoutEndFailsAtTheRecursionLimit() {
        ThreadSpec spec = on(graph("cycle")
                        .start("a")
                        .pure("a", logs("a"), step -> step.to("b"))
                        .pure("b", logs("b"), step -> step.to("a")))
                .and(input(1).workflow("cycle"));

        assertThat(spec.words().stream().filter(line -> line.startsWith("StepCompleted")))
                .hasSize(25);
        assertThat(spec.words().getLast())
                .isEqualTo("RunFailed r1 at \"b\": Recursion limit of 25 super-steps reached");
        assertThat(size(spec, "log")).as("what it did stays").isEqualTo(25);
        spec.running("idle");
    }

    @Test
    void asManySuperStepsAsTheLimitAreWithinIt() {
        on(counted(3, 3)).and(input(1).workflow("counted")).state("{\"log\":[\"a\",\"a\",\"a\"]}");
        assertThat(on(counted(4, 3)).and(input(1).workflow("counted")).words().getLast())
                .isEqualTo("RunFailed r1 at \"a\": Recursion limit of 3 super-steps reached");
    }

    @Test
    void anErrorEdgeDoesNotLeadPastTheRecursionLimit() {
        ThreadSpec spec = on(graph("stubborn")
                        .recursionLimit(3)
                        .start("a")
                        .pure("a", logs("a"), step -> step.to("a").onError("a")))
                .and(input(1).workflow("stubborn"));

        assertThat(spec.words().getLast()).isEqualTo("RunFailed r1 at \"a\": Recursion limit of 3 super-steps reached");
    }

    @Test
    void scenario61_aLegCountsItsSuperStepsAnew() {
        ThreadSpec spec = on(counted(30, 3)).and(input(1).workflow("counted"));
        for (int i = 2; i <= 9; i++) {
            spec.and(carryOn("r" + i));
            assertThat(spec.words().getLast())
                    .isEqualTo("RunFailed r" + i + " at \"a\": Recursion limit of 3 super-steps reached");
        }
        spec.when(carryOn("r10"));

        assertThat(spec.words().getLast()).startsWith("RunCompleted r10 ");
        assertThat(size(spec, "log")).as("every super-step once").isEqualTo(30);
    }

    // Error edges

    @Test
    void aFailureLeadsToItsErrorEdgeWhichIsToldOfIt() {
        on(guarded())
                .and(input(1).workflow("guarded"))
                .when(failed("r1-1", Failure.permanent("no luck")))
                .then(
                        "ActionFailed r1-1#1: no luck",
                        "StepFailed r1 1 ask: no luck, then oops",
                        "StepCompleted r1 2 oops log+={\"error\":\"no luck\",\"step\":\"ask\"}",
                        "StepCompleted r1 3 end log+=\"end\"",
                        "RunCompleted r1 {\"log\":[{\"error\":\"no luck\",\"step\":\"ask\"},\"end\"]}")
                .running("idle");
    }

    @Test
    void withoutAFailureTheErrorEdgeIsNotTaken() {
        on(guarded())
                .and(input(1).workflow("guarded"))
                .when(done("r1-1", "{\"log\":\"asked\"}"))
                .state("{\"log\":[\"asked\",\"end\"]}");
    }

    @Test
    void theOtherTasksOfTheSuperStepGoOnBesideAFailureThatIsTakenCareOf() {
        on(graph("beside")
                        .start("a", "b")
                        .action(
                                "a",
                                "worker",
                                Step.View::trigger,
                                step -> step.to("end").onError("oops"))
                        .action("b", "worker", Step.View::trigger, step -> step.to("end"))
                        .pure("oops", view -> log(view.item()), step -> step.to("end"))
                        .pure("end", logs("end"), step -> step))
                .and(input(1).workflow("beside"))
                .when(failed("r1-1", Failure.permanent("no")))
                .then("ActionFailed r1-1#1: no", "StepFailed r1 1 a: no, then oops")
                .running("1 active")
                .when(done("r1-1.1", "{\"log\":\"b\"}"))
                .state("{\"log\":[\"b\",{\"error\":\"no\",\"step\":\"a\"},\"end\",\"end\"]}");
    }

    @Test
    void everyFailedTaskOfAFanOutIsTakenCareOfByItself() {
        on(graph("fan-out-failing")
                        .start(new Route.Each(Step.View::trigger, "work", List.of()))
                        .action("work", "worker", Step.View::item, step -> step.onError("oops"))
                        .pure("oops", view -> log(view.item()), step -> step))
                .and(input(1).workflow("fan-out-failing").data(JsonText.parse("[1,2,3]")))
                .and(failed("r1-1.2", Failure.permanent("third")), done("r1-1.1", "{\"log\":2}"))
                .when(failed("r1-1", Failure.permanent("first")))
                .state("{\"log\":[2,{\"error\":\"first\",\"step\":\"work\"},{\"error\":\"third\",\"step\":\"work\"}]}");
    }

    @Test
    void withoutAnErrorEdgeTheOthersOfTheSuperStepEndWithTheRun() {
        ThreadSpec spec = given(input(1).workflow("two"))
                .when(failed("r1-1", Failure.permanent("no")))
                .then("ActionFailed r1-1#1: no", "StepFailed r1 1 a: no", "RunFailed r1 at \"a\": no")
                .running("idle");

        assertThat(Owed.of(spec.state())).isEmpty();
        spec.when(done("r1-1.1", "{\"log\":\"b\"}"))
                .then("ActionResultDiscarded r1-1.1#1: The run is not running")
                .state("{}");
    }

    @Test
    void anErrorEdgeMayLeadToTheStepItselfAndTryForEver() {
        ThreadSpec spec = on(graph("again")
                        .recursionLimit(4)
                        .start("ask")
                        .action("ask", "worker", Step.View::trigger, step -> step.onError("ask")))
                .and(input(1).workflow("again"));
        for (int i = 1; i <= 4; i++) {
            spec.and(failed("r1-" + i, Failure.permanent("no")));
        }

        assertThat(spec.words().getLast())
                .isEqualTo("RunFailed r1 at \"ask\": Recursion limit of 4 super-steps reached");
    }

    // What a thread's channels do not fit

    @Test
    void anInputThatDoesNotFitItsChannelIsRefusedAndInterruptsNobody() {
        ThreadSpec spec = on(counting())
                .and(input(1).workflow("counting"))
                .when(input(2).policy(INTERRUPT).workflow("counting").data(JsonText.parse("{\"count\":\"x\"}")))
                .then("InputRejected i2 UNSUITABLE_INPUT:"
                        + " Channel \"count\" (sum): only numbers can be added up, not a text");

        spec.outcome("Rejected UNSUITABLE_INPUT: Channel \"count\" (sum): only numbers can be added up, not a text")
                .running("1 active");
    }

    @Test
    void anInputThatDoesNotFitMakesNoThread() {
        ThreadSpec spec = on(counting())
                .when(input(1).workflow("counting").data(JsonText.parse("{\"count\":\"x\"}")))
                .thenNothing()
                .outcome("Invalid: Channel \"count\" (sum): only numbers can be added up, not a text");

        assertThat(spec.state().exists()).isFalse();
    }

    @Test
    void aMergeThatDoesNotFitTheRunIsRefused() {
        on(counting())
                .and(input(1).workflow("counting"))
                .when(input(2).policy(MERGE).workflow("counting").data(JsonText.parse("{\"count\":\"x\"}")))
                .outcome("Rejected UNSUITABLE_INPUT: Channel \"count\" (sum): only numbers can be added up, not a text")
                .when(input(3).to("r1").data(JsonText.parse("{\"count\":[]}")))
                .outcome("Rejected UNSUITABLE_INPUT: Channel \"count\" (sum): only numbers can be added up, not a list")
                .running("1 active");
    }

    @Test
    void aWorkflowThatRedeclaresAReducerIsRefusedAndInterruptsNobody() {
        Workflow other = WorkflowBuilder.workflow("other", 1)
                .channel("log", Reducer.SET_UNION)
                .start("note")
                .pure("note", view -> List.of(), step -> step)
                .build();

        thread().workflows(new Workflows(List.of(TestWorkflows.ASYNC, other)))
                .and(input(1).log("a"))
                .when(input(2).policy(INTERRUPT).workflow("other"))
                .then("InputRejected i2 UNSUITABLE_WORKFLOW:"
                        + " Workflow other@1 declares channel \"log\" as set_union, and this thread has it as append")
                .running("1 active");
    }

    @Test
    void aQueuedRunThatNoLongerFitsFailsWhenItsTurnComes() {
        Workflow other = WorkflowBuilder.workflow("other", 1)
                .channel("log", Reducer.SET_UNION)
                .start("note")
                .pure("note", view -> List.of(), step -> step)
                .build();

        thread().workflows(new Workflows(List.of(TestWorkflows.ASYNC, other)))
                .and(input(1), input(2).policy(QUEUE).workflow("other"))
                .when(done("r1-1", "{\"log\":\"a\"}"))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 work log+=\"a\"",
                        "RunCompleted r1 {\"log\":[\"a\"]}",
                        "InputPromoted r2",
                        "RunStarted r2 other@1 QUEUE by i2 main head=9",
                        "RunFailed r2 at \"\": Workflow other@1 declares channel \"log\" as set_union,"
                                + " and this thread has it as append")
                .state("{\"log\":[\"a\"]}")
                .running("idle");
    }

    @Test
    void initialValuesAreWrittenOnceForAThread() {
        Workflow initial = WorkflowBuilder.workflow("initial", 1)
                .channel("count", new Channel(Reducer.SUM, Json.of(10), Channel.Type.NUMBER, false, null))
                .start("add")
                .pure("add", view -> List.of(new Write("count", Json.of(1))), step -> step)
                .build();

        thread().workflows(new Workflows(List.of(initial)))
                .and(input(1).workflow("initial"))
                .state("{\"count\":11}")
                .and(input(2).workflow("initial").data(JsonText.parse("{\"count\":100}")))
                .state("{\"count\":112}");
    }

    // In the middle of a super-step

    @Test
    void anInterruptLeavesTheStateOfTheSuperStepsThatWereCommitted() {
        inTheMiddle()
                .when(input(2).policy(INTERRUPT).workflow("rounds-of-two").log("new"))
                .then(
                        "InputAccepted i2 -> r2 INTERRUPT_AND_START_NEW",
                        "RunCancelled r1 SUPERSEDED",
                        "RunStarted r2 rounds-of-two@1 INPUT by i2 main head=9 log+=\"new\"",
                        "ActionRequested r2 r2-1#1 {\"log\":\"new\"}",
                        "ActionRequested r2 r2-1.1#1 {\"log\":\"new\"}")
                .state("{\"log\":[\"in\",\"a1\",\"b1\",\"new\"]}");
    }

    @Test
    void aCancelLeavesTheStateOfTheSuperStepsThatWereCommitted() {
        inTheMiddle()
                .when(cancel("r1"))
                .then("RunCancelled r1 REQUESTED")
                .state("{\"log\":[\"in\",\"a1\",\"b1\"]}")
                .when(done("r1-2", "{\"log\":\"late\"}"))
                .then("ActionResultDiscarded r1-2#1: The run is not running")
                .state("{\"log\":[\"in\",\"a1\",\"b1\"]}");
    }

    @Test
    void scenario16_aRollbackLeavesTheStateBeforeTheRun() {
        ThreadSpec spec = inTheMiddle();

        spec.when(input(2).policy(ROLLBACK).workflow("rounds-of-two").log("new"))
                .then(
                        "InputAccepted i2 -> r2 ROLLBACK",
                        "RunCancelled r1 ROLLED_BACK",
                        "StateRolledBack r1 to 0",
                        "RunStarted r2 rounds-of-two@1 INPUT by i2 main head=0 log+=\"new\"",
                        "ActionRequested r2 r2-1#1 {\"log\":\"new\"}",
                        "ActionRequested r2 r2-1.1#1 {\"log\":\"new\"}")
                .state("{\"log\":[\"new\"]}");
    }

    @Test
    void scenario16_aRollbackAfterEarlierRunsLeavesWhatThoseLeft() {
        on(roundsOfTwo())
                .and(
                        input(1).workflow("rounds-of-two").log("first"),
                        done("r1-1", "{\"log\":\"stop\"}"),
                        done("r1-1.1", "{}"))
                .state("{\"log\":[\"first\",\"stop\"]}")
                .and(input(2).workflow("rounds-of-two").log("second"), done("r2-1", "{\"log\":\"a1\"}"))
                .state("{\"log\":[\"first\",\"stop\",\"second\"]}")
                .when(cancelRollingBack("r2"))
                .then("RunCancelled r2 ROLLED_BACK", "StateRolledBack r2 to 10")
                .state("{\"log\":[\"first\",\"stop\"]}");
    }

    @Test
    void scenario69_aRollbackInTheMiddleKeepsWhatASideRunFolded() {
        inTheMiddle()
                .and(input(2).policy(PARALLEL).workflow("rounds-of-two").log("side"))
                .and(done("r2-1.1", "{\"log\":\"s\"}"), done("r2-1", "{\"log\":\"stop\"}"))
                .state("{\"log\":[\"in\",\"a1\",\"b1\",\"side\",\"stop\",\"s\"]}")
                .when(cancelRollingBack("r1"))
                .state("{\"log\":[\"side\",\"stop\",\"s\"]}");
    }

    @Test
    void scenario69_aSideRunThatFailsInTheMiddleFoldsNothing() {
        inTheMiddle()
                .and(input(2).policy(PARALLEL).workflow("rounds-of-two").log("side"))
                .and(
                        done("r2-1", "{\"log\":\"s1\"}"),
                        done("r2-1.1", "{\"log\":\"s2\"}"),
                        done("r2-2", "{\"log\":\"s3\"}"))
                .when(failed("r2-2.1", Failure.permanent("no")))
                .then("ActionFailed r2-2.1#1: no", "StepFailed r2 2.1 b: no", "RunFailed r2 at \"b\": no")
                .state("{\"log\":[\"in\",\"a1\",\"b1\"]}")
                .running("1 active");
    }

    @Test
    void aSideRunWithConcurrentStepsFoldsItsWritesInTheirOrder() {
        on(roundsOfTwo())
                .and(input(1).workflow("rounds-of-two").log("main"))
                .and(input(2).policy(PARALLEL).workflow("rounds-of-two").log("side"))
                .and(done("r1-1", "{\"log\":\"m1\"}"), done("r1-1.1", "{\"log\":\"m2\"}"))
                .and(done("r2-1.1", "{\"log\":\"s2\"}"))
                .when(done("r2-1", "{\"log\":[\"s1\",\"stop\"]}"))
                .then(
                        "ActionSucceeded r2-1#1",
                        "StepCompleted r2 1 a log+=[\"s1\",\"stop\"]",
                        "RunCompleted r2 {\"log\":[\"main\",\"side\",\"s1\",\"stop\",\"s2\"]}")
                .state("{\"log\":[\"main\",\"m1\",\"m2\",\"side\",\"s1\",\"stop\",\"s2\"]}");
    }

    // Merges

    @Test
    void mergesAreTakenInAtTheNextSuperStepAndNotByTheRestOfThisOne() {
        on(roundsOfTwo())
                .and(input(1).workflow("rounds-of-two"))
                .and(done("r1-1", "{\"log\":\"a1\"}"))
                .and(input(2).policy(MERGE).workflow("rounds-of-two").log("merged"))
                .state("{}")
                .when(done("r1-1.1", "{\"log\":\"b1\"}"))
                .then(
                        "ActionSucceeded r1-1.1#1",
                        "StepCompleted r1 1.1 b log+=\"b1\"",
                        "InputMerged r1 [i2] log+=\"merged\"",
                        "ActionRequested r1 r1-2#1 \"hello 1\"",
                        "ActionRequested r1 r1-2.1#1 \"hello 1\"")
                .state("{\"log\":[\"a1\",\"b1\",\"merged\"]}");
    }

    @Test
    void mergesAreNotTakenInByASubgraphButByTheNextSuperStepOfTheRunsOwnGraph() {
        Workflow inner = graph("inner")
                .start("one")
                .action("one", "worker", Step.View::trigger, step -> step.to("two"))
                .pure("two", view -> log(Json.array(view.consumed())), step -> step)
                .build();
        Workflow outer = graph("outer")
                .start("sub")
                .subgraph("sub", inner.ref(), step -> step.to("end"))
                .pure("end", view -> log(Json.array(view.consumed())), step -> step)
                .build();

        thread().workflows(new Workflows(List.of(inner, outer)))
                .and(input(1).workflow("outer"), input(2).to("r1").log("merged"))
                .when(done("r1-1/1", "{\"log\":\"one\"}"))
                .then(
                        "ActionSucceeded r1-1/1#1",
                        "StepCompleted r1 1/1 one log+=\"one\"",
                        "StepCompleted r1 1/2 two log+=[]",
                        "StepCompleted r1 1 sub log+=\"one\" log+=[]",
                        "InputMerged r1 [i2] log+=\"merged\"",
                        "StepCompleted r1 2 end log+=[{\"log\":\"merged\"}]",
                        "RunCompleted r1 {\"log\":[\"one\",\"merged\",{\"log\":\"merged\"}]}");
    }

    @Test
    void aMergeAtTheLastSuperStepIsAFollowUp() {
        ThreadSpec spec = given(
                        input(1).workflow("two"),
                        done("r1-1", "{}"),
                        input(2).policy(MERGE).log("late"))
                .when(failed("r1-1.1", Failure.permanent("no")))
                .then(
                        "ActionFailed r1-1.1#1: no",
                        "StepFailed r1 1.1 b: no",
                        "RunFailed r1 at \"b\": no",
                        "RunStarted r1' two@1 FOLLOW_UP by i2 main head=3 log+=\"late\"",
                        "ActionRequested r1' r1'-1#1 {\"log\":\"late\"}",
                        "ActionRequested r1' r1'-1.1#1 {\"log\":\"late\"}");

        assertThat(spec.state().resumable()).as("the thread has gone on").isNull();
    }

    static ThreadSpec on(Workflow workflow) {
        return thread().workflows(new Workflows(List.of(workflow)));
    }

    private static ThreadSpec on(WorkflowBuilder workflow) {
        return on(workflow.build());
    }

    static WorkflowBuilder graph(String name) {
        return WorkflowBuilder.workflow(name, 1)
                .channel("last", Reducer.LAST_WRITE_WINS)
                .channel("log", Reducer.APPEND);
    }

    private static Workflow counting() {
        return WorkflowBuilder.workflow("counting", 1)
                .channel("count", Reducer.SUM)
                .start("ask")
                .action("ask", "worker", Step.View::trigger, step -> step)
                .build();
    }

    private static Workflow fanOut() {
        return graph("fan-out")
                .channel("items", Reducer.LAST_WRITE_WINS)
                .start(new Route.Each(view -> view.state().get("items"), "work", List.of("empty")))
                .action("work", "worker", Step.View::item, step -> step.to("gather"))
                .pure("gather", view -> List.of(new Write("last", view.state().get("log"))), step -> step.joins("work"))
                .pure("empty", logs("empty"), step -> step)
                .build();
    }

    private static Workflow going(String... steps) {
        return graph("going")
                .start("go")
                .step(
                        "go",
                        new Step.Pure(view -> new Step.Outcome(List.of(), List.of(steps))),
                        step -> step.to("route"))
                .pure("route", logs("route"), step -> step)
                .pure("elsewhere", logs("elsewhere"), step -> step)
                .build();
    }

    /** So many super-steps, under that limit. */
    private static Workflow counted(int superSteps, int limit) {
        return graph("counted")
                .recursionLimit(limit)
                .start("a")
                .pure(
                        "a",
                        logs("a"),
                        step -> step.route(new Route.Choose(List.of(
                                new Route.Case(view -> size(view, "log") < superSteps, List.of("a")),
                                new Route.Case(null, List.of())))))
                .build();
    }

    private static Workflow guarded() {
        return graph("guarded")
                .start("ask")
                .action(
                        "ask",
                        "worker",
                        Step.View::trigger,
                        step -> step.to("end").onError("oops"))
                .pure("oops", view -> log(view.item()), step -> step.to("end"))
                .pure("end", logs("end"), step -> step)
                .build();
    }

    /** Two actions beside each other, again and again until one of them logs "stop". */
    private static Workflow roundsOfTwo() {
        Route again = new Route.Choose(List.of(
                new Route.Case(
                        view -> view.state().get("log") instanceof Json.Arr log
                                && log.items().contains(Json.of("stop")),
                        List.of()),
                new Route.Case(null, List.of("a", "b"))));
        return graph("rounds-of-two")
                .start("a", "b")
                .action("a", "worker", Step.View::trigger, step -> step.route(again))
                .action("b", "worker", Step.View::trigger, step -> step.route(again))
                .build();
    }

    /** One super-step is committed, of the second one a task has finished. */
    private static ThreadSpec inTheMiddle() {
        return on(roundsOfTwo())
                .and(input(1).workflow("rounds-of-two").log("in"))
                .and(done("r1-1", "{\"log\":\"a1\"}"), done("r1-1.1", "{\"log\":\"b1\"}"))
                .and(done("r1-2.1", "{\"log\":\"b2\"}"))
                .state("{\"log\":[\"in\",\"a1\",\"b1\"]}");
    }

    static List<Write> log(Json entry) {
        return List.of(new Write("log", entry));
    }

    static Function<Step.View, List<Write>> logs(String entry) {
        return view -> log(Json.of(entry));
    }

    private static int size(Step.View view, String channel) {
        return view.state().get(channel) instanceof Json.Arr list ? list.items().size() : 0;
    }

    private static int size(ThreadSpec spec, String channel) {
        return ((Json.Arr) spec.state().channels().get(channel)).items().size();
    }
}

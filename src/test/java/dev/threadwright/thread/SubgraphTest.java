package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.PARALLEL;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.carryOn;
import static dev.threadwright.thread.Commands.done;
import static dev.threadwright.thread.Commands.failed;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.timersAt;
import static dev.threadwright.thread.GraphTest.graph;
import static dev.threadwright.thread.GraphTest.log;
import static dev.threadwright.thread.GraphTest.logs;
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
import dev.threadwright.workflow.WorkflowRef;
import dev.threadwright.workflow.Workflows;
import dev.threadwright.workflow.Write;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Workflows that run other workflows. */
class SubgraphTest {

    /** One action, then a note of what it sees. */
    private static final Workflow INNER = graph("inner")
            .start("ask")
            .action("ask", "worker", Step.View::trigger, step -> step.to("note"))
            .pure("note", view -> log(view.state().get("log")), step -> step)
            .build();

    private static final Workflow OUTER = graph("outer")
            .start("sub")
            .subgraph("sub", INNER.ref(), step -> step.to("end"))
            .pure("end", logs("end"), step -> step)
            .build();

    @Test
    void aSubgraphIsHandedTheTriggerAndTheSharedChannels() {
        on(INNER, OUTER)
                .and(input(1).workflow("outer").log("in"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 outer@1 INPUT by i1 main head=0 log+=\"in\"",
                        "SubgraphStarted r1 1 inner@1 log+=[\"in\"]",
                        "ActionRequested r1 r1-1/1#1 {\"log\":\"in\"}")
                .running("1 active");
    }

    @Test
    void itsWritesAndNotItsValuesAreTakenOver() {
        on(INNER, OUTER)
                .and(input(1).workflow("outer").log("in"))
                .when(done("r1-1/1", "{\"log\":\"asked\",\"last\":7}"))
                .then(
                        "ActionSucceeded r1-1/1#1",
                        "StepCompleted r1 1/1 ask log+=\"asked\" last=7",
                        "StepCompleted r1 1/2 note log+=[\"in\",\"asked\"]",
                        "StepCompleted r1 1 sub log+=\"asked\" last=7 log+=[\"in\",\"asked\"]",
                        "StepCompleted r1 2 end log+=\"end\"",
                        "RunCompleted r1 {\"last\":7,\"log\":[\"in\",\"asked\",\"in\",\"asked\",\"end\"]}");
    }

    @Test
    void untilItsEndTheThreadSeesNothingOfIt() {
        Workflow two = graph("two-asks")
                .start("one")
                .action("one", "worker", Step.View::trigger, step -> step.to("other"))
                .action("other", "worker", view -> view.state().get("log"), step -> step)
                .build();

        on(two, outer(two))
                .and(input(1).workflow("outer"))
                .when(done("r1-1/1", "{\"log\":\"one\"}"))
                .then(
                        "ActionSucceeded r1-1/1#1",
                        "StepCompleted r1 1/1 one log+=\"one\"",
                        "ActionRequested r1 r1-1/2#1 [\"one\"]")
                .state("{}")
                .when(cancel("r1"))
                .state("{}");
    }

    @Test
    void ofAChannelThatKeepsTheLastOnlyTheLastWriteIsTakenOver() {
        Workflow writes = graph("writes")
                .start("one")
                .pure("one", view -> last("one"), step -> step.to("two"))
                .pure("two", view -> last("two"), step -> step)
                .build();

        ThreadSpec spec = on(writes, outer(writes)).and(input(1).workflow("outer"));

        assertThat(spec.words()).contains("StepCompleted r1 1 sub last=\"two\"");
        spec.state("{\"last\":\"two\",\"log\":[\"end\"]}");
    }

    @Test
    void whatOnlyTheInnerOneDeclaresStaysInside() {
        Workflow inner = graph("private")
                .channel("own", Reducer.SUM)
                .start("add")
                .pure(
                        "add",
                        view -> List.of(new Write("own", Json.of(1)), new Write("log", Json.of("in"))),
                        step -> step)
                .build();

        on(inner, outer(inner)).and(input(1).workflow("outer")).state("{\"log\":[\"in\",\"end\"]}");
    }

    @Test
    void whatTheOuterOneDoesNotDeclareIsNotHandedDown() {
        Workflow foreign = WorkflowBuilder.workflow("foreign", 1)
                .channel("count", Reducer.SUM)
                .start("add")
                .pure("add", view -> List.of(new Write("count", Json.of(5))), step -> step)
                .build();
        Workflow inner = graph("counts")
                .channel("count", Reducer.LAST_WRITE_WINS)
                .start("show")
                .pure("show", view -> log(view.state().get("count")), step -> step)
                .build();

        ThreadSpec spec = on(foreign, inner, outer(inner))
                .and(input(1).workflow("foreign"))
                .when(input(2).workflow("outer"));

        assertThat(spec.words()).contains("SubgraphStarted r2 1 counts@1");
    }

    @Test
    void itsInitialValuesAreThoseThatItWasNotHanded() {
        Workflow inner = WorkflowBuilder.workflow("initial", 1)
                .channel("log", new Channel(Reducer.APPEND, Json.of("first"), Channel.Type.LIST, false, null))
                .channel("own", new Channel(Reducer.SUM, Json.of(7), Channel.Type.NUMBER, false, null))
                .start("note")
                .pure("note", view -> log(view.state().get("own")), step -> step)
                .build();

        ThreadSpec spec = on(inner, outer(inner));

        assertThat(spec.and(input(1).workflow("outer")).words())
                .contains("SubgraphStarted r1 1 initial@1 log+=\"first\" own sum 7");
        spec.state("{\"log\":[7,\"end\"]}");
        assertThat(spec.and(input(2).workflow("outer")).words())
                .contains("SubgraphStarted r2 1 initial@1 own sum 7 log+=[7,\"end\"]");
    }

    @Test
    void aMappingOfItsOwnSaysWhatGoesInAndWhatComesOut() {
        Workflow outer = graph("mapped")
                .start("sub")
                .step(
                        "sub",
                        new Step.Subgraph(
                                INNER.ref(),
                                view -> Json.object("log", Json.of("mapped")),
                                (view, values) ->
                                        new Step.Outcome(List.of(new Write("last", values)), List.of("chosen"))),
                        step -> step.to("end"))
                .pure("end", logs("end"), step -> step)
                .pure("chosen", logs("chosen"), step -> step)
                .build();

        on(INNER, outer)
                .and(input(1).workflow("mapped").log("in"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 mapped@1 INPUT by i1 main head=0 log+=\"in\"",
                        "SubgraphStarted r1 1 inner@1 log+=\"mapped\"",
                        "ActionRequested r1 r1-1/1#1 {\"log\":\"mapped\"}")
                .when(done("r1-1/1", "{\"last\":1}"))
                .then(
                        "ActionSucceeded r1-1/1#1",
                        "StepCompleted r1 1/1 ask last=1",
                        "StepCompleted r1 1/2 note log+=[\"mapped\"]",
                        "StepCompleted r1 1 sub last={\"last\":1,\"log\":[\"mapped\",\"mapped\"]}",
                        "StepCompleted r1 2 chosen log+=\"chosen\"",
                        "RunCompleted r1 {\"last\":{\"last\":1,\"log\":[\"mapped\",\"mapped\"]},"
                                + "\"log\":[\"in\",\"chosen\"]}");
    }

    @Test
    void aFanOutRunsASubgraphForEveryItem() {
        Workflow outer = graph("each")
                .start(new Route.Each(Step.View::trigger, "sub", List.of()))
                .step("sub", new Step.Subgraph(INNER.ref(), Step.View::item, null), step -> step)
                .build();

        on(INNER, outer)
                .and(input(1).workflow("each").data(JsonText.parse("[{\"log\":1},{\"log\":2}]")))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 each@1 INPUT by i1 main head=0",
                        "SubgraphStarted r1 1 inner@1 log+=1",
                        "ActionRequested r1 r1-1/1#1 {\"log\":1}",
                        "SubgraphStarted r1 1.1 inner@1 log+=2",
                        "ActionRequested r1 r1-1.1/1#1 {\"log\":2}")
                .and(done("r1-1.1/1", "{}"))
                .when(done("r1-1/1", "{}"))
                .state("{\"log\":[1,2]}")
                .running("idle");
    }

    @Test
    void aFailureInsideFailsTheStepThatRunsItAndTheRun() {
        on(INNER, OUTER)
                .and(input(1).workflow("outer"))
                .when(failed("r1-1/1", Failure.permanent("no luck")))
                .then(
                        "ActionFailed r1-1/1#1: no luck",
                        "StepFailed r1 1/1 ask: no luck",
                        "StepFailed r1 1 sub: Step \"ask\" of the subgraph: no luck",
                        "RunFailed r1 at \"sub\": Step \"ask\" of the subgraph: no luck")
                .state("{}")
                .running("idle");
    }

    @Test
    void anErrorEdgeOfTheStepThatRunsItCatchesAFailureInside() {
        Workflow outer = graph("guarded")
                .start("sub")
                .subgraph("sub", INNER.ref(), step -> step.onError("oops"))
                .pure("oops", view -> log(view.item()), step -> step)
                .build();

        on(INNER, outer)
                .and(input(1).workflow("guarded"))
                .when(failed("r1-1/1", Failure.permanent("no")))
                .then(
                        "ActionFailed r1-1/1#1: no",
                        "StepFailed r1 1/1 ask: no",
                        "StepFailed r1 1 sub: Step \"ask\" of the subgraph: no, then oops",
                        "StepCompleted r1 2 oops log+={\"error\":\"Step \\\"ask\\\" of the subgraph: no\","
                                + "\"step\":\"sub\"}",
                        "RunCompleted r1 {\"log\":[{\"error\":\"Step \\\"ask\\\" of the subgraph: no\","
                                + "\"step\":\"sub\"}]}");
    }

    @Test
    void anErrorEdgeInsideKeepsTheFailureInside() {
        Workflow guarded = graph("guarded")
                .start("ask")
                .action("ask", "worker", Step.View::trigger, step -> step.onError("oops"))
                .pure("oops", logs("oops"), step -> step)
                .build();

        on(guarded, outer(guarded))
                .and(input(1).workflow("outer"))
                .when(failed("r1-1/1", Failure.permanent("no")))
                .state("{\"log\":[\"oops\",\"end\"]}");
    }

    @Test
    void whatWasUnderWayInsideEndsWithTheSubgraph() {
        Workflow both = graph("both")
                .start("a", "b", "nap")
                .action("a", "worker", Step.View::trigger, step -> step)
                .action("b", "worker", Step.View::trigger, step -> step)
                .sleep("nap", view -> 500, step -> step)
                .build();
        Workflow outer = graph("guarded")
                .start("sub", "other")
                .subgraph("sub", both.ref(), step -> step.onError("oops"))
                .action("other", "worker", Step.View::trigger, step -> step)
                .pure("oops", logs("oops"), step -> step)
                .build();

        ThreadSpec spec =
                on(both, outer).and(input(1).workflow("guarded")).when(failed("r1-1/1", Failure.permanent("no")));

        assertThat(Owed.of(spec.state())).extracting(Owed::ref).containsExactly("r1-1.1#1");
        spec.when(done("r1-1/1.1", "{\"log\":\"late\"}"))
                .then("ActionResultDiscarded r1-1/1.1#1: The run does not wait for this action")
                .when(timersAt(2_000))
                .thenNothing()
                .when(done("r1-1.1", "{\"log\":\"other\"}"))
                .state("{\"log\":[\"other\",\"oops\"]}");
    }

    @Test
    void subgraphsRunInsideSubgraphs() {
        Workflow middle = graph("middle")
                .start("inside")
                .subgraph("inside", INNER.ref(), step -> step.to("after"))
                .pure("after", logs("after"), step -> step)
                .build();

        on(INNER, middle, outer(middle))
                .and(input(1).workflow("outer").log("in"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 outer@1 INPUT by i1 main head=0 log+=\"in\"",
                        "SubgraphStarted r1 1 middle@1 log+=[\"in\"]",
                        "SubgraphStarted r1 1/1 inner@1 log+=[\"in\"]",
                        "ActionRequested r1 r1-1/1/1#1 {\"log\":\"in\"}")
                .when(done("r1-1/1/1", "{\"last\":\"deep\"}"))
                .then(
                        "ActionSucceeded r1-1/1/1#1",
                        "StepCompleted r1 1/1/1 ask last=\"deep\"",
                        "StepCompleted r1 1/1/2 note log+=[\"in\"]",
                        "StepCompleted r1 1/1 inside last=\"deep\" log+=[\"in\"]",
                        "StepCompleted r1 1/2 after log+=\"after\"",
                        "StepCompleted r1 1 sub last=\"deep\" log+=[\"in\"] log+=\"after\"",
                        "StepCompleted r1 2 end log+=\"end\"",
                        "RunCompleted r1 {\"last\":\"deep\",\"log\":[\"in\",\"in\",\"after\",\"end\"]}");
    }

    @Test
    void aFailureTwoDeepIsToldAllTheWayUp() {
        Workflow middle = graph("middle")
                .start("inside")
                .subgraph("inside", INNER.ref(), step -> step)
                .build();

        on(INNER, middle, outer(middle))
                .and(input(1).workflow("outer"))
                .when(failed("r1-1/1/1", Failure.permanent("no")))
                .then(
                        "ActionFailed r1-1/1/1#1: no",
                        "StepFailed r1 1/1/1 ask: no",
                        "StepFailed r1 1/1 inside: Step \"ask\" of the subgraph: no",
                        "StepFailed r1 1 sub: Step \"inside\" of the subgraph: Step \"ask\" of the subgraph: no",
                        "RunFailed r1 at \"sub\": Step \"inside\" of the subgraph: Step \"ask\" of the subgraph: no");
    }

    @Test
    void aWorkflowThatRunsItselfWithoutEndFails() {
        Workflow self = graph("self")
                .start("sub")
                .subgraph("sub", new WorkflowRef("self", 1), step -> step)
                .build();

        ThreadSpec spec = on(self).and(input(1).workflow("self"));

        assertThat(spec.words().stream().filter(line -> line.startsWith("SubgraphStarted")))
                .hasSize(8);
        assertThat(spec.last(Event.RunFailed.class).error()).endsWith("Subgraphs run each other more than 8 deep");
        spec.running("idle");
    }

    @Test
    void aSubgraphThatTheServerDoesNotHaveFailsTheStep() {
        on(OUTER)
                .and(input(1).workflow("outer"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 outer@1 INPUT by i1 main head=0",
                        "StepFailed r1 1 sub: Workflow inner@1 is not on this server",
                        "RunFailed r1 at \"sub\": Workflow inner@1 is not on this server");
    }

    @Test
    void aSubgraphWhoseStartLeadsNowhereEndsAtOnce() {
        Workflow empty = graph("empty")
                .start(new Route.Each(view -> Json.NULL, "work", List.of()))
                .pure("work", logs("work"), step -> step)
                .build();

        on(empty, outer(empty))
                .and(input(1).workflow("outer"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 outer@1 INPUT by i1 main head=0",
                        "SubgraphStarted r1 1 empty@1",
                        "StepCompleted r1 1 sub",
                        "StepCompleted r1 2 end log+=\"end\"",
                        "RunCompleted r1 {\"log\":[\"end\"]}");
    }

    @Test
    void aCycleInsideHasALimitOfItsOwnAndTheErrorEdgeCatchesIt() {
        Workflow cycle = graph("cycle")
                .recursionLimit(3)
                .start("a")
                .pure("a", logs("a"), step -> step.to("a"))
                .build();
        Workflow outer = graph("guarded")
                .recursionLimit(2)
                .start("sub")
                .subgraph("sub", cycle.ref(), step -> step.onError("oops"))
                .pure("oops", view -> log(view.item()), step -> step)
                .build();

        on(cycle, outer)
                .and(input(1).workflow("guarded"))
                .state("{\"log\":[{\"error\":\"Step \\\"a\\\" of the subgraph:"
                        + " Recursion limit of 3 super-steps reached\",\"step\":\"sub\"}]}");
    }

    @Test
    void writesInsideThatConflictFailTheSubgraph() {
        Workflow twice = graph("twice")
                .start("a", "b")
                .pure("a", view -> last("a"), step -> step)
                .pure("b", view -> last("b"), step -> step)
                .build();

        on(twice, outer(twice))
                .and(input(1).workflow("outer"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 outer@1 INPUT by i1 main head=0",
                        "SubgraphStarted r1 1 twice@1",
                        "StepCompleted r1 1/1 a last=\"a\"",
                        "StepCompleted r1 1/1.1 b last=\"b\"",
                        "StepFailed r1 1 sub: Step \"b\" of the subgraph:"
                                + " Channel \"last\" of workflow twice@1 was written twice in one super-step",
                        "RunFailed r1 at \"sub\": Step \"b\" of the subgraph:"
                                + " Channel \"last\" of workflow twice@1 was written twice in one super-step");
    }

    @Test
    void anOutputThatDoesNotFitFailsTheStepThatRunsIt() {
        Workflow outer = graph("mapped")
                .start("sub")
                .step(
                        "sub",
                        new Step.Subgraph(
                                INNER.ref(),
                                null,
                                (view, values) -> Step.Outcome.of(List.of(new Write("lost", values)))),
                        step -> step.onError("oops"))
                .pure("oops", logs("oops"), step -> step)
                .build();

        on(INNER, outer)
                .and(input(1).workflow("mapped"))
                .when(done("r1-1/1", "{}"))
                .then(
                        "ActionSucceeded r1-1/1#1",
                        "StepCompleted r1 1/1 ask",
                        "StepCompleted r1 1/2 note log+=null",
                        "StepFailed r1 1 sub: Workflow mapped@1 has no channel \"lost\", then oops",
                        "StepCompleted r1 2 oops log+=\"oops\"",
                        "RunCompleted r1 {\"log\":[\"oops\"]}");
    }

    @Test
    void aContinuingRunDoesNotRunFinishedSuperStepsOfASubgraphAgain() {
        Workflow two = graph("two-asks")
                .start("one")
                .action("one", "worker", Step.View::trigger, step -> step.to("left", "right"))
                .action("left", "worker", view -> view.state().get("log"), step -> step)
                .action("right", "worker", view -> view.state().get("log"), step -> step)
                .build();

        on(two, outer(two))
                .and(input(1).workflow("outer"))
                .and(done("r1-1/1", "{\"log\":\"one\"}"), done("r1-1/2.1", "{\"log\":\"right\"}"))
                .and(failed("r1-1/2", Failure.permanent("no")))
                .when(carryOn("r2"))
                .then("RunStarted r2 outer@1 CONTINUE by i1 main head=3", "ActionRequested r2 r2-1/2#1 [\"one\"]")
                .when(done("r2-1/2", "{\"log\":\"left\"}"))
                .state("{\"log\":[\"one\",\"left\",\"right\",\"end\"]}")
                .running("idle");
    }

    @Test
    void aSideRunWithASubgraphFoldsWhatItTookOver() {
        on(INNER, OUTER, TestWorkflows.ASYNC)
                .and(
                        input(1).log("main"),
                        input(2).policy(PARALLEL).workflow("outer").log("side"))
                .and(done("r1-1", "{\"log\":\"more\"}"))
                .when(done("r2-1/1", "{\"log\":\"asked\"}"))
                .state("{\"log\":[\"main\",\"more\",\"side\",\"asked\",\"main\",\"side\",\"asked\",\"end\"]}");
    }

    private static Workflow outer(Workflow inner) {
        return graph("outer")
                .start("sub")
                .subgraph("sub", inner.ref(), step -> step.to("end"))
                .pure("end", logs("end"), step -> step)
                .build();
    }

    private static ThreadSpec on(Workflow... workflows) {
        return thread().workflows(new Workflows(List.of(workflows)));
    }

    private static List<Write> last(String value) {
        return List.of(new Write("last", Json.of(value)));
    }
}

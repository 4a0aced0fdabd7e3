package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.INTERRUPT;
import static dev.threadwright.thread.Commands.MERGE;
import static dev.threadwright.thread.Commands.PARALLEL;
import static dev.threadwright.thread.Commands.QUEUE;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.cancelRollingBack;
import static dev.threadwright.thread.Commands.carryOn;
import static dev.threadwright.thread.Commands.done;
import static dev.threadwright.thread.Commands.failed;
import static dev.threadwright.thread.Commands.fork;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.lost;
import static dev.threadwright.thread.Commands.restore;
import static dev.threadwright.thread.Commands.timersAt;
import static dev.threadwright.thread.Commands.update;
import static dev.threadwright.thread.GraphTest.graph;
import static dev.threadwright.thread.GraphTest.log;
import static dev.threadwright.thread.GraphTest.logs;
import static dev.threadwright.thread.GraphTest.on;
import static dev.threadwright.thread.ThreadSpec.given;
import static dev.threadwright.thread.ThreadSpec.thread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.json.JsonText;
import dev.threadwright.schema.JsonSchemas;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Workflows;
import dev.threadwright.workflow.Write;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** States that one can read, change, go back to, fork from and carry on from. */
class CheckpointTest {

    private static final Failure NO = Failure.permanent("no");

    @Test
    void threeSuperStepsMakeFiveCheckpoints() {
        ThreadSpec spec = given(
                input(1).workflow("three").log("in"), done("r1-1", "{\"log\":\"one\"}"), done("r1-2", "{\"last\":2}"));

        assertThat(words(spec))
                .containsExactly(
                        "3.0 INPUT -1 \"input\" of r1 from [] to [__start__]: {}",
                        "3.1 LOOP 0 \"start\" of r1 from [3.0] to [first]: {\"log\":[\"in\"]}",
                        "6.0 LOOP 1 \"first\" of r1 from [3.1] to [second]: {\"log\":[\"in\",\"one\"]}",
                        "9.0 LOOP 2 \"second\" of r1 from [6.0] to [note]: {\"last\":2,\"log\":[\"in\",\"one\"]}",
                        "11.0 LOOP 3 \"note\" of r1 from [9.0] to []:"
                                + " {\"last\":{\"log\":\"in\"},\"log\":[\"in\",\"one\",\"note\",[]]}");
        assertThat(spec.checkpoints())
                .extracting(Checkpoint::resumable)
                .as("what is left to do")
                .satisfiesExactly(
                        one -> assertThat(one).isNull(),
                        one -> assertThat(one.frame().superStep()).isEqualTo(1),
                        one -> assertThat(one.frame().superStep()).isEqualTo(2),
                        one -> assertThat(one.frame().superStep()).isEqualTo(3),
                        one -> assertThat(one).isNull());
    }

    @Test
    void theHeadOfTheThreadIsTheLastOfThem() {
        ThreadSpec spec = given(input(1).workflow("three"));
        assertThat(spec.state().head()).isEqualTo(spec.checkpoints().getLast().id());

        for (String action : List.of("r1-1", "r1-2")) {
            spec.and(done(action, "{}"));
            assertThat(spec.state().head())
                    .isEqualTo(spec.checkpoints().getLast().id());
        }
        assertThat(spec.checkpoints().getLast().channels())
                .isEqualTo(spec.state().channels());
    }

    @Test
    void theNextRunComesFromTheEndOfTheOneBefore() {
        ThreadSpec spec = given(
                input(1).workflow("pure").log("a"), input(2).workflow("pure").log("b"));

        assertThat(words(spec))
                .containsExactly(
                        "3.0 INPUT -1 \"input\" of r1 from [] to [__start__]: {}",
                        "3.1 LOOP 0 \"start\" of r1 from [3.0] to [note]: {\"log\":[\"a\"]}",
                        "5.0 LOOP 1 \"note\" of r1 from [3.1] to []:"
                                + " {\"last\":{\"log\":\"a\"},\"log\":[\"a\",\"note\",[]]}",
                        "7.0 INPUT -1 \"input\" of r2 from [5.0] to [__start__]:"
                                + " {\"last\":{\"log\":\"a\"},\"log\":[\"a\",\"note\",[]]}",
                        "7.1 LOOP 0 \"start\" of r2 from [7.0] to [note]:"
                                + " {\"last\":{\"log\":\"a\"},\"log\":[\"a\",\"note\",[],\"b\"]}",
                        "9.0 LOOP 1 \"note\" of r2 from [7.1] to []:"
                                + " {\"last\":{\"log\":\"b\"},\"log\":[\"a\",\"note\",[],\"b\",\"note\",[]]}");
    }

    @Test
    void aSuperStepOfSeveralTasksIsOneCheckpointNamedAfterTheirSteps() {
        ThreadSpec spec =
                given(input(1).workflow("two"), done("r1-1.1", "{\"log\":\"b\"}"), done("r1-1", "{\"log\":\"a\"}"));

        assertThat(words(spec))
                .contains(
                        "3.1 LOOP 0 \"start\" of r1 from [3.0] to [a, b]: {}",
                        "9.0 LOOP 1 \"a, b\" of r1 from [3.1] to [note]: {\"log\":[\"a\",\"b\"]}");
    }

    @Test
    void aFailureThatIsTakenCareOfEndsItsSuperStepToo() {
        ThreadSpec spec = on(graph("guarded")
                        .start("ask")
                        .action("ask", "worker", Step.View::trigger, step -> step.onError("oops"))
                        .action("oops", "worker", Step.View::item, step -> step)
                        .build())
                .and(input(1).workflow("guarded"), failed("r1-1", NO));

        assertThat(words(spec).getLast()).isEqualTo("6.0 LOOP 1 \"ask\" of r1 from [3.1] to [oops]: {}");
    }

    @Test
    void aSubgraphIsPartOfItsSuperStepAndMakesNoCheckpointsOfItsOwn() {
        Workflow inner = graph("inner")
                .start("one")
                .pure("one", logs("one"), step -> step.to("two"))
                .pure("two", logs("two"), step -> step)
                .build();
        Workflow outer = graph("outer")
                .start("sub")
                .subgraph("sub", inner.ref(), step -> step)
                .build();

        ThreadSpec spec =
                thread().workflows(new Workflows(List.of(inner, outer))).and(input(1).workflow("outer"));

        assertThat(spec.checkpoints()).hasSize(3);
        assertThat(words(spec).getLast())
                .isEqualTo("8.0 LOOP 1 \"sub\" of r1 from [3.1] to []: {\"log\":[\"one\",\"two\"]}");
    }

    @Test
    void runsThatFailOrAreCancelledMakeNone() {
        assertThat(given(input(1), failed("r1-1", NO)).checkpoints()).hasSize(2);
        assertThat(given(input(1), cancel("r1")).checkpoints()).hasSize(2);
    }

    @Test
    void afterARollbackTheNextRunComesFromWhereTheHeadIs() {
        ThreadSpec spec = given(
                input(1).workflow("pure").log("a"), input(2).log("b"), cancelRollingBack("r2"), input(3).log("c"));

        assertThat(words(spec).get(5)).startsWith("12.0 INPUT -1 \"input\" of r3 from [5.0]");
    }

    @Test
    void aSideRunHasALineageOfItsOwnAndItsEndMergesTwoParents() {
        ThreadSpec spec = given(input(1).workflow("three").log("main"))
                .and(input(2).policy(PARALLEL).workflow("three").log("side"))
                .and(done("r2-1", "{\"log\":\"s\"}"), done("r1-1", "{\"log\":\"m\"}"), done("r2-2", "{}"));

        assertThat(words(spec))
                .containsExactly(
                        "3.0 INPUT -1 \"input\" of r1 from [] to [__start__]: {}",
                        "3.1 LOOP 0 \"start\" of r1 from [3.0] to [first]: {\"log\":[\"main\"]}",
                        "6.0 INPUT -1 \"input\" of r2 from [3.1] to [__start__] side: {\"log\":[\"main\"]}",
                        "6.1 LOOP 0 \"start\" of r2 from [6.0] to [first] side: {\"log\":[\"main\",\"side\"]}",
                        "9.0 LOOP 1 \"first\" of r2 from [6.1] to [second] side: {\"log\":[\"main\",\"side\",\"s\"]}",
                        "12.0 LOOP 1 \"first\" of r1 from [3.1] to [second]: {\"log\":[\"main\",\"m\"]}",
                        "15.0 LOOP 2 \"second\" of r2 from [9.0] to [note] side: {\"log\":[\"main\",\"side\",\"s\"]}",
                        "17.0 LOOP 3 \"note\" of r2 from [15.0] to [] side:"
                                + " {\"last\":{\"log\":\"side\"},\"log\":[\"main\",\"side\",\"s\",\"note\",[]]}",
                        "17.1 MERGE 3 \"merge\" of r2 from [12.0, 17.0] to [second]:"
                                + " {\"last\":{\"log\":\"side\"},\"log\":[\"main\",\"m\",\"side\",\"s\",\"note\",[]]}");
        assertThat(spec.state().head()).isEqualTo(spec.checkpoints().getLast().id());

        spec.and(done("r1-2", "{}"));
        assertThat(words(spec).get(9)).startsWith("19.0 LOOP 2 \"second\" of r1 from [17.1] to [note]");
    }

    @Test
    void aMergeOnAWorkingThreadCarriesWhatItsMainRunHasToDo() {
        ThreadSpec spec = given(input(1).workflow("three"))
                .and(input(2).policy(PARALLEL).workflow("pure").log("side"));

        Checkpoint merge = spec.checkpoints().getLast();
        assertThat(merge.source()).isEqualTo(Checkpoint.Source.MERGE);
        assertThat(merge.resumable().run()).isEqualTo(new RunId("r1"));
        assertThat(merge.next()).containsExactly("first");
    }

    @Test
    void aJoinThatStillWaitsIsNotWhatComesNext() {
        ThreadSpec spec = on(graph("diamond")
                        .start("short", "long")
                        .pure("short", logs("short"), step -> step.to("join"))
                        .pure("long", logs("long"), step -> step.to("longer"))
                        .action("longer", "worker", Step.View::trigger, step -> step.to("join"))
                        .pure("join", logs("join"), step -> step.joins("short", "longer"))
                        .build())
                .and(input(1).workflow("diamond"));

        assertThat(spec.checkpoints().getLast().label()).isEqualTo("short, long");
        assertThat(spec.checkpoints().getLast().next()).containsExactly("longer");
    }

    @Test
    void aSideRunThatWroteNothingFoldsNothing() {
        ThreadSpec spec = given(input(1), input(2).policy(PARALLEL), done("r2-1", "{}"));

        assertThat(words(spec).getLast()).isEqualTo("10.0 LOOP 1 \"work\" of r2 from [6.1] to [] side: {}");
        assertThat(spec.state().headSeq()).isEqualTo(3);
    }

    // Names

    @Test
    void aNameIsReadFromWhatItWrites() {
        ThreadKey thread = new ThreadKey("default", "t");
        for (CheckpointId id : List.of(
                new CheckpointId(0, 1, 0),
                new CheckpointId(1_700_000_000_000L, 5, 3),
                new CheckpointId((1L << 48) - 1, (1L << 42) - 1, 3),
                new CheckpointId(1, (1L << 30) - 1, 1),
                new CheckpointId(1, 1L << 30, 2))) {
            assertThat(CheckpointId.parse(thread, id.text(thread))).isEqualTo(id);
        }
    }

    @Test
    void namesAreVersion7Uuids() {
        UUID uuid = UUID.fromString(new CheckpointId(1_700_000_000_000L, 5, 1).text(Commands.THREAD));

        assertThat(uuid.version()).isEqualTo(7);
        assertThat(uuid.variant()).isEqualTo(2);
        assertThat(uuid.getMostSignificantBits() >>> 16).isEqualTo(1_700_000_000_000L);
    }

    @Test
    void namesOfAThreadSortLikeItsStates() {
        List<CheckpointId> ordered = List.of(
                new CheckpointId(1_000, 3, 0),
                new CheckpointId(1_000, 3, 1),
                new CheckpointId(1_000, 4, 0),
                new CheckpointId(1_001, 5, 0),
                new CheckpointId(1_001, 1L << 30, 0),
                new CheckpointId(1_001, 1L << 31, 1),
                new CheckpointId(2_000, (1L << 31) + 1, 0));

        assertThat(ordered).isSorted();
        assertThat(ordered.stream().map(id -> id.text(Commands.THREAD)).toList())
                .isSorted();
    }

    @Test
    void whatIsNoCheckpointOfTheThreadIsNotRead() {
        ThreadKey thread = new ThreadKey("default", "t");
        String text = new CheckpointId(1_700_000_000_000L, 5, 1).text(thread);

        assertThat(CheckpointId.parse(new ThreadKey("default", "u"), text)).isNull();
        assertThat(CheckpointId.parse(new ThreadKey("other", "t"), text)).isNull();
        assertThat(List.of(
                        "",
                        "x",
                        "1-1-1-1-1",
                        text + "0",
                        "x" + text.substring(1),
                        "00000000-0000-0000-0000-000000000000",
                        "ffffffff-ffff-ffff-ffff-ffffffffffff",
                        UUID.nameUUIDFromBytes(new byte[] {1}).toString()))
                .allSatisfy(garbage -> assertThat(CheckpointId.parse(thread, garbage))
                        .as(garbage)
                        .isNull());
    }

    @Test
    void numbersBeyondANameAreRefused() {
        refused(-1, 1, 0);
        refused(1L << 48, 1, 0);
        refused(0, 0, 0);
        refused(0, 1L << 42, 0);
        refused(0, 1, -1);
        refused(0, 1, 4);
    }

    // Continuing

    @Test
    void scenario47_aContinuingRunDoesNotRunFinishedSuperStepsAgain() {
        given(input(1).workflow("three").log("in"), done("r1-1", "{\"log\":\"one\"}"), failed("r1-2", NO))
                .when(carryOn("r1", "r2"))
                .then("RunStarted r2 three@1 CONTINUE by i1 main head=6", "ActionRequested r2 r2-2#1 {\"log\":\"in\"}")
                .outcome("Started r2")
                .when(done("r2-2", "{\"log\":\"two\"}"))
                .state("{\"last\":{\"log\":\"in\"},\"log\":[\"in\",\"one\",\"two\",\"note\",[]]}")
                .running("idle");
    }

    @Test
    void scenario47_norFinishedTasksOfTheUnfinishedSuperStep() {
        given(input(1).workflow("two"), done("r1-1.1", "{\"log\":\"b\"}"), failed("r1-1", NO))
                .state("{}")
                .when(carryOn("r2"))
                .then("RunStarted r2 two@1 CONTINUE by i1 main head=3", "ActionRequested r2 r2-1#1 \"hello 1\"")
                .when(done("r2-1", "{\"log\":\"a\"}"))
                .then(
                        "ActionSucceeded r2-1#1",
                        "StepCompleted r2 1 a log+=\"a\"",
                        "StepCompleted r2 2 note last=\"hello 1\" log+=[\"note\",[]]",
                        "RunCompleted r2 {\"last\":\"hello 1\",\"log\":[\"a\",\"b\",\"note\",[]]}");
    }

    @Test
    void aCancelledRunIsContinuedLikeAFailedOne() {
        given(input(1).workflow("two"), done("r1-1.1", "{\"log\":\"b\"}"), cancel("r1"))
                .when(carryOn("r1", "r2"))
                .then("RunStarted r2 two@1 CONTINUE by i1 main head=3", "ActionRequested r2 r2-1#1 \"hello 1\"");
    }

    @Test
    void aContinuingRunMayFailAndBeContinuedToo() {
        given(input(1), failed("r1-1", NO), carryOn("r1", "r2"), failed("r2-1", NO))
                .when(carryOn("r1", "r3"))
                .then("InputRejected continue as r3 NOTHING_TO_CONTINUE:"
                        + " Run r1 has left nothing to do, or the thread has gone on since")
                .and(carryOn("r2", "r4"))
                .when(done("r4-1", "{\"log\":\"at last\"}"))
                .state("{\"log\":[\"at last\"]}");
    }

    @Test
    void aContinuingRunKeepsTheVersionThatWasStarted() {
        Workflow second = TestWorkflows.of("async", 2, TestWorkflows.work("work"));

        given(input(1), failed("r1-1", NO))
                .workflows(new Workflows(List.of(TestWorkflows.ASYNC, second)))
                .when(carryOn("r2"))
                .then("RunStarted r2 async@1 CONTINUE by i1 main head=3", "ActionRequested r2 r2-1#1 \"hello 1\"");
    }

    @Test
    void aContinuingRunSeesWhatTheRunHadTakenIn() {
        given(input(1).workflow("three"), input(2).policy(MERGE).log("merged"), done("r1-1", "{}"), failed("r1-2", NO))
                .and(carryOn("r2"))
                .when(done("r2-2", "{}"))
                .state("{\"last\":\"hello 1\",\"log\":[\"merged\",\"note\",[{\"log\":\"merged\"}]]}");
    }

    @Test
    void aThreadThatIsBusyIsNotContinued() {
        given(input(1), failed("r1-1", NO), input(2))
                .when(carryOn("r1", "r3"))
                .then("InputRejected continue as r3 BUSY: Thread is busy")
                .running("1 active");
    }

    @Test
    void aThreadWithNothingLeftToDoIsNotContinued() {
        given(input(1).workflow("pure"))
                .when(carryOn("r2"))
                .then("InputRejected continue as r2 NOTHING_TO_CONTINUE: The thread has nothing left to do")
                .running("idle");
        given(input(1), failed("r1-1", NO), input(2), done("r2-1", "{}"))
                .when(carryOn("r1", "r3"))
                .outcome("Rejected NOTHING_TO_CONTINUE:"
                        + " Run r1 has left nothing to do, or the thread has gone on since");
        given(input(1), failed("r1-1", NO))
                .when(carryOn("r7", "r3"))
                .outcome("Rejected NOTHING_TO_CONTINUE:"
                        + " Run r7 has left nothing to do, or the thread has gone on since");
        thread().when(carryOn("r2")).thenNothing().outcome("Invalid: Thread t1 does not exist");
    }

    @Test
    void aFailedSideRunLeavesNothingToContinue() {
        given(input(1), input(2).policy(PARALLEL), failed("r2-1", NO), done("r1-1", "{}"))
                .when(carryOn("r2", "r3"))
                .outcome("Rejected NOTHING_TO_CONTINUE:"
                        + " Run r2 has left nothing to do, or the thread has gone on since");
    }

    @Test
    void aSideRunThatEndsLaterLeavesWhatTheMainRunHadToDo() {
        given(input(1), input(2).policy(PARALLEL).log("side"), failed("r1-1", NO), done("r2-1", "{}"))
                .when(carryOn("r1", "r3"))
                .then("RunStarted r3 async@1 CONTINUE by i1 main head=13", "ActionRequested r3 r3-1#1 \"hello 1\"")
                .state("{\"log\":[\"side\"]}");
    }

    @Test
    void aSuperStepWhoseWritesDoNotCombineIsDoneAgainAsAWhole() {
        given(input(1).workflow("two"), done("r1-1", "{\"last\":1}"), done("r1-1.1", "{\"last\":2}"))
                .running("idle")
                .when(carryOn("r2"))
                .then(
                        "RunStarted r2 two@1 CONTINUE by i1 main head=3",
                        "ActionRequested r2 r2-1#1 \"hello 1\"",
                        "ActionRequested r2 r2-1.1#1 \"hello 1\"")
                .and(done("r2-1", "{\"last\":1}"))
                .when(done("r2-1.1", "{}"))
                .running("idle")
                .state("{\"last\":\"hello 1\",\"log\":[\"note\",[]]}");
    }

    @Test
    void aSubgraphWhoseOutputDoesNotFitDoesItsLastSuperStepAgain() {
        Workflow inner = graph("inner")
                .start("one")
                .pure("one", logs("one"), step -> step.to("ask"))
                .action("ask", "worker", Step.View::trigger, step -> step)
                .build();
        Workflow outer = WorkflowBuilder.workflow("outer", 1)
                .channel("total", Reducer.SUM)
                .start("sub")
                .step(
                        "sub",
                        new Step.Subgraph(inner.ref(), null, (view, values) -> {
                            if (((Json.Obj) values).get("last") instanceof Json.Num number) {
                                return Step.Outcome.of(List.of(new Write("total", number)));
                            }
                            throw new StepFailure("no number");
                        }),
                        step -> step)
                .build();

        thread().workflows(new Workflows(List.of(inner, outer)))
                .and(input(1).workflow("outer"), done("r1-1/2", "{\"last\":\"many\"}"))
                .running("idle")
                .when(carryOn("r2"))
                .then("RunStarted r2 outer@1 CONTINUE by i1 main head=3", "ActionRequested r2 r2-1/2#1 \"hello 1\"")
                .when(done("r2-1/2", "{\"last\":3}"))
                .state("{\"total\":3}");
    }

    // Changing

    @Test
    void anUpdateChangesTheStateThroughTheReducersAndNothingRunsOnForIt() {
        ThreadSpec spec = given(input(1).workflow("pure").log("a"))
                .when(update("{\"log\":\"u\",\"last\":7}"))
                .then("StateUpdated log+=\"u\" last=7")
                .outcome("Applied")
                .state("{\"last\":7,\"log\":[\"a\",\"note\",[],\"u\"]}")
                .running("idle");

        assertThat(words(spec).getLast())
                .isEqualTo("6.0 UPDATE 0 \"update\" from [5.0] to []:"
                        + " {\"last\":7,\"log\":[\"a\",\"note\",[],\"u\"]}");
    }

    @Test
    void anUpdateOfAFailedThreadCarriesWhatIsLeftToDo() {
        ThreadSpec spec = given(input(1).workflow("two"), done("r1-1.1", "{\"log\":\"b\"}"), failed("r1-1", NO))
                .and(update("{\"log\":\"u\"}"));

        assertThat(words(spec).getLast()).isEqualTo("11.0 UPDATE 0 \"update\" from [3.1] to [a]: {\"log\":[\"u\"]}");
        spec.and(carryOn("r1", "r2"))
                .when(done("r2-1", "{\"log\":\"a\"}"))
                .state("{\"last\":\"hello 1\",\"log\":[\"u\",\"a\",\"b\",\"note\",[]]}");
    }

    @Test
    void anUpdateOfAWaitingThreadIsSeenByItsRunAndCarriesWhatThatHasToDo() {
        ThreadSpec spec = on(napping()).and(input(1).workflow("napping")).and(update("{\"log\":\"u\"}"));

        assertThat(words(spec).getLast()).isEqualTo("5.0 UPDATE 0 \"update\" from [3.1] to [nap]: {\"log\":[\"u\"]}");
        assertThat(spec.checkpoints().getLast().resumable().run()).isEqualTo(new RunId("r1"));
        spec.when(timersAt(1_500)).state("{\"log\":[\"u\",\"u\"]}");
    }

    @Test
    void anUpdateOfAPausedThreadIsTaken() {
        on(graph("asking")
                        .start("ask")
                        .action("ask", "worker", Step.View::trigger, step -> step.notIdempotent())
                        .build())
                .and(input(1).workflow("asking"), lost("r1-1", 1))
                .when(update("{\"log\":\"u\"}"))
                .then("StateUpdated log+=\"u\"")
                .running("1 paused");
    }

    @Test
    void anActiveThreadIsNotUpdated() {
        given(input(1))
                .when(update("{\"log\":\"u\"}"))
                .then("InputRejected update {\"log\":\"u\"} BUSY: Thread is busy")
                .state("{}");
    }

    @Test
    void anUnknownChannelIsRefusedAndNothingIsChanged() {
        given(input(1).workflow("pure").log("a"))
                .when(update("{\"log\":\"u\",\"lost\":1}"))
                .then("InputRejected update {\"log\":\"u\",\"lost\":1} UNKNOWN_CHANNEL: Unknown channel \"lost\"")
                .state("{\"last\":{\"log\":\"a\"},\"log\":[\"a\",\"note\",[]]}");
    }

    @Test
    void aValueThatDoesNotFitIsRefused() {
        Workflow counting = WorkflowBuilder.workflow("counting", 1)
                .channel("count", Reducer.SUM)
                .start("add")
                .pure("add", view -> List.of(new Write("count", Json.of(1))), step -> step)
                .build();

        on(counting)
                .and(input(1).workflow("counting"))
                .when(update("{\"count\":\"x\"}"))
                .outcome("Rejected UNSUITABLE_INPUT: Channel \"count\" (sum): only numbers can be added up, not a text")
                .when(update("{\"count\":4}"))
                .state("{\"count\":5}");
    }

    @Test
    void anUpdateKnowsTheChannelsThatTheThreadHasAndThoseThatItsWorkflowDeclares() {
        Workflow other = WorkflowBuilder.workflow("other", 1)
                .channel("foreign", Reducer.SET_UNION)
                .channel("never", Reducer.SUM)
                .start("write")
                .pure("write", view -> List.of(new Write("foreign", Json.of(1))), step -> step)
                .build();

        thread().workflows(new Workflows(List.of(TestWorkflows.ASYNC, other)))
                .and(input(1).workflow("other"))
                .when(update("{\"foreign\":[1,2]}"))
                .state("{\"foreign\":[1,2]}")
                .when(update("{\"log\":\"of the server's default, which is not what ran last\"}"))
                .outcome("Rejected UNKNOWN_CHANNEL: Unknown channel \"log\"")
                .when(update("{\"never\":1}"))
                .outcome("Applied");
    }

    @Test
    void messagesOfUpdatesHaveNamesOfTheirOwnEvenOnAFork() {
        Workflow chat = WorkflowBuilder.workflow("chat", 1)
                .channel("messages", Reducer.MESSAGES)
                .start("end")
                .pure("end", view -> List.of(), step -> step)
                .build();
        ThreadSpec source = on(chat).and(input(1).workflow("chat").data(JsonText.parse("{\"messages\":\"zeroth\"}")));
        source.and(update("{\"messages\":\"first\"}"), update("{\"messages\":\"second\"}"));
        ThreadKey forkKey = new ThreadKey(Commands.THREAD.tenant(), "fork");
        ThreadState fork = ThreadState.absent(forkKey);
        Decider decider =
                new Decider(ThreadSpec.SETTINGS, new Workflows(List.of(chat)), ThreadSpec.NO_JUDGES, new JsonSchemas());

        fork = decider.decide(
                        fork,
                        new Command.ForkThread(
                                header(forkKey, "fork"), "t1", null, (Json.Obj) JsonText.parse("{}"), null),
                        new Known(null, null, source.checkpoints().getLast(), Map.of()))
                .after();
        for (int i = 0; i < 8; i++) {
            fork = decider.decide(
                            fork,
                            new Command.UpdateState(
                                    header(forkKey, "u" + i), (Json.Obj) JsonText.parse("{\"messages\":\"more\"}")),
                            Known.NOTHING)
                    .after();
        }

        assertThat(((Json.Arr) fork.channels().get("messages")).items()).hasSize(11);
    }

    // Going back

    @Test
    void aRestoredStateIsThatOfItsCheckpoint() {
        ThreadSpec spec = given(input(1).workflow("three").log("in"), done("r1-1", "{\"log\":\"one\"}"));
        String afterOne = name(spec.checkpoints().getLast());
        spec.and(done("r1-2", "{\"log\":\"two\"}"));

        spec.when(restore(afterOne, "{}", null))
                .then("StateRestored {\"log\":[\"in\",\"one\"]}")
                .outcome("Applied")
                .state("{\"log\":[\"in\",\"one\"]}")
                .running("idle");
        assertThat(words(spec).getLast())
                .isEqualTo(
                        "12.0 FORK 1 \"restored " + afterOne + "\" from [6.0] to [second]: {\"log\":[\"in\",\"one\"]}");
        spec.when(carryOn("r2"))
                .then(
                        "RunStarted r2 three@1 CONTINUE by i1 main head=12",
                        "ActionRequested r2 r2-2#1 {\"log\":\"in\"}");
    }

    @Test
    void aRestoreMayRunOnAtOnceWithAnEdit() {
        ThreadSpec spec = given(input(1).workflow("three").log("in"), done("r1-1", "{\"log\":\"one\"}"));
        String afterOne = name(spec.checkpoints().getLast());
        spec.and(done("r1-2", "{\"log\":\"two\"}"));

        spec.when(restore(afterOne, "{\"log\":\"edited\"}", "r2"))
                .then(
                        "StateRestored {\"log\":[\"in\",\"one\"]}",
                        "StateUpdated log+=\"edited\"",
                        "RunStarted r2 three@1 CONTINUE by i1 main head=13",
                        "ActionRequested r2 r2-2#1 {\"log\":\"in\"}")
                .outcome("Started r2")
                .when(done("r2-2", "{}"))
                .state("{\"last\":{\"log\":\"in\"},\"log\":[\"in\",\"one\",\"edited\",\"note\",[]]}");
    }

    @Test
    void anEditIsMadeOnTheStateOfTheCheckpointAndNotOnTheOneThatItReplaces() {
        ThreadSpec spec = given(
                input(1).workflow("pure").log("a"), input(2).workflow("pure").log("b"));
        String afterFirst = name(spec.checkpoints().get(2));

        spec.when(restore(afterFirst, "{\"log\":\"edited\"}", null))
                .state("{\"last\":{\"log\":\"a\"},\"log\":[\"a\",\"note\",[],\"edited\"]}");
    }

    @Test
    void aRestoreCancelsWhatRunsAndWhatIsQueued() {
        ThreadSpec spec = given(input(1).workflow("pure").log("a"), input(2), input(3).policy(QUEUE))
                .and(input(4).to("r2"), input(5).policy(PARALLEL));
        String afterFirst = name(spec.checkpoints().get(2));

        spec.when(restore(afterFirst, "{}", null))
                .then(
                        "RunCancelled r2 SUPERSEDED",
                        "InputExpired i4 of r2",
                        "RunCancelled r5 SUPERSEDED",
                        "RunCancelled r3 SUPERSEDED",
                        "StateRestored {\"last\":{\"log\":\"a\"},\"log\":[\"a\",\"note\",[]]}")
                .running("idle")
                .when(carryOn("r6"))
                .outcome("Rejected NOTHING_TO_CONTINUE: The thread has nothing left to do");
        assertThat(Owed.of(spec.state())).isEmpty();
    }

    @Test
    void aRestoreToTheStartOfARunRunsItAgain() {
        ThreadSpec spec = given(input(1).workflow("pure").log("a"));

        spec.when(restore(name(spec.checkpoints().get(1)), "{}", "r2"))
                .then(
                        "StateRestored {\"log\":[\"a\"]}",
                        "RunStarted r2 pure@1 CONTINUE by i1 main head=6",
                        "StepCompleted r2 1 note last={\"log\":\"a\"} log+=[\"note\",[]]",
                        "RunCompleted r2 {\"last\":{\"log\":\"a\"},\"log\":[\"a\",\"note\",[]]}");
    }

    @Test
    void whatSleptAtACheckpointSleepsAnew() {
        ThreadSpec spec = on(napping()).and(input(1).workflow("napping"), update("{\"log\":\"u\"}"), timersAt(1_500));

        spec.when(restore(name(spec.checkpoints().get(2)), "{}", "r2"))
                .then(
                        "StateRestored {\"log\":[\"u\"]}",
                        "RunStarted r2 napping@1 CONTINUE by i1 main head=10",
                        "TimerSet r2 1 @1500");
    }

    @Test
    void whatCannotBeRestoredIsRefusedAndCancelsNothing() {
        ThreadSpec spec = given(input(1).workflow("pure").log("a"), input(2));
        String end = name(spec.checkpoints().get(2));

        spec.when(restore("nonsense", "{}", null))
                .outcome("Rejected UNKNOWN_CHECKPOINT: Unknown checkpoint nonsense")
                .when(restore(end, "{}", "r3"))
                .outcome("Rejected NOTHING_TO_CONTINUE: Nothing was left to do at this checkpoint")
                .when(restore(end, "{\"lost\":1}", null))
                .outcome("Rejected UNKNOWN_CHANNEL: Unknown channel \"lost\"")
                .running("1 active");
        thread().when(restore("nonsense", "{}", null)).thenNothing().outcome("Invalid: Thread t1 does not exist");
    }

    @Test
    void aRunAfterARestoreStartsFromThere() {
        ThreadSpec spec = given(
                input(1).workflow("pure").log("a"), input(2).workflow("pure").log("b"));

        spec.and(restore(name(spec.checkpoints().get(2)), "{}", null))
                .when(input(3).log("c"))
                .state("{\"last\":{\"log\":\"a\"},\"log\":[\"a\",\"note\",[],\"c\"]}");
        assertThat(words(spec).get(7)).startsWith("12.0 INPUT -1 \"input\" of r3 from [10.0]");
    }

    // Forking

    @Test
    void scenario49_aForkWithAnEditAndItsSourceBothContinueIndependently() {
        ThreadSpec source = given(input(1).workflow("three").log("in"), done("r1-1", "{\"log\":\"one\"}"));
        Checkpoint afterOne = source.checkpoints().getLast();

        ThreadSpec fork = thread().forking(afterOne)
                .when(fork("t0", name(afterOne), "{\"log\":\"edited\"}", "r9"))
                .then(
                        "ThreadCreated",
                        "ThreadForked t0 {\"log\":[\"in\",\"one\"]}",
                        "StateUpdated log+=\"edited\"",
                        "RunStarted r9 three@1 CONTINUE by i1 main head=3",
                        "ActionRequested r9 r9-2#1 {\"log\":\"in\"}")
                .outcome("Started r9")
                .and(done("r9-2", "{\"log\":\"of the fork\"}"));
        source.and(done("r1-2", "{\"log\":\"of the source\"}"));

        fork.state("{\"last\":{\"log\":\"in\"},\"log\":[\"in\",\"one\",\"edited\",\"of the fork\",\"note\",[]]}");
        source.state("{\"last\":{\"log\":\"in\"},\"log\":[\"in\",\"one\",\"of the source\",\"note\",[]]}");
        fork.and(input(2).log("only here"));
        source.state("{\"last\":{\"log\":\"in\"},\"log\":[\"in\",\"one\",\"of the source\",\"note\",[]]}");
    }

    @Test
    void aForkNeedNotRun() {
        ThreadSpec source = given(input(1).workflow("two").log("in"), done("r1-1", "{\"log\":\"a\"}"));
        Checkpoint start = source.checkpoints().getLast();

        ThreadSpec fork = thread().forking(start)
                .when(fork("t0", null, "{}", null))
                .then("ThreadCreated", "ThreadForked t0 {\"log\":[\"in\"]}")
                .outcome("Applied")
                .running("idle");

        assertThat(words(fork))
                .containsExactly("2.0 FORK 0 \"fork of t0 "
                        + start.id().text(new ThreadKey(Commands.THREAD.tenant(), "t0"))
                        + "\" from [] to [a, b]: {\"log\":[\"in\"]}");
        fork.when(carryOn("r9"))
                .then(
                        "RunStarted r9 two@1 CONTINUE by i1 main head=2",
                        "ActionRequested r9 r9-1#1 {\"log\":\"in\"}",
                        "ActionRequested r9 r9-1.1#1 {\"log\":\"in\"}");
    }

    @Test
    void aForkOfTheEndHasTheStateAndNothingToDo() {
        ThreadSpec source = given(input(1).workflow("pure").log("in"));
        Checkpoint end = source.checkpoints().getLast();

        thread().forking(end)
                .when(fork("t0", name(end), "{}", "r9"))
                .thenNothing()
                .outcome("Invalid: Nothing was left to do at this checkpoint")
                .and(fork("t0", name(end), "{}", null))
                .when(input(2).workflow("pure").log("more"))
                .state("{\"last\":{\"log\":\"more\"},\"log\":[\"in\",\"note\",[],\"more\",\"note\",[]]}");
    }

    @Test
    void aForkMakesANewThreadOnly() {
        ThreadSpec source = given(input(1).workflow("pure"));

        given(input(1).log("mine"))
                .forking(source.checkpoints().getLast())
                .when(fork("t0", null, "{}", null))
                .then("InputRejected fork t0null{}null THREAD_EXISTS: Thread t1 exists already")
                .state("{\"log\":[\"mine\"]}")
                .running("1 active");
    }

    @Test
    void whatCannotBeForkedMakesNoThread() {
        ThreadSpec spec = thread();
        spec.when(fork("t0", "nonsense", "{}", null))
                .thenNothing()
                .outcome("Invalid: Thread t0 has no checkpoint nonsense")
                .when(fork("t0", null, "{}", null))
                .thenNothing()
                .outcome("Invalid: Thread t0 has no state to fork");
        spec.forking(given(input(1)).checkpoints().getLast())
                .when(fork("t0", null, "{\"lost\":1}", null))
                .thenNothing()
                .outcome("Invalid: Unknown channel \"lost\"");

        assertThat(spec.state().exists()).isFalse();
    }

    @Test
    void aForkIsRefusedOnlyOnceForTheSameCommand() {
        ThreadSpec source = given(input(1).workflow("pure").log("in"));

        thread().forking(source.checkpoints().getLast())
                .and(fork("t0", null, "{}", null))
                .when(fork("t0", null, "{}", null))
                .thenNothing()
                .outcome("Duplicate of Applied");
    }

    @Test
    void anInterruptGivesUpWhatWasLeftToDo() {
        given(input(1), failed("r1-1", NO), input(2).policy(INTERRUPT).workflow("pure"))
                .when(carryOn("r1", "r3"))
                .outcome("Rejected NOTHING_TO_CONTINUE:"
                        + " Run r1 has left nothing to do, or the thread has gone on since");
    }

    private static Workflow napping() {
        return graph("napping")
                .start("nap")
                .sleep("nap", view -> 500, step -> step.to("end"))
                .pure("end", view -> log(view.state().get("log")), step -> step)
                .build();
    }

    private static void refused(long timeMs, long seq, int ordinal) {
        assertThatThrownBy(() -> new CheckpointId(timeMs, seq, ordinal)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Command.Header header(ThreadKey thread, String id) {
        return new Command.Header(thread, Commands.NOW_MS, new Identity("test", id), id, "test", "tester");
    }

    private static String name(Checkpoint checkpoint) {
        return checkpoint.id().text(Commands.THREAD);
    }

    private static List<String> words(ThreadSpec spec) {
        return spec.checkpoints().stream().map(CheckpointTest::words).toList();
    }

    /** {@code 6.0}: the first checkpoint that event 6 made. */
    private static String words(Checkpoint one) {
        return "%s %s %d \"%s\"%s from %s to %s%s: %s"
                .formatted(
                        words(one.id()),
                        one.source(),
                        one.superStep(),
                        one.label(),
                        one.run() == null ? "" : " of " + one.run(),
                        one.parents().stream().map(CheckpointTest::words).toList(),
                        one.next(),
                        one.side() ? " side" : "",
                        Words.of(Json.object(one.channels().values())));
    }

    private static String words(CheckpointId id) {
        return id.seq() + "." + id.ordinal();
    }
}

package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.PARALLEL;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.cancelRollingBack;
import static dev.threadwright.thread.Commands.complete;
import static dev.threadwright.thread.Commands.fail;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.ThreadSpec.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Json;
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
}

package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.MERGE;
import static dev.threadwright.thread.Commands.NOW_MS;
import static dev.threadwright.thread.Commands.PARALLEL;
import static dev.threadwright.thread.Commands.QUEUE;
import static dev.threadwright.thread.Commands.THREAD;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.cancelAll;
import static dev.threadwright.thread.Commands.cancelAllAdmittedBy;
import static dev.threadwright.thread.Commands.cancelAllRollingBack;
import static dev.threadwright.thread.Commands.cancelRollingBack;
import static dev.threadwright.thread.Commands.complete;
import static dev.threadwright.thread.Commands.completeAt;
import static dev.threadwright.thread.Commands.fail;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.ThreadSpec.given;

import org.junit.jupiter.api.Test;

/** Cancelling one run or all. */
class CancelTest {

    @Test
    void cancellingARunEndsItAndPromotesTheNext() {
        given(input(1).log("a"), input(2).policy(QUEUE))
                .when(cancel("r1"))
                .then(
                        "RunCancelled r1 REQUESTED",
                        "InputPromoted r2",
                        "RunStarted r2 async@1 QUEUE by i2 main head=3",
                        "ActionRequested r2 r2-1#1 \"hello 2\"")
                .outcome("Cancelled [r1]")
                .state("{\"log\":[\"a\"]}");
    }

    @Test
    void cancellingAQueuedRunTakesItOutAndLeavesTheOthers() {
        given(input(1), input(2).policy(QUEUE), input(3).policy(QUEUE))
                .when(cancel("r2"))
                .then("RunCancelled r2 REQUESTED")
                .outcome("Cancelled [r2]")
                .running("1 active, 1 queued")
                .when(complete("r1", 1))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 work",
                        "RunCompleted r1 {}",
                        "InputPromoted r3",
                        "RunStarted r3 async@1 QUEUE by i3 main head=12",
                        "ActionRequested r3 r3-1#1 \"hello 3\"");
    }

    @Test
    void whatJoinedAQueuedRunExpiresWhenItIsCancelled() {
        given(input(1), input(2).policy(QUEUE), input(3).to("r2"))
                .when(cancel("r2"))
                .then("RunCancelled r2 REQUESTED", "InputExpired i3 of r2");
    }

    @Test
    void cancellingWithRollbackReturnsTheState() {
        given(input(1).log("a"), input(2).policy(QUEUE).log("b"))
                .when(cancelRollingBack("r1"))
                .then(
                        "RunCancelled r1 ROLLED_BACK",
                        "StateRolledBack r1 to 0",
                        "InputPromoted r2",
                        "RunStarted r2 async@1 QUEUE by i2 main head=0 log+=\"b\"",
                        "ActionRequested r2 r2-1#1 {\"log\":\"b\"}")
                .state("{\"log\":[\"b\"]}");
    }

    @Test
    void rollingBackTheMainRunLeavesASideRunRunning() {
        given(input(1).log("a"), input(2).policy(PARALLEL).log("s"))
                .when(cancelRollingBack("r1"))
                .running("1 active")
                .state("{}")
                .when(complete("r2", 1))
                .state("{\"log\":[\"s\"]}");
    }

    @Test
    void cancellingTwiceIsANoOpThatSaysHowTheRunEnded() {
        given(input(1), cancel("r1"))
                .when(cancelAgain("r1"))
                .thenNothing()
                .outcome("Unchanged: Run r1 is already cancelled");
        given(input(1), complete("r1", 1))
                .when(cancel("r1"))
                .thenNothing()
                .outcome("Unchanged: Run r1 is already completed");
        given(input(1), fail("r1", 1, "no"))
                .when(cancel("r1"))
                .thenNothing()
                .outcome("Unchanged: Run r1 is already failed");
    }

    @Test
    void aCancelRedeliveredGetsItsFirstOutcome() {
        given(input(1), cancel("r1")).when(cancel("r1")).thenNothing().outcome("Duplicate of Cancelled [r1]");
    }

    @Test
    void cancellingAnUnknownRunIsRefused() {
        given(input(1)).when(cancel("r9")).then("InputRejected cancel r9 UNKNOWN_RUN: Unknown run r9");
    }

    @Test
    void scenario57_aResultThatComesAfterTheCancelDoesNotEndTheRunAgain() {
        given(input(1), cancel("r1"))
                .when(complete("r1", 1))
                .then("ActionResultDiscarded r1-1#1: The run is not running");
    }

    @Test
    void cancellingAllEndsStartedAndQueuedRuns() {
        given(input(1), input(2).policy(PARALLEL), input(3).policy(QUEUE), input(4).policy(MERGE))
                .when(cancelAll())
                .then(
                        "RunCancelled r1 REQUESTED",
                        "InputExpired i4 of r1",
                        "RunCancelled r2 REQUESTED",
                        "RunCancelled r3 REQUESTED")
                .outcome("Cancelled [r1, r2, r3]")
                .running("idle");
    }

    @Test
    void cancellingAllWithRollbackReturnsTheStateAfterTheLastRun() {
        given(input(1).log("a"), input(2).policy(PARALLEL))
                .when(cancelAllRollingBack())
                .then("RunCancelled r1 ROLLED_BACK", "RunCancelled r2 ROLLED_BACK", "StateRolledBack r1 to 0")
                .state("{}");
    }

    @Test
    void cancellingAllWhereNothingRunsSaysSo() {
        given(input(1).workflow("pure")).when(cancelAll()).thenNothing().outcome("Unchanged: Nothing was running");
    }

    @Test
    void whatWasAdmittedAfterTheCutOffSurvivesAndTakesItsTurn() {
        given(
                        input(1).at(1_000),
                        input(2).policy(PARALLEL).at(1_020),
                        input(3).policy(QUEUE).at(1_010),
                        input(4).policy(QUEUE).at(1_011))
                .when(cancelAllAdmittedBy(1_010))
                .then("RunCancelled r1 REQUESTED", "RunCancelled r3 REQUESTED")
                .running("1 active, 1 queued")
                .when(complete("r2", 1))
                .running("1 active");
    }

    @Test
    void aRunThatWaitedInTheQueueCountsFromItsAdmissionNotFromItsStart() {
        given(input(1).at(900), input(2).policy(QUEUE).at(950), completeAt(1_000, "r1", 1))
                .running("1 active")
                .when(cancelAllAdmittedBy(960))
                .outcome("Cancelled [r2]");
    }

    @Test
    void aFollowUpCountsFromTheAdmissionOfItsInputs() {
        given(input(1).at(900), input(2).policy(MERGE).at(950), completeAt(1_000, "r1", 1))
                .running("1 active")
                .when(cancelAllAdmittedBy(960))
                .running("idle");
        given(input(1).at(900), input(2).policy(MERGE).at(970), completeAt(1_000, "r1", 1))
                .when(cancelAllAdmittedBy(960))
                .outcome("Unchanged: Nothing was running");
    }

    private static Command cancelAgain(String run) {
        Command.Header header =
                new Command.Header(THREAD, NOW_MS, new Identity("test", "again"), "", "run.cancel", "tester");
        return new Command.CancelRun(header, new RunId(run), false);
    }
}

package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.INTERRUPT;
import static dev.threadwright.thread.Commands.MERGE;
import static dev.threadwright.thread.Commands.PARALLEL;
import static dev.threadwright.thread.Commands.PREPEND;
import static dev.threadwright.thread.Commands.QUEUE;
import static dev.threadwright.thread.Commands.ROLLBACK;
import static dev.threadwright.thread.Commands.complete;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.ThreadSpec.given;

import dev.threadwright.workflow.Json;
import org.junit.jupiter.api.Test;

/** Interrupt and rollback: scenarios 2, 4, 16, 68 and 69, and the order of a superseding decision's events. */
class SupersedingTest {

    @Test
    void scenario2_interruptCancelsTheOldRunAndStartsTheNewOneInThisOrder() {
        given(input(1))
                .when(input(2).policy(INTERRUPT))
                .then(
                        "InputAccepted i2 -> r2 INTERRUPT_AND_START_NEW",
                        "RunCancelled r1 SUPERSEDED",
                        "RunStarted r2 async@1 INPUT by i2 main head=3",
                        "ActionRequested r2 r2-1#1 \"hello 2\"")
                .outcome("Started r2")
                .running("1 active");
    }

    @Test
    void scenario2_interruptKeepsTheCommittedState() {
        given(input(1).log("a").workflow("three"), complete("r1", 1, Json.object("last", Json.of(7))))
                .when(input(2).policy(INTERRUPT).log("b"))
                .state("{\"last\":7,\"log\":[\"a\",\"b\"]}");
    }

    @Test
    void scenario4_theLateResultOfCancelledWorkIsDiscardedAndChangesNothing() {
        given(input(1), input(2).policy(INTERRUPT))
                .when(complete("r1", 1, Json.object("last", Json.of("late"))))
                .then("ActionResultDiscarded r1-1#1: The run is not running")
                .outcome("Unchanged: The run is not running")
                .state("{}")
                .running("1 active");
    }

    @Test
    void scenario68_interruptCancelsQueuedRunsToo() {
        given(input(1), input(2).policy(QUEUE), input(3).policy(QUEUE), input(4).policy(QUEUE))
                .when(input(5).policy(INTERRUPT))
                .then(
                        "InputAccepted i5 -> r5 INTERRUPT_AND_START_NEW",
                        "RunCancelled r1 SUPERSEDED",
                        "RunCancelled r2 SUPERSEDED",
                        "RunCancelled r3 SUPERSEDED",
                        "RunCancelled r4 SUPERSEDED",
                        "RunStarted r5 async@1 INPUT by i5 main head=3",
                        "ActionRequested r5 r5-1#1 \"hello 5\"")
                .running("1 active");
    }

    @Test
    void whatTheSupersededRunHadNotTakenInExpires() {
        given(input(1), input(2).policy(MERGE), input(3).policy(QUEUE), input(4).to("r3"))
                .when(input(5).policy(INTERRUPT))
                .then(
                        "InputAccepted i5 -> r5 INTERRUPT_AND_START_NEW",
                        "RunCancelled r1 SUPERSEDED",
                        "InputExpired i2 of r1",
                        "RunCancelled r3 SUPERSEDED",
                        "InputExpired i4 of r3",
                        "RunStarted r5 async@1 INPUT by i5 main head=3",
                        "ActionRequested r5 r5-1#1 \"hello 5\"");
    }

    @Test
    void prependTakesSupersededInputsThatLeftNoTraceAndLeavesTheNewOneTheTrigger() {
        given(input(1), input(2).policy(MERGE), input(3).policy(QUEUE))
                .when(input(4).policy(PREPEND).workflow("pure"))
                .then(
                        "InputAccepted i4 -> r4 INTERRUPT_AND_START_NEW",
                        "RunCancelled r1 SUPERSEDED carrying",
                        "RunCancelled r3 SUPERSEDED carrying",
                        "RunStarted r4 pure@1 INPUT by i4 main head=3",
                        "StepCompleted r4 1 note last=\"hello 4\" log+=[\"note\",[\"hello 1\",\"hello 2\",\"hello 3\"]]",
                        "RunCompleted r4 {\"last\":\"hello 4\",\"log\":[\"note\",[\"hello 1\",\"hello 2\",\"hello 3\"]]}");
    }

    @Test
    void prependedInputsAreMappedBeforeTheNewOne() {
        // r2 is a side run: what it was started with never reached the thread's state.
        given(input(1), input(2).policy(PARALLEL).last("old"))
                .when(input(3).policy(PREPEND).last("new"))
                .state("{\"last\":\"new\"}");
        given(input(1), input(2).policy(PARALLEL).log("old"))
                .when(input(3).policy(PREPEND).log("new"))
                .state("{\"log\":[\"old\",\"new\"]}");
    }

    @Test
    void prependDoesNotRepeatATriggerThatIsInTheState() {
        given(input(1).log("a")).when(input(2).policy(PREPEND).log("b")).state("{\"log\":[\"a\",\"b\"]}");
    }

    @Test
    void prependDoesNotRepeatAMergedInputThatIsInTheState() {
        given(input(1).workflow("three"), input(2).policy(MERGE).log("b"), input(3).policy(MERGE), complete("r1", 1))
                .state("{\"log\":[\"b\"]}")
                .when(input(4).policy(PREPEND).log("d").workflow("async"))
                .state("{\"log\":[\"b\",\"d\"]}")
                .then(
                        "InputAccepted i4 -> r4 INTERRUPT_AND_START_NEW",
                        "RunCancelled r1 SUPERSEDED carrying",
                        "RunStarted r4 async@1 INPUT by i4 main head=8 log+=\"d\"",
                        "ActionRequested r4 r4-1#1 {\"log\":\"d\"}");
    }

    @Test
    void prependedInputsAreCarriedOnUntilTheyLeaveATrace() {
        given(input(1), input(2).policy(PREPEND).log("b"), input(3).policy(PREPEND))
                .when(input(4).policy(PREPEND).workflow("pure"))
                .state("{\"last\":\"hello 4\",\"log\":[\"b\",\"note\",[\"hello 1\",\"hello 3\"]]}");
    }

    @Test
    void prependCarriesNoMoreInputsThanAnInboxMayHold() {
        ThreadSpec spec = ThreadSpec.thread().limits(10, 3);
        for (int i = 1; i <= 4; i++) {
            spec.and(input(i).policy(PREPEND));
        }
        spec.when(input(5).policy(PREPEND))
                .then(
                        "InputAccepted i5 -> r5 INTERRUPT_AND_START_NEW",
                        "RunCancelled r4 SUPERSEDED",
                        "RunStarted r5 async@1 INPUT by i5 main head=15",
                        "ActionRequested r5 r5-1#1 \"hello 5\"");
    }

    @Test
    void prependCarriesAllOfAFollowUpsInputsThatLeftNoTrace() {
        // The follow-up r1' takes "hello 2", which leaves none, and "c", which does.
        given(input(1), input(2).policy(MERGE), input(3).policy(MERGE).log("c"), complete("r1", 1))
                .running("1 active")
                .when(input(4).policy(PREPEND).workflow("pure"))
                .state("{\"last\":\"hello 4\",\"log\":[\"c\",\"note\",[\"hello 2\"]]}");
    }

    @Test
    void scenario16_rollbackReturnsTheStateToWhatItWasBeforeTheRun() {
        given(
                        input(1).workflow("pure").data(Json.of("kept")),
                        input(2).workflow("four").log("gone"),
                        complete("r2", 1, Json.object("last", Json.of("gone"))))
                .when(input(3).policy(ROLLBACK).log("new"))
                .then(
                        "InputAccepted i3 -> r3 ROLLBACK",
                        "RunCancelled r2 ROLLED_BACK",
                        "StateRolledBack r2 to 5",
                        "RunStarted r3 async@1 INPUT by i3 main head=5 log+=\"new\"",
                        "ActionRequested r3 r3-1#1 {\"log\":\"new\"}")
                .state("{\"last\":\"kept\",\"log\":[\"note\",[],\"new\"]}");
    }

    @Test
    void rollbackCancelsEveryRunBeforeItReturnsTheState() {
        given(input(1), input(2).policy(PARALLEL), input(3).policy(MERGE), input(4).policy(QUEUE))
                .when(input(5).policy(ROLLBACK))
                .then(
                        "InputAccepted i5 -> r5 ROLLBACK",
                        "RunCancelled r1 ROLLED_BACK",
                        "InputExpired i3 of r1",
                        "RunCancelled r2 ROLLED_BACK",
                        "RunCancelled r4 ROLLED_BACK",
                        "StateRolledBack r1 to 0",
                        "RunStarted r5 async@1 INPUT by i5 main head=0",
                        "ActionRequested r5 r5-1#1 \"hello 5\"");
    }

    @Test
    void scenario69_rollbackKeepsWhatACompletedSideRunFolded() {
        given(
                        input(1).workflow("three").log("main"),
                        input(2).policy(PARALLEL).log("side"),
                        complete("r2", 1, Json.object("last", Json.of("side"))))
                .state("{\"last\":\"side\",\"log\":[\"main\",\"side\"]}")
                .and(complete("r1", 1, Json.object("last", Json.of("main"))))
                .when(input(3).policy(ROLLBACK))
                .state("{\"last\":\"side\",\"log\":[\"side\"]}");
    }

    @Test
    void rollbackWithoutAMainRunLeavesTheState() {
        given(input(1).log("main"), input(2).policy(PARALLEL).log("side"), complete("r1", 1))
                .when(input(3).policy(ROLLBACK))
                .then(
                        "InputAccepted i3 -> r3 ROLLBACK",
                        "RunCancelled r2 ROLLED_BACK",
                        "RunStarted r3 async@1 INPUT by i3 main head=10",
                        "ActionRequested r3 r3-1#1 \"hello 3\"")
                .state("{\"log\":[\"main\"]}");
    }
}

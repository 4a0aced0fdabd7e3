package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.MERGE;
import static dev.threadwright.thread.Commands.PARALLEL;
import static dev.threadwright.thread.Commands.QUEUE;
import static dev.threadwright.thread.Commands.complete;
import static dev.threadwright.thread.Commands.fail;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.ThreadSpec.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Workflows;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Results of work outside the decision, and steps that fail. */
class ActionResultTest {

    @Test
    void aResultCompletesItsStepAndItsChannelsAreWritten() {
        given(input(1).workflow("three"))
                .when(complete("r1", 1, Json.object("last", Json.of(42))))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 first last=42",
                        "ActionRequested r1 r1-2#1 \"hello 1\"")
                .outcome("Applied")
                .state("{\"last\":42}");
    }

    @Test
    void theSameResultAgainIsDiscarded() {
        given(input(1).workflow("three"), complete("r1", 1, Json.object("log", Json.of("x"))))
                .when(complete("r1", 1, Json.object("log", Json.of("x"))))
                .then("ActionResultDiscarded r1-1#1: The run does not wait for this action")
                .state("{\"log\":[\"x\"]}");
    }

    @Test
    void aResultOfAnotherAttemptIsDiscarded() {
        RunId run = new RunId("r1");
        for (int attempt : new int[] {0, 2}) {
            given(input(1))
                    .when(complete(run, Commands.action(run, 1), attempt, Json.NULL))
                    .then("ActionResultDiscarded r1-1#%d: The run does not wait for this action".formatted(attempt))
                    .running("1 active");
        }
    }

    @Test
    void aResultForAnActionThatWasNeverRequestedIsDiscarded() {
        given(input(1))
                .when(complete("r1", 2))
                .then("ActionResultDiscarded r1-2#1: The run does not wait for this action");
        given(input(1)).when(complete("r7", 1)).then("ActionResultDiscarded r7-1#1: The run is not running");
        given(input(1), input(2).policy(PARALLEL))
                .when(complete(new RunId("r2"), Commands.action(new RunId("r1"), 1), 1, Json.NULL))
                .then("ActionResultDiscarded r1-1#1: The run does not wait for this action")
                .running("2 active");
    }

    @Test
    void aFailureThatNobodyWaitsForIsDiscardedToo() {
        given(input(1), complete("r1", 1))
                .when(fail("r1", 1, "late"))
                .then("ActionResultDiscarded r1-1#1: The run is not running");
        given(input(1))
                .when(fail("r1", 2, "forged"))
                .then("ActionResultDiscarded r1-2#1: The run does not wait for this action")
                .running("1 active");
    }

    @Test
    void aResultForAQueuedRunIsDiscarded() {
        given(input(1), input(2).policy(QUEUE))
                .when(complete("r2", 1))
                .then("ActionResultDiscarded r2-1#1: The run is not running")
                .running("1 active, 1 queued");
    }

    @Test
    void aFailedActionFailsTheRunThenComesItsFollowUpThenNothingOfTheQueue() {
        given(input(1), input(2).policy(QUEUE), input(3).policy(MERGE))
                .when(fail("r1", 1, "no luck"))
                .then(
                        "ActionFailed r1-1#1: no luck",
                        "StepFailed r1 1 work: no luck",
                        "RunFailed r1 at \"work\": no luck",
                        "RunStarted r1' async@1 FOLLOW_UP by i3 main head=3",
                        "ActionRequested r1' r1'-1#1 \"hello 3\"")
                .running("1 active, 1 queued");
    }

    @Test
    void aFailedActionFailsTheRunAndPromotesTheNext() {
        given(input(1), input(2).policy(QUEUE))
                .when(fail("r1", 1, "no luck"))
                .then(
                        "ActionFailed r1-1#1: no luck",
                        "StepFailed r1 1 work: no luck",
                        "RunFailed r1 at \"work\": no luck",
                        "InputPromoted r2",
                        "RunStarted r2 async@1 QUEUE by i2 main head=3",
                        "ActionRequested r2 r2-1#1 \"hello 2\"");
    }

    @Test
    void aFailingPureStepFailsTheRunAndKeepsWhatWasCommitted() {
        given(
                        input(1).workflow("async-failing").log("a"),
                        input(2).policy(MERGE).log("b"))
                .when(complete("r1", 1))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 work",
                        "InputMerged r1 [i2] log+=\"b\"",
                        "StepFailed r1 2 fails: no",
                        "RunFailed r1 at \"fails\": no")
                .state("{\"log\":[\"a\",\"b\"]}")
                .running("idle");
    }

    @Test
    void aStepThatFailsAtOnceIsStillAStartedRun() {
        given(input(1).workflow("failing"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 failing@1 INPUT by i1 main head=0",
                        "StepFailed r1 1 fails: no such number",
                        "RunFailed r1 at \"fails\": no such number")
                .outcome("Started r1");
    }

    @Test
    void aDefectiveStepCostsItsRunAndNotTheThread() {
        given(input(1).workflow("defective"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 defective@1 INPUT by i1 main head=0",
                        "StepFailed r1 1 breaks: The step is defective: java.lang.IllegalStateException: boom",
                        "RunFailed r1 at \"breaks\": The step is defective: java.lang.IllegalStateException: boom")
                .running("idle");
    }

    @Test
    void aWriteToAChannelThatTheWorkflowDoesNotDeclareFailsTheStep() {
        ThreadSpec spec = given(input(1).workflow("undeclared"));

        assertThat(spec.last(Event.RunFailed.class).error()).contains("no channel \"elsewhere\"");
    }

    @Test
    void anActionWhoseRequestCannotBeBuiltFailsTheRunBeforeItIsRequested() {
        given(input(1).workflow("bad-request"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 bad-request@1 INPUT by i1 main head=0",
                        "StepFailed r1 1 ask: nothing to ask",
                        "RunFailed r1 at \"ask\": nothing to ask");
    }

    @Test
    void aResultForAWorkflowThatVanishedFailsTheRun() {
        given(input(1))
                .workflows(new Workflows(List.of(TestWorkflows.PURE)))
                .when(complete("r1", 1))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepFailed r1 1 work: Workflow async@1 is not on this server",
                        "RunFailed r1 at \"work\": Workflow async@1 is not on this server")
                .running("idle");
    }

    @Test
    void aRunKeepsTheVersionThatItStartedWithAndSoDoesItsFollowUp() {
        Workflows two =
                new Workflows(List.of(TestWorkflows.ASYNC, TestWorkflows.of("async", 2, TestWorkflows.work("work"))));

        ThreadSpec spec = given(input(1), input(2).policy(MERGE)).workflows(two).and(complete("r1", 1));

        assertThat(spec.last(Event.RunStarted.class).workflow()).hasToString("async@1");
    }
}

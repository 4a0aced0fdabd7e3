package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.PARALLEL;
import static dev.threadwright.thread.Commands.QUEUE;
import static dev.threadwright.thread.Commands.QUEUE_BEHIND_ACTIVE;
import static dev.threadwright.thread.Commands.cancelAt;
import static dev.threadwright.thread.Commands.complete;
import static dev.threadwright.thread.Commands.completeAt;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.queueFor;
import static dev.threadwright.thread.Commands.timersAt;
import static dev.threadwright.thread.ThreadSpec.given;
import static dev.threadwright.thread.ThreadSpec.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.thread.Event.Behind;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.workflow.Workflows;
import java.util.List;
import org.junit.jupiter.api.Test;

/** First come, first served: scenarios 11, 12, 14 (journal part), 15 and 67, and the time to live. */
class QueueTest {

    @Test
    void scenario11_whileARunIsActiveTheInputIsQueued() {
        given(input(1))
                .when(input(2).policy(QUEUE))
                .then("InputAccepted i2 -> r2 QUEUE", "InputQueued r2 async@1 behind UNFINISHED")
                .outcome("Queued r2")
                .running("1 active, 1 queued");
    }

    @Test
    void scenario12_threeQueuedRunInOrderOneAtATime() {
        given(input(1), input(2).policy(QUEUE), input(3).policy(QUEUE), input(4).policy(QUEUE))
                .when(complete("r1", 1))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 work",
                        "RunCompleted r1 {}",
                        "InputPromoted r2",
                        "RunStarted r2 async@1 QUEUE by i2 main head=13",
                        "ActionRequested r2 r2-1#1 \"hello 2\"")
                .running("1 active, 2 queued")
                .when(complete("r2", 1))
                .running("1 active, 1 queued")
                .when(complete("r3", 1))
                .running("1 active")
                .when(complete("r4", 1))
                .then("ActionSucceeded r4-1#1", "StepCompleted r4 1 work", "RunCompleted r4 {}")
                .running("idle");
    }

    @Test
    void scenario12_pureQueuedRunsAllFinishInTheDecisionThatFreesThePlace() {
        ThreadSpec spec = given(
                        input(1),
                        input(2).policy(QUEUE).workflow("pure"),
                        input(3).policy(QUEUE).workflow("failing"),
                        input(4).policy(QUEUE).workflow("pure"))
                .when(complete("r1", 1))
                .running("idle");

        assertThat(spec.words().stream()
                        .filter(line -> line.matches("(InputPromoted|RunStarted|RunCompleted|RunFailed) .*"))
                        .map(line -> line.replaceFirst("(\\w+ \\w+).*", "$1")))
                .containsExactly(
                        "RunCompleted r1",
                        "InputPromoted r2",
                        "RunStarted r2",
                        "RunCompleted r2",
                        "InputPromoted r3",
                        "RunStarted r3",
                        "RunFailed r3",
                        "InputPromoted r4",
                        "RunStarted r4",
                        "RunCompleted r4");
    }

    @Test
    void aQueuedRunWaitsForSideRunsToo() {
        given(input(1), input(2).policy(PARALLEL), input(3).policy(QUEUE))
                .when(complete("r1", 1))
                .running("1 active, 1 queued")
                .when(complete("r2", 1))
                .running("1 active");
    }

    @Test
    void aQueuedRunBehindActiveWaitsWhileAnyRunIsActive() {
        given(input(1), input(2).policy(PARALLEL), input(3).policy(QUEUE_BEHIND_ACTIVE))
                .outcome("Queued r3")
                .then("InputAccepted i3 -> r3 QUEUE", "InputQueued r3 async@1 behind ACTIVE")
                .when(complete("r1", 1))
                .running("1 active, 1 queued")
                .when(complete("r2", 1))
                .running("1 active");
    }

    @Test
    void scenario15_theQueueIsFullAtItsLimitAndNotBefore() {
        QueuePolicy two = new QueuePolicy(2, null, Behind.UNFINISHED);
        given(input(1), input(2).policy(two))
                .when(input(3).policy(two))
                .outcome("Queued r3")
                .when(input(4).policy(two))
                .then("InputRejected i4 QUEUE_FULL: Queue is full");
    }

    @Test
    void scenario67_elevenQueuedAllRunThoughTheLimitIsTen() {
        ThreadSpec spec = given(input(1));
        for (int i = 2; i <= 12; i++) {
            spec.when(input(i).policy(QUEUE)).outcome("Queued r" + i);
        }
        for (int i = 1; i <= 12; i++) {
            spec.when(complete("r" + i, 1));
            assertThat(spec.words()).contains("RunCompleted r" + i + " {}");
        }
        spec.running("idle");
    }

    @Test
    void queuedRunsStandOutsideTheLimitOnStartedOnes() {
        thread().limits(1, 10)
                .and(input(1), input(2).policy(QUEUE), input(3).policy(QUEUE))
                .running("1 active, 2 queued");
    }

    @Test
    void anInputThatWaitedTooLongIsGivenUpByItsTimer() {
        given(input(1), input(2).policy(queueFor(50)))
                .then("InputAccepted i2 -> r2 QUEUE", "InputQueued r2 async@1 behind UNFINISHED until 1050")
                .when(timersAt(1_049))
                .thenNothing()
                .when(timersAt(1_050))
                .then("InputExpired i2 of r2", "RunTimedOut r2")
                .outcome("Applied")
                .running("1 active")
                .when(timersAt(1_050))
                .thenNothing();
    }

    @Test
    void anExpiredRunIsNotPromotedThoughItsTimerHasNotFired() {
        given(input(1), input(2).policy(queueFor(50)), input(3).policy(QUEUE))
                .when(completeAt(1_050, "r1", 1))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 work",
                        "RunCompleted r1 {}",
                        "InputExpired i2 of r2",
                        "RunTimedOut r2",
                        "InputPromoted r3",
                        "RunStarted r3 async@1 QUEUE by i3 main head=11",
                        "ActionRequested r3 r3-1#1 \"hello 3\"");
        given(input(1), input(2).policy(queueFor(50)))
                .when(completeAt(1_049, "r1", 1))
                .running("1 active");
    }

    @Test
    void anExpiredRunTakesNoPlaceInTheQueueThoughItsTimerHasNotFired() {
        QueuePolicy one = new QueuePolicy(1, 50L, Behind.UNFINISHED);
        given(input(1), input(2).policy(one))
                .when(input(3).policy(one).at(1_050))
                .then(
                        "InputExpired i2 of r2",
                        "RunTimedOut r2",
                        "InputAccepted i3 -> r3 QUEUE",
                        "InputQueued r3 async@1 behind UNFINISHED until 1100");
    }

    @Test
    void inputsThatJoinedAQueuedRunExpireWithItAndItEndsOnce() {
        given(input(1), input(2).policy(queueFor(50)), input(3).to("r2"))
                .when(timersAt(2_000))
                .then("InputExpired i2 of r2", "InputExpired i3 of r2", "RunTimedOut r2");
    }

    @Test
    void anInputToARunThatHasJustExpiredIsToldSo() {
        given(input(1), input(2).policy(queueFor(50)))
                .when(input(3).to("r2").at(1_050))
                .then(
                        "InputExpired i2 of r2",
                        "RunTimedOut r2",
                        "InputRejected i3 RUN_ENDED: Run r2 is already timed out");
    }

    @Test
    void aCancelOfARunThatHasJustExpiredIsToldSo() {
        given(input(1), input(2).policy(queueFor(50)))
                .when(cancelAt(1_050, "r2", false))
                .then("InputExpired i2 of r2", "RunTimedOut r2")
                .outcome("Unchanged: Run r2 is already timed out");
    }

    @Test
    void aWorkflowThatVanishedWhileItsRunWaitedFailsTheRunAndTheQueueGoesOn() {
        given(input(1), input(2).policy(QUEUE).workflow("three").log("b"), input(3).policy(QUEUE))
                .workflows(new Workflows(List.of(TestWorkflows.ASYNC)))
                .when(complete("r1", 1))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 work",
                        "RunCompleted r1 {}",
                        "InputPromoted r2",
                        "RunStarted r2 three@1 QUEUE by i2 main head=11",
                        "RunFailed r2 at \"\": Workflow three@1 is not on this server",
                        "InputPromoted r3",
                        "RunStarted r3 async@1 QUEUE by i3 main head=13",
                        "ActionRequested r3 r3-1#1 \"hello 3\"");
    }
}

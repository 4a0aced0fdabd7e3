package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.MERGE;
import static dev.threadwright.thread.Commands.PARALLEL;
import static dev.threadwright.thread.Commands.QUEUE;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.complete;
import static dev.threadwright.thread.Commands.fail;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.ThreadSpec.given;
import static dev.threadwright.thread.ThreadSpec.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Json;
import org.junit.jupiter.api.Test;

/** Inputs that join a run, and the follow-up of those that came too late: scenarios 9, 10 and 70. */
class MergeTest {

    @Test
    void scenario9_theNextSuperStepTakesInTheWholeInbox() {
        given(
                        input(1).workflow("three"),
                        input(2).policy(MERGE),
                        input(3).policy(MERGE).log("c"))
                .outcome("Merged r1")
                .when(complete("r1", 1))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 first",
                        "InputMerged r1 [i2, i3] log+=\"c\"",
                        "ActionRequested r1 r1-2#1 \"hello 1\"")
                .state("{\"log\":[\"c\"]}")
                .when(complete("r1", 2))
                .then(
                        "ActionSucceeded r1-2#1",
                        "StepCompleted r1 2 second",
                        "StepCompleted r1 3 note last=\"hello 1\" log+=[\"note\",[\"hello 2\",{\"log\":\"c\"}]]",
                        "RunCompleted r1 {\"last\":\"hello 1\",\"log\":[\"c\",\"note\",[\"hello 2\",{\"log\":\"c\"}]]}");
    }

    @Test
    void mergeGoesToTheOldestActiveRun() {
        given(input(1), input(2).policy(PARALLEL)).when(input(3).policy(MERGE)).outcome("Merged r1");
        given(input(1), input(2).policy(PARALLEL), complete("r1", 1))
                .when(input(3).policy(MERGE))
                .outcome("Merged r2");
    }

    @Test
    void scenario10_whatCameTooLateBecomesOneFollowUpOfTheSameVersion() {
        given(input(1), input(2).policy(MERGE).log("b").workflow("pure"))
                .when(complete("r1", 1))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 work",
                        "RunCompleted r1 {}",
                        "RunStarted r1' async@1 FOLLOW_UP by i2 main head=8 log+=\"b\"",
                        "ActionRequested r1' r1'-1#1 {\"log\":\"b\"}")
                .running("1 active");
    }

    @Test
    void scenario70_threeUnconsumedMergesAreOneFollowUpAheadOfTheQueue() {
        given(
                        input(1),
                        input(2).policy(QUEUE),
                        input(3).policy(MERGE).log("c"),
                        input(4).policy(MERGE).log("d"),
                        input(5).policy(MERGE).log("e"))
                .when(complete("r1", 1))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 work",
                        "RunCompleted r1 {}",
                        "RunStarted r1' async@1 FOLLOW_UP by i3 main head=12 log+=\"c\" log+=\"d\" log+=\"e\"",
                        "ActionRequested r1' r1'-1#1 {\"log\":\"c\"}")
                .running("1 active, 1 queued")
                .when(complete(new RunId("r1").followUp().value(), 1))
                .then(
                        "ActionSucceeded r1'-1#1",
                        "StepCompleted r1' 1 work",
                        "RunCompleted r1' {\"log\":[\"c\",\"d\",\"e\"]}",
                        "InputPromoted r2",
                        "RunStarted r2 async@1 QUEUE by i2 main head=17",
                        "ActionRequested r2 r2-1#1 \"hello 2\"");
    }

    @Test
    void scenario70_afterACancelThereIsNoFollowUpAndTheInputsExpire() {
        given(input(1), input(2).policy(MERGE), input(3).policy(MERGE), input(4).policy(MERGE))
                .when(cancel("r1"))
                .then(
                        "RunCancelled r1 REQUESTED",
                        "InputExpired i2 of r1",
                        "InputExpired i3 of r1",
                        "InputExpired i4 of r1")
                .running("idle");
    }

    @Test
    void aFollowUpIsPastTheLimits() {
        thread().limits(2, 10)
                .and(input(1), input(2).policy(PARALLEL), input(3).to("r1"), input(4).to("r2"))
                .when(complete("r1", 1))
                .running("2 active")
                .when(complete("r2", 1))
                .running("2 active");
    }

    @Test
    void aFollowUpBesideASideRunIsASideRun() {
        ThreadSpec spec = given(input(1), input(2).policy(PARALLEL), input(3).to("r1"), complete("r1", 1));

        assertThat(spec.last(Event.RunStarted.class).main()).isFalse();
    }

    @Test
    void aFailedRunLeavesAFollowUpToo() {
        given(input(1), input(2).policy(MERGE))
                .when(fail("r1", 1, "no luck"))
                .then(
                        "ActionFailed r1-1#1: no luck",
                        "StepFailed r1 1 work: no luck",
                        "RunFailed r1 at \"work\": no luck",
                        "RunStarted r1' async@1 FOLLOW_UP by i2 main head=3",
                        "ActionRequested r1' r1'-1#1 \"hello 2\"");
    }

    @Test
    void aFollowUpIsNamedAfterItsRunAndNeverLikeAnother() {
        RunId run = new RunId("0b0b8a4e-3f0c-4f2f-9d0a-9a3f5e0c1d2e");

        assertThat(run.followUp()).isEqualTo(new RunId(run.value()).followUp());
        assertThat(run.followUp().value()).hasSize(36).isNotEqualTo(run.value());
        assertThat(run.followUp().followUp()).isNotEqualTo(run.followUp());
        assertThat(new RunId("r1").followUp()).isNotEqualTo(new RunId("r2").followUp());
    }

    @Test
    void aMergeIntoASideRunStaysInItsLineage() {
        given(
                        input(1),
                        input(2).policy(PARALLEL).workflow("three"),
                        input(3).to("r2").log("c"))
                .when(complete("r2", 1))
                .then(
                        "ActionSucceeded r2-1#1",
                        "StepCompleted r2 1 first",
                        "InputMerged r2 [i3] log+=\"c\"",
                        "ActionRequested r2 r2-2#1 \"hello 2\"")
                .state("{}")
                .when(complete("r2", 2, Json.NULL))
                .state("{\"last\":\"hello 2\",\"log\":[\"c\",\"note\",[{\"log\":\"c\"}]]}");
    }
}

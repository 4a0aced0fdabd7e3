package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.INTERRUPT;
import static dev.threadwright.thread.Commands.MERGE;
import static dev.threadwright.thread.Commands.NOW_MS;
import static dev.threadwright.thread.Commands.QUEUE;
import static dev.threadwright.thread.Commands.QUEUE_BEHIND_ACTIVE;
import static dev.threadwright.thread.Commands.REJECT;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.carryOn;
import static dev.threadwright.thread.Commands.done;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.timersAt;
import static dev.threadwright.thread.GraphTest.graph;
import static dev.threadwright.thread.GraphTest.logs;
import static dev.threadwright.thread.GraphTest.on;
import static dev.threadwright.thread.ThreadSpec.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.thread.Event.Behind;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.Workflows;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps that let time pass. */
class SleepTest {

    @Test
    void aSleepWaitsForItsTimeAndThenGoesOn() {
        on(napping(view -> 500))
                .and(input(1).workflow("napping"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 napping@1 INPUT by i1 main head=0",
                        "TimerSet r1 1 @1500")
                .running("1 waiting for an event")
                .when(timersAt(1_499))
                .thenNothing()
                .when(timersAt(1_500))
                .then(
                        "TimerFired r1 1",
                        "StepCompleted r1 1 nap",
                        "StepCompleted r1 2 end log+=\"end\"",
                        "RunCompleted r1 {\"log\":[\"end\"]}")
                .when(timersAt(1_500))
                .thenNothing();
    }

    @Test
    void aSleepThatIsFiredLateGoesOnAllTheSame() {
        on(napping(view -> 500))
                .and(input(1).workflow("napping"))
                .when(timersAt(1_000_000))
                .state("{\"log\":[\"end\"]}");
    }

    @Test
    void aSleepIsOwedAsATimer() {
        ThreadSpec spec = on(napping(view -> 500)).and(input(1).workflow("napping"));

        assertThat(Owed.of(spec.state())).containsExactly(new Owed.Timer("r1-1@1500", 1_500));
        assertThat(Owed.of(spec.and(cancel("r1")).state())).isEmpty();
        spec.when(timersAt(1_500)).thenNothing();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void noTimeAtAllPassesAtOnce(long ms) {
        on(napping(view -> ms))
                .and(input(1).workflow("napping"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 napping@1 INPUT by i1 main head=0",
                        "StepCompleted r1 1 nap",
                        "StepCompleted r1 2 end log+=\"end\"",
                        "RunCompleted r1 {\"log\":[\"end\"]}");
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - NOW_MS + 1})
    void aTimeBeyondAllTimesFailsTheRunAndNotTheServer(long ms) {
        ThreadSpec spec = on(napping(view -> ms)).and(input(1).workflow("napping"));

        assertThat(spec.last(Event.RunFailed.class).step()).isEqualTo("nap");
        spec.running("idle");
    }

    @Test
    void aTimeThatTheStepCannotTellFailsIt() {
        on(napping(view -> {
                    throw new StepFailure("no such time");
                }))
                .and(input(1).workflow("napping"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 napping@1 INPUT by i1 main head=0",
                        "StepFailed r1 1 nap: no such time",
                        "RunFailed r1 at \"nap\": no such time");
    }

    @Test
    void sleepsBesideEachOtherFireInTheOrderOfTheirTimes() {
        on(naps())
                .and(input(1).workflow("naps"))
                .when(timersAt(2_000))
                .then(
                        "TimerFired r1 1.1",
                        "StepCompleted r1 1.1 short",
                        "TimerFired r1 1",
                        "StepCompleted r1 1 long",
                        "StepCompleted r1 2 end log+=\"end\"",
                        "RunCompleted r1 {\"log\":[\"end\"]}");
    }

    @Test
    void aRunIsActiveWhileOneTaskSleepsAndAnotherWorks() {
        on(graph("both")
                        .start("nap", "ask")
                        .sleep("nap", view -> 500, step -> step)
                        .action("ask", "worker", Step.View::trigger, step -> step)
                        .build())
                .and(input(1).workflow("both"))
                .running("1 active")
                .when(done("r1-1.1", "{\"log\":\"asked\"}"))
                .running("1 waiting for an event")
                .state("{}")
                .when(timersAt(1_500))
                .state("{\"log\":[\"asked\"]}");
    }

    @Test
    void aSleepInsideASubgraphIsTheThreads() {
        Workflow napping = napping(view -> 500);
        Workflow outer = graph("outer")
                .start("sub")
                .subgraph("sub", napping.ref(), step -> step.to("after"))
                .pure("after", logs("after"), step -> step)
                .build();

        ThreadSpec spec =
                thread().workflows(new Workflows(List.of(napping, outer))).and(input(1).workflow("outer"));

        spec.running("1 waiting for an event");
        assertThat(Owed.of(spec.state())).containsExactly(new Owed.Timer("r1-1/1@1500", 1_500));
        spec.when(timersAt(1_500))
                .then(
                        "TimerFired r1 1/1",
                        "StepCompleted r1 1/1 nap",
                        "StepCompleted r1 1/2 end log+=\"end\"",
                        "StepCompleted r1 1 sub log+=\"end\"",
                        "StepCompleted r1 2 after log+=\"after\"",
                        "RunCompleted r1 {\"log\":[\"end\",\"after\"]}");
    }

    @Test
    void theEndOfASleepPromotesWhatWaitsForIt() {
        on(napping(view -> 500))
                .and(input(1).workflow("napping"), input(2).policy(QUEUE).workflow("napping"))
                .running("1 waiting for an event, 1 queued")
                .when(timersAt(1_500))
                .then(
                        "TimerFired r1 1",
                        "StepCompleted r1 1 nap",
                        "StepCompleted r1 2 end log+=\"end\"",
                        "RunCompleted r1 {\"log\":[\"end\"]}",
                        "InputPromoted r2",
                        "RunStarted r2 napping@1 QUEUE by i2 main head=10",
                        "TimerSet r2 1 @2000");
    }

    @Test
    void whatWaitsForActiveRunsOnlySupersedesASleepingOne() {
        on(napping(view -> 500))
                .and(input(1).workflow("napping"))
                .when(input(2).policy(QUEUE_BEHIND_ACTIVE).workflow("napping"))
                .then(
                        "InputAccepted i2 -> r2 INTERRUPT_AND_START_NEW",
                        "RunCancelled r1 SUPERSEDED",
                        "RunStarted r2 napping@1 INPUT by i2 main head=3",
                        "TimerSet r2 1 @1500");
    }

    @Test
    void whatIsQueuedBehindActiveRunsIsPromotedAsSoonAsTheyFallAsleep() {
        Workflow working = graph("working")
                .start("ask")
                .action("ask", "worker", Step.View::trigger, step -> step.to("nap"))
                .sleep("nap", view -> 500, step -> step)
                .build();

        on(working)
                .and(
                        input(1).workflow("working"),
                        input(2).policy(QUEUE_BEHIND_ACTIVE).workflow("working"))
                .running("1 active, 1 queued")
                .when(done("r1-1", "{\"log\":\"asked\"}"))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 ask log+=\"asked\"",
                        "TimerSet r1 2 @1500",
                        "RunCancelled r1 SUPERSEDED",
                        "InputPromoted r2",
                        "RunStarted r2 working@1 QUEUE by i2 main head=8",
                        "ActionRequested r2 r2-1#1 \"hello 2\"")
                .state("{\"log\":[\"asked\"]}");
    }

    @Test
    void whatWasBehindAnExpiredInputIsPromotedInTheSameDecision() {
        Policy forTenMs = new QueuePolicy(100, 10L, Behind.UNFINISHED);

        on(napping(view -> 500))
                .and(input(1).workflow("napping"))
                .and(input(2).policy(forTenMs).workflow("napping"))
                .and(input(3).policy(QUEUE_BEHIND_ACTIVE).workflow("napping"))
                .running("1 waiting for an event, 2 queued")
                .when(input(4).policy(REJECT).workflow("napping").at(NOW_MS + 10))
                .then(
                        "InputExpired i2 of r2",
                        "RunTimedOut r2",
                        "RunCancelled r1 SUPERSEDED",
                        "InputPromoted r3",
                        "RunStarted r3 napping@1 QUEUE by i3 main head=3",
                        "TimerSet r3 1 @1510",
                        "InputRejected i4 BUSY: Thread is busy");
    }

    @Test
    void aMergeHasNobodyToJoinWhileTheRunSleepsAndStartsBesideIt() {
        on(napping(view -> 500))
                .and(input(1).workflow("napping"))
                .when(input(2).policy(MERGE).workflow("napping").log("beside"))
                .then(
                        "InputAccepted i2 -> r2 PARALLEL",
                        "RunStarted r2 napping@1 INPUT by i2 side head=3 log+=\"beside\"",
                        "TimerSet r2 1 @1500");
    }

    @Test
    void whatIsAddressedToASleepingRunIsTakenInWhenItGoesOn() {
        on(napping(view -> 500))
                .and(input(1).workflow("napping"), input(2).to("r1").log("in"))
                .when(timersAt(1_500))
                .then(
                        "TimerFired r1 1",
                        "StepCompleted r1 1 nap",
                        "InputMerged r1 [i2] log+=\"in\"",
                        "StepCompleted r1 2 end log+=\"end\"",
                        "RunCompleted r1 {\"log\":[\"in\",\"end\"]}");
    }

    @Test
    void runsThatSleepBesideEachOtherGoOnInTheOrderOfTheirStart() {
        on(napping(view -> 500))
                .and(input(1).workflow("napping"), input(2).policy(MERGE).workflow("napping"))
                .when(timersAt(1_500))
                .then(
                        "TimerFired r1 1",
                        "StepCompleted r1 1 nap",
                        "TimerFired r2 1",
                        "StepCompleted r2 1 nap",
                        "StepCompleted r1 2 end log+=\"end\"",
                        "RunCompleted r1 {\"log\":[\"end\"]}",
                        "StepCompleted r2 2 end log+=\"end\"",
                        "RunCompleted r2 {\"log\":[\"end\"]}")
                .state("{\"log\":[\"end\",\"end\"]}");
    }

    @Test
    void anInterruptEndsTheSleepAndAContinuingRunSleepsAnew() {
        on(napping(view -> 500))
                .and(input(1).workflow("napping"))
                .when(input(2).policy(INTERRUPT).workflow("napping"))
                .then(
                        "InputAccepted i2 -> r2 INTERRUPT_AND_START_NEW",
                        "RunCancelled r1 SUPERSEDED",
                        "RunStarted r2 napping@1 INPUT by i2 main head=3",
                        "TimerSet r2 1 @1500")
                .and(cancel("r2"))
                .when(carryOn("r3"))
                .then("RunStarted r3 napping@1 CONTINUE by i2 main head=7", "TimerSet r3 1 @1500");
    }

    @Test
    void aSleepOfAWorkflowThatTheServerNoLongerHasFailsItsRunWhenItsTimeComes() {
        on(napping(view -> 500))
                .and(input(1).workflow("napping"))
                .workflows(new Workflows(List.of()))
                .when(timersAt(1_500))
                .then(
                        "TimerFired r1 1",
                        "StepFailed r1 1 nap: Workflow napping@1 is not on this server",
                        "RunFailed r1 at \"nap\": Workflow napping@1 is not on this server")
                .running("idle");
    }

    private static Workflow napping(Step.Duration duration) {
        return graph("napping")
                .start("nap")
                .sleep("nap", duration, step -> step.to("end"))
                .pure("end", logs("end"), step -> step)
                .build();
    }

    private static Workflow naps() {
        return graph("naps")
                .start("long", "short")
                .sleep("long", view -> 600, step -> step.to("end"))
                .sleep("short", view -> 500, step -> step.to("end"))
                .pure("end", logs("end"), step -> step)
                .build();
    }
}

package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.INTERRUPT;
import static dev.threadwright.thread.Commands.MERGE;
import static dev.threadwright.thread.Commands.NOW_MS;
import static dev.threadwright.thread.Commands.QUEUE_BEHIND_ACTIVE;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.carryOn;
import static dev.threadwright.thread.Commands.done;
import static dev.threadwright.thread.Commands.doneAt;
import static dev.threadwright.thread.Commands.failed;
import static dev.threadwright.thread.Commands.failedAt;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.lost;
import static dev.threadwright.thread.Commands.timersAt;
import static dev.threadwright.thread.GraphTest.graph;
import static dev.threadwright.thread.GraphTest.log;
import static dev.threadwright.thread.GraphTest.logs;
import static dev.threadwright.thread.GraphTest.on;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Workflows;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Retries, time-outs, and calls of which nobody knows what became. Scenarios 50, 51, 52 and 60. */
class ActionAttemptsTest {

    private static final Failure PASSING = Failure.passing("busy");

    @Test
    void scenario50_twoTransientFailuresAreOneActionRequestedAndOneActionSucceeded() {
        ThreadSpec spec = on(asking(step -> step)).and(input(1).workflow("asking"));

        spec.when(failedAt(2_000, "r1-1", 1, PASSING));
        long second = again(spec);
        spec.then("ActionRetryScheduled r1-1#1: busy, again at " + second)
                .running("1 active")
                .when(timersAt(second))
                .then("TimerFired r1 1")
                .when(failedAt(second + 10, "r1-1", 2, PASSING));
        long third = again(spec);
        spec.when(timersAt(third))
                .when(doneAt(third + 10, "r1-1", 3, "{\"log\":\"asked\"}"))
                .then(
                        "ActionSucceeded r1-1#3",
                        "StepCompleted r1 1 ask log+=\"asked\"",
                        "RunCompleted r1 {\"log\":[\"asked\"]}");

        assertThat(spec.journal())
                .as("of each one")
                .satisfiesOnlyOnce(event -> assertThat(event).isInstanceOf(Event.ActionRequested.class))
                .satisfiesOnlyOnce(event -> assertThat(event).isInstanceOf(Event.ActionSucceeded.class))
                .noneMatch(Event.ActionFailed.class::isInstance);
    }

    @Test
    void scenario51_oneRetryIsTwoAttemptsAndOneActionFailed() {
        ThreadSpec spec = on(asking(step -> step.retries(new Step.Retries(1, 100, 100))))
                .and(input(1).workflow("asking"))
                .and(failed("r1-1", PASSING));
        long second = again(spec);

        spec.and(timersAt(second))
                .when(failedAt(second, "r1-1", 2, PASSING))
                .then("ActionFailed r1-1#2: busy", "StepFailed r1 1 ask: busy", "RunFailed r1 at \"ask\": busy");
        assertThat(spec.journal())
                .satisfiesOnlyOnce(event -> assertThat(event).isInstanceOf(Event.ActionRequested.class))
                .satisfiesOnlyOnce(event -> assertThat(event).isInstanceOf(Event.ActionFailed.class));
    }

    @Test
    void withoutRetriesTheFirstFailureIsTheLast() {
        on(asking(step -> step.retries(Step.Retries.NONE)))
                .and(input(1).workflow("asking"))
                .when(failed("r1-1", PASSING))
                .then("ActionFailed r1-1#1: busy", "StepFailed r1 1 ask: busy", "RunFailed r1 at \"ask\": busy");
    }

    @Test
    void scenario52_aPermanentFailureIsNeverRetried() {
        on(asking(step -> step.retries(new Step.Retries(1_000, 1, 1))))
                .and(input(1).workflow("asking"))
                .when(failed("r1-1", Failure.permanent("no such account")))
                .then(
                        "ActionFailed r1-1#1: no such account",
                        "StepFailed r1 1 ask: no such account",
                        "RunFailed r1 at \"ask\": no such account");
    }

    @ParameterizedTest(name = "told {0} ms: waits {1} ms")
    @CsvSource({"2500,2500", "0,0", "-5,0", "3600000,3600000", "3600001,3600000", "9223372036854775807,3600000"})
    void scenario52_aRateLimitWaitsExactlyWhatItWasToldUpToAnHour(long toldMs, long waitMs) {
        on(asking(step -> step))
                .and(input(1).workflow("asking"))
                .when(failed("r1-1", new Failure(Failure.Kind.RATE_LIMITED, "slow down", toldMs)))
                .then("ActionRetryScheduled r1-1#1: slow down, again at " + (NOW_MS + waitMs));
    }

    @Test
    void aRateLimitThatDoesNotSayHowLongWaitsLikeAnyOtherFailure() {
        ThreadSpec limited = on(asking(step -> step))
                .and(input(1).workflow("asking"))
                .and(failed("r1-1", new Failure(Failure.Kind.RATE_LIMITED, "slow down", null)));
        ThreadSpec passing =
                on(asking(step -> step)).and(input(1).workflow("asking")).and(failed("r1-1", PASSING));

        assertThat(again(limited)).isEqualTo(again(passing));
    }

    @Test
    void whatAPassingFailureSaysOfWaitingIsNotBelieved() {
        ThreadSpec spec = on(asking(step -> step.retries(new Step.Retries(1, 10, 10))))
                .and(input(1).workflow("asking"))
                .and(failed("r1-1", new Failure(Failure.Kind.TRANSIENT, "busy", 50_000L)));

        assertThat(again(spec) - NOW_MS).isBetween(5L, 10L);
    }

    @Test
    void rateLimitsUseUpRetriesToo() {
        ThreadSpec spec = on(asking(step -> step.retries(new Step.Retries(1, 1, 1))))
                .and(input(1).workflow("asking"))
                .and(failed("r1-1", new Failure(Failure.Kind.RATE_LIMITED, "slow down", 5L)), timersAt(NOW_MS + 5));

        assertThat(spec.when(failedAt(NOW_MS + 6, "r1-1", 2, new Failure(Failure.Kind.RATE_LIMITED, "slow", 5L)))
                        .words())
                .startsWith("ActionFailed r1-1#2: slow");
    }

    @Test
    void waitsDoubleUpToTheCapAndHalfOfEachIsCertain() {
        for (int run = 1; run <= 50; run++) {
            ThreadSpec spec = on(asking(step -> step.retries(new Step.Retries(6, 100, 500))))
                    .and(input(run).workflow("asking"));
            long nowMs = NOW_MS;
            long[] capsMs = {100, 200, 400, 500, 500, 500};
            for (int attempt = 1; attempt <= capsMs.length; attempt++) {
                spec.and(failedAt(nowMs, "r" + run + "-1", attempt, PASSING));
                long due = again(spec);
                assertThat(due - nowMs)
                        .as("run %d, attempt %d", run, attempt)
                        .isBetween(capsMs[attempt - 1] / 2, capsMs[attempt - 1]);
                nowMs = due;
                spec.and(timersAt(nowMs));
            }
        }
    }

    @Test
    void theOtherHalfIsDrawnByTheNameOfTheAttempt() {
        long[] waits = LongStream.rangeClosed(1, 200)
                .map(run -> {
                    Workflow workflow = asking(step -> step.retries(new Step.Retries(1, 1_000, 1_000)));
                    Command failure = failed("r" + run + "-1", PASSING);
                    ThreadSpec spec = on(workflow).and(input((int) run).workflow("asking"), failure);
                    ThreadSpec again = on(workflow).and(input((int) run).workflow("asking"), failure);
                    assertThat(again(again)).as("deciding anew draws the same").isEqualTo(again(spec));
                    return again(spec) - NOW_MS;
                })
                .sorted()
                .toArray();

        assertThat(waits[0]).as("the shortest of 200").isBetween(500L, 520L);
        assertThat(waits[199]).as("the longest of 200").isBetween(980L, 1_000L);
        assertThat(waits[100]).as("the middle one").isBetween(650L, 850L);
    }

    @Test
    void theShortestBackoffNeedNotWait() {
        ThreadSpec spec = on(asking(step -> step.retries(new Step.Retries(1, 1, 1))))
                .and(input(1).workflow("asking"))
                .and(failed("r1-1", PASSING));

        assertThat(again(spec) - NOW_MS).isBetween(0L, 1L);
        spec.when(timersAt(again(spec))).then("TimerFired r1 1");
    }

    @Test
    void aWaitIsOwedAsATimerAndTheNextAttemptAsACall() {
        ThreadSpec spec = on(asking(step -> step)).and(input(1).workflow("asking"));
        assertThat(owed(spec)).containsExactly("r1-1#1");

        spec.and(failed("r1-1", PASSING));
        long due = again(spec);
        assertThat(owed(spec)).containsExactly("r1-1@" + due);

        spec.when(timersAt(due - 1)).thenNothing().and(timersAt(due));
        assertThat(owed(spec)).containsExactly("r1-1#2");
        spec.when(timersAt(due)).thenNothing();
    }

    @Test
    void aResultOfAnAttemptThatIsOverIsDiscarded() {
        ThreadSpec spec = on(asking(step -> step)).and(input(1).workflow("asking"), failed("r1-1", PASSING));
        long due = again(spec);

        spec.when(done("r1-1", "{\"log\":\"late\"}"))
                .then("ActionResultDiscarded r1-1#1: The run does not wait for this action")
                .and(timersAt(due))
                .when(doneAt(due, "r1-1", 1, "{\"log\":\"later\"}"))
                .then("ActionResultDiscarded r1-1#1: The run does not wait for this action")
                .when(failedAt(due, "r1-1", 1, PASSING))
                .then("ActionResultDiscarded r1-1#1: The run does not wait for this action")
                .running("1 active");
    }

    @Test
    void aMergeDuringAWaitIsTakenInAfterwards() {
        ThreadSpec spec = on(asking(step -> step.to("end")))
                .and(input(1).workflow("asking"), failed("r1-1", PASSING))
                .and(input(2).policy(MERGE).workflow("asking").log("merged"));
        long due = again(spec, 1);

        spec.and(timersAt(due)).when(doneAt(due, "r1-1", 2, "{}")).state("{\"log\":[\"merged\",\"end\"]}");
    }

    @Test
    void retriesOfAWorkflowThatTheServerNoLongerHasAreNone() {
        on(asking(step -> step))
                .and(input(1).workflow("asking"))
                .workflows(new Workflows(List.of()))
                .when(failed("r1-1", PASSING))
                .then("ActionFailed r1-1#1: busy", "StepFailed r1 1 ask: busy", "RunFailed r1 at \"ask\": busy");
    }

    // Time-outs

    @Test
    void anAttemptWithoutAResultFailsAtItsDeadlineAndIsRetried() {
        ThreadSpec spec = on(asking(step -> step.timeoutMs(100))).and(input(1).workflow("asking"));

        spec.when(timersAt(NOW_MS + 99)).thenNothing().when(timersAt(NOW_MS + 100));
        long due = again(spec);
        spec.then("ActionRetryScheduled r1-1#1: No result within 100 ms, again at " + due)
                .when(timersAt(due))
                .then("TimerFired r1 1")
                .when(timersAt(due + 99))
                .thenNothing()
                .when(doneAt(due + 99, "r1-1", 2, "{\"log\":\"asked\"}"))
                .state("{\"log\":[\"asked\"]}");
    }

    @Test
    void theDeadlineOfTheLastAttemptFailsTheAction() {
        on(asking(step -> step.timeoutMs(100).retries(Step.Retries.NONE)))
                .and(input(1).workflow("asking"))
                .when(timersAt(NOW_MS + 100))
                .then(
                        "ActionFailed r1-1#1: No result within 100 ms",
                        "StepFailed r1 1 ask: No result within 100 ms",
                        "RunFailed r1 at \"ask\": No result within 100 ms")
                .when(done("r1-1", "{}"))
                .then("ActionResultDiscarded r1-1#1: The run is not running");
    }

    @Test
    void aTimeOutMayLeadToAnErrorEdge() {
        on(graph("guarded")
                        .start("ask")
                        .action(
                                "ask",
                                "worker",
                                Step.View::trigger,
                                step -> step.timeoutMs(100)
                                        .retries(Step.Retries.NONE)
                                        .onError("oops"))
                        .pure("oops", view -> log(view.item()), step -> step)
                        .build())
                .and(input(1).workflow("guarded"))
                .when(timersAt(NOW_MS + 5_000))
                .state("{\"log\":[{\"error\":\"No result within 100 ms\",\"step\":\"ask\"}]}");
    }

    @Test
    void aTimeOutOfThousandsOfYearsIsNoDeadlineInThePast() {
        on(asking(step -> step.timeoutMs(Long.MAX_VALUE)))
                .and(input(1).workflow("asking"))
                .when(timersAt(NOW_MS + 1))
                .thenNothing()
                .running("1 active");
    }

    @Test
    void deadlinesThatPassedTogetherAreMetInTheirOrderAndAFailedRunEndsTheOthers() {
        on(graph("two-deadlines")
                        .start("slow", "slower")
                        .action(
                                "slow",
                                "worker",
                                Step.View::trigger,
                                step -> step.timeoutMs(200).retries(Step.Retries.NONE))
                        .action(
                                "slower",
                                "worker",
                                Step.View::trigger,
                                step -> step.timeoutMs(100).retries(Step.Retries.NONE))
                        .build())
                .and(input(1).workflow("two-deadlines"))
                .when(timersAt(NOW_MS + 300))
                .then(
                        "ActionFailed r1-1.1#1: No result within 100 ms",
                        "StepFailed r1 1.1 slower: No result within 100 ms",
                        "RunFailed r1 at \"slower\": No result within 100 ms");
    }

    // Calls that died with their process

    @Test
    void scenario60_aCallThatMustNotBeDoneTwiceLeavesItsRunPaused() {
        ThreadSpec spec = on(asking(step -> step.notIdempotent()))
                .and(input(1).workflow("asking"))
                .when(lost("r1-1", 1))
                .then("ActionUncertain r1-1#1", "RunInterrupted r1 at 1 uncertain [r1-1]")
                .outcome("Applied")
                .running("1 paused");

        assertThat(spec.state().started(new RunId("r1")).status()).isEqualTo(RunStatus.PAUSED);
        assertThat(owed(spec)).as("never issued twice").isEmpty();
        spec.when(timersAt(Long.MAX_VALUE / 2)).thenNothing();
    }

    @Test
    void scenario60_aLateResultMovesThePausedRunOn() {
        on(asking(step -> step.notIdempotent().to("end")))
                .and(input(1).workflow("asking"), lost("r1-1", 1))
                .when(done("r1-1", "{\"log\":\"late\"}"))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 ask log+=\"late\"",
                        "StepCompleted r1 2 end log+=\"end\"",
                        "RunCompleted r1 {\"log\":[\"late\",\"end\"]}");
    }

    @Test
    void scenario60_aLateFailureFailsThePausedRun() {
        on(asking(step -> step.notIdempotent()))
                .and(input(1).workflow("asking"), lost("r1-1", 1))
                .when(failed("r1-1", Failure.permanent("never arrived")))
                .then(
                        "ActionFailed r1-1#1: never arrived",
                        "StepFailed r1 1 ask: never arrived",
                        "RunFailed r1 at \"ask\": never arrived");
    }

    @Test
    void anOperatorWhoSaysThatACallDidNotHappenHasItRetried() {
        ThreadSpec spec = on(asking(step -> step.notIdempotent()))
                .and(input(1).workflow("asking"), lost("r1-1", 1))
                .and(failed("r1-1", PASSING));

        spec.running("1 active").when(timersAt(again(spec))).then("TimerFired r1 1");
        assertThat(owed(spec)).containsExactly("r1-1#2");
    }

    @Test
    void losingACallThatNobodyWaitsForChangesNothing() {
        on(asking(step -> step.notIdempotent()))
                .and(input(1).workflow("asking"))
                .when(lost("r1-1", 2))
                .thenNothing()
                .outcome("Unchanged: The action is no longer outstanding")
                .when(lost("r7-1", 1))
                .thenNothing()
                .and(lost("r1-1", 1))
                .when(lost("r1-1", 1))
                .thenNothing()
                .and(done("r1-1", "{}"))
                .when(lost("r1-1", 1))
                .thenNothing();
    }

    @Test
    void aRunWhoseOtherTasksAreUnderWayIsNotPaused() {
        ThreadSpec spec = on(graph("beside")
                        .start("a", "b")
                        .action("a", "worker", Step.View::trigger, step -> step.notIdempotent())
                        .action("b", "worker", Step.View::trigger, step -> step)
                        .build())
                .and(input(1).workflow("beside"));

        spec.when(lost("r1-1", 1))
                .running("1 active")
                .when(done("r1-1.1", "{}"))
                .running("1 paused");
        spec.when(done("r1-1", "{}")).running("idle");
    }

    @Test
    void aPausedRunIsSupersededAndCancelledLikeAnyOther() {
        on(asking(step -> step.notIdempotent()))
                .and(input(1).workflow("asking"), lost("r1-1", 1))
                .when(input(2).policy(INTERRUPT).workflow("asking"))
                .then(
                        "InputAccepted i2 -> r2 INTERRUPT_AND_START_NEW",
                        "RunCancelled r1 SUPERSEDED",
                        "RunStarted r2 asking@1 INPUT by i2 main head=3",
                        "ActionRequested r2 r2-1#1 \"hello 2\"");
        on(asking(step -> step.notIdempotent()))
                .and(input(1).workflow("asking"), lost("r1-1", 1), cancel("r1"))
                .when(done("r1-1", "{}"))
                .then("ActionResultDiscarded r1-1#1: The run is not running");
    }

    @Test
    void whatIsQueuedBehindActiveRunsIsPromotedAsSoonAsTheyArePaused() {
        on(asking(step -> step.notIdempotent()))
                .and(
                        input(1).workflow("asking"),
                        input(2).policy(QUEUE_BEHIND_ACTIVE).workflow("asking"))
                .when(lost("r1-1", 1))
                .then(
                        "ActionUncertain r1-1#1",
                        "RunCancelled r1 SUPERSEDED",
                        "InputPromoted r2",
                        "RunStarted r2 asking@1 QUEUE by i2 main head=3",
                        "ActionRequested r2 r2-1#1 \"hello 2\"");
    }

    @Test
    void continuingACancelledRunAsksAnewUnderAnotherName() {
        on(asking(step -> step.notIdempotent()))
                .and(input(1).workflow("asking"), lost("r1-1", 1), cancel("r1"))
                .when(carryOn("r2"))
                .then("RunStarted r2 asking@1 CONTINUE by i1 main head=3", "ActionRequested r2 r2-1#1 \"hello 1\"");
    }

    private static Workflow asking(UnaryOperator<WorkflowBuilder.Options> ask) {
        return graph("asking")
                .start("ask")
                .action("ask", "worker", Step.View::trigger, ask)
                .pure("end", logs("end"), step -> step)
                .build();
    }

    private static long again(ThreadSpec spec) {
        return spec.last(Event.ActionRetryScheduled.class).dueAtMs();
    }

    /** The same, if other commands came since. */
    private static long again(ThreadSpec spec, int count) {
        List<Long> all = spec.journal().stream()
                .filter(Event.ActionRetryScheduled.class::isInstance)
                .map(event -> ((Event.ActionRetryScheduled) event).dueAtMs())
                .toList();
        assertThat(all).hasSize(count);
        return all.getLast();
    }

    private static List<String> owed(ThreadSpec spec) {
        return Owed.of(spec.state()).stream().map(Owed::ref).toList();
    }
}

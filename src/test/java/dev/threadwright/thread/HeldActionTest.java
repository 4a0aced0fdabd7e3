package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.NOW_MS;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.doneAt;
import static dev.threadwright.thread.Commands.failedAt;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.timersAt;
import static dev.threadwright.thread.GraphTest.on;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Write;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Attempts that wait for their turn. */
class HeldActionTest {

    private static final ActionId ACTION = new ActionId("r1-1");
    private static final RunId RUN = new RunId("r1");
    private static final long TIMEOUT_MS = 1_000;

    private final Set<String> gated = new HashSet<>(Set.of("charge-card"));

    @Test
    void whatIsHeldIsOwedATurnAndNoCall() {
        ThreadSpec spec = asked(3).then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 charging@1 INPUT by i1 main head=0",
                        "ActionRequested r1 r1-1#1 {}",
                        "ActionHeld r1-1#1");
        assertThat(Owed.of(spec.state())).containsExactly(new Owed.Turn(RUN, ACTION, 1, "charge-card"));
        assertThat(OpenAction.of(spec.state()).get(ACTION).status()).isEqualTo(OpenAction.Status.HELD);
        assertThat(OpenAction.of(spec.state()).get(ACTION).dueAtMs()).isNull();
        spec.running("1 active");
    }

    @Test
    void itsTimeBeginsWithItsTurn() {
        ThreadSpec spec = asked(3);
        spec.when(timersAt(NOW_MS + 10 * TIMEOUT_MS)).thenNothing();
        spec.when(release(NOW_MS + 10 * TIMEOUT_MS, 1, false)).then("ActionReleased r1-1#1");
        assertThat(Owed.of(spec.state()))
                .singleElement()
                .satisfies(owed -> assertThat(((Owed.Call) owed).deadlineMs()).isEqualTo(NOW_MS + 11 * TIMEOUT_MS));
        spec.when(doneAt(NOW_MS + 10 * TIMEOUT_MS, "r1-1", 1, "\"ok\""))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 charge log+=\"ok\"",
                        "RunCompleted r1 {\"log\":[\"ok\"]}");
    }

    @Test
    void aTurnThatComesTwiceOrTooLateChangesNothing() {
        ThreadSpec spec = asked(3);
        spec.when(release(NOW_MS, 2, false)).thenNothing().outcome("Unchanged: The action is not held");
        spec.and(release(NOW_MS, 1, false)).when(release(NOW_MS, 1, false)).thenNothing();
        spec.and(cancel("r1")).when(release(NOW_MS, 1, false)).thenNothing();
    }

    @Test
    void aResultOfWhatHasNotBegunIsForged() {
        asked(3).when(doneAt(NOW_MS, "r1-1", 1, "\"ok\""))
                .then("ActionResultDiscarded r1-1#1: The run does not wait for this action");
    }

    @Test
    void eachAttemptWaitsForItsTurn() {
        ThreadSpec spec = asked(3).and(release(NOW_MS, 1, false));
        spec.and(failedAt(NOW_MS, "r1-1", 1, Failure.passing("busy")));
        long dueAtMs = spec.last(Event.ActionRetryScheduled.class).dueAtMs();
        spec.when(timersAt(dueAtMs)).then("TimerFired r1 1", "ActionHeld r1-1#2");
        assertThat(Owed.of(spec.state())).containsExactly(new Owed.Turn(RUN, ACTION, 2, "charge-card"));
        gated.clear();
        spec.when(release(dueAtMs, 2, false)).then("ActionReleased r1-1#2");
        spec.and(failedAt(dueAtMs, "r1-1", 2, Failure.passing("busy")));
        spec.when(timersAt(spec.last(Event.ActionRetryScheduled.class).dueAtMs()))
                .then("TimerFired r1 1");
    }

    @Test
    void aProbeThatFailsCostsNoneOfTheRetries() {
        ThreadSpec spec = asked(0).and(release(NOW_MS, 1, true));
        spec.when(failedAt(NOW_MS, "r1-1", 1, Failure.passing("still down")));
        spec.has("ActionRetryScheduled r1-1#1: still down");
        spec.and(timersAt(spec.last(Event.ActionRetryScheduled.class).dueAtMs()), release(NOW_MS, 2, false));
        spec.when(failedAt(NOW_MS, "r1-1", 2, Failure.passing("down again")));
        spec.has("ActionFailed r1-1#2");
    }

    @Test
    void aProbeThatIsRefusedFailsForGood() {
        asked(3).and(release(NOW_MS, 1, true))
                .when(failedAt(NOW_MS, "r1-1", 1, Failure.permanent("no")))
                .has("ActionFailed r1-1#1");
    }

    @Test
    void aCancelledRunWaitsNoMore() {
        ThreadSpec spec = asked(3).and(cancel("r1"));
        assertThat(Owed.of(spec.state())).isEmpty();
    }

    @Test
    void whileAnOperatorHoldsTheRunNoTurnIsOwed() {
        ThreadSpec spec = asked(3).and(new Command.PauseRun(header("pause"), RUN));
        assertThat(Owed.of(spec.state())).isEmpty();
        spec.when(release(NOW_MS, 1, false)).thenNothing();
        spec.and(new Command.UnpauseRun(header("unpause"), RUN));
        assertThat(Owed.of(spec.state())).containsExactly(new Owed.Turn(RUN, ACTION, 1, "charge-card"));
    }

    @Test
    void anOperatorLetsItBeginGivesAResultOrHasItFail() {
        asked(3).when(settle(new Command.Settlement.Retry())).then("ActionReleased r1-1#1");
        asked(3).when(settle(new Command.Settlement.Succeed(Json.of("by hand"))))
                .has("RunCompleted r1 {\"log\":[\"by hand\"]}");
        asked(3).when(settle(new Command.Settlement.Fail("never"))).has("RunFailed r1");
    }

    @Test
    void anInterruptAndANewRunLeaveItBehind() {
        ThreadSpec spec = asked(3).and(input(2).workflow("charging"));
        assertThat(Owed.of(spec.state()))
                .singleElement()
                .satisfies(owed -> assertThat(((Owed.Turn) owed).run()).isEqualTo(new RunId("r2")));
    }

    private ThreadSpec asked(int retries) {
        return on(charging(new Step.Retries(retries, 100, 1_000)))
                .gate((tenant, target) -> gated.contains(target))
                .when(input(1).workflow("charging"));
    }

    private static Workflow charging(Step.Retries retries) {
        return WorkflowBuilder.workflow("charging", 1)
                .channel("log", Reducer.APPEND)
                .start("charge")
                .step(
                        "charge",
                        new Step.Action(
                                "charge-card",
                                view -> Json.EMPTY_OBJECT,
                                Json.EMPTY_OBJECT,
                                (view, result) -> Step.Outcome.of(List.of(new Write("log", result))),
                                TIMEOUT_MS,
                                retries,
                                true,
                                true),
                        options -> options)
                .build();
    }

    private static Command release(long ms, int attempt, boolean probe) {
        return new Command.ReleaseAction(
                new Command.Header(Commands.THREAD, ms, null, "", "action.release", "system"),
                RUN,
                ACTION,
                attempt,
                probe);
    }

    private static Command settle(Command.Settlement settlement) {
        return new Command.SettleAction(header("action.settle"), RUN, ACTION, settlement);
    }

    private static Command.Header header(String type) {
        return new Command.Header(Commands.THREAD, NOW_MS, null, "", type, "operator");
    }
}

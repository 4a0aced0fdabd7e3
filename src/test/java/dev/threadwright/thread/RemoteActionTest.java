package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.NOW_MS;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.doneAt;
import static dev.threadwright.thread.Commands.failed;
import static dev.threadwright.thread.Commands.failedAt;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.lost;
import static dev.threadwright.thread.Commands.timersAt;
import static dev.threadwright.thread.GraphTest.on;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Write;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What workers elsewhere are asked for: signs of life, and operators who settle what is not done. */
class RemoteActionTest {

    private static final ActionId ACTION = new ActionId("r1-1");
    private static final RunId RUN = new RunId("r1");
    private static final long TIMEOUT_MS = 1_000;

    @Test
    void itIsOwedToAWorkerAndOpenUntilItIsDone() {
        ThreadSpec spec = asked();
        assertThat(Owed.of(spec.state())).singleElement().satisfies(owed -> {
            Owed.Call call = (Owed.Call) owed;
            assertThat(call.awaited()).isEqualTo(Awaited.WORKER);
            assertThat(call.deadlineMs()).isEqualTo(NOW_MS + TIMEOUT_MS);
        });
        assertThat(OpenAction.of(spec.state()))
                .containsExactly(java.util.Map.entry(
                        ACTION,
                        new OpenAction(
                                ACTION,
                                RUN,
                                new TaskId("1"),
                                "charge",
                                "charge-card",
                                true,
                                1,
                                OpenAction.Status.OUTSTANDING,
                                NOW_MS + TIMEOUT_MS)));
        spec.when(doneAt(NOW_MS + 10, "r1-1", 1, "\"ok\""))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 charge log+=\"ok\"",
                        "RunCompleted r1 {\"log\":[\"ok\"]}");
        assertThat(OpenAction.of(spec.state())).isEmpty();
    }

    // Signs of life

    @Test
    void aSignOfLifeInTheSecondHalfOfItsTimeBeginsThatAnew() {
        ThreadSpec spec = asked().when(alive(NOW_MS + 700, 1)).then("ActionExtended r1-1#1");
        assertThat(open(spec).dueAtMs()).isEqualTo(NOW_MS + 700 + TIMEOUT_MS);
        spec.when(timersAt(NOW_MS + TIMEOUT_MS)).thenNothing();
        spec.when(timersAt(NOW_MS + 700 + TIMEOUT_MS))
                .then("ActionRetryScheduled r1-1#1: No result within 1000 ms, again at "
                        + spec.last(Event.ActionRetryScheduled.class).dueAtMs());
    }

    @Test
    void oneThatComesEarlyIsNotKept() {
        asked().when(alive(NOW_MS + 499, 1)).thenNothing().outcome("Unchanged: It has time enough");
    }

    @Test
    void signsOfLifeOfOtherAttemptsRunsAndActionsExtendNothing() {
        ThreadSpec spec = asked();
        spec.when(alive(NOW_MS + 700, 2)).thenNothing();
        spec.when(alive(NOW_MS + 700, 0)).thenNothing();
        spec.when(extend("r9", "r1-1", NOW_MS + 700, 1)).thenNothing();
        spec.when(extend("r1", "r1-2", NOW_MS + 700, 1)).thenNothing();
        spec.and(cancel("r1")).when(alive(NOW_MS + 700, 1)).thenNothing();
    }

    @Test
    void aResultInTheTimeThatItWasGivenCounts() {
        asked().and(alive(NOW_MS + 900, 1))
                .when(doneAt(NOW_MS + 1_800, "r1-1", 1, "\"ok\""))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 charge log+=\"ok\"",
                        "RunCompleted r1 {\"log\":[\"ok\"]}");
    }

    // Operators

    @Test
    void anOperatorCompletesItWithAValueAndTheWorkersResultIsDiscarded() {
        asked().when(settle(new Command.Settlement.Succeed(Json.of("by hand"))))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 charge log+=\"by hand\"",
                        "RunCompleted r1 {\"log\":[\"by hand\"]}")
                .when(doneAt(NOW_MS + 10, "r1-1", 1, "\"late\""))
                .then("ActionResultDiscarded r1-1#1: The run is not running");
    }

    @Test
    void anOperatorFailsItForGood() {
        asked().when(settle(new Command.Settlement.Fail("no such card")))
                .then(
                        "ActionFailed r1-1#1: no such card",
                        "StepFailed r1 1 charge: no such card",
                        "RunFailed r1 at \"charge\": no such card");
    }

    @Test
    void anOperatorHasTheNextAttemptBeginAndTheLastOnesResultIsDiscarded() {
        ThreadSpec spec = asked().when(settle(new Command.Settlement.Retry())).then("ActionRetried r1-1#1");
        assertThat(open(spec).attempt()).isEqualTo(2);
        spec.when(doneAt(NOW_MS + 10, "r1-1", 1, "\"late\""))
                .then("ActionResultDiscarded r1-1#1: The run does not wait for this action");
        spec.when(doneAt(NOW_MS + 10, "r1-1", 2, "\"ok\""))
                .then(
                        "ActionSucceeded r1-1#2",
                        "StepCompleted r1 1 charge log+=\"ok\"",
                        "RunCompleted r1 {\"log\":[\"ok\"]}");
    }

    @Test
    void whatWaitsForItsNextAttemptIsSettledToo() {
        ThreadSpec waiting = asked().and(failed("r1-1", Failure.passing("busy")));
        assertThat(open(waiting).status()).isEqualTo(OpenAction.Status.RETRYING);
        waiting.when(settle(new Command.Settlement.Retry())).then("ActionRetried r1-1#1");
        waiting.and(failedAt(NOW_MS + 10, "r1-1", 2, Failure.passing("busy")))
                .when(settle(new Command.Settlement.Succeed(Json.of("by hand"))))
                .then(
                        "ActionSucceeded r1-1#2",
                        "StepCompleted r1 1 charge log+=\"by hand\"",
                        "RunCompleted r1 {\"log\":[\"by hand\"]}");
    }

    @Test
    void whatNobodyKnowsAboutIsTriedAgainIfAnOperatorSaysSo() {
        ThreadSpec uncertain = on(charging(new Step.Retries(0, 1, 1), false))
                .and(input(1).workflow("charging"))
                .and(lost("r1-1", 1));
        assertThat(open(uncertain).status()).isEqualTo(OpenAction.Status.UNCERTAIN);
        uncertain.when(settle(new Command.Settlement.Retry())).running("1 active");
        assertThat(uncertain.journal()).anyMatch(Event.RunResumed.class::isInstance);
        assertThat(open(uncertain).attempt()).isEqualTo(2);
    }

    @Test
    void whatIsDoneOrWasNeverThereCannotBeSettled() {
        asked().and(doneAt(NOW_MS, "r1-1", 1, "\"ok\""))
                .when(settle(new Command.Settlement.Retry()))
                .refused("UNKNOWN_ACTION: Run r1 has no action r1-1 that is not done");
    }

    @Test
    void nothingBeginsOnARunThatAnOperatorHolds() {
        asked().and(new Command.PauseRun(header("pause"), RUN))
                .when(settle(new Command.Settlement.Retry()))
                .refused("NOT_WAITING: Run r1 is paused: nothing of it begins until it goes on");
    }

    private static ThreadSpec asked() {
        return on(charging(Step.Retries.DEFAULT, true)).and(input(1).workflow("charging"));
    }

    private static Workflow charging(Step.Retries retries, boolean remote) {
        return WorkflowBuilder.workflow("charging", 1)
                .channel("log", Reducer.APPEND)
                .start("charge")
                .step(
                        "charge",
                        new Step.Action(
                                "charge-card",
                                Step.View::trigger,
                                Json.EMPTY_OBJECT,
                                (view, result) -> Step.Outcome.of(List.of(new Write("log", result))),
                                TIMEOUT_MS,
                                retries,
                                remote,
                                remote),
                        options -> options)
                .build();
    }

    private static OpenAction open(ThreadSpec spec) {
        OpenAction open = OpenAction.of(spec.state()).get(ACTION);
        assertThat(open).isNotNull();
        return open;
    }

    private static Command alive(long ms, int attempt) {
        return extend("r1", "r1-1", ms, attempt);
    }

    private static Command extend(String run, String action, long ms, int attempt) {
        return new Command.ExtendAction(
                new Command.Header(Commands.THREAD, ms, null, "", "action.heartbeat", "worker"),
                new RunId(run),
                new ActionId(action),
                attempt);
    }

    private static Command settle(Command.Settlement settlement) {
        return new Command.SettleAction(header("action.settle"), RUN, ACTION, settlement);
    }

    private static Command.Header header(String type) {
        return new Command.Header(Commands.THREAD, NOW_MS, null, "", type, "operator");
    }
}

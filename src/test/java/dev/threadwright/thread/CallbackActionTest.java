package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.NOW_MS;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.doneAt;
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

/** What a handler asked for, somebody has taken on, and a callback ends. */
class CallbackActionTest {

    private static final ActionId ACTION = new ActionId("r1-1");
    private static final RunId RUN = new RunId("r1");
    private static final long TIMEOUT_MS = 1_000;
    private static final String[] DONE = {
        "ActionSucceeded r1-1#1", "StepCompleted r1 1 render log+=\"film\"", "RunCompleted r1 {\"log\":[\"film\"]}"
    };

    @Test
    void fromThenOnItsCallbackIsOwedAndNoHandler() {
        ThreadSpec spec = asked(true);
        assertThat(call(spec).awaited()).isEqualTo(Awaited.HANDLER);
        spec.when(accepted(NOW_MS + 50, 1)).then("ActionAccepted r1-1#1").running("1 active");
        Owed.Call call = call(spec);
        assertThat(call.awaited()).isEqualTo(Awaited.CALLBACK);
        assertThat(call.deadlineMs()).as("its time goes on").isEqualTo(NOW_MS + TIMEOUT_MS);
        spec.when(doneAt(NOW_MS + 900, "r1-1", 1, "\"film\"")).then(DONE);
        assertThat(Owed.of(spec.state())).isEmpty();
    }

    @Test
    void aCallbackThatIsFasterCountsOnceAndWhatWasToldBeforeIsNoNews() {
        asked(true)
                .when(doneAt(NOW_MS + 10, "r1-1", 1, "\"film\""))
                .then(DONE)
                .when(accepted(NOW_MS + 20, 1))
                .thenNothing()
                .when(doneAt(NOW_MS + 30, "r1-1", 1, "\"film\""))
                .then("ActionResultDiscarded r1-1#1: The run is not running");
    }

    @Test
    void toldTwiceItIsAcceptedOnce() {
        asked(true).and(accepted(NOW_MS + 50, 1)).when(accepted(NOW_MS + 60, 1)).thenNothing();
    }

    @Test
    void ofAnotherAttemptOrActionOrRunItIsNoNews() {
        ThreadSpec spec = asked(true);
        spec.when(accepted(NOW_MS, 2)).thenNothing();
        spec.when(new Command.AcceptAction(header(NOW_MS), RUN, new ActionId("r1-2"), 1))
                .thenNothing();
        spec.when(new Command.AcceptAction(header(NOW_MS), new RunId("r9"), ACTION, 1))
                .thenNothing();
        spec.and(cancel("r1")).when(accepted(NOW_MS, 1)).thenNothing();
    }

    @Test
    void whatWasTakenOnIsNotLostWithItsServerWhetherOrNotItMayBeDoneTwice() {
        for (boolean idempotent : new boolean[] {true, false}) {
            asked(idempotent)
                    .and(accepted(NOW_MS + 50, 1))
                    .when(lost("r1-1", 1))
                    .thenNothing()
                    .outcome("Unchanged: The action is no longer outstanding")
                    .when(doneAt(NOW_MS + 900, "r1-1", 1, "\"film\""))
                    .then(DONE);
        }
    }

    @Test
    void aCallbackSettlesWhatNobodyKnowsAbout() {
        asked(false)
                .and(lost("r1-1", 1))
                .running("1 paused")
                .when(doneAt(NOW_MS + 9_000, "r1-1", 1, "\"film\""))
                .then(DONE);
    }

    @Test
    void whoHearsLateThatItWasTakenOnKnowsAgain() {
        ThreadSpec spec = asked(false)
                .and(lost("r1-1", 1))
                .when(accepted(NOW_MS + 100, 1))
                .then("ActionAccepted r1-1#1", "RunResumed r1 leg 2 by system")
                .running("1 active");
        assertThat(call(spec).awaited()).isEqualTo(Awaited.CALLBACK);
        spec.when(doneAt(NOW_MS + 900, "r1-1", 1, "\"film\"")).then(DONE);
    }

    @Test
    void withoutACallbackInTimeTheNextAttemptAsksAgainAndTheLastOnesCallbackIsDiscarded() {
        ThreadSpec spec = asked(true).and(accepted(NOW_MS + 50, 1)).when(timersAt(NOW_MS + TIMEOUT_MS));
        long dueAtMs = spec.last(Event.ActionRetryScheduled.class).dueAtMs();
        spec.when(doneAt(NOW_MS + TIMEOUT_MS, "r1-1", 1, "\"late\""))
                .then("ActionResultDiscarded r1-1#1: The run does not wait for this action");
        spec.and(timersAt(dueAtMs));
        assertThat(call(spec).attempt()).isEqualTo(2);
        assertThat(call(spec).awaited()).as("a handler asks").isEqualTo(Awaited.HANDLER);
        spec.when(doneAt(dueAtMs + 1, "r1-1", 1, "\"late\""))
                .then("ActionResultDiscarded r1-1#1: The run does not wait for this action");
        spec.when(accepted(dueAtMs + 2, 2)).then("ActionAccepted r1-1#2");
    }

    @Test
    void aFailureIsTriedAgainAsTheStepSays() {
        ThreadSpec spec = asked(true).and(accepted(NOW_MS + 50, 1));
        Failure limited = new Failure(Failure.Kind.RATE_LIMITED, "full", 2_500L);
        spec.when(failedAt(NOW_MS + 100, "r1-1", 1, limited))
                .then("ActionRetryScheduled r1-1#1: full, again at " + (NOW_MS + 2_600));
        spec.and(timersAt(NOW_MS + 2_600));
        assertThat(call(spec).awaited()).isEqualTo(Awaited.HANDLER);
    }

    @Test
    void anOperatorHasTheNextAttemptAskAgain() {
        ThreadSpec spec = asked(true)
                .and(accepted(NOW_MS + 50, 1))
                .when(new Command.SettleAction(header(NOW_MS + 60), RUN, ACTION, new Command.Settlement.Retry()))
                .then("ActionRetried r1-1#1");
        assertThat(call(spec).awaited()).isEqualTo(Awaited.HANDLER);
    }

    @Test
    void aCallbackAfterTheCancellationIsDiscarded() {
        asked(true)
                .and(accepted(NOW_MS + 50, 1))
                .and(cancel("r1"))
                .when(doneAt(NOW_MS + 900, "r1-1", 1, "\"film\""))
                .then("ActionResultDiscarded r1-1#1: The run is not running");
    }

    private static ThreadSpec asked(boolean idempotent) {
        return on(rendering(idempotent)).and(input(1).workflow("rendering"));
    }

    private static Workflow rendering(boolean idempotent) {
        return WorkflowBuilder.workflow("rendering", 1)
                .channel("log", Reducer.APPEND)
                .start("render")
                .step(
                        "render",
                        new Step.Action(
                                "http",
                                Step.View::trigger,
                                Json.EMPTY_OBJECT,
                                (view, result) -> Step.Outcome.of(List.of(new Write("log", result))),
                                TIMEOUT_MS,
                                Step.Retries.DEFAULT,
                                idempotent),
                        options -> options)
                .build();
    }

    private static Owed.Call call(ThreadSpec spec) {
        return (Owed.Call) Owed.of(spec.state()).getFirst();
    }

    private static Command accepted(long ms, int attempt) {
        return new Command.AcceptAction(header(ms), RUN, ACTION, attempt);
    }

    private static Command.Header header(long ms) {
        return new Command.Header(Commands.THREAD, ms, null, "", "action.accepted", "system");
    }
}

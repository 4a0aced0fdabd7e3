package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.NOW_MS;
import static dev.threadwright.thread.Commands.PARALLEL;
import static dev.threadwright.thread.Commands.complete;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.timersAt;
import static dev.threadwright.thread.People.log;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Workflows;
import dev.threadwright.workflow.Write;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events from outside: early, late, and for whoever waits. */
class WaitTest {

    private static ThreadSpec on(Workflow... workflows) {
        return ThreadSpec.thread().workflows(new Workflows(List.of(workflows)));
    }

    private static WorkflowBuilder waiting() {
        return People.workflow("waiting");
    }

    private static Workflow waitsFor(String type) {
        return waiting().start("wait").await("wait", type, step -> step).build();
    }

    private static Submit event(int number, String type, String data) {
        return Submit.event(number, type).data(JsonText.parse(data));
    }

    @Test
    void scenario19_anEventResumesTheRunThatWaitsForItWhateverItsCase() {
        ThreadSpec spec = on(waitsFor("timer"), TestWorkflows.PURE).and(input(1).workflow("waiting"));
        spec.running("1 waiting for an event");
        spec.when(event(2, "webhook", "{\"last\":1}").workflow("pure"));
        assertThat(spec.words()).contains("RunCancelled r1 SUPERSEDED");

        on(waitsFor("timer"))
                .and(input(1).workflow("waiting"))
                .when(event(2, "TIMER", "{\"last\":1}"))
                .then(
                        "InputAccepted i2 -> r1 RESUME",
                        "WaitSatisfied r1 1 by i2 case 0",
                        "StepCompleted r1 1 wait last=1",
                        "RunCompleted r1 {\"last\":1}")
                .outcome("Resumed r1 with 0");
    }

    @Test
    void scenario20_anEventThatComesEarlyIsKeptForTheWait() {
        Workflow later = waiting()
                .start("work")
                .action("work", "worker", Step.View::trigger, step -> step.to("wait"))
                .await("wait", "paid", step -> step)
                .build();
        ThreadSpec spec = on(later)
                .and(input(1).workflow("waiting"))
                .when(event(2, "paid", "{\"last\":7}"))
                .then("InputAccepted i2 -> r1 KEEP", "InputKept i2 for r1")
                .outcome("Kept for r1");
        spec.when(complete("r1", 1))
                .then(
                        "ActionSucceeded r1-1#1",
                        "StepCompleted r1 1 work",
                        "WaitStarted r1 2 wait [paid]",
                        "WaitSatisfied r1 2 by i2 case 0",
                        "StepCompleted r1 2 wait last=7",
                        "RunCompleted r1 {\"last\":7}");
    }

    @Test
    void whatIsKeptForNobodyExpires() {
        Workflow later = waiting()
                .start("work")
                .action("work", "worker", Step.View::trigger, step -> step.to("wait"))
                .await("wait", "paid", step -> step)
                .build();
        ThreadSpec spec = on(later).and(input(1).workflow("waiting"), event(2, "paid", "{}"), event(3, "paid", "{}"));
        spec.when(complete("r1", 1));
        assertThat(spec.words()).endsWith("InputExpired i3 of r1");
    }

    @Test
    void whatIsKeptIsBounded() {
        Workflow later = waiting()
                .start("work")
                .action(
                        "work",
                        "worker",
                        Step.View::trigger,
                        step -> step.to("wait").timeoutMs(1L << 40))
                .await("wait", "paid", step -> step)
                .build();
        ThreadSpec spec = on(later).and(input(1).workflow("waiting"));
        for (int i = 0; i < ServerSettings.DEFAULT_MAX_KEPT; i++) {
            spec.and(event(100 + i, "paid", "{}"));
        }
        spec.when(event(2, "paid", "{}")).refused("INBOX_FULL: The thread keeps 100 events for later already");
        spec.when(timersAt(NOW_MS + ServerSettings.DEFAULT_KEPT_TTL_MS));
        assertThat(spec.words()).hasSize(100).allMatch(event -> event.startsWith("InputExpired i1"));
    }

    @Test
    void scenario66_ofTwoRunsThatWaitForOneTypeTheLaterStartedTakesTheEvent() {
        on(waitsFor("paid"))
                .and(input(1).workflow("waiting"), input(2).workflow("waiting").policy(PARALLEL))
                .when(event(3, "paid", "{\"last\":1}"))
                .outcome("Resumed r2 with 0")
                .running("1 waiting for an event");
    }

    @Test
    void theFirstOfSeveralWithItsConditionTakesTheEventAndATimeoutFails() {
        Step.Wait wait = new Step.Wait(
                List.of(
                        new Step.Case(
                                "paid",
                                (view, event) -> event.equals(JsonText.parse("{\"type\":\"paid\",\"data\":100}")),
                                (view, event) -> new Step.Outcome(List.of(new Write("last", Json.of("enough"))), null)),
                        new Step.Case(
                                null,
                                null,
                                (view, event) ->
                                        new Step.Outcome(List.of(new Write("last", Json.of("other"))), List.of()))),
                view -> 5_000);
        Workflow either = waiting()
                .start("wait")
                .step("wait", wait, step -> step.onError("late"))
                .pure("late", log("late"), step -> step)
                .build();
        on(either)
                .and(input(1).workflow("waiting"))
                .when(event(2, "paid", "100"))
                .state("{\"last\":\"enough\"}");
        on(either).and(input(1).workflow("waiting")).when(event(2, "paid", "5")).state("{\"last\":\"other\"}");
        on(either)
                .and(input(1).workflow("waiting"))
                .when(timersAt(NOW_MS + 5_000))
                .then(
                        "TimerFired r1 1",
                        "StepFailed r1 1 wait: The event did not come in time, then late",
                        "StepCompleted r1 2 late log+=\"late\"",
                        "RunCompleted r1 {\"log\":[\"late\"]}");
    }
}

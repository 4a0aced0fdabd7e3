package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.NOW_MS;
import static dev.threadwright.thread.Commands.done;
import static dev.threadwright.thread.Commands.doneAt;
import static dev.threadwright.thread.Commands.failedAt;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.timersAt;
import static dev.threadwright.thread.People.answer;
import static dev.threadwright.thread.People.ask;
import static dev.threadwright.thread.People.pending;
import static dev.threadwright.thread.People.record;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Workflows;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Handlers that ask: they end, and are entered again with all answers and results so far. */
class ReentryTest {

    private static final Prompt NAME = Prompt.of("question", Json.of("name?"), People.TEXT);
    private static final Prompt AGE = Prompt.of("question", Json.of("age?"), null);

    private static ThreadSpec thread() {
        return thread(People.workflow("asks").start("work").action("work", "worker", Step.View::trigger, step -> step));
    }

    private static ThreadSpec thread(WorkflowBuilder workflow) {
        Workflow built = workflow.build();
        return ThreadSpec.thread()
                .workflows(new Workflows(List.of(built)))
                .and(input(1).workflow(built.ref().name()));
    }

    private static Owed.Call owed(ThreadSpec spec) {
        return Owed.of(spec.state()).stream()
                .filter(Owed.Call.class::isInstance)
                .map(Owed.Call.class::cast)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aHandlerThatAsksIsEnteredAgainWithTheAnswer() {
        ThreadSpec spec = thread();
        spec.when(ask("r1-1", 1, NAME))
                .then("InterruptRaised r1 1 work question \"name?\"", "RunInterrupted r1 at 1 asking 1")
                .running("1 waiting for a user");
        assertThat(Owed.of(spec.state())).as("it no longer runs").isEmpty();

        spec.when(answer("\"bob\""))
                .then(
                        "InterruptResolved r1 \"bob\" by ann",
                        "RunResumed r1 leg 2 by ann",
                        "ActionRequested r1 r1-1#2 \"hello 1\"")
                .running("1 active");
        assertThat(owed(spec).action()).as("the same idempotency key").isEqualTo(new ActionId("r1-1"));
        assertThat(owed(spec).replay().answers()).containsExactly(new Replay.Answered(NAME, Json.of("bob")));
    }

    @Test
    void askedTwiceItHasBothAnswersInOrderAndWhatItDidOnceIsNotDoneAgain() {
        ThreadSpec spec = thread();
        spec.when(record("r1-1", 1, "charge", "{\"paid\":1}"))
                .then("ActionResultRecorded r1-1#1 charge {\"paid\":1}")
                .running("1 active");
        assertThat(owed(spec).ref()).as("still the same call").isEqualTo("r1-1#1");
        spec.and(ask("r1-1", 1, NAME), answer("\"bob\""));
        InterruptId first = spec.journal().stream()
                .filter(Event.InterruptRaised.class::isInstance)
                .map(event -> ((Event.InterruptRaised) event).interrupt().id())
                .findFirst()
                .orElseThrow();
        spec.and(record("r1-1", 2, "ship", "2"), ask("r1-1", 2, AGE));
        assertThat(pending(spec)).as("each question has a name of its own").isNotEqualTo(first);
        spec.and(answer("42"));

        assertThat(owed(spec).attempt()).isEqualTo(3);
        assertThat(owed(spec).replay().answers())
                .containsExactly(new Replay.Answered(NAME, Json.of("bob")), new Replay.Answered(AGE, Json.of(42)));
        assertThat(Words.of(Json.object(owed(spec).replay().results())))
                .isEqualTo("{\"charge\":{\"paid\":1},\"ship\":2}");
        spec.when(doneAt(NOW_MS, "r1-1", 3, "{\"last\":\"done\"}")).state("{\"last\":\"done\"}");
    }

    @Test
    void whatIsRecordedTwiceIsKeptOnce() {
        ThreadSpec spec = thread().and(record("r1-1", 1, "charge", "1"));
        spec.when(record("r1-1", 1, "charge", "2")).thenNothing();
        spec.when(record("r1-1", 7, "charge", "2"))
                .then("ActionResultDiscarded r1-1#7: The run does not wait for this action");
    }

    @Test
    void retriesAreCountedFromTheReentry() {
        ThreadSpec spec = thread(People.workflow("asks")
                .start("work")
                .action("work", "worker", Step.View::trigger, step -> step.retries(new Step.Retries(1, 100, 100))));
        spec.and(ask("r1-1", 1, NAME), answer("\"bob\""));

        spec.when(failedAt(NOW_MS, "r1-1", 2, Failure.passing("busy")));
        assertThat(spec.words()).singleElement().asString().startsWith("ActionRetryScheduled r1-1#2: busy");
        spec.and(timersAt(NOW_MS + 100));
        assertThat(owed(spec).replay().answers())
                .as("known to the next attempt too")
                .hasSize(1);
        spec.when(failedAt(NOW_MS + 101, "r1-1", 3, Failure.passing("busy")));
        assertThat(spec.words()).contains("ActionFailed r1-1#3: busy");
    }

    @Test
    void aLateQuestionIsDiscarded() {
        ThreadSpec spec = thread().and(done("r1-1", "{}"));
        spec.when(ask("r1-1", 1, NAME)).then("ActionResultDiscarded r1-1#1: The run is not running");
    }

    @Test
    void aTaskAsksOnlySoOften() {
        ThreadSpec spec = thread();
        for (int i = 1; i <= Replay.MAX; i++) {
            spec.and(ask("r1-1", i, AGE), answer(Integer.toString(i)));
        }
        spec.when(ask("r1-1", Replay.MAX + 1, AGE));
        assertThat(spec.words()).contains("StepFailed r1 1 work: A task asks at most 100 questions");
    }

    @Test
    void aQuestionWithASchemaThatIsNoneFailsTheAction() {
        ThreadSpec spec = thread();
        spec.when(ask("r1-1", 1, Prompt.of("q", Json.NULL, People.schema("{\"type\":7}"))));
        assertThat(spec.words().getFirst())
                .startsWith("ActionFailed r1-1#1: The schema of the answer is not valid: /type");
    }

    @Test
    void aRetryOfTheRunKeepsWhatPeopleAnswered() {
        ThreadSpec spec = thread();
        spec.and(ask("r1-1", 1, NAME), answer("\"bob\""));
        spec.and(failedAt(NOW_MS, "r1-1", 2, Failure.permanent("broken")), Commands.carryOn("r2"));

        assertThat(owed(spec).replay().answers()).containsExactly(new Replay.Answered(NAME, Json.of("bob")));
    }
}

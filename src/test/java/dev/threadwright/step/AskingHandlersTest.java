package dev.threadwright.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.actor.Measurements;
import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Awaited;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Failure;
import dev.threadwright.thread.Owed;
import dev.threadwright.thread.Replay;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.WorkflowRef;
import dev.threadwright.workflow.Workflows;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Handlers that ask, and that do things once. */
class AskingHandlersTest {

    private static final ThreadKey T = new ThreadKey("default", "t");
    private static final Prompt NAME = Prompt.of("question", Json.of("name?"), null);
    private static final Prompt AGE = Prompt.of("question", Json.of("age?"), null);

    private final List<Command> results = new CopyOnWriteArrayList<>();
    private final AtomicInteger charges = new AtomicInteger();

    /** Charges, asks twice, and tells what it was told. */
    private final BlockingStepHandler polite = blocking(context -> {
        Json charged = context.once("charge", () -> Json.of(charges.incrementAndGet()));
        Json name = context.ask(NAME);
        Json age = context.ask(AGE);
        return Json.array(List.of(charged, name, age));
    });

    @Test
    void aHandlerThatAsksEndsWithItsQuestion() {
        InProcessSteps steps = steps(polite);
        steps.start(call(1, Replay.NONE));
        recorded(steps, 1);

        assertThat(last(Command.RaiseInterrupt.class).prompt()).isEqualTo(NAME);
        assertThat(last(Command.RaiseInterrupt.class).attempt()).isEqualTo(1);
        assertThat(steps.size()).as("it holds no thread while it waits").isZero();
    }

    @Test
    void enteredAgainItHasItsAnswersInOrderAndDoesNothingTwice() {
        InProcessSteps steps = steps(polite);
        Map<String, Json> charged = Map.of("charge", Json.of(7));
        steps.start(call(2, replay(charged, new Replay.Answered(NAME, Json.of("bob")))));
        assertThat(last(Command.RaiseInterrupt.class).prompt()).isEqualTo(AGE);

        steps.start(call(
                3, replay(charged, new Replay.Answered(NAME, Json.of("bob")), new Replay.Answered(AGE, Json.of(42)))));

        assertThat(last(Command.CompleteAction.class).result())
                .isEqualTo(Json.array(List.of(Json.of(7), Json.of("bob"), Json.of(42))));
        assertThat(charges).hasValue(0);
    }

    @Test
    void aResultThatIsNotJournaledIsNotPassedOn() {
        InProcessSteps steps = steps(polite);
        steps.start(call(1, Replay.NONE));

        Command.RecordResult recorded = last(Command.RecordResult.class);
        assertThat(recorded.name()).isEqualTo("charge");
        assertThat(recorded.result()).isEqualTo(Json.of(1));
        assertThat(results).as("nothing but that").containsExactly(recorded);
        steps.recorded(T, new ActionId("r-1"), 9, "charge");
        assertThat(results).as("another attempt's").hasSize(1);
        steps.recorded(T, new ActionId("r-1"), 1, "charge");
        last(Command.RaiseInterrupt.class);
    }

    @Test
    void askingSomethingElseThanBeforeFailsForGood() {
        steps(polite).start(call(2, replay(Map.of("charge", Json.of(7)), new Replay.Answered(AGE, Json.of(42)))));

        assertThat(last(Command.FailAction.class).failure())
                .isEqualTo(Failure.permanent("Question 1 is another one than when the handler was entered before; what"
                        + " it asks may depend only on its input, the state, earlier answers and what it did once"));
    }

    @Test
    void notAskingWhatWasAnsweredFailsForGood() {
        steps(blocking(context -> Json.NULL)).start(call(2, replay(Map.of(), new Replay.Answered(NAME, Json.NULL))));

        assertThat(last(Command.FailAction.class).failure().kind()).isEqualTo(Failure.Kind.PERMANENT);
    }

    @Test
    void whoSwallowsTheSuspensionStillAsks() {
        steps(blocking(context -> {
                    try {
                        return context.ask(NAME);
                    } catch (RuntimeException swallowed) {
                        return Json.of("I go on without");
                    }
                }))
                .start(call(1, Replay.NONE));

        assertThat(last(Command.RaiseInterrupt.class).prompt()).isEqualTo(NAME);
    }

    @Test
    void reactiveHandlersAskToo() {
        StepHandler reactive = new StepHandler() {
            @Override
            public String name() {
                return "h";
            }

            @Override
            public Uni<Json> handle(StepContext context) {
                return context.onceAsync("charge", () -> Uni.createFrom().item(Json.of(charges.incrementAndGet())))
                        .map(charged -> context.ask(NAME));
            }
        };
        InProcessSteps steps = steps(reactive);
        steps.start(call(1, Replay.NONE));
        recorded(steps, 1);
        assertThat(last(Command.RaiseInterrupt.class).prompt()).isEqualTo(NAME);

        steps.start(call(2, replay(Map.of("charge", Json.of(1)), new Replay.Answered(NAME, Json.of("bob")))));
        assertThat(last(Command.CompleteAction.class).result()).isEqualTo(Json.of("bob"));
        assertThat(charges).hasValue(1);
    }

    @Test
    void whatIsDoneOnceHasANameOfItsOwn() {
        steps(blocking(context -> {
                    context.once("", () -> Json.NULL);
                    return Json.NULL;
                }))
                .start(call(1, Replay.NONE));
        assertThat(last(Command.FailAction.class).failure().message()).contains("a name of its own");
    }

    @Test
    void whatFailsIsNotRecorded() {
        steps(blocking(context -> context.once("charge", () -> {
                    throw new IllegalStateException("declined");
                })))
                .start(call(1, Replay.NONE));

        assertThat(last(Command.FailAction.class).failure()).isEqualTo(Failure.passing("declined"));
        assertThat(results).hasSize(1);
    }

    @Test
    void oneThatMustNotBeDoneTwiceEndsForGoodWhenItsThreadGoesElsewhereBeforeItIsRecorded() {
        InProcessSteps steps = steps(polite);
        steps.start(call(1, false, Replay.NONE));
        last(Command.RecordResult.class);

        steps.cancelPartition(0);

        assertThat(last(Command.FailAction.class).failure().kind()).isEqualTo(Failure.Kind.PERMANENT);
    }

    private void recorded(InProcessSteps steps, int attempt) {
        last(Command.RecordResult.class);
        steps.recorded(T, new ActionId("r-1"), attempt, "charge");
    }

    private <C extends Command> C last(Class<C> type) {
        await().untilAsserted(() -> assertThat(results).last().isInstanceOf(type));
        return type.cast(results.getLast());
    }

    private static Replay replay(Map<String, Json> done, Replay.Answered... answers) {
        return new Replay(List.of(answers), done, answers.length);
    }

    private interface Body {
        Json handle(StepContext context) throws Exception;
    }

    private static BlockingStepHandler blocking(Body body) {
        return new BlockingStepHandler() {
            @Override
            public String name() {
                return "h";
            }

            @Override
            public Json handle(StepContext context) throws Exception {
                return body.handle(context);
            }
        };
    }

    private InProcessSteps steps(BlockingStepHandler handler) {
        return steps(new BlockingSteps(handler));
    }

    private InProcessSteps steps(StepHandler handler) {
        return new InProcessSteps(
                name -> handler,
                new Workflows(List.of()),
                1_000,
                () -> 1_000,
                (partition, command) -> results.add(command),
                progress -> {},
                Measurements.NONE);
    }

    private static StepCall call(int attempt, Replay replay) {
        return call(attempt, true, replay);
    }

    private static StepCall call(int attempt, boolean idempotent, Replay replay) {
        return new StepCall(
                0,
                T,
                new Owed.Call(
                        new RunId("r"),
                        new ActionId("r-1"),
                        attempt,
                        new WorkflowRef("w", 1),
                        "s",
                        "h",
                        Json.NULL,
                        Channels.EMPTY,
                        idempotent,
                        5_000,
                        replay,
                        Awaited.HANDLER));
    }
}

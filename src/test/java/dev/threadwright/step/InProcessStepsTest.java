package dev.threadwright.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.actor.Measurements;
import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.live.StepProgress;
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
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Workflows;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class InProcessStepsTest {

    private static final ThreadKey T = new ThreadKey("default", "t");
    private static final int MAX_RESULT_BYTES = 100;

    private final Map<Integer, List<Command>> results = Map.of(0, new CopyOnWriteArrayList<>());
    private final List<StepProgress> progress = new CopyOnWriteArrayList<>();
    private final AtomicReference<StepContext> seen = new AtomicReference<>();

    private final Workflows workflows = new Workflows(List.of(WorkflowBuilder.workflow("w", 1)
            .action("ask", "h", Step.View::trigger, step -> step.config(Json.object("index", Json.of("main"))))
            .start("ask")
            .build()));

    @Test
    void aHandlerIsGivenAllThatItNeedsAndItsResultComesBack() {
        InProcessSteps steps = steps(handler(context -> {
            seen.set(context);
            context.progress().accept(Json.of("half way"));
            return Uni.createFrom().item(Json.of("done"));
        }));

        steps.start(call("a", 2, true));

        assertThat(onlyResult()).isInstanceOfSatisfying(Command.CompleteAction.class, done -> {
            assertThat(done.result()).isEqualTo(Json.of("done"));
            assertThat(done.attempt()).isEqualTo(2);
        });
        assertThat(seen.get().config()).isEqualTo(Json.object("index", Json.of("main")));
        assertThat(seen.get().idempotencyKey()).isEqualTo("a");
        assertThat(seen.get().attempt()).isEqualTo(2);
        assertThat(seen.get().input()).isEqualTo(Json.of("question"));
        assertThat(progress)
                .containsExactly(new StepProgress(T, new RunId("r"), "ask", new ActionId("a"), 2, Json.of("half way")));
        assertThat(steps.size()).isZero();
    }

    @Test
    void whatSomebodyElseHasTakenOnHasNoResultYet() {
        steps(handler(context -> {
                    seen.set(context);
                    context.accepted();
                    return Uni.createFrom().item(Json.of("not this"));
                }))
                .start(call("a", 2, true));
        assertThat(onlyResult()).isInstanceOfSatisfying(Command.AcceptAction.class, accepted -> {
            assertThat(accepted.action()).isEqualTo(new ActionId("a"));
            assertThat(accepted.attempt()).isEqualTo(2);
        });
        assertThat(seen.get().deadlineMs()).isEqualTo(call("a", 2, true).call().deadlineMs());
    }

    @Test
    void aHandlerThatFailsAfterwardsHasFailed() {
        steps(handler(context -> {
                    context.accepted();
                    return Uni.createFrom().failure(new StepRefusedException("no"));
                }))
                .start(call("a", 1, true));
        assertThat(((Command.FailAction) onlyResult()).failure()).isEqualTo(Failure.permanent("no"));
    }

    @Test
    void whatAHandlerThrowsSaysWhetherItPasses() {
        assertThat(failure(new IllegalStateException("broken"))).isEqualTo(Failure.passing("broken"));
        assertThat(failure(new NullPointerException())).isEqualTo(Failure.passing("NullPointerException"));
        assertThat(failure(new StepRefusedException("never"))).isEqualTo(Failure.permanent("never"));
        assertThat(failure(new RateLimitedException("later", Duration.ofMillis(2_500))))
                .isEqualTo(new Failure(Failure.Kind.RATE_LIMITED, "later", 2_500L));
        assertThat(failure(new IllegalStateException("x".repeat(5_000))).message())
                .hasSize(InProcessSteps.MAX_ERROR_LENGTH + 1);
    }

    @Test
    void aHandlerThatThrowsInsteadOfFailingFailsTheSame() {
        steps(handler(context -> {
                    throw new StepRefusedException("no");
                }))
                .start(call("a", 1, true));
        assertThat(((Command.FailAction) onlyResult()).failure()).isEqualTo(Failure.permanent("no"));
    }

    @Test
    void aResultThatIsTooLargeFailsForGoodAndOneThatIsNullIsJsonNull() {
        steps(handler(context -> Uni.createFrom().item(Json.of("x".repeat(MAX_RESULT_BYTES)))))
                .start(call("a", 1, true));
        assertThat(((Command.FailAction) onlyResult()).failure())
                .isEqualTo(Failure.permanent("The result of \"h\" is too large: 102 bytes, at most 100"));
        results.get(0).clear();
        steps(handler(context -> Uni.createFrom().nullItem())).start(call("a", 1, true));
        assertThat(((Command.CompleteAction) onlyResult()).result()).isEqualTo(Json.NULL);
    }

    @Test
    void aNameWithoutAHandlerFailsForGood() {
        steps(null).start(call("a", 1, true));
        assertThat(((Command.FailAction) onlyResult()).failure())
                .isEqualTo(Failure.permanent("There is no handler \"h\" on this server"));
    }

    @Test
    void aCancelledCallIsToldToStopAndItsResultIsDropped() {
        AtomicBoolean stopped = new AtomicBoolean();
        InProcessSteps steps = steps(handler(context -> {
            seen.set(context);
            return Uni.createFrom().<Json>nothing().onCancellation().invoke(() -> stopped.set(true));
        }));
        StepCall call = call("a", 1, true);
        steps.start(call);
        steps.start(call);
        assertThat(steps.size()).as("started once").isOne();
        assertThat(steps.isRunning(call)).isTrue();

        steps.cancel(call);

        assertThat(stopped).isTrue();
        assertThat(seen.get().cancellation().isCancelled()).isTrue();
        seen.get().progress().accept(Json.of("too late"));
        assertThat(progress).isEmpty();
        assertThat(steps.size()).isZero();
        assertThat(results.get(0)).isEmpty();
    }

    @Test
    void whenAPartitionLeavesWhatMustNotBeDoneTwiceGoesOnAndSendsItsResult() {
        AtomicReference<io.smallrye.mutiny.subscription.UniEmitter<? super Json>> answer = new AtomicReference<>();
        InProcessSteps steps = steps(handler(context -> Uni.createFrom().<Json>emitter(answer::set)));
        steps.start(call("twice", 1, true));
        steps.start(call("once", 1, false));

        steps.cancelPartition(0);

        assertThat(steps.size()).isOne();
        answer.get().complete(Json.TRUE);
        assertThat(((Command.CompleteAction) onlyResult()).action()).isEqualTo(new ActionId("once"));
    }

    @Test
    void aBlockingHandlerRunsOnAThreadOfItsOwnAndIsInterrupted() {
        CountDownLatch started = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        InProcessSteps steps = steps(new BlockingSteps(new BlockingStepHandler() {
            @Override
            public String name() {
                return "h";
            }

            @Override
            public Json handle(StepContext context) throws InterruptedException {
                assertThat(Thread.currentThread().isVirtual()).isTrue();
                started.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.set(true);
                    throw e;
                }
                return Json.NULL;
            }
        }));
        StepCall call = call("a", 1, true);
        steps.start(call);
        await().until(() -> started.getCount() == 0);

        steps.cancel(call);

        await().untilTrue(interrupted);
        assertThat(results.get(0)).isEmpty();
    }

    private Failure failure(RuntimeException thrown) {
        results.get(0).clear();
        steps(handler(context -> Uni.createFrom().failure(thrown))).start(call("a", 1, true));
        return ((Command.FailAction) onlyResult()).failure();
    }

    private Command onlyResult() {
        await().until(() -> !results.get(0).isEmpty());
        assertThat(results.get(0)).hasSize(1);
        return results.get(0).getFirst();
    }

    private InProcessSteps steps(StepHandler handler) {
        return new InProcessSteps(
                name -> handler,
                workflows,
                MAX_RESULT_BYTES,
                () -> 1_000,
                (partition, result) -> results.get(partition).add(result),
                progress::add,
                Measurements.NONE);
    }

    private interface Body {
        Uni<Json> handle(StepContext context);
    }

    private static StepHandler handler(Body body) {
        return new StepHandler() {
            @Override
            public String name() {
                return "h";
            }

            @Override
            public Uni<Json> handle(StepContext context) {
                return body.handle(context);
            }
        };
    }

    private StepCall call(String action, int attempt, boolean idempotent) {
        return new StepCall(
                0,
                T,
                new Owed.Call(
                        new RunId("r"),
                        new ActionId(action),
                        attempt,
                        workflows.latest("default", "w").ref(),
                        "ask",
                        "h",
                        Json.of("question"),
                        Channels.EMPTY,
                        idempotent,
                        5_000,
                        Replay.NONE,
                        Awaited.HANDLER));
    }
}

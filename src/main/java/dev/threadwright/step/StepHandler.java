package dev.threadwright.step;

import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;

/**
 * An in-process handler of action steps that does not block; a CDI bean. One that blocks is a
 * {@link BlockingStepHandler}.
 *
 * <p>It may run again with the same key after a crash, a rebalance or a failed attempt, so what it does to the outside
 * must tolerate that, or the step must say {@code idempotent: false}.
 */
public interface StepHandler {

    /** What action steps call it by. */
    String name();

    /**
     * Emits the action's result, or fails with what went wrong: {@link StepRefusedException} for what will not pass,
     * {@link RateLimitedException} for what passes at a known time; anything else is tried again as the step says.
     * Cancelling the subscription is how it is told to stop; subscribing must not block.
     */
    Uni<Json> handle(StepContext context);
}

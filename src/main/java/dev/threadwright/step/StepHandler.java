package dev.threadwright.step;

import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;

/**
 * An in-process handler of action steps. It may run again with the same key after a crash or a rebalance, so what it
 * does to the outside must tolerate that.
 */
public interface StepHandler {

    /** What action steps call it by. */
    String name();

    /**
     * Emits the action's result, or fails with what went wrong. Cancelling the subscription is how it is told to stop;
     * subscribing must not block.
     *
     * @param idempotencyKey the same for every attempt at this action, and no other's
     */
    Uni<Json> handle(String idempotencyKey, Json input);
}

package dev.threadwright.step;

import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.WorkflowRef;
import java.util.function.Consumer;

/**
 * What a handler is given.
 *
 * @param idempotencyKey the same for every attempt at this action, and no other's
 * @param attempt 1 for the first
 * @param input what the step asks of the handler
 * @param state the workflow's channels at the start of the super-step
 * @param config what the workflow's author set for this step
 * @param progress tells whoever watches how far it is; not kept, and nobody may be watching
 */
public record StepContext(
        ThreadKey thread,
        RunId run,
        WorkflowRef workflow,
        String step,
        String idempotencyKey,
        int attempt,
        Json input,
        Channels state,
        Json.Obj config,
        Cancellation cancellation,
        Consumer<Json> progress) {

    /** Whether, and when, nobody wants the result any more. */
    public interface Cancellation {
        boolean isCancelled();

        /** At once, if it is cancelled already. */
        void onCancel(Runnable action);
    }
}

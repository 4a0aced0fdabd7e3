package dev.threadwright.step;

import dev.threadwright.thread.Replay;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.TraceContext;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.WorkflowRef;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a handler is given.
 *
 * @param idempotencyKey the same for every attempt at this action, and no other's
 * @param attempt 1 for the first
 * @param input what the step asks of the handler
 * @param state the workflow's channels at the start of the super-step
 * @param config what the workflow's author set for this step
 * @param deadlineMs when this attempt is given up; milliseconds since 1970
 * @param progress tells whoever watches how far it is; not kept, and nobody may be watching
 * @param entry what was answered and done before
 * @param trace that the run belongs to, for what the handler asks elsewhere; null for none
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
        long deadlineMs,
        Consumer<Json> progress,
        Entry entry,
        @Nullable TraceContext trace) {

    /** For a handler on its own, as in its tests: nothing was answered or done before. */
    public StepContext(
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
        this(thread, run, workflow, step, idempotencyKey, attempt, input, state, config, cancellation, progress, null);
    }

    /** As above, in a trace. */
    public StepContext(
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
            Consumer<Json> progress,
            @Nullable TraceContext trace) {
        this(
                thread,
                run,
                workflow,
                step,
                idempotencyKey,
                attempt,
                input,
                state,
                config,
                cancellation,
                Long.MAX_VALUE,
                progress,
                new Entry(Replay.NONE, (name, result) -> Uni.createFrom().item(result)),
                trace);
    }

    /**
     * The answer of a person or a system. If there is none yet, the run waits for it however long that takes, and the
     * handler is entered again, from its beginning: what it asks may depend only on its input, the state, earlier answers
     * and what it did {@link #once}.
     *
     * @throws SuspendedException if there is no answer yet; let it through
     * @throws StepRefusedException if it asked something else in this place before
     */
    public Json ask(Prompt prompt) {
        return entry.ask(prompt);
    }

    /**
     * Does something and journals what came of it, before it goes on: entered again, the handler gets the result and the
     * effect does not happen again. If the process dies in between it may, so give the outside a key that is derived from
     * {@code idempotencyKey} and the name. Blocks; {@link #onceAsync} does not.
     *
     * @param name of the effect, once in a handler
     */
    public Json once(String name, Callable<Json> effect) throws Exception {
        try {
            return onceAsync(name, () -> {
                        try {
                            return Uni.createFrom().item(effect.call());
                        } catch (Exception e) {
                            throw new Failed(e);
                        }
                    })
                    .await()
                    .indefinitely();
        } catch (Failed failed) {
            throw failed.reason;
        }
    }

    /** As {@link #once}, for handlers that do not block. */
    public Uni<Json> onceAsync(String name, Supplier<Uni<Json>> effect) {
        return entry.once(name, effect);
    }

    /**
     * Somebody else has taken it on and will tell the result by a callback: the attempt stays outstanding until then, or until
     * its deadline, whatever becomes of this server. What the handler returns is not the result.
     */
    public void accepted() {
        entry.accept();
    }

    /** Whether {@link #accepted} was called. */
    public boolean isAccepted() {
        return entry.isAccepted();
    }

    /** Carries what an effect threw past code that declares nothing. */
    private static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final Exception reason;

        Failed(Exception reason) {
            super(null, reason, false, false);
            this.reason = reason;
        }
    }

    /** Whether, and when, nobody wants the result any more. */
    public interface Cancellation {
        boolean isCancelled();

        /** At once, if it is cancelled already. */
        void onCancel(Runnable action);
    }
}

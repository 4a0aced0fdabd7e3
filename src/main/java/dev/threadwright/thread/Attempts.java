package dev.threadwright.thread;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.WorkflowCatalog;
import java.nio.ByteBuffer;

/** Attempts at actions: whether each has to wait for its turn, and what its result, its failure or its question leads to. */
final class Attempts {

    /** The longest wait that a rate limit is believed: one hour. */
    static final long MAX_RATE_LIMIT_WAIT_MS = 3_600_000;

    private final WorkflowCatalog workflows;
    private final Asks asks;
    private final Gate gate;
    private final Ends ends;

    Attempts(WorkflowCatalog workflows, Asks asks, Gate gate, Ends ends) {
        this.workflows = workflows;
        this.asks = asks;
        this.gate = gate;
        this.ends = ends;
    }

    /** The event that asks for the first attempt of a task; nothing is added yet. */
    static Event.ActionRequested requested(
            RunId run, TaskId id, Step step, Step.Action action, Step.View view, Replay replay) {
        return new Event.ActionRequested(
                run,
                id,
                ActionId.of(run, id),
                step.name(),
                action.handler(),
                action.request().input(view),
                action.idempotent(),
                action.timeoutMs(),
                replay.attempts() + 1,
                action.remote());
    }

    /** The first attempt. */
    void request(Draft draft, Event.ActionRequested requested) {
        draft.add(requested);
        holdIfNeeded(
                draft,
                Target.of(requested.handler(), requested.input()),
                new Event.ActionHeld(requested.run(), requested.action(), requested.attempt()));
    }

    /** The next attempt, once it is time for it. */
    void retry(Draft draft, RunId run, Task.Calling failed) {
        holdIfNeeded(
                draft,
                Target.of(failed.handler(), failed.input()),
                new Event.ActionHeld(run, failed.action(), failed.attempt() + 1));
    }

    /** In the same decision in which the attempt would begin. */
    private void holdIfNeeded(Draft draft, String target, Event.ActionHeld held) {
        if (gate.holds(draft.state().key().tenant(), target)) {
            draft.add(held);
        }
    }

    /** The result of an outstanding action. */
    void complete(Draft draft, RunId run, Frame.Located calling, Task.Calling call, Json result) {
        TaskId id = calling.id();
        draft.add(new Event.ActionSucceeded(run, call.action(), call.attempt(), result));
        ends.end(draft, run, id, calling.task().step(), () -> {
            Graph graph = Graph.of(workflows, draft, run, id.parent());
            Step step = graph.workflow().step(calling.task().step());
            Step.View view = graph.view(calling.task().item());
            Step.Action action = step.action(view);
            if (action == null) {
                throw new StepFailure(
                        "Step \"" + step.name() + "\" of " + graph.workflow().ref() + " is no action");
            }
            return graph.ended(id, action.result().of(view, result));
        });
    }

    /** A failed attempt at an outstanding action: the next one, or the failure of the task. */
    void fail(Draft draft, RunId run, Frame.Located calling, Task.Calling call, Failure failure) {
        Step.Retries retries = retries(draft, run, calling);
        int retried = call.attempt() - call.entered();
        if (failure.kind() != Failure.Kind.PERMANENT && retried < retries.max()) {
            draft.add(new Event.ActionRetryScheduled(
                    run,
                    call.action(),
                    call.attempt(),
                    failure.message(),
                    draft.timeMs() + waitMs(failure, call, retries.backoffMs(Math.max(0, retried)))));
            return;
        }
        draft.add(new Event.ActionFailed(run, call.action(), call.attempt(), failure.message()));
        ends.fail(draft, run, calling.id(), calling.task().step(), failure.message());
    }

    /** A handler asks, and ends. */
    void ask(Draft draft, RunId run, Frame.Located calling, Task.Calling call, Prompt prompt) {
        TaskId id = calling.id();
        String step = calling.task().step();
        Event.InterruptRaised raised;
        try {
            raised = asks.question(draft, run, id, step, prompt, call.replay(), call.action(), call.attempt());
        } catch (StepFailure refused) {
            draft.add(new Event.ActionFailed(run, call.action(), call.attempt(), String.valueOf(refused.getMessage())));
            ends.fail(draft, run, id, step, String.valueOf(refused.getMessage()));
            return;
        }
        asks.raise(draft, raised);
    }

    private Step.Retries retries(Draft draft, RunId run, Frame.Located calling) {
        try {
            Graph graph = Graph.of(workflows, draft, run, calling.id().parent());
            Step.Action action = graph.workflow()
                    .step(calling.task().step())
                    .action(graph.view(calling.task().item()));
            return action == null ? Step.Retries.NONE : action.retries();
        } catch (StepFailure missing) {
            return Step.Retries.NONE;
        }
    }

    /** Half of a backoff is certain, the other half drawn by the attempt's name: deciding again draws the same. */
    private static long waitMs(Failure failure, Task.Calling call, long backoffMs) {
        Long told = failure.retryAfterMs();
        if (failure.kind() == Failure.Kind.RATE_LIMITED && told != null) {
            return Math.clamp(told, 0, MAX_RATE_LIMIT_WAIT_MS);
        }
        long drawn = ByteBuffer.wrap(Fingerprint.of(call.action().value(), Integer.toString(call.attempt())))
                .getLong();
        return backoffMs / 2 + Math.floorMod(drawn, backoffMs - backoffMs / 2 + 1);
    }
}

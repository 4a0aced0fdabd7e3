package dev.threadwright.thread;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.StepFailure;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Questions of tasks: asked, and given up when nobody can answer any more. */
final class Asks {

    /** Who answers for the thread's settings. */
    static final String BY_POLICY = "policy";

    private final AnswerSchemas schemas;

    Asks(AnswerSchemas schemas) {
        this.schemas = schemas;
    }

    /**
     * @param action what asks, if it is a handler
     * @param attempt of the action; 0 without one
     * @return the event that asks; nothing is added yet
     * @throws StepFailure if this cannot be asked
     */
    Event.InterruptRaised question(
            Draft draft,
            RunId run,
            TaskId task,
            String step,
            Prompt prompt,
            Replay replay,
            @Nullable ActionId action,
            int attempt) {
        int ordinal = replay.answers().size() + 1;
        if (ordinal > Replay.MAX) {
            throw new StepFailure("A task asks at most " + Replay.MAX + " questions");
        }
        Json.Obj schema = prompt.schema();
        String problem = schema == null ? null : schemas.problem(schema);
        if (problem != null) {
            throw new StepFailure("The schema of the answer is not valid: " + problem);
        }
        Json expiryAnswer = prompt.expiryAnswer();
        problem = expiryAnswer == null ? null : problem(prompt, expiryAnswer);
        if (problem != null) {
            throw new StepFailure("The answer for the case of expiry does not have the form of one: " + problem);
        }
        InterruptId id = InterruptId.of(draft.state().key(), run, task, ordinal);
        return new Event.InterruptRaised(
                run, task, step, new Interrupt(id, ordinal, prompt, draft.knownFromMs()), action, attempt);
    }

    /** Asks, and answers at once if the thread's settings do. */
    void raise(Draft draft, Event.InterruptRaised raised) {
        draft.add(raised);
        Interrupt interrupt = raised.interrupt();
        StartedRun run = Objects.requireNonNull(draft.state().started(raised.run()));
        Json answer = run.control().approvals().get(interrupt.prompt().kind());
        if (answer != null && problem(interrupt.prompt(), answer) == null) {
            draft.add(new Event.InterruptResolved(
                    run.id(), interrupt.id(), answer, BY_POLICY, Command.SYSTEM, null, false));
        }
    }

    /** Null, or why this is no answer to that. */
    @Nullable String problem(Prompt prompt, Json answer) {
        Json.Obj schema = prompt.schema();
        return schema == null ? null : schemas.problem(schema, answer);
    }

    /** Nobody can answer what the run asks any more. @param below a task, with all that it runs; null for the whole run */
    static void expire(Draft draft, RunId id, @Nullable TaskId below, Event.Expiry expiry) {
        StartedRun run = draft.state().started(id);
        if (run == null) {
            return;
        }
        for (Frame.Located located : run.frame().asking()) {
            if (located.task().state() instanceof Task.Asking asking
                    && (below == null || located.id().isWithin(below))) {
                draft.add(new Event.InterruptExpired(id, asking.interrupt().id(), expiry, null));
            }
        }
    }
}

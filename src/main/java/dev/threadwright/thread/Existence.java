package dev.threadwright.thread;

import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.workflow.WorkflowCatalog;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The beginning and the end of a thread. */
final class Existence {

    private final WorkflowCatalog workflows;
    private final Branches branches;
    private final Progress progress;

    Existence(WorkflowCatalog workflows, Branches branches, Progress progress) {
        this.workflows = workflows;
        this.branches = branches;
        this.progress = progress;
    }

    /** All of it or nothing: a thread whose first super-steps are refused does not come into being. */
    Decision create(Draft draft, Command.CreateThread create) {
        ThreadState state = draft.state();
        String name = state.key().thread();
        if (state.exists()) {
            return create.ifAbsent()
                    ? draft.unchanged(new Outcome.Unchanged("Thread " + name + " exists already"))
                    : draft.refused(Rejection.THREAD_EXISTS, "Thread " + name + " exists already");
        }
        String workflow = create.settings().workflow();
        if (workflow != null && workflows.latest(state.key().tenant(), workflow) == null) {
            return draft.unchanged(
                    new Outcome.Invalid(Rejection.UNKNOWN_WORKFLOW, "Unknown workflow \"" + workflow + "\""));
        }
        Draft attempt = new Draft(state, create);
        attempt.createIfAbsent();
        ThreadSettings settings = settings(state, create).on(ThreadSettings.NONE);
        if (!settings.equals(ThreadSettings.NONE)) {
            attempt.add(new Event.ThreadUpdated(settings));
        }
        for (List<Command.Update> updates : create.superSteps()) {
            Branches.Result result = branches.branch(attempt, null, null, updates);
            switch (result) {
                case Branches.Branch branch -> attempt.add(branch.event());
                case Branches.Refused refused -> {
                    return draft.unchanged(new Outcome.Invalid(refused.reason(), refused.message()));
                }
            }
        }
        return attempt.decided(new Outcome.Applied());
    }

    private SettingsChange settings(ThreadState state, Command.CreateThread create) {
        String graph = create.graph();
        return create.settings().workflow() == null
                        && graph != null
                        && workflows.latest(state.key().tenant(), graph) != null
                ? create.settings().withWorkflow(graph)
                : create.settings();
    }

    Decision delete(Draft draft, Command.DeleteThread delete) {
        ThreadState state = draft.state();
        if (!state.exists()) {
            return draft.unchanged(Decider.noThread(state));
        }
        Long ifSeq = delete.ifSeq();
        if (ifSeq != null && (state.seq() != ifSeq || !state.isIdle())) {
            return draft.unchanged(new Outcome.Unchanged("Something has happened on the thread since"));
        }
        Cancellation cancellation = new Cancellation(draft, Event.Cause.REQUESTED, Cancellation.CARRY_NONE);
        cancellation.cancelAll();
        progress.advance(draft);
        draft.add(new Event.ThreadDeleted());
        List<RunId> ended = cancellation.cancelled();
        return draft.decided(ended.isEmpty() ? new Outcome.Applied() : new Outcome.Cancelled(ended));
    }

    /** What every command comes to on a thread that is gone. */
    static @Nullable Outcome gone(ThreadState state, Command command) {
        if (!state.deleted()) {
            return null;
        }
        String message = "Thread " + state.key().thread() + " was deleted; its id cannot be used again";
        return switch (command) {
            case Command.CompleteAction ignored -> new Outcome.Unchanged(message);
            case Command.FailAction ignored -> new Outcome.Unchanged(message);
            case Command.LoseAction ignored -> new Outcome.Unchanged(message);
            case Command.ReleaseAction ignored -> new Outcome.Unchanged(message);
            case Command.AcceptAction ignored -> new Outcome.Unchanged(message);
            case Command.ExtendAction ignored -> new Outcome.Unchanged(message);
            case Command.RaiseInterrupt ignored -> new Outcome.Unchanged(message);
            case Command.RecordResult ignored -> new Outcome.Unchanged(message);
            case Command.FireTimers ignored -> new Outcome.Unchanged(message);
            case Command.CreateThread ignored -> new Outcome.Invalid(Rejection.THREAD_EXISTS, message);
            case Command.ForkThread ignored -> new Outcome.Invalid(Rejection.THREAD_EXISTS, message);
            case Command.SubmitInput ignored -> new Outcome.Invalid(Rejection.THREAD_DELETED, message);
            case Command.ResumeRun ignored -> new Outcome.Invalid(Rejection.THREAD_DELETED, message);
            case Command.RejectInterrupt ignored -> new Outcome.Invalid(Rejection.THREAD_DELETED, message);
            case Command.PauseRun ignored -> new Outcome.Invalid(Rejection.THREAD_DELETED, message);
            case Command.UnpauseRun ignored -> new Outcome.Invalid(Rejection.THREAD_DELETED, message);
            case Command.SteerRun ignored -> new Outcome.Invalid(Rejection.THREAD_DELETED, message);
            case Command.CompactThread ignored -> new Outcome.Invalid(Rejection.THREAD_DELETED, message);
            case Command.CancelRun ignored -> new Outcome.Invalid(Rejection.THREAD_DELETED, message);
            case Command.CancelAll ignored -> new Outcome.Invalid(Rejection.THREAD_DELETED, message);
            case Command.RequestRun ignored -> new Outcome.Invalid(Rejection.THREAD_DELETED, message);
            case Command.UpdateThread ignored -> new Outcome.Invalid(Rejection.THREAD_DELETED, message);
            case Command.ContinueRun ignored -> new Outcome.Invalid(Rejection.THREAD_DELETED, message);
            case Command.UpdateState ignored -> new Outcome.Invalid(Rejection.THREAD_DELETED, message);
            case Command.RestoreState ignored -> new Outcome.Invalid(Rejection.THREAD_DELETED, message);
            case Command.SettleAction ignored -> new Outcome.Invalid(Rejection.THREAD_DELETED, message);
            case Command.DeleteThread ignored -> new Outcome.Invalid(Rejection.THREAD_DELETED, message);
        };
    }
}

package dev.threadwright.thread;

import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.thread.policy.Judges;
import dev.threadwright.workflow.Workflows;
import org.jspecify.annotations.Nullable;

/**
 * What each command does to a thread.
 *
 * <p>A function of its arguments: the same state, command and knowledge give the same events, however often and in
 * whatever batch it is asked. Refusals that people cause are events or outcomes; what it throws is a defect.
 */
public final class Decider {

    private final Admission admission;
    private final Progress progress;

    public Decider(ServerSettings settings, Workflows workflows, Judges judges) {
        this.progress = new Progress(workflows);
        this.admission = new Admission(settings, workflows, judges, progress);
    }

    public Decision decide(ThreadState state, Command command, Known known) {
        Draft draft = new Draft(state, command);
        Known.Prior prior = known.prior();
        if (prior != null) {
            return repeated(draft, command.header(), prior);
        }
        return switch (command) {
            case Command.SubmitInput submit -> admission.decide(draft, submit, known.endedRun());
            case Command.CancelRun cancel -> cancel(draft, cancel, known.endedRun());
            case Command.CancelAll cancel -> cancelAll(draft, cancel);
            case Command.UpdateThread update -> update(draft, update);
            case Command.CompleteAction complete -> complete(draft, complete);
            case Command.FailAction fail -> fail(draft, fail);
            case Command.FireTimers ignored -> fireTimers(draft);
        };
    }

    private static Decision repeated(Draft draft, Command.Header header, Known.Prior prior) {
        if (prior.contentHash().equals(header.contentHash())) {
            return draft.unchanged(new Outcome.Duplicate(prior.outcome()));
        }
        String message = "This id was used before with other content";
        return draft.state().exists()
                ? draft.refused(Rejection.CONFLICT, message)
                : draft.unchanged(new Outcome.Invalid(message));
    }

    private Decision cancel(Draft draft, Command.CancelRun cancel, @Nullable RunStatus ended) {
        ThreadState state = draft.state();
        if (!state.exists()) {
            return draft.unchanged(noThread(state));
        }
        RunStatus over = Progress.expireQueued(draft).contains(cancel.run()) ? RunStatus.TIMED_OUT : ended;
        if (draft.state().started(cancel.run()) == null && draft.state().queued(cancel.run()) == null) {
            return over == null
                    ? draft.refused(Rejection.UNKNOWN_RUN, "Unknown run " + cancel.run())
                    : draft.decided(new Outcome.Unchanged("Run " + cancel.run() + " is already " + over.words()));
        }
        Cancellation cancellation = new Cancellation(draft, cause(cancel.rollback()), false);
        cancellation.cancel(cancel.run());
        progress.advance(draft);
        return draft.decided(new Outcome.Cancelled(cancellation.cancelled()));
    }

    private Decision cancelAll(Draft draft, Command.CancelAll cancel) {
        ThreadState state = draft.state();
        if (!state.exists()) {
            return draft.unchanged(noThread(state));
        }
        Progress.expireQueued(draft);
        Cancellation cancellation = new Cancellation(draft, cause(cancel.rollback()), false);
        cancellation.cancelAllAdmittedBy(cancel.cutOffMs());
        if (cancellation.cancelled().isEmpty()) {
            return draft.decided(new Outcome.Unchanged("Nothing was running"));
        }
        progress.advance(draft);
        return draft.decided(new Outcome.Cancelled(cancellation.cancelled()));
    }

    private static Decision update(Draft draft, Command.UpdateThread update) {
        draft.createIfAbsent();
        ThreadSettings now = draft.state().settings();
        draft.add(new Event.ThreadUpdated(new ThreadSettings(
                update.policy() == null ? now.policy() : update.policy(),
                update.workflow() == null ? now.workflow() : update.workflow(),
                update.metadata() == null ? now.metadata() : update.metadata())));
        return draft.decided(new Outcome.Applied());
    }

    private Decision complete(Draft draft, Command.CompleteAction complete) {
        StartedRun run = draft.state().started(complete.run());
        if (run == null || !run.awaits(complete.action(), complete.attempt())) {
            return discarded(draft, run, complete.run(), complete.action(), complete.attempt());
        }
        draft.add(new Event.ActionSucceeded(run.id(), complete.action(), complete.attempt(), complete.result()));
        progress.completeAction(draft, run, complete.result());
        progress.advance(draft);
        return draft.decided(new Outcome.Applied());
    }

    private Decision fail(Draft draft, Command.FailAction fail) {
        StartedRun run = draft.state().started(fail.run());
        if (run == null || !run.awaits(fail.action(), fail.attempt())) {
            return discarded(draft, run, fail.run(), fail.action(), fail.attempt());
        }
        draft.add(new Event.ActionFailed(run.id(), fail.action(), fail.attempt(), fail.error()));
        progress.failAction(draft, run, fail.error());
        progress.advance(draft);
        return draft.decided(new Outcome.Applied());
    }

    /** A result that nobody waits for changes nothing, but it happened. */
    private static Decision discarded(Draft draft, @Nullable StartedRun run, RunId id, ActionId action, int attempt) {
        if (!draft.state().exists()) {
            return draft.unchanged(noThread(draft.state()));
        }
        String reason = run == null ? "The run is not running" : "The run does not wait for this action";
        draft.add(new Event.ActionResultDiscarded(id, action, attempt, reason));
        return draft.decided(new Outcome.Unchanged(reason));
    }

    private static Decision fireTimers(Draft draft) {
        Progress.expireQueued(draft);
        return draft.decided(new Outcome.Applied());
    }

    static Outcome noThread(ThreadState state) {
        return new Outcome.Invalid("Thread " + state.key().thread() + " does not exist");
    }

    private static Event.Cause cause(boolean rollback) {
        return rollback ? Event.Cause.ROLLED_BACK : Event.Cause.REQUESTED;
    }
}

package dev.threadwright.thread;

import dev.threadwright.thread.Event.Rejection;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of actions that have left the decision. Whoever does them counts only by run, action and attempt: what comes
 * late, twice or from nowhere changes nothing.
 */
final class Actions {

    private final Progress progress;

    Actions(Progress progress) {
        this.progress = progress;
    }

    Decision complete(Draft draft, Command.CompleteAction complete) {
        StartedRun run = draft.state().started(complete.run());
        Frame.Located calling = run == null ? null : run.calling(complete.action(), complete.attempt());
        Task.Calling call =
                calling == null ? null : StartedRun.outstanding(calling.task().state());
        if (run == null || calling == null || call == null) {
            return discarded(draft, run, complete.run(), complete.action(), complete.attempt());
        }
        progress.completeAction(draft, run, calling, call, complete.result());
        progress.advance(draft);
        return draft.decided(new Outcome.Applied());
    }

    Decision fail(Draft draft, Command.FailAction fail) {
        StartedRun run = draft.state().started(fail.run());
        Frame.Located calling = run == null ? null : run.calling(fail.action(), fail.attempt());
        Task.Calling call =
                calling == null ? null : StartedRun.outstanding(calling.task().state());
        if (run == null || calling == null || call == null) {
            return discarded(draft, run, fail.run(), fail.action(), fail.attempt());
        }
        progress.failAttempt(draft, run, calling, call, fail.failure());
        progress.advance(draft);
        return draft.decided(new Outcome.Applied());
    }

    Decision lose(Draft draft, Command.LoseAction lose) {
        StartedRun run = draft.state().started(lose.run());
        Frame.Located calling = run == null ? null : run.calling(lose.action(), lose.attempt());
        if (run == null
                || calling == null
                || !(calling.task().state() instanceof Task.Calling call)
                || call.awaited() != Awaited.HANDLER) {
            return draft.unchanged(new Outcome.Unchanged("The action is no longer outstanding"));
        }
        draft.add(new Event.ActionUncertain(
                run.id(),
                lose.action(),
                lose.attempt(),
                "The process that ran it is gone, and it is not idempotent: it may have taken effect or not"));
        progress.advance(draft);
        return draft.decided(new Outcome.Applied());
    }

    /** Told twice, or after the result, it is no news, and nothing of it is lost. */
    Decision accept(Draft draft, Command.AcceptAction accept) {
        StartedRun run = draft.state().started(accept.run());
        Frame.Located calling = run == null ? null : run.calling(accept.action(), accept.attempt());
        Task.Calling call =
                calling == null ? null : StartedRun.outstanding(calling.task().state());
        if (run == null || call == null || call.awaited() != Awaited.HANDLER) {
            return draft.unchanged(new Outcome.Unchanged("The action is no longer outstanding"));
        }
        draft.add(new Event.ActionAccepted(run.id(), accept.action(), accept.attempt()));
        progress.advance(draft);
        return draft.decided(new Outcome.Applied());
    }

    Decision raise(Draft draft, Command.RaiseInterrupt raise) {
        StartedRun run = draft.state().started(raise.run());
        Frame.Located calling = run == null ? null : run.calling(raise.action(), raise.attempt());
        Task.Calling call =
                calling == null ? null : StartedRun.outstanding(calling.task().state());
        if (run == null || calling == null || call == null) {
            return discarded(draft, run, raise.run(), raise.action(), raise.attempt());
        }
        progress.ask(draft, run, calling, call, raise.prompt());
        progress.advance(draft);
        return draft.decided(new Outcome.Applied());
    }

    static Decision recordResult(Draft draft, Command.RecordResult result) {
        StartedRun run = draft.state().started(result.run());
        Frame.Located calling = run == null ? null : run.calling(result.action(), result.attempt());
        if (run == null || calling == null || !(calling.task().state() instanceof Task.Calling call)) {
            return discarded(draft, run, result.run(), result.action(), result.attempt());
        }
        if (call.replay().results().containsKey(result.name())
                || call.replay().results().size() >= Replay.MAX) {
            return draft.unchanged(new Outcome.Unchanged("Result \"" + result.name() + "\" is not recorded"));
        }
        draft.add(new Event.ActionResultRecorded(
                run.id(), result.action(), result.attempt(), result.name(), result.result()));
        return draft.decided(new Outcome.Applied());
    }

    /** A result that nobody waits for changes nothing, but it happened. */
    private static Decision discarded(Draft draft, @Nullable StartedRun run, RunId id, ActionId action, int attempt) {
        if (!draft.state().exists()) {
            return draft.unchanged(Decider.noThread(draft.state()));
        }
        String reason = run == null ? "The run is not running" : "The run does not wait for this action";
        draft.add(new Event.ActionResultDiscarded(id, action, attempt, reason));
        return draft.decided(new Outcome.Unchanged(reason));
    }

    /** Told often, kept seldom: only once half of the time has passed that the attempt has. */
    static Decision extend(Draft draft, Command.ExtendAction extend) {
        StartedRun run = draft.state().started(extend.run());
        Frame.Located calling = run == null ? null : run.calling(extend.action(), extend.attempt());
        if (run == null || calling == null || !(calling.task().state() instanceof Task.Calling call)) {
            return draft.unchanged(new Outcome.Unchanged("The action is no longer outstanding"));
        }
        if (draft.timeMs() - call.sinceMs() < call.timeoutMs() / 2) {
            return draft.unchanged(new Outcome.Unchanged("It has time enough"));
        }
        draft.add(new Event.ActionExtended(run.id(), extend.action(), extend.attempt()));
        return draft.decided(new Outcome.Applied());
    }

    static Decision release(Draft draft, Command.ReleaseAction release) {
        StartedRun run = draft.state().started(release.run());
        if (run == null || run.held(release.action(), release.attempt()) == null) {
            return draft.unchanged(new Outcome.Unchanged("The action is not held"));
        }
        if (run.control().paused()) {
            return draft.unchanged(new Outcome.Unchanged("The run is paused: nothing of it begins until it goes on"));
        }
        draft.add(new Event.ActionReleased(run.id(), release.action(), release.attempt(), release.probe()));
        return draft.decided(new Outcome.Applied());
    }

    Decision settle(Draft draft, Command.SettleAction settle) {
        if (!draft.state().exists()) {
            return draft.unchanged(Decider.noThread(draft.state()));
        }
        StartedRun run = draft.state().started(settle.run());
        Frame.Located located = run == null ? null : run.acting(settle.action());
        Task.Calling call =
                located == null ? null : StartedRun.act(located.task().state());
        if (run == null || located == null || call == null) {
            return draft.refused(
                    Rejection.UNKNOWN_ACTION,
                    "Run " + settle.run() + " has no action " + settle.action() + " that is not done");
        }
        switch (settle.settlement()) {
            case Command.Settlement.Retry ignored -> {
                if (run.control().paused()) {
                    return draft.refused(
                            Rejection.NOT_WAITING,
                            "Run " + run.id() + " is paused: nothing of it begins until it goes on");
                }
                // What is held has not begun: there is nothing to give up.
                draft.add(
                        located.task().state() instanceof Task.Held
                                ? new Event.ActionReleased(run.id(), call.action(), call.attempt(), false)
                                : new Event.ActionRetried(run.id(), call.action(), call.attempt()));
            }
            case Command.Settlement.Succeed succeed ->
                progress.completeAction(draft, run, located, call, succeed.result());
            case Command.Settlement.Fail fail ->
                progress.failAttempt(draft, run, located, call, Failure.permanent(fail.message()));
        }
        progress.advance(draft);
        return draft.decided(new Outcome.Applied());
    }
}

package dev.threadwright.thread;

import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.thread.policy.Judges;
import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.WorkflowCatalog;
import java.util.List;
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
    private final Edits edits;
    private final Resumption resumption;
    private final Stops stops;
    private final Compaction compaction;
    private final RunRequests requests;
    private final WorkflowCatalog workflows;
    private final Branches branches;
    private final Existence existence;
    private final Actions actions;

    public Decider(ServerSettings settings, WorkflowCatalog workflows, Judges judges, AnswerSchemas schemas) {
        this(settings, workflows, judges, schemas, Gate.OPEN);
    }

    public Decider(
            ServerSettings settings, WorkflowCatalog workflows, Judges judges, AnswerSchemas schemas, Gate gate) {
        this.workflows = workflows;
        this.edits = new Edits(settings, workflows);
        this.stops = new Stops(workflows);
        Asks asks = new Asks(schemas);
        Waits waits = new Waits(workflows);
        this.progress = new Progress(workflows, asks, stops, waits, gate);
        this.resumption = new Resumption(workflows, edits, asks, stops, progress);
        this.admission = new Admission(settings, workflows, judges, progress, resumption, waits);
        this.compaction = new Compaction(settings, workflows, progress);
        this.branches = new Branches(edits);
        this.actions = new Actions(progress);
        this.existence = new Existence(workflows, branches, progress);
        this.requests = new RunRequests(admission, resumption, edits, stops, progress);
    }

    public Decision decide(ThreadState state, Command command, Known known) {
        Decision decision = decideWithoutQuotas(state, command, known);
        // What the server sends itself follows from what was admitted.
        return command.header().identity() == null ? decision : withinQuotas(state, command, decision, known.room());
    }

    /** A thread or a run too many does not begin, whatever else would have come of the command. */
    private static Decision withinQuotas(ThreadState before, Command command, Decision decision, Room room) {
        if (!before.isLive() && decision.after().isLive() && room.threads() <= 0) {
            return new Draft(before, command)
                    .unchanged(new Outcome.Invalid(
                            Rejection.QUOTA_THREADS, "The tenant has as many threads as its quota allows"));
        }
        int more = decision.after().unfinished() - before.unfinished();
        if (more <= 0 || more <= room.runs()) {
            return decision;
        }
        String message = "The tenant has as many outstanding runs as its quota allows";
        Draft draft = new Draft(before, command);
        return before.exists()
                ? draft.refused(Rejection.QUOTA_RUNS, message)
                : draft.unchanged(new Outcome.Invalid(Rejection.QUOTA_RUNS, message));
    }

    private Decision decideWithoutQuotas(ThreadState state, Command command, Known known) {
        Draft draft = new Draft(state, command);
        Known.Prior prior = known.prior();
        if (prior != null) {
            return repeated(draft, command.header(), prior);
        }
        Outcome gone = Existence.gone(state, command);
        if (gone != null) {
            return draft.unchanged(gone);
        }
        return switch (command) {
            case Command.SubmitInput submit -> admission.decide(draft, submit, known);
            case Command.ResumeRun resume -> resumption.resume(draft, resume, known);
            case Command.RejectInterrupt reject -> resumption.reject(draft, reject, known);
            case Command.SteerRun steer -> admission.steer(draft, steer, known.endedRun());
            case Command.PauseRun pause -> pause(draft, pause, known.endedRun());
            case Command.UnpauseRun unpause -> unpause(draft, unpause, known.endedRun());
            case Command.CompactThread compact -> compaction.decide(draft, compact);
            case Command.RaiseInterrupt raise -> actions.raise(draft, raise);
            case Command.RecordResult result -> Actions.recordResult(draft, result);
            case Command.CancelRun cancel -> cancel(draft, cancel, known.endedRun());
            case Command.CancelAll cancel -> cancelAll(draft, cancel);
            case Command.UpdateThread update -> update(draft, update);
            case Command.CompleteAction complete -> actions.complete(draft, complete);
            case Command.FailAction fail -> actions.fail(draft, fail);
            case Command.LoseAction lose -> actions.lose(draft, lose);
            case Command.ReleaseAction release -> Actions.release(draft, release);
            case Command.AcceptAction accept -> actions.accept(draft, accept);
            case Command.ExtendAction extend -> Actions.extend(draft, extend);
            case Command.SettleAction settle -> actions.settle(draft, settle);
            case Command.FireTimers ignored -> fireTimers(draft);
            case Command.ContinueRun carryOn -> carryOn(draft, carryOn);
            case Command.UpdateState update -> updateState(draft, update, known.checkpoint());
            case Command.RestoreState restore -> restore(draft, restore, known.checkpoint());
            case Command.RequestRun request -> requests.decide(draft, request, known);
            case Command.ForkThread fork -> fork(draft, fork, known.checkpoint());
            case Command.CreateThread create -> existence.create(draft, create);
            case Command.DeleteThread delete -> existence.delete(draft, delete);
        };
    }

    private static Decision repeated(Draft draft, Command.Header header, Known.Prior prior) {
        if (prior.contentHash().equals(header.contentHash())) {
            return draft.unchanged(new Outcome.Duplicate(prior.outcome()));
        }
        String message = "This id was used before with other content";
        return draft.state().exists() && !draft.state().deleted()
                ? draft.refused(Rejection.CONFLICT, message)
                : draft.unchanged(new Outcome.Invalid(Rejection.CONFLICT, message));
    }

    private Decision cancel(Draft draft, Command.CancelRun cancel, @Nullable RunStatus ended) {
        ThreadState state = draft.state();
        if (!state.exists()) {
            return draft.unchanged(noThread(state));
        }
        RunStatus over = progress.expire(draft).contains(cancel.run()) ? RunStatus.TIMED_OUT : ended;
        if (draft.state().started(cancel.run()) == null && draft.state().queued(cancel.run()) == null) {
            return over == null
                    ? draft.refused(Rejection.UNKNOWN_RUN, "Unknown run " + cancel.run())
                    : draft.decided(new Outcome.Unchanged("Run " + cancel.run() + " is already " + over.words()));
        }
        StartedRun started = draft.state().started(cancel.run());
        RunId leg = cancel.leg();
        if (leg != null
                && started != null
                && (started.leg().isClosed() || !started.leg().id().equals(leg))) {
            return draft.decided(new Outcome.Unchanged("Leg " + leg + " of run " + cancel.run() + " has ended"));
        }
        Cancellation cancellation = new Cancellation(draft, cause(cancel.rollback()), Cancellation.CARRY_NONE);
        cancellation.cancel(cancel.run());
        progress.advance(draft);
        return draft.decided(new Outcome.Cancelled(cancellation.cancelled()));
    }

    private Decision cancelAll(Draft draft, Command.CancelAll cancel) {
        ThreadState state = draft.state();
        if (!state.exists()) {
            return draft.unchanged(noThread(state));
        }
        progress.expire(draft);
        Cancellation cancellation = new Cancellation(draft, cause(cancel.rollback()), Cancellation.CARRY_NONE);
        cancellation.cancelAllAdmittedBy(cancel.cutOffMs());
        if (cancellation.cancelled().isEmpty()) {
            return draft.decided(new Outcome.Unchanged("Nothing was running"));
        }
        progress.advance(draft);
        return draft.decided(new Outcome.Cancelled(cancellation.cancelled()));
    }

    private Decision update(Draft draft, Command.UpdateThread update) {
        String workflow = update.change().workflow();
        if (workflow != null && workflows.latest(draft.state().key().tenant(), workflow) == null) {
            String message = "Unknown workflow \"" + workflow + "\"";
            return draft.state().exists()
                    ? draft.refused(Rejection.UNKNOWN_WORKFLOW, message)
                    : draft.unchanged(new Outcome.Invalid(Rejection.UNKNOWN_WORKFLOW, message));
        }
        draft.createIfAbsent();
        draft.add(new Event.ThreadUpdated(update.change().on(draft.state().settings())));
        return draft.decided(new Outcome.Applied());
    }

    private Decision pause(Draft draft, Command.PauseRun pause, @Nullable RunStatus ended) {
        Decision refused = notStarted(draft, pause.run(), ended);
        if (refused != null) {
            return refused;
        }
        StartedRun run = draft.state().started(pause.run());
        if (run != null && run.control().paused()) {
            return draft.decided(new Outcome.Unchanged("Run " + run.id() + " is already paused"));
        }
        draft.add(new Event.RunPaused(pause.run(), pause.header().actor()));
        progress.advance(draft);
        return draft.decided(new Outcome.Applied());
    }

    private Decision unpause(Draft draft, Command.UnpauseRun unpause, @Nullable RunStatus ended) {
        Decision refused = notStarted(draft, unpause.run(), ended);
        if (refused != null) {
            return refused;
        }
        StartedRun run = draft.state().started(unpause.run());
        if (run == null || !run.control().paused()) {
            return draft.decided(new Outcome.Unchanged("Run " + unpause.run() + " is not paused by an operator"));
        }
        draft.add(new Event.RunUnpaused(unpause.run(), unpause.header().actor()));
        stops.goOnUnheld(draft, unpause.run(), unpause.header());
        progress.fireTimers(draft);
        return draft.decided(new Outcome.Applied());
    }

    /** Why a command for a started run finds none; null if it finds it. */
    private @Nullable Decision notStarted(Draft draft, RunId id, @Nullable RunStatus ended) {
        if (!draft.state().exists()) {
            return draft.unchanged(noThread(draft.state()));
        }
        progress.expire(draft);
        if (draft.state().started(id) != null) {
            return null;
        }
        if (draft.state().queued(id) != null) {
            return draft.refused(Rejection.NOT_WAITING, "Run " + id + " has not started");
        }
        return ended == null
                ? draft.refused(Rejection.UNKNOWN_RUN, "Unknown run " + id)
                : draft.refused(Rejection.RUN_ENDED, "Run " + id + " is already " + ended.words());
    }

    private Decision fireTimers(Draft draft) {
        progress.fireTimers(draft);
        return draft.decided(new Outcome.Applied());
    }

    private Decision carryOn(Draft draft, Command.ContinueRun carryOn) {
        ThreadState state = draft.state();
        if (!state.exists()) {
            return draft.unchanged(noThread(state));
        }
        if (!state.isIdle()) {
            return draft.refused(Rejection.BUSY, "Thread is busy");
        }
        Resumable left = state.resumable();
        RunId run = carryOn.run();
        if (left == null || (run != null && !run.equals(left.run()))) {
            return draft.refused(
                    Rejection.NOTHING_TO_CONTINUE,
                    run == null
                            ? "The thread has nothing left to do"
                            : "Run " + run + " has left nothing to do, or the thread has gone on since");
        }
        return continued(draft, carryOn.newRun(), left);
    }

    private Decision continued(Draft draft, RunId run, Resumable left) {
        progress.carryOn(draft, run, left, Bounds.NONE);
        progress.advance(draft);
        return draft.decided(new Outcome.Started(run));
    }

    private Decision updateState(Draft draft, Command.UpdateState update, @Nullable Checkpoint checkpoint) {
        ThreadState state = draft.state();
        if (!state.exists()) {
            return draft.unchanged(noThread(state));
        }
        if (state.started().stream().anyMatch(StartedRun::isInFlight)) {
            return draft.refused(Rejection.BUSY, "Thread is busy");
        }
        if (!update.isPlain()) {
            return branch(draft, update, checkpoint);
        }
        List<Command.Edit> all =
                update.updates().stream().flatMap(one -> one.edits().stream()).toList();
        Edits.Result edit = edits.changes(state, state.channels(), state.resumable(), all);
        return switch (edit) {
            case Edits.Refused refused -> draft.refused(refused.reason(), refused.message());
            case Edits.Changes changes -> {
                draft.add(new Event.StateUpdated(changes.changes()));
                yield draft.decided(new Outcome.Applied());
            }
        };
    }

    /** What waits is superseded: what is to be done is another now. */
    private Decision branch(Draft draft, Command.UpdateState update, @Nullable Checkpoint checkpoint) {
        if (!draft.state().queue().isEmpty()) {
            return draft.refused(Rejection.BUSY, "Thread is busy");
        }
        String named = update.checkpoint();
        if (named != null && checkpoint == null) {
            return draft.refused(Rejection.UNKNOWN_CHECKPOINT, "Unknown checkpoint " + named);
        }
        return switch (branches.branch(draft, checkpoint, named, update.updates())) {
            case Branches.Refused refused -> draft.refused(refused.reason(), refused.message());
            case Branches.Branch branch -> {
                new Cancellation(draft, Event.Cause.SUPERSEDED, Cancellation.CARRY_NONE).cancelAll();
                draft.add(branch.event());
                progress.advance(draft);
                yield draft.decided(new Outcome.Applied());
            }
        };
    }

    private Decision restore(Draft draft, Command.RestoreState restore, @Nullable Checkpoint checkpoint) {
        ThreadState state = draft.state();
        if (!state.exists()) {
            return draft.unchanged(noThread(state));
        }
        if (checkpoint == null) {
            return draft.refused(Rejection.UNKNOWN_CHECKPOINT, "Unknown checkpoint " + restore.checkpoint());
        }
        Edits.Result edit = edits.changes(state, checkpoint.channels(), checkpoint.resumable(), restore.values());
        if (edit instanceof Edits.Refused refused) {
            return draft.refused(refused.reason(), refused.message());
        }
        if (restore.newRun() != null && checkpoint.resumable() == null) {
            return draft.refused(Rejection.NOTHING_TO_CONTINUE, "Nothing was left to do at this checkpoint");
        }
        new Cancellation(draft, Event.Cause.SUPERSEDED, Cancellation.CARRY_NONE).cancelAll();
        draft.add(new Event.StateRestored(restore.checkpoint(), checkpoint.channels(), checkpoint.resumable()));
        return edited(draft, edit, restore.newRun());
    }

    private Decision fork(Draft draft, Command.ForkThread fork, @Nullable Checkpoint checkpoint) {
        ThreadState state = draft.state();
        if (state.exists()) {
            return draft.refused(
                    Rejection.THREAD_EXISTS, "Thread " + state.key().thread() + " exists already");
        }
        String named = fork.checkpoint();
        if (checkpoint == null) {
            return draft.unchanged(new Outcome.Invalid(
                    Rejection.UNKNOWN_CHECKPOINT,
                    "Thread " + fork.source()
                            + (named == null ? " has no state to fork" : " has no checkpoint " + named)));
        }
        Edits.Result edit = edits.changes(state, checkpoint.channels(), checkpoint.resumable(), fork.values());
        if (edit instanceof Edits.Refused refused) {
            return draft.unchanged(new Outcome.Invalid(refused.reason(), refused.message()));
        }
        if (fork.newRun() != null && checkpoint.resumable() == null) {
            return draft.unchanged(
                    new Outcome.Invalid(Rejection.NOTHING_TO_CONTINUE, "Nothing was left to do at this checkpoint"));
        }
        draft.createIfAbsent();
        ThreadSettings settings = fork.settings().on(ThreadSettings.NONE);
        if (!settings.equals(ThreadSettings.NONE)) {
            draft.add(new Event.ThreadUpdated(settings));
        }
        draft.add(new Event.ThreadForked(
                fork.source(),
                checkpoint.id().text(new ThreadKey(state.key().tenant(), fork.source())),
                checkpoint.channels(),
                checkpoint.resumable()));
        return edited(draft, edit, fork.newRun());
    }

    private Decision edited(Draft draft, Edits.Result edit, @Nullable RunId newRun) {
        if (edit instanceof Edits.Changes changes && !changes.changes().isEmpty()) {
            draft.add(new Event.StateUpdated(changes.changes()));
        }
        Resumable left = draft.state().resumable();
        if (newRun != null && left != null) {
            return continued(draft, newRun, left);
        }
        progress.advance(draft);
        return draft.decided(new Outcome.Applied());
    }

    static Outcome noThread(ThreadState state) {
        return new Outcome.Invalid(
                Rejection.UNKNOWN_THREAD, "Thread " + state.key().thread() + " does not exist");
    }

    private static Event.Cause cause(boolean rollback) {
        return rollback ? Event.Cause.ROLLED_BACK : Event.Cause.REQUESTED;
    }
}

package dev.threadwright.thread;

import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Planned;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What each event does to the state: the only place where state changes. It needs nothing but the event, so that a
 * journal folds the same on every server, whatever workflows and settings that one has.
 */
public final class Fold {

    private Fold() {}

    /** @throws IllegalStateException if the event cannot have happened in this state: the journal is not this thread's */
    public static ThreadState evolve(ThreadState state, Recorded recorded) {
        if (recorded.seq() != state.seq() + 1) {
            throw new IllegalStateException(
                    "Thread " + state.key() + ": event " + recorded.seq() + " cannot follow " + state.seq());
        }
        if (state.exists() == recorded.event() instanceof Event.ThreadCreated) {
            throw impossible(state, recorded.event(), state.exists() ? "the thread exists" : "there is no thread");
        }
        if (state.deleted()) {
            throw impossible(state, recorded.event(), "the thread was deleted");
        }
        ThreadState now = state.at(recorded.seq(), recorded.timeMs());
        return switch (recorded.event()) {
            case Event.ThreadCreated ignored -> now.created(recorded.timeMs());
            case Event.ThreadUpdated updated -> now.withSettings(updated.settings());
            case Event.InputAccepted accepted -> accepted(now, accepted);
            case Event.InputRejected ignored -> now;
            case Event.InputQueued queued -> queued(now, queued);
            case Event.InputPromoted promoted -> promoted(now, promoted);
            case Event.InputMerged merged -> merged(now, merged);
            case Event.InputKept kept -> kept(now, kept);
            case Event.InputExpired expired -> expired(now, expired);
            case Event.RunStarted started -> started(now, started);
            case Event.RunCompleted completed -> completed(now, completed);
            case Event.RunFailed failed -> failed(now, failed);
            case Event.RunTimedOut timedOut -> timedOut(now, timedOut);
            case Event.RunCancelled cancelled -> cancelled(now, cancelled);
            case Event.StateRolledBack rolledBack -> rolledBack(now, rolledBack);
            case Event.StepCompleted completed -> stepped(now, completed);
            case Event.StepFailed failed -> stepFailed(now, failed);
            case Event.SubgraphStarted subgraph -> subgraphStarted(now, subgraph);
            case Event.TimerSet timer -> timerSet(now, timer);
            case Event.TimerFired timer -> timerFired(now, timer);
            case Event.ActionRequested requested -> requested(now, requested);
            case Event.ActionDenied denied -> {
                requireDue(now, denied, denied.run(), denied.task());
                yield now;
            }
            case Event.ActionRetryScheduled retry -> retryScheduled(now, retry);
            case Event.ActionUncertain uncertain -> uncertain(now, uncertain);
            case Event.ActionHeld held ->
                outstanding(now, held, held.run(), held.action(), held.attempt(), Task.Held::new);
            case Event.ActionReleased released -> released(now, released);
            case Event.ActionAccepted accepted -> accepted(now, accepted);
            case Event.ActionExtended extended ->
                outstanding(
                        now,
                        extended,
                        extended.run(),
                        extended.action(),
                        extended.attempt(),
                        call -> call.extended(now.updatedAtMs()));
            case Event.ActionRetried retried ->
                acting(
                        now,
                        retried,
                        retried.run(),
                        retried.action(),
                        retried.attempt(),
                        call -> call.next(now.updatedAtMs()));
            case Event.ActionSucceeded succeeded ->
                awaited(now, succeeded, succeeded.run(), succeeded.action(), succeeded.attempt());
            case Event.ActionFailed failed -> awaited(now, failed, failed.run(), failed.action(), failed.attempt());
            case Event.StateUpdated updated -> updated(now, updated);
            case Event.StateRestored restored ->
                now.withChannels(restored.channels(), mark(now, 0)).withResumable(restored.resumable());
            case Event.ThreadForked forked ->
                now.withChannels(forked.channels(), mark(now, 0)).withResumable(forked.resumable());
            case Event.ActionResultDiscarded ignored -> now;
            case Event.RunRequested ignored -> now;
            case Event.RunRequestEnded ignored -> now;
            case Event.ActionResultRecorded recordedResult -> resultRecorded(now, recordedResult);
            case Event.InterruptRaised raised -> raised(now, raised);
            case Event.InterruptResolved resolved -> resolved(now, resolved);
            case Event.InterruptExpired expired -> interruptExpired(now, expired);
            case Event.InterruptRejected rejected -> unanswered(now, rejected, rejected.run(), rejected.interrupt());
            case Event.InterruptAnswerRejected ignored -> now;
            case Event.WaitStarted wait -> waitStarted(now, wait);
            case Event.WaitSatisfied satisfied -> waitSatisfied(now, satisfied);
            case Event.RunInterrupted interrupted -> interrupted(now, interrupted);
            case Event.RunResumed resumed -> resumed(now, resumed);
            case Event.RunPaused paused ->
                changed(
                        now,
                        paused,
                        paused.run(),
                        run -> run.withControl(run.control().paused(true)));
            case Event.RunUnpaused unpaused ->
                changed(
                        now,
                        unpaused,
                        unpaused.run(),
                        run -> run.withControl(run.control().paused(false)));
            case Event.RunSteered steered ->
                changed(
                        now,
                        steered,
                        steered.run(),
                        run -> run.withControl(run.control().steered(steered.input())));
            case Event.RunRedirected redirected -> redirected(now, redirected);
            case Event.CompactionStarted started -> {
                if (!now.isIdle()) {
                    throw impossible(now, started, "the thread is busy");
                }
                yield now;
            }
            case Event.CompactionCompleted completed -> {
                run(now, completed, completed.run());
                yield now;
            }
            case Event.StateBranched branched -> branched(now, branched);
            case Event.ThreadDeleted deleted -> {
                requireIdle(now, deleted);
                yield now.emptied();
            }
        };
    }

    /**
     * An input that names a run of this state joins it; any other waits for the start, the queueing or the task that
     * takes it next.
     */
    private static ThreadState accepted(ThreadState state, Event.InputAccepted accepted) {
        Event.DecisionKind decision = accepted.why().decision();
        if (decision == Event.DecisionKind.RESUME || decision == Event.DecisionKind.KEEP) {
            return intoIntake(state, accepted);
        }
        if (state.started(accepted.run()) != null) {
            return state.replace(accepted.run(), run -> run.joinedBy(accepted.input(), state.updatedAtMs()));
        }
        if (state.queued(accepted.run()) != null) {
            return state.withQueue(state.queue().stream()
                    .map(run -> run.id().equals(accepted.run()) ? run.joinedBy(accepted.input()) : run)
                    .toList());
        }
        return intoIntake(state, accepted);
    }

    private static ThreadState intoIntake(ThreadState state, Event.InputAccepted accepted) {
        if (!state.intake().isEmpty()) {
            throw impossible(state, accepted, "the input before it has no run");
        }
        return state.withIntake(new Intake(List.of(accepted.input()), state.updatedAtMs()));
    }

    private static ThreadState kept(ThreadState state, Event.InputKept kept) {
        requireIntake(state, kept);
        List<KeptInput> all = new ArrayList<>(state.kept());
        all.add(new KeptInput(state.intake().inputs().getFirst(), kept.run(), kept.isNamed(), kept.expiresAtMs()));
        return state.withKept(all).withIntake(Intake.EMPTY);
    }

    private static ThreadState expired(ThreadState state, Event.InputExpired expired) {
        return withoutKept(state, expired.identity())
                .replace(expired.run(), run -> run.withoutInput(expired.identity()));
    }

    private static ThreadState withoutKept(ThreadState state, Identity identity) {
        return state.kept().isEmpty()
                ? state
                : state.withKept(state.kept().stream()
                        .filter(kept -> !kept.input().identity().equals(identity))
                        .toList());
    }

    private static ThreadState queued(ThreadState state, Event.InputQueued queued) {
        requireIntake(state, queued);
        List<QueuedRun> queue = new ArrayList<>(state.queue());
        List<Input> inputs = new ArrayList<>(state.intake().inputs());
        // What it carries from superseded runs came before its own, which is what it begins with.
        Collections.rotate(inputs, 1);
        queue.add(new QueuedRun(
                queued.run(),
                queued.workflow(),
                inputs,
                state.intake().admittedAtMs(),
                queued.expiresAtMs(),
                queued.behind(),
                queued.bounds(),
                queued.notBeforeMs()));
        return state.withQueue(queue).withIntake(Intake.EMPTY);
    }

    private static ThreadState promoted(ThreadState state, Event.InputPromoted promoted) {
        QueuedRun run = queuedRun(state, promoted, promoted.run());
        return state.withQueue(queueWithout(state, run.id())).withIntake(new Intake(run.inputs(), run.admittedAtMs()));
    }

    private static ThreadState started(ThreadState state, Event.RunStarted started) {
        if (started.previousHead() != state.headSeq()) {
            throw impossible(state, started, "the head is " + state.headSeq());
        }
        if (started.main() != state.started().isEmpty()) {
            throw impossible(state, started, "a run is the main run if it starts alone");
        }
        if (started.start() == Event.Start.CONTINUE) {
            return continued(state, started);
        }
        if (started.start() == Event.Start.COMPACTION) {
            return compacting(state, started);
        }
        requireIntake(state, started);
        CheckpointId mark = mark(state, 1);
        Lineage lineage = started.main()
                ? new Lineage.Main(state.channels(), state.head())
                : new Lineage.Side(state.channels(), List.of(), mark);
        StartedRun run = new StartedRun(
                started.run(),
                started.start(),
                lineage,
                state.updatedAtMs(),
                state.intake().admittedAtMs(),
                triggerFirst(state, started),
                List.of(),
                0,
                StartedRun.outside(state.intake().inputs(), started.changes(), started.mapped(), lineage),
                Set.of(),
                Frame.begin(started.workflow(), started.tasks()),
                Leg.first(started.run(), 1, started.bounds()),
                Control.of(started.approvals()),
                budget(started));
        ThreadState after = wrote(state.withIntake(Intake.EMPTY).plus(run), run.id(), started.changes());
        return started.main() ? after.withChannels(after.channels(), mark) : after;
    }

    private static ThreadState continued(ThreadState state, Event.RunStarted started) {
        Resumable left = state.resumable();
        if (left == null
                || !left.workflow().equals(started.workflow())
                || !state.intake().isEmpty()) {
            throw impossible(state, started, "there is nothing to continue");
        }
        return state.plus(new StartedRun(
                started.run(),
                started.start(),
                new Lineage.Main(state.channels(), state.head()),
                state.updatedAtMs(),
                state.updatedAtMs(),
                left.inputs(),
                List.of(),
                0,
                List.of(),
                Set.of(),
                left.frame(),
                Leg.first(started.run(), left.frame().superStep(), started.bounds()),
                Control.of(started.approvals()),
                budget(started)));
    }

    /** It reads the thread's state, and no input has asked for it. */
    private static ThreadState compacting(ThreadState state, Event.RunStarted started) {
        Input none = new Input(started.source(), Input.Type.USER_INPUT, null, Json.NULL);
        ThreadState after = state.plus(new StartedRun(
                        started.run(),
                        started.start(),
                        new Lineage.Main(state.channels(), state.head()),
                        state.updatedAtMs(),
                        state.updatedAtMs(),
                        List.of(none),
                        List.of(),
                        0,
                        List.of(),
                        Set.of(),
                        Frame.begin(started.workflow(), started.tasks()),
                        Leg.first(started.run(), 1, started.bounds()),
                        Control.of(started.approvals()),
                        budget(started)))
                .withResumable(state.resumable());
        return wrote(after, started.run(), started.changes());
    }

    private static List<Input> triggerFirst(ThreadState state, Event.RunStarted started) {
        List<Input> inputs = new ArrayList<>();
        for (Input input : state.intake().inputs()) {
            inputs.add(input.identity().equals(started.source()) ? 0 : inputs.size(), input);
        }
        if (!inputs.getFirst().identity().equals(started.source())) {
            throw impossible(state, started, "its source is not among its inputs");
        }
        return inputs;
    }

    private static ThreadState merged(ThreadState state, Event.InputMerged merged) {
        List<Identity> inbox = run(state, merged, merged.run()).inbox().stream()
                .map(Input::identity)
                .toList();
        if (!inbox.equals(merged.inputs())) {
            throw impossible(state, merged, "the inbox holds " + inbox);
        }
        ThreadState after = state.replace(merged.run(), run -> run.emptiedInbox(merged.changes(), merged.mapped()));
        return wrote(after, merged.run(), merged.changes());
    }

    private static ThreadState stepped(ThreadState state, Event.StepCompleted completed) {
        Task task = open(state, completed, completed.run(), completed.task());
        if (!task.step().equals(completed.step())) {
            throw impossible(state, completed, "the task is at step " + task.step());
        }
        Task.Ended ended = new Task.Ended(completed.changes(), completed.goTo(), null);
        ThreadState after = state.replace(completed.run(), run -> run.withTask(completed.task(), t -> t.as(ended)));
        return superStepEnded(
                after, completed, completed.run(), completed.task(), completed.settled(), completed.next());
    }

    /** A failure that nothing follows changes nothing here: that of what runs its graph comes next. */
    private static ThreadState stepFailed(ThreadState state, Event.StepFailed failed) {
        open(state, failed, failed.run(), failed.task());
        String followedBy = failed.followedBy();
        if (followedBy == null) {
            return state;
        }
        Task.Ended ended = new Task.Ended(List.of(), List.of(followedBy), errorItem(failed.step(), failed.error()));
        ThreadState after = state.replace(failed.run(), run -> run.withTask(failed.task(), t -> t.as(ended)));
        return superStepEnded(after, failed, failed.run(), failed.task(), failed.settled(), failed.next());
    }

    static Json errorItem(String step, String error) {
        Map<String, Json> item = new LinkedHashMap<>();
        item.put("step", Json.of(step));
        item.put("error", Json.of(error));
        return Json.object(item);
    }

    private static ThreadState superStepEnded(
            ThreadState state, Event event, RunId id, TaskId task, List<Change> settled, List<Planned> next) {
        if (next.isEmpty()) {
            return state;
        }
        TaskId parent = task.parent();
        StartedRun run = run(state, event, id);
        if (parent != null) {
            return state.replace(
                    id, r -> r.withTask(parent, t -> t.as(superStepEnded(state, event, t.state(), settled, next))));
        }
        if (!run.frame().isOver()) {
            throw impossible(state, event, "other tasks of the super-step have not ended");
        }
        ThreadState after = superStepWritten(state, run, settled);
        return marked(after, id, mark(state, 0)).replace(id, r -> r.next(next));
    }

    private static Task.Nested superStepEnded(
            ThreadState state, Event event, Task.State inner, List<Change> settled, List<Planned> next) {
        if (!(inner instanceof Task.Nested nested) || !nested.frame().isOver()) {
            throw impossible(state, event, "other tasks of the super-step have not ended");
        }
        List<Change> written = new ArrayList<>(nested.changes());
        written.addAll(nested.frame().changes());
        return new Task.Nested(
                nested.frame().next(next),
                nested.trigger(),
                nested.channels().apply(nested.frame().changes()).apply(settled),
                written);
    }

    private static ThreadState superStepWritten(ThreadState state, StartedRun run, List<Change> settled) {
        ThreadState after = wrote(state, run.id(), run.frame().changes());
        if (settled.isEmpty()) {
            return after;
        }
        return switch (run.lineage()) {
            case Lineage.Main ignored -> after.withChannels(after.channels().apply(settled), after.head());
            case Lineage.Side ignored ->
                after.replace(
                        run.id(),
                        r -> r.lineage() instanceof Lineage.Side side ? r.withLineage(side.settle(settled)) : r);
        };
    }

    /** The run's state is at a checkpoint. */
    private static ThreadState marked(ThreadState state, RunId id, CheckpointId mark) {
        StartedRun run = state.started(id);
        if (run != null && run.lineage() instanceof Lineage.Side side) {
            return state.replace(id, r -> r.withLineage(side.at(mark)));
        }
        return state.withChannels(state.channels(), mark);
    }

    private static CheckpointId mark(ThreadState now, int ordinal) {
        return new CheckpointId(now.updatedAtMs(), now.seq(), ordinal);
    }

    private static ThreadState subgraphStarted(ThreadState state, Event.SubgraphStarted started) {
        requireDue(state, started, started.run(), started.task());
        Task.Nested nested = new Task.Nested(
                Frame.begin(started.workflow(), started.tasks()),
                started.trigger(),
                Channels.EMPTY.apply(started.changes()),
                List.of());
        return state.replace(started.run(), run -> run.withTask(started.task(), t -> t.as(nested)));
    }

    private static ThreadState updated(ThreadState state, Event.StateUpdated updated) {
        RunId id = updated.run();
        StartedRun run = id == null ? null : run(state, updated, id);
        if (id != null && run != null && run.lineage() instanceof Lineage.Side) {
            return marked(state.replace(id, r -> r.wrote(updated.changes())), id, mark(state, 0));
        }
        ThreadState after = id == null ? state : state.replace(id, r -> r.wrote(updated.changes()));
        return after.withChannels(after.channels().apply(updated.changes()), mark(state, 0));
    }

    private static ThreadState changed(ThreadState state, Event event, RunId id, UnaryOperator<StartedRun> change) {
        run(state, event, id);
        return state.replace(id, change);
    }

    private static ThreadState interrupted(ThreadState state, Event.RunInterrupted interrupted) {
        Leg leg = run(state, interrupted, interrupted.run()).leg();
        RunId closed = interrupted.closed();
        if (closed != null && (leg.isClosed() || !leg.id().equals(closed))) {
            throw impossible(state, interrupted, "leg " + closed + " is not open");
        }
        return state.replace(interrupted.run(), run -> run.withLeg(leg.stopped(interrupted.stop(), closed != null)));
    }

    private static ThreadState resumed(ThreadState state, Event.RunResumed resumed) {
        StartedRun run = run(state, resumed, resumed.run());
        if (resumed.leg() != run.leg().number() + 1) {
            throw impossible(state, resumed, "the run is in leg " + run.leg().number());
        }
        boolean isOpened = resumed.opened() != null;
        if (isOpened != run.leg().isClosed() && (isOpened || !run.stop().closes())) {
            throw impossible(state, resumed, "a leg begins where the one before it has ended");
        }
        return state.replace(
                resumed.run(),
                r -> r.withLeg(r.leg().resumed(resumed.opened(), r.frame(), resumed.bounds(), resumed.pass())));
    }

    private static ThreadState redirected(ThreadState state, Event.RunRedirected redirected) {
        ThreadState after = state;
        for (TaskId dropped : redirected.dropped()) {
            open(after, redirected, redirected.run(), dropped);
            Task.Ended end = new Task.Ended(List.of(), List.of(), null);
            after = after.replace(redirected.run(), run -> run.withTask(dropped, task -> task.as(end)));
        }
        after = changed(
                after,
                redirected,
                redirected.run(),
                run -> run.withControl(run.control().to(new Control.Redirect(redirected.steps(), redirected.item()))));
        StartedRun run = run(after, redirected, redirected.run());
        if (redirected.next().isEmpty()) {
            return after;
        }
        if (!run.frame().isOver()) {
            throw impossible(state, redirected, "other tasks of the super-step have not ended");
        }
        ThreadState written = superStepWritten(after, run, redirected.settled());
        return marked(written, run.id(), mark(state, 0)).replace(run.id(), r -> r.next(redirected.next()));
    }

    private static ThreadState raised(ThreadState state, Event.InterruptRaised raised) {
        Task task = open(state, raised, raised.run(), raised.task());
        ActionId action = raised.action();
        Replay replay = switch (task.state()) {
            case Task.Due due when action == null -> due.replay();
            case Task.Calling call
            when call.action().equals(action) && call.attempt() == raised.attempt() ->
                call.replay().attempted(call.attempt());
            case Task.Uncertain uncertain
            when uncertain.call().action().equals(action) && uncertain.call().attempt() == raised.attempt() ->
                uncertain.call().replay().attempted(uncertain.call().attempt());
            case Task.Due ignored -> throw impossible(state, raised, "task " + raised.task() + " cannot ask");
            case Task.Joining ignored -> throw impossible(state, raised, "task " + raised.task() + " cannot ask");
            case Task.Calling ignored -> throw impossible(state, raised, "task " + raised.task() + " cannot ask");
            case Task.Backoff ignored -> throw impossible(state, raised, "task " + raised.task() + " cannot ask");
            case Task.Held ignored -> throw impossible(state, raised, "task " + raised.task() + " cannot ask");
            case Task.Uncertain ignored -> throw impossible(state, raised, "task " + raised.task() + " cannot ask");
            case Task.Asking ignored -> throw impossible(state, raised, "task " + raised.task() + " cannot ask");
            case Task.Awaiting ignored -> throw impossible(state, raised, "task " + raised.task() + " cannot ask");
            case Task.Sleeping ignored -> throw impossible(state, raised, "task " + raised.task() + " cannot ask");
            case Task.Nested ignored -> throw impossible(state, raised, "task " + raised.task() + " cannot ask");
            case Task.Ended ignored -> throw impossible(state, raised, "task " + raised.task() + " cannot ask");
        };
        return state.replace(
                raised.run(),
                run -> run.withTask(raised.task(), t -> t.as(new Task.Asking(raised.interrupt(), replay))));
    }

    private static ThreadState resolved(ThreadState state, Event.InterruptResolved resolved) {
        ThreadState after = answered(state, resolved, resolved.run(), resolved.interrupt(), resolved.answer());
        if (resolved.input() != null) {
            requireIntake(state, resolved);
            after = after.withIntake(Intake.EMPTY);
        }
        if (!resolved.bare()) {
            return after;
        }
        Control.Bare bare = new Control.Bare(resolved.interrupt(), resolved.answer(), state.updatedAtMs());
        return after.replace(
                resolved.run(), run -> run.withControl(run.control().answered(bare)));
    }

    private static ThreadState answered(ThreadState state, Event event, RunId id, InterruptId interrupt, Json answer) {
        Frame.Located located = asking(state, event, id, interrupt);
        if (!(located.task().state() instanceof Task.Asking asking)) {
            throw impossible(state, event, "nobody asks");
        }
        Task.Due next = new Task.Due(asking.replay().answered(asking.interrupt().prompt(), answer));
        return state.replace(id, run -> run.withTask(located.id(), task -> task.as(next)));
    }

    /** Without an answer the task's failure, the run's end or its redirection follows. */
    private static ThreadState interruptExpired(ThreadState state, Event.InterruptExpired expired) {
        Json answer = expired.answer();
        return answer == null
                ? unanswered(state, expired, expired.run(), expired.interrupt())
                : answered(state, expired, expired.run(), expired.interrupt(), answer);
    }

    /** The question has had its outcome; whoever takes the task up again asks anew. */
    private static ThreadState unanswered(ThreadState state, Event event, RunId id, InterruptId interrupt) {
        Frame.Located located = asking(state, event, id, interrupt);
        return state.replace(id, run -> run.withTask(located.id(), Task::again));
    }

    private static Frame.Located asking(ThreadState state, Event event, RunId id, InterruptId interrupt) {
        Frame.Located located = run(state, event, id).asking(interrupt);
        if (located == null) {
            throw impossible(state, event, "interrupt " + interrupt + " is not pending");
        }
        return located;
    }

    private static ThreadState waitStarted(ThreadState state, Event.WaitStarted wait) {
        requireDue(state, wait, wait.run(), wait.task());
        Task.Awaiting awaiting = new Task.Awaiting(wait.types(), wait.untilMs());
        return state.replace(wait.run(), run -> run.withTask(wait.task(), task -> task.as(awaiting)));
    }

    /** The task goes on by the {@link Event.StepCompleted} that follows. */
    private static ThreadState waitSatisfied(ThreadState state, Event.WaitSatisfied satisfied) {
        Task task = open(state, satisfied, satisfied.run(), satisfied.task());
        if (!(task.state() instanceof Task.Awaiting)) {
            throw impossible(state, satisfied, "task " + satisfied.task() + " waits for no event");
        }
        if (!state.intake().isEmpty()
                && state.intake().inputs().getFirst().identity().equals(satisfied.input())) {
            return state.withIntake(Intake.EMPTY);
        }
        if (state.kept().stream().noneMatch(kept -> kept.input().identity().equals(satisfied.input()))) {
            throw impossible(state, satisfied, "there is no such event");
        }
        return withoutKept(state, satisfied.input());
    }

    private static ThreadState resultRecorded(ThreadState state, Event.ActionResultRecorded recorded) {
        return outstanding(
                state,
                recorded,
                recorded.run(),
                recorded.action(),
                recorded.attempt(),
                call -> call.with(call.replay().with(recorded.name(), recorded.result())));
    }

    private static ThreadState timerSet(ThreadState state, Event.TimerSet timer) {
        requireDue(state, timer, timer.run(), timer.task());
        return state.replace(
                timer.run(), run -> run.withTask(timer.task(), t -> t.as(new Task.Sleeping(timer.dueAtMs()))));
    }

    /** What slept or waited goes on by the {@link Event.StepCompleted} that follows. */
    private static ThreadState timerFired(ThreadState state, Event.TimerFired timer) {
        Task.State waiting = open(state, timer, timer.run(), timer.task()).state();
        if (waiting instanceof Task.Sleeping || waiting instanceof Task.Awaiting) {
            return state;
        }
        if (waiting instanceof Task.Backoff backoff) {
            Task.Calling next = backoff.failed().next(state.updatedAtMs());
            return state.replace(timer.run(), run -> run.withTask(timer.task(), t -> t.as(next)));
        }
        throw impossible(state, timer, "the task waits for no time");
    }

    private static ThreadState requested(ThreadState state, Event.ActionRequested requested) {
        requireDue(state, requested, requested.run(), requested.task());
        Replay replay =
                open(state, requested, requested.run(), requested.task()).state() instanceof Task.Due due
                        ? due.replay()
                        : Replay.NONE;
        if (requested.attempt() != replay.attempts() + 1) {
            throw impossible(state, requested, "the action has had " + replay.attempts() + " attempts");
        }
        Task.Calling call = new Task.Calling(
                requested.action(),
                requested.handler(),
                requested.input(),
                requested.attempt(),
                requested.idempotent(),
                requested.timeoutMs(),
                state.updatedAtMs(),
                requested.attempt(),
                replay,
                requested.remote() ? Awaited.WORKER : Awaited.HANDLER);
        return state.replace(requested.run(), run -> run.withTask(requested.task(), t -> t.as(call)));
    }

    private static ThreadState retryScheduled(ThreadState state, Event.ActionRetryScheduled retry) {
        return outstanding(
                state,
                retry,
                retry.run(),
                retry.action(),
                retry.attempt(),
                call -> new Task.Backoff(call, retry.dueAtMs()));
    }

    private static ThreadState released(ThreadState state, Event.ActionReleased released) {
        Frame.Located held = run(state, released, released.run()).held(released.action(), released.attempt());
        return changed(
                state, released, released.run(), held, call -> call.begun(state.updatedAtMs(), released.probe()));
    }

    private static ThreadState uncertain(ThreadState state, Event.ActionUncertain uncertain) {
        return outstanding(
                state,
                uncertain,
                uncertain.run(),
                uncertain.action(),
                uncertain.attempt(),
                call -> new Task.Uncertain(call, uncertain.reason()));
    }

    private static ThreadState accepted(ThreadState state, Event.ActionAccepted accepted) {
        return outstanding(state, accepted, accepted.run(), accepted.action(), accepted.attempt(), call -> {
            if (call.awaited() != Awaited.HANDLER) {
                throw impossible(state, accepted, "no handler has the action");
            }
            return call.accepted();
        });
    }

    private static ThreadState outstanding(
            ThreadState state,
            Event event,
            RunId id,
            ActionId action,
            int attempt,
            Function<Task.Calling, Task.State> change) {
        return changed(state, event, id, run(state, event, id).calling(action, attempt), change);
    }

    /** The same, also while the next attempt is waited for. */
    private static ThreadState acting(
            ThreadState state,
            Event event,
            RunId id,
            ActionId action,
            int attempt,
            Function<Task.Calling, Task.State> change) {
        Frame.Located located = run(state, event, id).acting(action);
        Task.Calling call =
                located == null ? null : StartedRun.act(located.task().state());
        return changed(state, event, id, call == null || call.attempt() != attempt ? null : located, change);
    }

    private static ThreadState changed(
            ThreadState state,
            Event event,
            RunId id,
            Frame.@Nullable Located located,
            Function<Task.Calling, Task.State> change) {
        Task.Calling call =
                located == null ? null : StartedRun.act(located.task().state());
        if (located == null || call == null) {
            throw impossible(state, event, "the run does not wait for this action");
        }
        return state.replace(id, run -> run.withTask(located.id(), t -> t.as(change.apply(call))));
    }

    /** A side run's changes fold into the thread, and into what the thread would be without its main run. */
    private static ThreadState completed(ThreadState state, Event.RunCompleted completed) {
        StartedRun run = run(state, completed, completed.run());
        if (!run.frame().isOver()) {
            throw impossible(state, completed, "its tasks have not ended");
        }
        ThreadState written = superStepWritten(state, run, completed.settled());
        StartedRun last = run(written, completed, completed.run());
        ThreadState after = ended(written, last).withError(null);
        if (!(last.lineage() instanceof Lineage.Side side)) {
            ThreadState marked = after.withChannels(after.channels(), mark(state, 0));
            return last.isCompaction() ? marked : marked.withResumable(null);
        }
        if (side.changes().isEmpty()) {
            return after;
        }
        CheckpointId mark = mark(state, 1);
        ThreadState folded =
                after.withChannels(after.channels().apply(side.changes()).apply(completed.folded()), mark);
        for (StartedRun other : folded.started()) {
            if (other.lineage() instanceof Lineage.Main main) {
                Channels below = main.base().apply(side.changes()).apply(completed.foldedBelow());
                folded = folded.replace(other.id(), r -> r.withLineage(new Lineage.Main(below, mark)));
            }
        }
        return folded;
    }

    private static ThreadState failed(ThreadState state, Event.RunFailed failed) {
        StartedRun run = run(state, failed, failed.run());
        return ended(leftToDo(state, run), run).withError(failed.error());
    }

    /** What a main run that ends early leaves to a continuing one. */
    private static ThreadState leftToDo(ThreadState state, StartedRun run) {
        return run.lineage() instanceof Lineage.Main
                        && !run.isCompaction()
                        && !run.frame().tasks().isEmpty()
                ? state.withResumable(run.resumable())
                : state;
    }

    /** What the run leaves unconsumed is taken in by the follow-up that starts in the same decision. */
    private static ThreadState ended(ThreadState state, StartedRun run) {
        return state.without(run.id()).withIntake(run.leftOver());
    }

    private static @Nullable Budget budget(Event.RunStarted started) {
        Long timeoutMs = started.timeoutMs();
        return timeoutMs == null ? null : new Budget(timeoutMs, 0);
    }

    private static ThreadState timedOut(ThreadState state, Event.RunTimedOut timedOut) {
        StartedRun started = state.started(timedOut.run());
        if (started != null) {
            if (started.budget() == null) {
                throw impossible(state, timedOut, "the run may take as long as it likes");
            }
            return ended(leftToDo(state, started), started).withError("The run has timed out");
        }
        QueuedRun run = queuedRun(state, timedOut, timedOut.run());
        return state.withQueue(queueWithout(state, run.id()));
    }

    private static ThreadState cancelled(ThreadState state, Event.RunCancelled cancelled) {
        QueuedRun waiting = state.queued(cancelled.run());
        if (waiting != null) {
            ThreadState after = state.withQueue(queueWithout(state, waiting.id()));
            return cancelled.carriesInput() ? after.withIntake(after.intake().carrying(waiting.inputs())) : after;
        }
        StartedRun run = run(state, cancelled, cancelled.run());
        ThreadState after = state.without(run.id()).withError(null);
        if (cancelled.carriesInput()) {
            after = after.withIntake(after.intake().carrying(run.unsaved()));
        }
        if (cancelled.cause() == Event.Cause.ROLLED_BACK) {
            return run.lineage() instanceof Lineage.Main main
                    ? after.withChannels(main.base(), main.baseHead())
                    : after;
        }
        // What goes on to another run is not left to a continuing one, too: the other may start later.
        return cancelled.carriesInput() ? after : leftToDo(after, run);
    }

    /** The cancellation of the main run has restored the state; this says so, with the head that it went back to. */
    private static ThreadState rolledBack(ThreadState state, Event.StateRolledBack rolledBack) {
        if (rolledBack.head() != state.headSeq()) {
            throw impossible(state, rolledBack, "the head is " + state.headSeq());
        }
        return state;
    }

    private static ThreadState branched(ThreadState state, Event.StateBranched branched) {
        requireIdle(state, branched);
        Channels base = branched.base() == null ? state.channels() : branched.base();
        return state.withChannels(base.apply(branched.changes()), mark(state, 0))
                .withResumable(branched.resumable());
    }

    private static void requireIdle(ThreadState state, Event event) {
        if (!state.isIdle() || !state.intake().isEmpty()) {
            throw impossible(state, event, "the thread is busy");
        }
    }

    private static ThreadState awaited(ThreadState state, Event event, RunId id, ActionId action, int attempt) {
        Frame.Located located = run(state, event, id).acting(action);
        Task.Calling call =
                located == null ? null : StartedRun.act(located.task().state());
        if (call == null || call.attempt() != attempt) {
            throw impossible(state, event, "the run does not wait for this action");
        }
        return state;
    }

    private static ThreadState wrote(ThreadState state, RunId id, List<Change> changes) {
        if (changes.isEmpty()) {
            return state;
        }
        ThreadState after = state.replace(id, run -> run.wrote(changes));
        StartedRun run = after.started(id);
        return run != null && run.lineage() instanceof Lineage.Main
                ? after.withChannels(after.channels().apply(changes), after.head())
                : after;
    }

    private static StartedRun run(ThreadState state, Event event, RunId id) {
        StartedRun run = state.started(id);
        if (run == null) {
            throw impossible(state, event, "the run is not started");
        }
        return run;
    }

    private static QueuedRun queuedRun(ThreadState state, Event event, RunId id) {
        QueuedRun run = state.queued(id);
        if (run == null) {
            throw impossible(state, event, "the run is not queued");
        }
        return run;
    }

    /** A task that has not ended. */
    private static Task open(ThreadState state, Event event, RunId id, TaskId task) {
        Task found = run(state, event, id).frame().find(task);
        if (found == null || found.state() instanceof Task.Ended || found.state() instanceof Task.Joining) {
            throw impossible(state, event, "task " + task + " is not under way");
        }
        return found;
    }

    private static void requireDue(ThreadState state, Event event, RunId id, TaskId task) {
        if (!(open(state, event, id, task).state() instanceof Task.Due)) {
            throw impossible(state, event, "task " + task + " is not due");
        }
    }

    private static List<QueuedRun> queueWithout(ThreadState state, RunId id) {
        return state.queue().stream().filter(run -> !run.id().equals(id)).toList();
    }

    private static void requireIntake(ThreadState state, Event event) {
        if (state.intake().isEmpty()) {
            throw impossible(state, event, "there is no input for it");
        }
    }

    private static IllegalStateException impossible(ThreadState state, Event event, String why) {
        return new IllegalStateException("Thread " + state.key() + " at " + state.seq() + ": "
                + event.getClass().getSimpleName() + " is impossible, " + why);
    }
}

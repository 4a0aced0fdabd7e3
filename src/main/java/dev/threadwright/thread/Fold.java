package dev.threadwright.thread;

import dev.threadwright.workflow.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

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
        ThreadState now = state.at(recorded.seq(), recorded.timeMs());
        return switch (recorded.event()) {
            case Event.ThreadCreated ignored -> now.created(recorded.timeMs());
            case Event.ThreadUpdated updated -> now.withSettings(updated.settings());
            case Event.InputAccepted accepted -> accepted(now, accepted);
            case Event.InputRejected ignored -> now;
            case Event.InputQueued queued -> queued(now, queued);
            case Event.InputPromoted promoted -> promoted(now, promoted);
            case Event.InputMerged merged -> merged(now, merged);
            case Event.InputExpired ignored -> now;
            case Event.RunStarted started -> started(now, started);
            case Event.RunCompleted completed -> completed(now, completed);
            case Event.RunFailed failed -> ended(now, run(now, failed, failed.run()));
            case Event.RunTimedOut timedOut -> timedOut(now, timedOut);
            case Event.RunCancelled cancelled -> cancelled(now, cancelled);
            case Event.StateRolledBack rolledBack -> rolledBack(now, rolledBack);
            case Event.StepCompleted completed -> stepped(now, completed);
            case Event.StepFailed failed -> change(now, failed, failed.run(), run -> run.steppedTo(run.superStep()));
            case Event.ActionRequested requested -> requested(now, requested);
            case Event.ActionSucceeded succeeded ->
                awaited(now, succeeded, succeeded.run(), succeeded.action(), succeeded.attempt());
            case Event.ActionFailed failed -> awaited(now, failed, failed.run(), failed.action(), failed.attempt());
            case Event.ActionResultDiscarded ignored -> now;
        };
    }

    /** An input that names a run of this state joins it; any other waits for the start or queueing that follows. */
    private static ThreadState accepted(ThreadState state, Event.InputAccepted accepted) {
        if (state.started(accepted.run()) != null) {
            return state.replace(accepted.run(), run -> run.joinedBy(accepted.input(), state.updatedAtMs()));
        }
        if (state.queued(accepted.run()) != null) {
            return state.withQueue(state.queue().stream()
                    .map(run -> run.id().equals(accepted.run()) ? run.joinedBy(accepted.input()) : run)
                    .toList());
        }
        if (!state.intake().isEmpty()) {
            throw impossible(state, accepted, "the input before it has no run");
        }
        return state.withIntake(new Intake(List.of(accepted.input()), state.updatedAtMs()));
    }

    private static ThreadState queued(ThreadState state, Event.InputQueued queued) {
        requireIntake(state, queued);
        List<QueuedRun> queue = new ArrayList<>(state.queue());
        queue.add(new QueuedRun(
                queued.run(),
                queued.workflow(),
                state.intake().inputs(),
                state.intake().admittedAtMs(),
                queued.expiresAtMs(),
                queued.behind()));
        return state.withQueue(queue).withIntake(Intake.EMPTY);
    }

    private static ThreadState promoted(ThreadState state, Event.InputPromoted promoted) {
        QueuedRun run = queuedRun(state, promoted, promoted.run());
        return state.withQueue(queueWithout(state, run.id())).withIntake(new Intake(run.inputs(), run.admittedAtMs()));
    }

    private static ThreadState started(ThreadState state, Event.RunStarted started) {
        requireIntake(state, started);
        if (started.previousHead() != state.head()) {
            throw impossible(state, started, "the head is " + state.head());
        }
        if (started.main() != state.started().isEmpty()) {
            throw impossible(state, started, "a run is the main run if it starts alone");
        }
        List<Input> inputs = triggerFirst(state, started);
        Lineage lineage = started.main()
                ? new Lineage.Main(state.channels(), state.head())
                : new Lineage.Side(state.channels(), List.of());
        StartedRun run = new StartedRun(
                started.run(),
                started.workflow(),
                started.start(),
                lineage,
                state.updatedAtMs(),
                state.intake().admittedAtMs(),
                inputs,
                List.of(),
                0,
                StartedRun.outside(state.intake().inputs(), started.changes(), lineage),
                Set.of(),
                0,
                null);
        return wrote(state.withIntake(Intake.EMPTY).plus(run), run.id(), started.changes());
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
        ThreadState after = state.replace(merged.run(), run -> run.emptiedInbox(merged.changes()));
        return wrote(after, merged.run(), merged.changes());
    }

    private static ThreadState stepped(ThreadState state, Event.StepCompleted completed) {
        int before = run(state, completed, completed.run()).superStep();
        if (completed.superStep() != before + 1) {
            throw impossible(state, completed, "the run has completed " + before + " super-steps");
        }
        ThreadState after = state.replace(completed.run(), run -> run.steppedTo(completed.superStep()));
        return wrote(after, completed.run(), completed.changes());
    }

    private static ThreadState requested(ThreadState state, Event.ActionRequested requested) {
        if (!run(state, requested, requested.run()).isDue()) {
            throw impossible(state, requested, "the run waits for another action");
        }
        return state.replace(requested.run(), run -> run.requested(task(requested)));
    }

    /** A side run's changes fold into the thread, and into what the thread would be without its main run. */
    private static ThreadState completed(ThreadState state, Event.RunCompleted completed) {
        StartedRun run = run(state, completed, completed.run());
        ThreadState after = ended(state, run);
        if (!(run.lineage() instanceof Lineage.Side side) || side.changes().isEmpty()) {
            return after;
        }
        ThreadState folded = after.withChannels(after.channels().apply(side.changes()), after.seq());
        for (StartedRun other : folded.started()) {
            if (other.lineage() instanceof Lineage.Main main) {
                folded = folded.replace(other.id(), r -> r.withLineage(main.folded(side.changes(), state.seq())));
            }
        }
        return folded;
    }

    /** What the run leaves unconsumed is taken in by the follow-up that starts in the same decision. */
    private static ThreadState ended(ThreadState state, StartedRun run) {
        return state.without(run.id()).withIntake(run.leftOver());
    }

    private static ThreadState timedOut(ThreadState state, Event.RunTimedOut timedOut) {
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
        ThreadState after = state.without(run.id());
        if (cancelled.carriesInput()) {
            after = after.withIntake(after.intake().carrying(run.unsaved()));
        }
        if (cancelled.cause() == Event.Cause.ROLLED_BACK && run.lineage() instanceof Lineage.Main main) {
            return after.withChannels(main.base(), main.baseHead());
        }
        return after;
    }

    /** The cancellation of the main run has restored the state; this says so, with the head that it went back to. */
    private static ThreadState rolledBack(ThreadState state, Event.StateRolledBack rolledBack) {
        if (rolledBack.head() != state.head()) {
            throw impossible(state, rolledBack, "the head is " + state.head());
        }
        return state;
    }

    private static ThreadState awaited(ThreadState state, Event event, RunId id, ActionId action, int attempt) {
        if (!run(state, event, id).awaits(action, attempt)) {
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
                ? after.withChannels(after.channels().apply(changes), after.seq())
                : after;
    }

    private static ThreadState change(ThreadState state, Event event, RunId id, UnaryOperator<StartedRun> change) {
        return state.replace(run(state, event, id).id(), change);
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

    private static StartedRun.Task task(Event.ActionRequested requested) {
        return new StartedRun.Task(
                requested.action(), requested.step(), requested.handler(), requested.input(), requested.attempt());
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

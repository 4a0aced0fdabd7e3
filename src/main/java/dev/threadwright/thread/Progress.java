package dev.threadwright.thread;

import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Planned;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.SuperStep;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import dev.threadwright.workflow.WorkflowRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries runs on until each waits for something outside or has ended: pure super-steps finish before the next command
 * is decided. What an ending run leaves behind starts here too: its follow-up first, then the queue.
 */
final class Progress {

    private final WorkflowCatalog workflows;
    private final Stops stops;
    private final Waits waits;
    private final Ends ends;
    private final Attempts attempts;
    private final Timers timers;
    private final Redirection redirection;
    private final Tasks tasks;

    Progress(WorkflowCatalog workflows, Asks asks, Stops stops, Waits waits, Gate gate) {
        this.workflows = workflows;
        this.stops = stops;
        this.waits = waits;
        this.ends = new Ends(workflows);
        this.attempts = new Attempts(workflows, asks, gate, ends);
        this.timers = new Timers(stops, attempts, ends);
        this.redirection = new Redirection(workflows, ends);
        this.tasks = new Tasks(workflows, asks, waits, attempts, ends);
    }

    /** The run takes what the draft has in its intake. */
    void start(Draft draft, RunId run, WorkflowRef ref, Event.Start start, Bounds bounds) {
        ThreadState state = draft.state();
        List<Input> inputs = state.intake().inputs();
        Input trigger = switch (start) {
            case INPUT -> inputs.getLast(); // What it carries from superseded runs came before it.
            case QUEUE, FOLLOW_UP -> inputs.getFirst();
            case CONTINUE, COMPACTION -> throw new IllegalArgumentException("Such a run takes no inputs");
        };
        Opening opening = opening(state, run, ref, inputs, trigger);
        draft.add(new Event.RunStarted(
                run,
                ref,
                start,
                trigger.identity(),
                state.started().isEmpty(),
                state.headSeq(),
                opening.changes(),
                opening.mapped(),
                opening.tasks(),
                stops.own(state, ref).and(bounds),
                state.settings().approvals().fields(),
                timeoutMs(state, ref)));
        String problem = opening.problem();
        if (problem != null) {
            ends.failRun(draft, run, "", problem);
        } else if (opening.tasks().isEmpty()) {
            ends.completeEmpty(draft, run);
        }
    }

    /** A run of its own takes up what the head has left to do. */
    void carryOn(Draft draft, RunId run, Resumable left, Bounds bounds) {
        draft.add(new Event.RunStarted(
                run,
                left.workflow(),
                Event.Start.CONTINUE,
                left.inputs().getFirst().identity(),
                draft.state().started().isEmpty(),
                draft.state().headSeq(),
                List.of(),
                false,
                List.of(),
                stops.own(draft.state(), left.workflow()).and(bounds),
                draft.state().settings().approvals().fields(),
                timeoutMs(draft.state(), left.workflow())));
    }

    /** An exclusive run for the thread's sake: one task, or none and these changes. */
    void compact(
            Draft draft, RunId run, WorkflowRef ref, Identity source, List<Change> changes, List<Planned> planned) {
        draft.add(new Event.RunStarted(
                run, ref, Event.Start.COMPACTION, source, true, draft.state().headSeq(), changes, false, planned));
        if (planned.isEmpty()) {
            ends.completeEmpty(draft, run);
        }
    }

    private @Nullable Long timeoutMs(ThreadState state, WorkflowRef ref) {
        Workflow workflow = workflows.find(state.key().tenant(), ref);
        return workflow == null ? null : workflow.timeoutMs();
    }

    /** What a run begins with, or why it cannot. */
    private record Opening(
            List<Change> changes,
            boolean mapped,
            List<Planned> tasks,
            @Nullable String problem) {
        static Opening failed(String problem) {
            return new Opening(List.of(), false, List.of(), problem);
        }
    }

    private Opening opening(ThreadState state, RunId run, WorkflowRef ref, List<Input> inputs, Input trigger) {
        Workflow workflow = workflows.find(state.key().tenant(), ref);
        if (workflow == null) {
            return Opening.failed("Workflow " + ref + " is not on this server");
        }
        try {
            List<Change> changes = changes(workflow, state.channels(), run, inputs);
            List<Json> consumed = inputs.stream()
                    .filter(input -> input != trigger)
                    .map(Input::data)
                    .toList();
            List<Planned> planned =
                    SuperStep.start(workflow, new Step.View(state.channels().apply(changes), trigger.data(), consumed));
            return new Opening(changes, workflow.input() != null && !changes.isEmpty(), planned, null);
        } catch (StepFailure failure) {
            return Opening.failed(String.valueOf(failure.getMessage()));
        } catch (RuntimeException defect) {
            return Opening.failed("The workflow is defective: " + defect);
        }
    }

    /** What inputs write on a state, after the initial values of what it lacks. */
    private static List<Change> changes(Workflow workflow, Channels channels, RunId run, List<Input> inputs) {
        String conflict = workflow.conflictWith(channels);
        if (conflict != null) {
            throw new StepFailure(conflict);
        }
        Supplier<String> ids = MessageIds.of(run + "-input");
        List<Change> changes = new ArrayList<>(workflow.initial(channels, ids));
        inputs.forEach(input -> changes.addAll(workflow.changesOf(input.data(), ids)));
        return workflow.settled(channels, changes);
    }

    /** Null, or why an input cannot become part of a state. */
    static @Nullable String unsuitable(Workflow workflow, Channels channels, RunId run, Input input) {
        try {
            channels.apply(changes(workflow, channels, run, List.of(input)));
            return null;
        } catch (StepFailure failure) {
            return String.valueOf(failure.getMessage());
        } catch (RuntimeException defect) {
            return "The workflow is defective: " + defect;
        }
    }

    void advance(Draft draft) {
        do {
            carryOn(draft);
            stops.tell(draft);
            // What has just stopped for somebody makes room for what waits for no more than that.
        } while (promotable(draft) != null);
    }

    private void carryOn(Draft draft) {
        promote(draft);
        for (StartedRun run = firstDue(draft.state()); run != null; run = firstDue(draft.state())) {
            Frame.Located due = run.firstDue();
            Breakpoint stop = run.frame().isFresh() ? run.leg().next(run.frame()) : null;
            if (stop != null) {
                stops.at(draft, run, stop);
            } else if (due != null) {
                tasks.execute(draft, run.id(), due);
            }
            followUp(draft, run);
            promote(draft);
        }
        if (!draft.state().kept().isEmpty()) {
            waits.expireLeftovers(draft);
        }
    }

    void completeAction(Draft draft, StartedRun run, Frame.Located calling, Task.Calling call, Json result) {
        attempts.complete(draft, run.id(), calling, call, result);
        followUp(draft, run);
    }

    void failAttempt(Draft draft, StartedRun run, Frame.Located calling, Task.Calling call, Failure failure) {
        attempts.fail(draft, run.id(), calling, call, failure);
        followUp(draft, run);
    }

    void ask(Draft draft, StartedRun run, Frame.Located calling, Task.Calling call, Prompt prompt) {
        attempts.ask(draft, run.id(), calling, call, prompt);
        followUp(draft, run);
    }

    void satisfy(Draft draft, Waits.Match match, Input input) {
        tasks.satisfy(draft, match.run().id(), match.waiting(), input, match.index());
        followUp(draft, match.run());
    }

    void redirect(Draft draft, RunId run, List<String> steps, Json item) {
        redirection.redirect(draft, run, steps, item);
    }

    /** What is due on the thread by now. */
    void fireTimers(Draft draft) {
        for (StartedRun run : draft.state().started()) {
            if (!isTimedOut(draft, run)) {
                timers.fire(draft, run.id());
                followUp(draft, run);
            }
        }
        expireQueued(draft);
        advance(draft);
    }

    /**
     * What waited for longer than it may is given up, inputs in the queue and interrupts alike, whether or not its timer has fired: timers
     * wait for older backlog, so a command may be decided before the expiry that precedes it. The turn of what was
     * behind it may have come.
     *
     * @return the queued runs that ended so
     */
    Set<RunId> expire(Draft draft) {
        boolean isChanged = giveUp(draft);
        Set<RunId> expired = expireQueued(draft);
        if (isChanged && expired.isEmpty()) {
            advance(draft);
        }
        return expired;
    }

    private boolean giveUp(Draft draft) {
        long before = draft.state().seq();
        for (StartedRun run : draft.state().started()) {
            if (!isTimedOut(draft, run)) {
                timers.giveUp(draft, run.id());
                followUp(draft, run);
            }
        }
        return draft.state().seq() != before;
    }

    /** Whether the run was at work for longer than it may, and has been ended for that. */
    private boolean isTimedOut(Draft draft, StartedRun run) {
        Long overAtMs = run.overAtMs(draft.state().updatedAtMs());
        if (overAtMs == null || overAtMs > draft.timeMs()) {
            return false;
        }
        Asks.expire(draft, run.id(), null, Event.Expiry.FAILED);
        Ends.expireSteers(draft, run.id());
        draft.add(new Event.RunTimedOut(run.id()));
        followUp(draft, run);
        return true;
    }

    private Set<RunId> expireQueued(Draft draft) {
        Set<RunId> expired = new HashSet<>();
        for (QueuedRun run : draft.state().queue()) {
            if (run.isExpiredAt(draft.timeMs())) {
                expire(draft, run);
                expired.add(run.id());
            }
        }
        if (!expired.isEmpty()) {
            advance(draft);
        }
        return expired;
    }

    private static void expire(Draft draft, QueuedRun run) {
        for (Input input : run.inputs()) {
            draft.add(new Event.InputExpired(input.identity(), run.id(), "Waited in the queue for too long"));
        }
        draft.add(new Event.RunTimedOut(run.id()));
    }

    /** What came too late for the run becomes one run of the same version, ahead of the queue and past every limit. */
    private void followUp(Draft draft, StartedRun ended) {
        if (!draft.state().intake().isEmpty()) {
            start(draft, ended.id().followUp(), ended.workflow(), Event.Start.FOLLOW_UP, Bounds.NONE);
        }
    }

    private void promote(Draft draft) {
        for (QueuedRun next = promotable(draft); next != null; next = promotable(draft)) {
            if (next.isExpiredAt(draft.timeMs())) {
                expire(draft, next);
                continue;
            }
            new Cancellation(draft, Event.Cause.SUPERSEDED, Cancellation.CARRY_NONE).cancelAllStarted();
            draft.add(new Event.InputPromoted(next.id()));
            start(draft, next.id(), next.workflow(), Event.Start.QUEUE, next.bounds());
        }
    }

    /** The first of the queue whose time has come, if nothing that it waits for is in its way: one at a time, in order. */
    private static @Nullable QueuedRun promotable(Draft draft) {
        QueuedRun next = draft.state().nextOfQueue(draft.timeMs());
        return next != null && draft.state().hasRoomFor(next) ? next : null;
    }

    private static @Nullable StartedRun firstDue(ThreadState state) {
        for (StartedRun run : state.started()) {
            if (run.firstDue() != null) {
                return run;
            }
        }
        return null;
    }
}

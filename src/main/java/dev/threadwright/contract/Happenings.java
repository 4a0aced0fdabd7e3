package dev.threadwright.contract;

import dev.threadwright.contract.Happening.Ending;
import dev.threadwright.contract.Happening.TaskPlace;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Checkpoint;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Frame;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.StartedRun;
import dev.threadwright.thread.Task;
import dev.threadwright.thread.TaskId;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an event means to those who watch: in the order in which they are told, and of which leg.
 *
 * @param leg null if it is of none
 */
record Happenings(@Nullable RunId leg, List<Happening> all) {

    private static final Happenings NONE = new Happenings(null, List.of());

    /** What the error of a run that failed is called. */
    private static final String FAILED = "RunFailed";

    private static final String TIMED_OUT = "TimeoutError";

    /** @param before that the event has led from @param after that it has led to */
    static Happenings of(ThreadState before, Recorded recorded, ThreadState after) {
        return switch (recorded.event()) {
            case Event.InputQueued queued -> of(queued.run(), new Happening.LegOpened(queued.run()));
            case Event.RunStarted started -> started(before, recorded, started, after);
            case Event.RunResumed resumed -> resumed(resumed, after);
            case Event.RunInterrupted interrupted -> interrupted(interrupted, after);
            case Event.RunCompleted completed -> completed(before, recorded, completed, after);
            case Event.RunFailed failed -> failed(before, failed, after);
            case Event.RunTimedOut timedOut -> timedOut(before, timedOut, after);
            case Event.RunCancelled cancelled -> cancelled(before, cancelled, after);
            case Event.SubgraphStarted started -> subgraph(started, after);
            case Event.StepCompleted done ->
                stepped(before, recorded, done.run(), done.task(), done.step(), done.changes(), null, after);
            case Event.StepFailed failed ->
                stepped(before, recorded, failed.run(), failed.task(), failed.step(), List.of(), failed.error(), after);
            case Event.RunRedirected redirected -> redirected(before, recorded, redirected, after);
            case Event.ActionRequested requested -> requested(before, requested);
            case Event.ActionSucceeded done ->
                called(before, done.run(), done.action(), done.attempt(), done.result(), null);
            case Event.ActionFailed failed ->
                called(before, failed.run(), failed.action(), failed.attempt(), Json.NULL, failed.error());
            case Event.ActionDenied denied -> denied(before, denied);
            case Event.StateUpdated ignored -> outside(before, recorded, after);
            case Event.StateRestored ignored -> outside(before, recorded, after);
            case Event.ThreadForked ignored -> outside(before, recorded, after);
            case Event.StateBranched ignored -> outside(before, recorded, after);
            case Event.ThreadDeleted ignored -> NONE;
            case Event.RunRequestEnded ended -> requestEnded(ended, after);
            case Event.RunRequested ignored -> NONE;
            case Event.ThreadCreated ignored -> NONE;
            case Event.ThreadUpdated ignored -> NONE;
            case Event.InputAccepted ignored -> NONE;
            case Event.InputRejected ignored -> NONE;
            case Event.InputPromoted ignored -> NONE;
            case Event.InputMerged ignored -> NONE;
            case Event.InputKept ignored -> NONE;
            case Event.InputExpired ignored -> NONE;
            case Event.StateRolledBack ignored -> NONE;
            case Event.RunPaused ignored -> NONE;
            case Event.RunUnpaused ignored -> NONE;
            case Event.RunSteered ignored -> NONE;
            case Event.InterruptRaised ignored -> NONE;
            case Event.InterruptResolved ignored -> NONE;
            case Event.InterruptRejected ignored -> NONE;
            case Event.InterruptExpired ignored -> NONE;
            case Event.InterruptAnswerRejected ignored -> NONE;
            case Event.WaitStarted ignored -> NONE;
            case Event.WaitSatisfied ignored -> NONE;
            case Event.ActionResultRecorded ignored -> NONE;
            case Event.CompactionStarted ignored -> NONE;
            case Event.CompactionCompleted ignored -> NONE;
            case Event.TimerSet ignored -> NONE;
            case Event.TimerFired ignored -> NONE;
            case Event.ActionRetryScheduled ignored -> NONE;
            case Event.ActionUncertain ignored -> NONE;
            case Event.ActionHeld ignored -> NONE;
            case Event.ActionReleased ignored -> NONE;
            case Event.ActionAccepted ignored -> NONE;
            case Event.ActionExtended ignored -> NONE;
            case Event.ActionRetried ignored -> NONE;
            case Event.ActionResultDiscarded ignored -> NONE;
        };
    }

    private static Happenings of(@Nullable RunId leg, Happening... all) {
        return new Happenings(leg, List.of(all));
    }

    private static Happenings started(
            ThreadState before, Recorded recorded, Event.RunStarted started, ThreadState after) {
        StartedRun run = run(after, started.run());
        List<Happening> all = new ArrayList<>();
        if (started.start() != Event.Start.QUEUE) {
            all.add(new Happening.LegOpened(run.leg().id()));
        }
        all.add(new Happening.GraphBegan(List.of(), run.workflow().name()));
        List<Checkpoint> made = Checkpoint.of(before, recorded, after);
        for (Checkpoint checkpoint : made) {
            all.add(new Happening.CheckpointMade(checkpoint, checkpoint.source() != Checkpoint.Source.INPUT));
        }
        if (made.isEmpty()) {
            all.add(new Happening.StateShown(List.of(), () -> after.channelsOf(run)));
        }
        addOpenTasks(all, after, run);
        return new Happenings(run.leg().id(), all);
    }

    private static Happenings resumed(Event.RunResumed resumed, ThreadState after) {
        StartedRun run = run(after, resumed.run());
        RunId opened = resumed.opened();
        if (opened == null) {
            return NONE;
        }
        List<Happening> all = new ArrayList<>();
        all.add(new Happening.LegOpened(opened));
        all.add(new Happening.GraphBegan(List.of(), run.workflow().name()));
        all.add(new Happening.StateShown(List.of(), () -> after.channelsOf(run)));
        addOpenTasks(all, after, run);
        return new Happenings(opened, all);
    }

    private static Happenings interrupted(Event.RunInterrupted interrupted, ThreadState after) {
        RunId closed = interrupted.closed();
        if (closed == null) {
            return NONE;
        }
        StartedRun run = run(after, interrupted.run());
        List<Happening> all = new ArrayList<>();
        for (Frame.Located located : run.frame().all()) {
            if (located.task().state() instanceof Task.Asking asking) {
                TaskPlace place = place(run, located.id());
                Json shown = StateView.interrupt(asking.interrupt(), place.namespace());
                all.add(new Happening.TaskEnded(place, List.of(), null, List.of(shown)));
                all.add(new Happening.Asked(place.namespace(), asking.interrupt()));
            }
        }
        for (Frame.Located located : run.frame().all()) {
            if (located.task().state() instanceof Task.Nested nested
                    && nested.frame().all().stream()
                            .anyMatch(inner -> inner.task().state() instanceof Task.Asking)) {
                all.add(new Happening.GraphEnded(
                        StateView.namespaceBelow(run, located.id()),
                        nested.frame().workflow().name(),
                        Ending.INTERRUPTED,
                        null));
            }
        }
        LegEnd end = LegEnds.stopped(closed, run, after);
        all.add(new Happening.Stopped(end.values(), StateView.interrupts(run)));
        all.add(new Happening.GraphEnded(List.of(), run.workflow().name(), Ending.INTERRUPTED, null));
        all.add(new Happening.LegEnded(end));
        return new Happenings(closed, all);
    }

    private static Happenings completed(
            ThreadState before, Recorded recorded, Event.RunCompleted completed, ThreadState after) {
        StartedRun run = run(before, completed.run());
        List<Happening> all = new ArrayList<>();
        for (Checkpoint checkpoint : Checkpoint.of(before, recorded, after)) {
            all.add(new Happening.CheckpointMade(checkpoint, true));
        }
        if (!run.leg().isClosed()) {
            all.add(new Happening.GraphEnded(List.of(), run.workflow().name(), Ending.COMPLETED, null));
            all.add(new Happening.LegEnded(LegEnds.ended(run.leg().id(), LegStatus.SUCCESS, after, null, null)));
        }
        return new Happenings(run.leg().id(), all);
    }

    private static Happenings failed(ThreadState before, Event.RunFailed failed, ThreadState after) {
        StartedRun run = run(before, failed.run());
        return ended(run, Ending.FAILED, LegEnds.ended(run.leg().id(), LegStatus.ERROR, after, FAILED, failed.error()));
    }

    private static Happenings timedOut(ThreadState before, Event.RunTimedOut timedOut, ThreadState after) {
        StartedRun run = before.started(timedOut.run());
        if (run == null) {
            return of(
                    timedOut.run(),
                    new Happening.LegEnded(LegEnds.ended(
                            timedOut.run(), LegStatus.TIMEOUT, after, TIMED_OUT, "The run waited for too long")));
        }
        return ended(
                run,
                Ending.FAILED,
                LegEnds.ended(run.leg().id(), LegStatus.TIMEOUT, after, TIMED_OUT, "The run was at work for too long"));
    }

    private static Happenings cancelled(ThreadState before, Event.RunCancelled cancelled, ThreadState after) {
        LegStatus status = cancelled.cause() == Event.Cause.ROLLED_BACK ? LegStatus.ROLLBACK : LegStatus.INTERRUPTED;
        StartedRun run = before.started(cancelled.run());
        if (run == null) {
            return of(
                    cancelled.run(), new Happening.LegEnded(LegEnds.ended(cancelled.run(), status, after, null, null)));
        }
        return ended(run, Ending.INTERRUPTED, LegEnds.ended(run.leg().id(), status, after, null, null));
    }

    /** A leg that nothing ran for: it shows the state, and what somebody is asked already. */
    private static Happenings requestEnded(Event.RunRequestEnded ended, ThreadState after) {
        String error = ended.error();
        LegEnd end = LegEnds.ofRequest(ended, after);
        List<Happening> all = new ArrayList<>();
        all.add(new Happening.LegOpened(ended.leg()));
        all.add(new Happening.GraphBegan(List.of(), ""));
        if (error == null) {
            all.add(new Happening.Shown(end.values()));
        }
        Ending how = error != null ? Ending.FAILED : end.isStopped() ? Ending.INTERRUPTED : Ending.COMPLETED;
        all.add(new Happening.GraphEnded(List.of(), "", how, end.message()));
        all.add(new Happening.LegEnded(end));
        return new Happenings(ended.leg(), all);
    }

    /**
     * With the run, what stands in it ends: nothing else will say so. What ends after its leg has ended is nothing new to
     * who watched that.
     */
    private static Happenings ended(StartedRun run, Ending how, LegEnd end) {
        if (run.leg().isClosed()) {
            return NONE;
        }
        List<Happening> all = new ArrayList<>();
        List<Frame.Located> tasks = new ArrayList<>(run.frame().all());
        for (Frame.Located located : tasks.reversed()) {
            if (located.task().state() instanceof Task.Nested nested) {
                all.add(new Happening.GraphEnded(
                        StateView.namespaceBelow(run, located.id()),
                        nested.frame().workflow().name(),
                        how,
                        end.message()));
            }
        }
        all.add(new Happening.GraphEnded(List.of(), run.workflow().name(), how, end.message()));
        all.add(new Happening.LegEnded(end));
        return new Happenings(end.leg(), all);
    }

    private static Happenings subgraph(Event.SubgraphStarted started, ThreadState after) {
        StartedRun run = run(after, started.run());
        List<Happening> all = new ArrayList<>();
        List<String> below = StateView.namespaceBelow(run, started.task());
        all.add(new Happening.GraphBegan(below, started.workflow().name()));
        Task.Nested nested = nested(run, started.task());
        if (nested != null) {
            all.add(new Happening.StateShown(below, nested::channels));
            addTasks(all, run, started.task(), nested.frame(), nested.channels());
        }
        return new Happenings(run.leg().id(), all);
    }

    private static Happenings stepped(
            ThreadState before,
            Recorded recorded,
            RunId id,
            TaskId task,
            String step,
            List<Change> changes,
            @Nullable String error,
            ThreadState after) {
        StartedRun was = run(before, id);
        List<Happening> all = new ArrayList<>();
        Task.Nested ran = nested(was, task);
        if (ran != null) {
            all.add(new Happening.GraphEnded(
                    StateView.namespaceBelow(was, task),
                    ran.frame().workflow().name(),
                    error == null ? Ending.COMPLETED : Ending.FAILED,
                    error));
        }
        TaskPlace place = place(was, task);
        all.add(new Happening.TaskEnded(place, changes, error, List.of()));
        if (error == null) {
            all.add(new Happening.Written(place, changes));
        }
        StartedRun run = run(after, id);
        TaskId parent = task.parent();
        if (parent == null) {
            List<Checkpoint> made = Checkpoint.of(before, recorded, after);
            made.forEach(checkpoint -> all.add(new Happening.CheckpointMade(checkpoint, true)));
            if (!made.isEmpty()) {
                addTasks(all, run, null, run.frame(), after.channelsOf(run));
            }
        } else {
            addSuperStep(all, was, run, parent, place.namespace());
        }
        return new Happenings(run.leg().id(), all);
    }

    /** A subgraph's next super-step, or the last state of one that has none. */
    private static void addSuperStep(
            List<Happening> all, StartedRun was, StartedRun run, TaskId parent, List<String> namespace) {
        Task.Nested before = nested(was, parent);
        Task.Nested now = nested(run, parent);
        if (before == null || now == null) {
            return;
        }
        if (now.frame().superStep() > before.frame().superStep()) {
            all.add(new Happening.StateShown(namespace, now::channels));
            addTasks(all, run, parent, now.frame(), now.channels());
        } else if (now.frame().isOver()) {
            all.add(new Happening.StateShown(namespace, () -> lastOf(now)));
        }
    }

    /** Where the writes do not go together, the failure of the graph follows. */
    private static Channels lastOf(Task.Nested nested) {
        try {
            return nested.channels().apply(nested.frame().changes());
        } catch (StepFailure failure) {
            return nested.channels();
        }
    }

    private static Happenings redirected(
            ThreadState before, Recorded recorded, Event.RunRedirected redirected, ThreadState after) {
        StartedRun run = run(after, redirected.run());
        List<Happening> all = new ArrayList<>();
        List<Checkpoint> made = Checkpoint.of(before, recorded, after);
        made.forEach(checkpoint -> all.add(new Happening.CheckpointMade(checkpoint, true)));
        if (!made.isEmpty()) {
            addTasks(all, run, null, run.frame(), after.channelsOf(run));
        }
        return new Happenings(run.leg().id(), all);
    }

    /** A handler that is entered again with an answer goes on with the same call. */
    private static Happenings requested(ThreadState before, Event.ActionRequested requested) {
        if (requested.attempt() > 1 || isModel(requested.handler())) {
            return NONE;
        }
        StartedRun run = run(before, requested.run());
        ToolCall call = ToolCall.of(run, requested.task(), requested.action(), requested.handler());
        return of(
                run.leg().id(),
                new Happening.ToolBegan(place(run, requested.task()), call.id(), call.name(), requested.input()));
    }

    private static Happenings denied(ThreadState before, Event.ActionDenied denied) {
        StartedRun run = run(before, denied.run());
        ToolCall call = ToolCall.of(run, denied.task(), denied.action(), denied.name());
        return of(
                run.leg().id(),
                new Happening.ToolFailed(place(run, denied.task()), call.id(), call.name(), "It is not allowed here"));
    }

    /** Models are no tools: what they say is told as messages. */
    private static boolean isModel(String handler) {
        return handler.equals(Step.Action.CHAT);
    }

    /** A call as clients know it: by the id and the name that the model gave it, if it is one of a model's. */
    private record ToolCall(String id, String name) {
        static ToolCall of(StartedRun run, TaskId task, ActionId action, String handler) {
            Task calling = run.frame().find(task);
            return calling != null
                            && calling.item() instanceof Json.Obj asked
                            && Json.of("tool_call").equals(asked.get("type"))
                            && asked.get("id") instanceof Json.Text id
                            && asked.get("name") instanceof Json.Text name
                    ? new ToolCall(id.value(), name.value())
                    : new ToolCall(action.value(), handler);
        }
    }

    private static Happenings called(
            ThreadState before, RunId id, ActionId action, int attempt, Json result, @Nullable String error) {
        StartedRun run = run(before, id);
        Frame.Located located = run.calling(action, attempt);
        if (located == null) {
            return NONE;
        }
        TaskPlace place = place(run, located.id());
        String handler = switch (located.task().state()) {
            case Task.Calling call -> call.handler();
            case Task.Uncertain uncertain -> uncertain.call().handler();
            default -> located.task().step();
        };
        if (isModel(handler)) {
            return NONE;
        }
        ToolCall tool = ToolCall.of(run, located.id(), action, handler);
        return of(
                run.leg().id(),
                error == null
                        ? new Happening.ToolEnded(place, tool.id(), tool.name(), result)
                        : new Happening.ToolFailed(place, tool.id(), tool.name(), error));
    }

    private static Happenings outside(ThreadState before, Recorded recorded, ThreadState after) {
        List<Happening> all = new ArrayList<>();
        for (Checkpoint checkpoint : Checkpoint.of(before, recorded, after)) {
            all.add(new Happening.CheckpointMade(checkpoint, true));
        }
        return new Happenings(null, all);
    }

    /** All that can be done now, in subgraphs too. */
    private static void addOpenTasks(List<Happening> all, ThreadState state, StartedRun run) {
        for (Frame.Located located : run.frame().all()) {
            if (isOpen(located.task())) {
                TaskId parent = located.id().parent();
                Task.Nested around = parent == null ? null : nested(run, parent);
                Channels channels = around == null ? state.channelsOf(run) : around.channels();
                all.add(new Happening.TaskBegan(
                        place(run, located.id()), located.task().item(), () -> channels));
            }
        }
    }

    private static void addTasks(
            List<Happening> all, StartedRun run, @Nullable TaskId parent, Frame frame, Channels channels) {
        for (int i = 0; i < frame.tasks().size(); i++) {
            Task task = frame.tasks().get(i);
            if (isOpen(task)) {
                TaskId id = TaskId.of(parent, frame.superStep(), i);
                all.add(new Happening.TaskBegan(place(run, id), task.item(), () -> channels));
            }
        }
    }

    private static boolean isOpen(Task task) {
        return !(task.state() instanceof Task.Ended || task.state() instanceof Task.Joining);
    }

    private static TaskPlace place(StartedRun run, TaskId id) {
        Task task = run.frame().find(id);
        if (task == null) {
            throw new IllegalStateException("Run " + run.id() + " has no task " + id);
        }
        return new TaskPlace(
                StateView.namespace(run, id),
                StateView.taskId(run.id(), id),
                task.step(),
                id.path().getLast().superStep());
    }

    private static Task.@Nullable Nested nested(StartedRun run, TaskId id) {
        Task task = run.frame().find(id);
        return task != null && task.state() instanceof Task.Nested nested ? nested : null;
    }

    private static StartedRun run(ThreadState state, RunId id) {
        return Objects.requireNonNull(state.started(id), () -> "Run " + id + " is not started");
    }
}

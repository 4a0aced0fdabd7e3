package dev.threadwright.thread;

import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.WorkflowRef;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A state of a thread that one can read, go back to and fork from.
 *
 * @param parents the checkpoints that it came from: none for the first, two where a side run folded in
 * @param run whose it is; null if it was made from outside of any run
 * @param workflow of that run
 * @param superStep how many the run had completed; -1 before its input
 * @param label the steps that ended before it, or what made it
 * @param side whether it is of a side run's own lineage, and not of the thread's
 * @param next the steps of the tasks that were to be done
 * @param resumable what was to be done; null at the end of a run and before its input
 */
public record Checkpoint(
        CheckpointId id,
        List<CheckpointId> parents,
        Source source,
        @Nullable RunId run,
        @Nullable WorkflowRef workflow,
        int superStep,
        String label,
        boolean side,
        Channels channels,
        List<String> next,
        @Nullable Resumable resumable) {

    /** What made a checkpoint. */
    public enum Source {
        INPUT,
        LOOP,
        UPDATE,
        FORK,
        MERGE,
        COMPACTION
    }

    /** What stands for the first super-step where that is not planned yet. */
    private static final String START = "__start__";

    public Checkpoint {
        parents = List.copyOf(parents);
        next = List.copyOf(next);
    }

    /** The checkpoints that an event makes, in their order; it has led from one state to the other. */
    public static List<Checkpoint> of(ThreadState before, Recorded recorded, ThreadState after) {
        return switch (recorded.event()) {
            case Event.RunStarted started ->
                started.start() == Event.Start.CONTINUE || started.start() == Event.Start.COMPACTION
                        ? List.of()
                        : started(before, recorded, started, after);
            case Event.RunRedirected redirected ->
                redirected.next().isEmpty() ? List.of() : List.of(superStep(before, recorded, redirected.run(), after));
            case Event.StepCompleted completed ->
                completed.next().isEmpty() || completed.task().parent() != null
                        ? List.of()
                        : List.of(superStep(before, recorded, completed.run(), after));
            case Event.StepFailed failed ->
                failed.next().isEmpty() || failed.task().parent() != null
                        ? List.of()
                        : List.of(superStep(before, recorded, failed.run(), after));
            case Event.RunCompleted completed -> completed(before, recorded, completed.run(), after);
            case Event.StateUpdated updated -> List.of(updated(before, recorded, updated.run(), after));
            case Event.StateRestored restored ->
                List.of(from(
                        CheckpointId.parse(before.key(), restored.checkpoint()),
                        outside(before, recorded, Source.FORK, "restored " + restored.checkpoint(), after)));
            case Event.ThreadForked forked ->
                List.of(outside(
                        before,
                        recorded,
                        Source.FORK,
                        "fork of " + forked.source() + " " + forked.checkpoint(),
                        after));
            case Event.StateBranched branched -> List.of(branched(before, recorded, branched, after));
            case Event.ThreadCreated ignored -> List.of();
            case Event.ThreadUpdated ignored -> List.of();
            case Event.InputAccepted ignored -> List.of();
            case Event.InputRejected ignored -> List.of();
            case Event.InputQueued ignored -> List.of();
            case Event.InputPromoted ignored -> List.of();
            case Event.InputMerged ignored -> List.of();
            case Event.InputKept ignored -> List.of();
            case Event.InputExpired ignored -> List.of();
            case Event.RunFailed ignored -> List.of();
            case Event.RunTimedOut ignored -> List.of();
            case Event.RunCancelled ignored -> List.of();
            case Event.StateRolledBack ignored -> List.of();
            case Event.RunInterrupted ignored -> List.of();
            case Event.RunResumed ignored -> List.of();
            case Event.RunPaused ignored -> List.of();
            case Event.RunUnpaused ignored -> List.of();
            case Event.RunSteered ignored -> List.of();
            case Event.InterruptRaised ignored -> List.of();
            case Event.InterruptResolved ignored -> List.of();
            case Event.InterruptRejected ignored -> List.of();
            case Event.InterruptExpired ignored -> List.of();
            case Event.InterruptAnswerRejected ignored -> List.of();
            case Event.WaitStarted ignored -> List.of();
            case Event.WaitSatisfied ignored -> List.of();
            case Event.ActionResultRecorded ignored -> List.of();
            case Event.CompactionStarted ignored -> List.of();
            case Event.CompactionCompleted ignored -> List.of();
            case Event.SubgraphStarted ignored -> List.of();
            case Event.TimerSet ignored -> List.of();
            case Event.TimerFired ignored -> List.of();
            case Event.ActionRequested ignored -> List.of();
            case Event.ActionRetryScheduled ignored -> List.of();
            case Event.ActionUncertain ignored -> List.of();
            case Event.ActionHeld ignored -> List.of();
            case Event.ActionReleased ignored -> List.of();
            case Event.ActionAccepted ignored -> List.of();
            case Event.ActionExtended ignored -> List.of();
            case Event.ActionRetried ignored -> List.of();
            case Event.ActionDenied ignored -> List.of();
            case Event.ActionSucceeded ignored -> List.of();
            case Event.ActionFailed ignored -> List.of();
            case Event.ActionResultDiscarded ignored -> List.of();
            case Event.RunRequested ignored -> List.of();
            case Event.RunRequestEnded ignored -> List.of();
            case Event.ThreadDeleted ignored -> List.of();
        };
    }

    private static Checkpoint branched(
            ThreadState before, Recorded recorded, Event.StateBranched branched, ThreadState after) {
        String label = branched.steps().isEmpty() ? "update" : "update as " + String.join(", ", branched.steps());
        Checkpoint made = outside(before, recorded, Source.UPDATE, label, after);
        String named = branched.checkpoint();
        return from(named == null ? null : CheckpointId.parse(before.key(), named), made);
    }

    /** The same as a child of another checkpoint; as it is without one. */
    private static Checkpoint from(@Nullable CheckpointId base, Checkpoint made) {
        return base == null
                ? made
                : new Checkpoint(
                        made.id(),
                        List.of(base),
                        made.source(),
                        made.run(),
                        made.workflow(),
                        made.superStep(),
                        made.label(),
                        made.side(),
                        made.channels(),
                        made.next(),
                        made.resumable());
    }

    private static List<Checkpoint> started(
            ThreadState before, Recorded recorded, Event.RunStarted started, ThreadState after) {
        StartedRun run = run(after, started.run());
        CheckpointId opening = id(recorded, 0);
        Checkpoint input = new Checkpoint(
                opening,
                parents(before.head()),
                Source.INPUT,
                run.id(),
                run.workflow(),
                -1,
                "input",
                !started.main(),
                before.channels(),
                List.of(START),
                null);
        return List.of(input, loop(id(recorded, 1), opening, run, 0, "start", after));
    }

    /** Of the state that was changed: the thread's, or that of a side run. */
    private static Checkpoint updated(ThreadState before, Recorded recorded, @Nullable RunId id, ThreadState after) {
        StartedRun run = id == null ? null : after.started(id);
        if (run == null || !(run.lineage() instanceof Lineage.Side)) {
            return outside(before, recorded, Source.UPDATE, "update", after);
        }
        Checkpoint made = loop(
                id(recorded, 0),
                headOf(before, run(before, run.id())),
                run,
                run.frame().superStep() - 1,
                "update",
                after);
        return new Checkpoint(
                made.id(),
                made.parents(),
                Source.UPDATE,
                made.run(),
                made.workflow(),
                made.superStep(),
                made.label(),
                made.side(),
                made.channels(),
                made.next(),
                made.resumable());
    }

    private static Checkpoint superStep(ThreadState before, Recorded recorded, RunId id, ThreadState after) {
        StartedRun run = run(before, id);
        return loop(
                id(recorded, 0),
                headOf(before, run),
                run(after, id),
                run.frame().superStep(),
                stepsOf(run.frame()),
                after);
    }

    private static List<Checkpoint> completed(ThreadState before, Recorded recorded, RunId id, ThreadState after) {
        StartedRun run = run(before, id);
        boolean side = run.lineage() instanceof Lineage.Side;
        CheckpointId last = id(recorded, 0);
        Checkpoint end = new Checkpoint(
                last,
                parents(headOf(before, run)),
                run.isCompaction() ? Source.COMPACTION : Source.LOOP,
                id,
                run.workflow(),
                run.frame().superStep(),
                stepsOf(run.frame()),
                side,
                endOf(before, recorded, run, after),
                List.of(),
                null);
        CheckpointId head = after.head();
        if (!side || head == null || head.seq() != recorded.seq()) {
            return List.of(end);
        }
        Resumable left = left(after);
        Checkpoint merge = new Checkpoint(
                head,
                Stream.concat(parents(before.head()).stream(), Stream.of(last)).toList(),
                Source.MERGE,
                id,
                run.workflow(),
                run.frame().superStep(),
                "merge",
                false,
                after.channels(),
                left == null ? List.of() : open(left.frame()),
                left);
        return List.of(end, merge);
    }

    /** What a side run ends with is not the thread's state, and no longer in it. */
    private static Channels endOf(ThreadState before, Recorded recorded, StartedRun run, ThreadState after) {
        if (run.lineage() instanceof Lineage.Side side && recorded.event() instanceof Event.RunCompleted completed) {
            return side.values().apply(run.frame().changes()).apply(completed.settled());
        }
        return after.channels();
    }

    private static Checkpoint outside(
            ThreadState before, Recorded recorded, Source source, String label, ThreadState after) {
        Resumable left = left(after);
        return new Checkpoint(
                id(recorded, 0),
                parents(before.head()),
                source,
                null,
                left == null ? null : left.workflow(),
                left == null ? 0 : left.frame().superStep() - 1,
                label,
                false,
                after.channels(),
                left == null ? List.of() : open(left.frame()),
                left);
    }

    /** What is to be done on the thread's own state: by its main run, or by one that continues where that ended early. */
    static @Nullable Resumable left(ThreadState state) {
        return state.started().stream()
                .filter(run -> run.lineage() instanceof Lineage.Main)
                .findFirst()
                .map(StartedRun::resumable)
                .orElse(state.resumable());
    }

    private static Checkpoint loop(
            CheckpointId id,
            @Nullable CheckpointId parent,
            StartedRun run,
            int superStep,
            String label,
            ThreadState after) {
        return new Checkpoint(
                id,
                parents(parent),
                Source.LOOP,
                run.id(),
                run.workflow(),
                superStep,
                label,
                run.lineage() instanceof Lineage.Side,
                after.channelsOf(run),
                open(run.frame()),
                run.frame().tasks().isEmpty() ? null : run.resumable());
    }

    private static List<CheckpointId> parents(@Nullable CheckpointId parent) {
        return Stream.ofNullable(parent).toList();
    }

    private static @Nullable CheckpointId headOf(ThreadState state, StartedRun run) {
        return run.lineage() instanceof Lineage.Side side ? side.head() : state.head();
    }

    private static CheckpointId id(Recorded recorded, int ordinal) {
        return new CheckpointId(recorded.timeMs(), recorded.seq(), ordinal);
    }

    private static StartedRun run(ThreadState state, RunId id) {
        return Objects.requireNonNull(state.started(id), () -> "Run " + id + " is not started");
    }

    private static List<String> open(Frame frame) {
        return frame.tasks().stream()
                .filter(task -> !(task.state() instanceof Task.Ended || task.state() instanceof Task.Joining))
                .map(Task::step)
                .toList();
    }

    private static String stepsOf(Frame frame) {
        return String.join(
                ", ",
                frame.tasks().stream()
                        .filter(task -> !(task.state() instanceof Task.Joining))
                        .map(Task::step)
                        .distinct()
                        .toList());
    }
}

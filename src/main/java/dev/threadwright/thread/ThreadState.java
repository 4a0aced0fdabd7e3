package dev.threadwright.thread;

import dev.threadwright.thread.policy.Situation;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.WorkflowRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A thread, folded from its journal. Immutable: a loop keeps the committed state beside the speculative one, and a
 * failed commit drops a pointer.
 *
 * @param seq the last event's sequence number; 0 if the thread does not exist
 * @param head the checkpoint that {@code channels} were last at; null before the first
 * @param started unfinished runs, in the order of their start
 * @param queue runs that wait for their turn, first come first
 * @param intake inputs that the next start takes; never left over at the end of a decision
 * @param latestRun the run that started last
 * @param resumable what is left to do at the head; null if its run is unfinished or went to its end
 * @param kept events that nobody has waited for yet, first come first
 * @param error of the run that ended last, if that failed
 * @param workflow of the run that started last
 * @param deleted whether it is gone for ever; nothing of it is left then
 */
public record ThreadState(
        ThreadKey key,
        long seq,
        @Nullable CheckpointId head,
        long createdAtMs,
        long updatedAtMs,
        ThreadSettings settings,
        Channels channels,
        List<StartedRun> started,
        List<QueuedRun> queue,
        Intake intake,
        @Nullable RunId latestRun,
        @Nullable Resumable resumable,
        List<KeptInput> kept,
        @Nullable String error,
        @Nullable WorkflowRef workflow,
        boolean deleted) {

    public ThreadState {
        started = List.copyOf(started);
        queue = List.copyOf(queue);
        kept = List.copyOf(kept);
    }

    public static ThreadState absent(ThreadKey key) {
        return new ThreadState(
                key,
                0,
                null,
                0,
                0,
                ThreadSettings.NONE,
                Channels.EMPTY,
                List.of(),
                List.of(),
                Intake.EMPTY,
                null,
                null,
                List.of(),
                null,
                null,
                false);
    }

    /** What is left of a thread that was deleted, once its journal is gone, too. */
    public static ThreadState tombstone(ThreadKey key, long seq, long createdAtMs, long deletedAtMs) {
        return new ThreadState(
                key,
                seq,
                null,
                createdAtMs,
                deletedAtMs,
                ThreadSettings.NONE,
                Channels.EMPTY,
                List.of(),
                List.of(),
                Intake.EMPTY,
                null,
                null,
                List.of(),
                null,
                null,
                true);
    }

    /** The sequence number of the head; 0 before the first checkpoint. */
    public long headSeq() {
        return head == null ? 0 : head.seq();
    }

    public boolean exists() {
        return seq > 0;
    }

    /** Whether it exists and was not deleted. */
    public boolean isLive() {
        return exists() && !deleted;
    }

    /** Runs that have not ended: those that started, whether they wait or not, and those that queue. */
    public int unfinished() {
        return started.size() + queue.size();
    }

    public boolean isIdle() {
        return started.isEmpty() && queue.isEmpty();
    }

    /** The workflows that what it holds will need. */
    public Set<WorkflowRef> workflows() {
        Set<WorkflowRef> needed = new LinkedHashSet<>();
        started.forEach(run -> run.frame().addWorkflows(needed));
        queue.forEach(run -> needed.add(run.workflow()));
        if (resumable != null) {
            resumable.frame().addWorkflows(needed);
        }
        if (workflow != null) {
            needed.add(workflow);
        }
        return needed;
    }

    public @Nullable StartedRun started(RunId id) {
        for (StartedRun run : started) {
            if (run.id().equals(id)) {
                return run;
            }
        }
        return null;
    }

    /** The run whose task asks this; null if none does. */
    public @Nullable StartedRun asking(InterruptId interrupt) {
        for (StartedRun run : started) {
            if (run.asking(interrupt) != null) {
                return run;
            }
        }
        return null;
    }

    boolean isCompacting() {
        return started.stream().anyMatch(StartedRun::isCompaction);
    }

    public @Nullable QueuedRun queued(RunId id) {
        for (QueuedRun run : queue) {
            if (run.id().equals(id)) {
                return run;
            }
        }
        return null;
    }

    /** Null if it is of none, or neither started nor queued. */
    public @Nullable TraceContext traceOf(RunId id) {
        StartedRun run = started(id);
        if (run != null) {
            return run.trace();
        }
        QueuedRun waiting = queued(id);
        return waiting == null ? null : waiting.inputs().getFirst().trace();
    }

    /** Whether nothing runs that the queued run waits for. */
    boolean hasRoomFor(QueuedRun run) {
        return switch (run.behind()) {
            case UNFINISHED -> started.isEmpty();
            case OPEN -> started.stream().allMatch(StartedRun::isStopped);
            case ACTIVE -> situation().active() == 0;
        };
    }

    /** The one whose turn it is by then (milliseconds since 1970), if it has room; null if nothing of the queue is due. */
    @Nullable QueuedRun nextOfQueue(long timeMs) {
        for (QueuedRun run : queue) {
            if (run.isDueAt(timeMs)) {
                return run;
            }
        }
        return null;
    }

    public ThreadStatus status() {
        boolean isBusy = !queue.isEmpty();
        for (StartedRun run : started) {
            isBusy |= !run.isStopped();
        }
        if (isBusy) {
            return ThreadStatus.BUSY;
        }
        return !started.isEmpty() ? ThreadStatus.INTERRUPTED : error != null ? ThreadStatus.ERROR : ThreadStatus.IDLE;
    }

    public Situation situation() {
        int active = 0;
        int waitingUser = 0;
        int waitingEvent = 0;
        int paused = 0;
        for (StartedRun run : started) {
            switch (run.status()) {
                case ACTIVE -> active++;
                case WAITING_USER -> waitingUser++;
                case WAITING_EVENT -> waitingEvent++;
                case PAUSED -> paused++;
                case QUEUED, COMPLETED, FAILED, CANCELLED, TIMED_OUT ->
                    throw new IllegalStateException("A started run cannot be " + run.status());
            }
        }
        return new Situation(active, waitingUser, waitingEvent, paused, queue.size());
    }

    /** What the run reads: the thread's channels, or those of its own lineage. */
    public Channels channelsOf(StartedRun run) {
        return switch (run.lineage()) {
            case Lineage.Main ignored -> channels;
            case Lineage.Side side -> side.values();
        };
    }

    ThreadState at(long nextSeq, long timeMs) {
        long passedMs = timeMs - updatedAtMs;
        boolean anyAges = passedMs > 0 && started.stream().anyMatch(run -> run.budget() != null);
        return new ThreadState(
                key,
                nextSeq,
                head,
                createdAtMs,
                timeMs,
                settings,
                channels,
                anyAges ? started.stream().map(run -> run.aged(passedMs)).toList() : started,
                queue,
                intake,
                latestRun,
                resumable,
                kept,
                error,
                workflow,
                deleted);
    }

    ThreadState created(long timeMs) {
        return new ThreadState(
                key,
                seq,
                head,
                timeMs,
                updatedAtMs,
                settings,
                channels,
                started,
                queue,
                intake,
                latestRun,
                resumable,
                kept,
                error,
                workflow,
                deleted);
    }

    /** All that is left of it is that it was there. */
    ThreadState emptied() {
        return tombstone(key, seq, createdAtMs, updatedAtMs);
    }

    ThreadState withSettings(ThreadSettings next) {
        return with(head, next, channels, started, queue, intake, latestRun, resumable, kept, error, workflow);
    }

    ThreadState withChannels(Channels next, @Nullable CheckpointId nextHead) {
        return with(nextHead, settings, next, started, queue, intake, latestRun, resumable, kept, error, workflow);
    }

    ThreadState withIntake(Intake next) {
        return with(head, settings, channels, started, queue, next, latestRun, resumable, kept, error, workflow);
    }

    ThreadState withQueue(List<QueuedRun> next) {
        return with(head, settings, channels, started, next, intake, latestRun, resumable, kept, error, workflow);
    }

    ThreadState withResumable(@Nullable Resumable next) {
        return with(head, settings, channels, started, queue, intake, latestRun, next, kept, error, workflow);
    }

    ThreadState withKept(List<KeptInput> next) {
        return with(head, settings, channels, started, queue, intake, latestRun, resumable, next, error, workflow);
    }

    ThreadState withError(@Nullable String next) {
        return with(head, settings, channels, started, queue, intake, latestRun, resumable, kept, next, workflow);
    }

    ThreadState plus(StartedRun run) {
        List<StartedRun> next = new ArrayList<>(started);
        next.add(run);
        return with(head, settings, channels, next, queue, intake, run.id(), null, kept, null, run.workflow());
    }

    ThreadState replace(RunId id, UnaryOperator<StartedRun> change) {
        List<StartedRun> next = new ArrayList<>(started.size());
        for (StartedRun run : started) {
            next.add(run.id().equals(id) ? change.apply(run) : run);
        }
        return with(head, settings, channels, next, queue, intake, latestRun, resumable, kept, error, workflow);
    }

    ThreadState without(RunId id) {
        List<StartedRun> next =
                started.stream().filter(run -> !run.id().equals(id)).toList();
        return with(head, settings, channels, next, queue, intake, latestRun, resumable, kept, error, workflow);
    }

    private ThreadState with(
            @Nullable CheckpointId head,
            ThreadSettings settings,
            Channels channels,
            List<StartedRun> started,
            List<QueuedRun> queue,
            Intake intake,
            @Nullable RunId latestRun,
            @Nullable Resumable resumable,
            List<KeptInput> kept,
            @Nullable String error,
            @Nullable WorkflowRef workflow) {
        return new ThreadState(
                key,
                seq,
                head,
                createdAtMs,
                updatedAtMs,
                settings,
                channels,
                started,
                queue,
                intake,
                latestRun,
                resumable,
                kept,
                error,
                workflow,
                deleted);
    }
}

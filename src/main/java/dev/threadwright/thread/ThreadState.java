package dev.threadwright.thread;

import dev.threadwright.thread.policy.Situation;
import dev.threadwright.workflow.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A thread, folded from its journal. Immutable: a loop keeps the committed state beside the speculative one, and a
 * failed commit drops a pointer.
 *
 * @param seq the last event's sequence number; 0 if the thread does not exist
 * @param head the sequence number of the event that last changed {@code channels}; 0 if none did
 * @param started unfinished runs, in the order of their start
 * @param queue runs that wait for their turn, first come first
 * @param intake inputs that the next start takes; never left over at the end of a decision
 * @param latestRun the run that started last
 */
public record ThreadState(
        ThreadKey key,
        long seq,
        long head,
        long createdAtMs,
        long updatedAtMs,
        ThreadSettings settings,
        Channels channels,
        List<StartedRun> started,
        List<QueuedRun> queue,
        Intake intake,
        @Nullable RunId latestRun) {

    public ThreadState {
        started = List.copyOf(started);
        queue = List.copyOf(queue);
    }

    public static ThreadState absent(ThreadKey key) {
        return new ThreadState(
                key, 0, 0, 0, 0, ThreadSettings.NONE, Channels.EMPTY, List.of(), List.of(), Intake.EMPTY, null);
    }

    public boolean exists() {
        return seq > 0;
    }

    public boolean isIdle() {
        return started.isEmpty() && queue.isEmpty();
    }

    public @Nullable StartedRun started(RunId id) {
        for (StartedRun run : started) {
            if (run.id().equals(id)) {
                return run;
            }
        }
        return null;
    }

    public @Nullable QueuedRun queued(RunId id) {
        for (QueuedRun run : queue) {
            if (run.id().equals(id)) {
                return run;
            }
        }
        return null;
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
    Channels channelsOf(StartedRun run) {
        return switch (run.lineage()) {
            case Lineage.Main ignored -> channels;
            case Lineage.Side side -> side.values();
        };
    }

    ThreadState at(long nextSeq, long timeMs) {
        return new ThreadState(
                key, nextSeq, head, createdAtMs, timeMs, settings, channels, started, queue, intake, latestRun);
    }

    ThreadState created(long timeMs) {
        return new ThreadState(
                key, seq, head, timeMs, updatedAtMs, settings, channels, started, queue, intake, latestRun);
    }

    ThreadState withSettings(ThreadSettings next) {
        return new ThreadState(
                key, seq, head, createdAtMs, updatedAtMs, next, channels, started, queue, intake, latestRun);
    }

    ThreadState withChannels(Channels next, long nextHead) {
        return new ThreadState(
                key, seq, nextHead, createdAtMs, updatedAtMs, settings, next, started, queue, intake, latestRun);
    }

    ThreadState withIntake(Intake next) {
        return new ThreadState(
                key, seq, head, createdAtMs, updatedAtMs, settings, channels, started, queue, next, latestRun);
    }

    ThreadState withQueue(List<QueuedRun> next) {
        return new ThreadState(
                key, seq, head, createdAtMs, updatedAtMs, settings, channels, started, next, intake, latestRun);
    }

    ThreadState plus(StartedRun run) {
        List<StartedRun> next = new ArrayList<>(started);
        next.add(run);
        return withStarted(next, run.id());
    }

    ThreadState replace(RunId id, UnaryOperator<StartedRun> change) {
        List<StartedRun> next = new ArrayList<>(started.size());
        for (StartedRun run : started) {
            next.add(run.id().equals(id) ? change.apply(run) : run);
        }
        return withStarted(next, latestRun);
    }

    ThreadState without(RunId id) {
        return withStarted(started.stream().filter(run -> !run.id().equals(id)).toList(), latestRun);
    }

    private ThreadState withStarted(List<StartedRun> next, @Nullable RunId latest) {
        return new ThreadState(
                key, seq, head, createdAtMs, updatedAtMs, settings, channels, next, queue, intake, latest);
    }
}

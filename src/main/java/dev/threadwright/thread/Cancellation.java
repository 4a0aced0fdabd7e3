package dev.threadwright.thread;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ends runs before their end, and says what became of the inputs that they had not taken in. */
final class Cancellation {

    private final Draft draft;
    private final Event.Cause cause;
    private final int maxCarried;
    private final List<RunId> cancelled = new ArrayList<>();
    private Event.@Nullable StateRolledBack rolledBack;

    /** Inputs that have left no trace end with their runs. */
    static final int CARRY_NONE = 0;

    /**
     * @param maxCarried how many inputs that left no trace in the state may go on to the run that starts next, the one
     *     that starts it included; a run whose inputs are too many for that takes them with it
     */
    Cancellation(Draft draft, Event.Cause cause, int maxCarried) {
        this.draft = draft;
        this.cause = cause;
        this.maxCarried = maxCarried;
    }

    List<RunId> cancelled() {
        return List.copyOf(cancelled);
    }

    void cancelAll() {
        cancelAllAdmittedBy(Long.MAX_VALUE);
    }

    void cancelAllStarted() {
        draft.state().started().forEach(run -> end(run.id()));
        restored();
    }

    void cancelAllAdmittedBy(long cutOffMs) {
        ThreadState state = draft.state();
        for (StartedRun run : state.started()) {
            if (run.admittedAtMs() <= cutOffMs) {
                end(run.id());
            }
        }
        for (QueuedRun run : state.queue()) {
            if (run.admittedAtMs() <= cutOffMs) {
                end(run.id());
            }
        }
        restored();
    }

    void cancel(RunId id) {
        end(id);
        restored();
    }

    private Event.Expiry expiry() {
        return cause == Event.Cause.SUPERSEDED ? Event.Expiry.SUPERSEDED : Event.Expiry.CANCELLED;
    }

    private void end(RunId id) {
        StartedRun run = draft.state().started(id);
        QueuedRun queued = draft.state().queued(id);
        boolean carries = carries(run, queued);
        if (run != null) {
            for (Interrupt interrupt : run.interrupts()) {
                draft.add(new Event.InterruptExpired(id, interrupt.id(), expiry(), null));
            }
        }
        draft.add(new Event.RunCancelled(id, cause, carries));
        cancelled.add(id);
        if (!carries) {
            // The input that queued a run ends with it, as a trigger does; those that joined were waiting for a start.
            List<Input> joined = queued == null ? List.of() : queued.joined();
            expire(id, run == null ? joined : run.inbox());
        }
        if (cause == Event.Cause.ROLLED_BACK && run != null && run.lineage() instanceof Lineage.Main main) {
            rolledBack = new Event.StateRolledBack(
                    id, main.baseHead() == null ? 0 : main.baseHead().seq());
        }
    }

    private boolean carries(@Nullable StartedRun run, @Nullable QueuedRun queued) {
        int more = run != null
                ? run.unsaved().size()
                : queued != null ? queued.inputs().size() : 0;
        return maxCarried > CARRY_NONE && draft.state().intake().inputs().size() + more <= maxCarried;
    }

    private void expire(RunId id, List<Input> inputs) {
        for (Input input : inputs) {
            draft.add(new Event.InputExpired(input.identity(), id, "The run that it was merged into was cancelled"));
        }
    }

    /** After all cancellations: there is one main run at most, and the state is the thread's. */
    private void restored() {
        if (rolledBack != null) {
            draft.add(rolledBack);
            rolledBack = null;
        }
    }
}

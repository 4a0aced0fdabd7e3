package dev.threadwright.thread;

import java.util.ArrayList;
import java.util.List;

/** Ends runs before their end, and says what became of the inputs that they had not taken in. */
final class Cancellation {

    private final Draft draft;
    private final Event.Cause cause;
    private final boolean carryInputs;
    private final List<RunId> cancelled = new ArrayList<>();

    /** @param carryInputs whether inputs that left no trace in the state go on to the run that starts next */
    Cancellation(Draft draft, Event.Cause cause, boolean carryInputs) {
        this.draft = draft;
        this.cause = cause;
        this.carryInputs = carryInputs;
    }

    List<RunId> cancelled() {
        return List.copyOf(cancelled);
    }

    void cancelAll() {
        cancelAllAdmittedBy(Long.MAX_VALUE);
    }

    void cancelAllStarted() {
        draft.state().started().forEach(run -> cancel(run.id()));
    }

    void cancelAllAdmittedBy(long cutOffMs) {
        ThreadState state = draft.state();
        for (StartedRun run : state.started()) {
            if (run.startedAtMs() <= cutOffMs) {
                cancel(run.id());
            }
        }
        for (QueuedRun run : state.queue()) {
            if (run.admittedAtMs() <= cutOffMs) {
                cancel(run.id());
            }
        }
    }

    void cancel(RunId id) {
        StartedRun run = draft.state().started(id);
        draft.add(new Event.RunCancelled(id, cause, carryInputs));
        cancelled.add(id);
        if (run == null) {
            return;
        }
        if (!carryInputs) {
            for (Input input : run.inbox()) {
                draft.add(
                        new Event.InputExpired(input.identity(), id, "The run that it was merged into was cancelled"));
            }
        }
        if (cause == Event.Cause.ROLLED_BACK && run.lineage() instanceof Lineage.Main main) {
            draft.add(new Event.StateRolledBack(id, main.baseHead()));
        }
    }
}

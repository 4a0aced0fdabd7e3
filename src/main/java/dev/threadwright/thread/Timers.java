package dev.threadwright.thread;

import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What of a run's tasks is due by now, and what it leads to: the ends of sleeps, the next attempts, what came too late. */
final class Timers {

    private final Stops stops;
    private final Attempts attempts;
    private final Ends ends;

    Timers(Stops stops, Attempts attempts, Ends ends) {
        this.stops = stops;
        this.attempts = attempts;
        this.ends = ends;
    }

    /** What the run's tasks wait for that is due: sleeps, next attempts, deadlines of attempts; the earliest first. */
    void fire(Draft draft, RunId run) {
        fireDue(draft, run, state -> true);
    }

    /** What people and events come too late for, whether or not its timer has fired. */
    void giveUp(Draft draft, RunId run) {
        fireDue(draft, run, state -> state instanceof Task.Asking || state instanceof Task.Awaiting);
    }

    private void fireDue(Draft draft, RunId run, Predicate<Task.State> which) {
        List<Frame.Located> due = new ArrayList<>();
        StartedRun now = draft.started(run);
        for (Frame.Located located : now.frame().all()) {
            Task.State state = located.task().state();
            Long dueAtMs = dueAtMs(state);
            boolean isHeld = now.control().paused() && state instanceof Task.Backoff;
            if (dueAtMs != null && dueAtMs <= draft.timeMs() && which.test(state) && !isHeld) {
                due.add(located);
            }
        }
        due.sort(Comparator.comparingLong(
                located -> Objects.requireNonNull(dueAtMs(located.task().state()))));
        due.forEach(located -> fire(draft, run, located));
    }

    private static @Nullable Long dueAtMs(Task.State state) {
        return switch (state) {
            case Task.Sleeping sleeping -> sleeping.untilMs();
            case Task.Backoff backoff -> backoff.untilMs();
            case Task.Calling call -> call.deadlineMs();
            case Task.Asking asking -> asking.interrupt().expiresAtMs();
            case Task.Awaiting awaiting -> awaiting.untilMs();
            case Task.Held ignored -> null;
            case Task.Due ignored -> null;
            case Task.Joining ignored -> null;
            case Task.Uncertain ignored -> null;
            case Task.Nested ignored -> null;
            case Task.Ended ignored -> null;
        };
    }

    private void fire(Draft draft, RunId id, Frame.Located located) {
        StartedRun run = draft.state().started(id);
        if (run == null || !located.task().equals(run.frame().find(located.id()))) {
            return; // What was due before has ended it.
        }
        switch (located.task().state()) {
            case Task.Sleeping ignored -> {
                draft.add(new Event.TimerFired(run.id(), located.id()));
                ends.end(draft, run.id(), located.id(), located.task().step(), Task.Ended.EMPTY);
            }
            case Task.Backoff backoff -> {
                draft.add(new Event.TimerFired(run.id(), located.id()));
                attempts.retry(draft, run.id(), backoff.failed());
            }
            case Task.Calling call ->
                attempts.fail(
                        draft,
                        run.id(),
                        located,
                        call,
                        Failure.passing("No result within " + call.timeoutMs() + " ms"));
            case Task.Asking asking -> {
                Interrupt interrupt = asking.interrupt();
                Json answer = interrupt.prompt().expiryAnswer();
                draft.add(new Event.InterruptExpired(run.id(), interrupt.id(), Event.Expiry.TIME, answer));
                if (answer == null) {
                    ends.fail(
                            draft,
                            run.id(),
                            located.id(),
                            located.task().step(),
                            "Interrupt " + interrupt.id() + " was not answered in time");
                } else if (draft.started(run.id()).stop().isNone()) {
                    stops.goOnByItself(draft, run.id());
                }
            }
            case Task.Awaiting ignored -> {
                draft.add(new Event.TimerFired(run.id(), located.id()));
                ends.fail(draft, run.id(), located.id(), located.task().step(), "The event did not come in time");
            }
            case Task.Due ignored -> {}
            case Task.Held ignored -> {}
            case Task.Joining ignored -> {}
            case Task.Uncertain ignored -> {}
            case Task.Nested ignored -> {}
            case Task.Ended ignored -> {}
        }
    }
}

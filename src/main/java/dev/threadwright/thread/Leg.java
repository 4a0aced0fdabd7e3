package dev.threadwright.thread;

import dev.threadwright.workflow.Bounds;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The stretch of a run from its start or a resume to its next stop for somebody.
 *
 * @param id the run's own for the first
 * @param number how often the run has begun to go: 1 for the first time
 * @param fromSuperStep the super-step that it began with
 * @param bounds where it stops, and how far it may go
 * @param came the steps of the super-step before the current one, if it may stop after some
 * @param passed the stops of the current super-step that are behind it
 * @param at where it stands; null if at none
 * @param told what the outside was told that it waits for; null if nothing since the run last began to go
 * @param isClosed whether it has ended: somebody is asked something, or has to let the run past a breakpoint. An
 *     operator who holds the run then, and lets go of it, changes nothing about that
 */
public record Leg(
        RunId id,
        int number,
        int fromSuperStep,
        Bounds bounds,
        List<String> came,
        List<Breakpoint> passed,
        @Nullable Breakpoint at,
        @Nullable Stop told,
        boolean isClosed) {

    public Leg {
        came = List.copyOf(came);
        passed = List.copyOf(passed);
    }

    static Leg first(RunId run, int fromSuperStep, Bounds bounds) {
        return new Leg(run, 1, fromSuperStep, bounds, List.of(), List.of(), null, null, false);
    }

    /** The next breakpoint in the way of a super-step that is about to begin; null if there is none. */
    @Nullable Breakpoint next(Frame frame) {
        Set<Breakpoint> stops = stops(frame);
        passed.forEach(stops::remove);
        return stops.isEmpty() ? null : stops.iterator().next();
    }

    private Set<Breakpoint> stops(Frame frame) {
        Set<Breakpoint> stops = new LinkedHashSet<>();
        if (bounds.breakpoints().isEmpty()) {
            return stops;
        }
        came.stream()
                .filter(bounds.breakpoints()::stopsAfter)
                .forEach(step -> stops.add(new Breakpoint(Breakpoint.When.AFTER, step)));
        frame.tasks().stream()
                .filter(task ->
                        task.state() instanceof Task.Due && bounds.breakpoints().stopsBefore(task.step()))
                .forEach(task -> stops.add(new Breakpoint(Breakpoint.When.BEFORE, task.step())));
        return stops;
    }

    /** At the next super-step of the same leg. */
    Leg after(Frame ended) {
        List<String> steps = bounds.breakpoints().after().isEmpty()
                ? List.of()
                : ended.tasks().stream()
                        .filter(task -> task.state() instanceof Task.Ended)
                        .map(Task::step)
                        .distinct()
                        .toList();
        return new Leg(id, number, fromSuperStep, bounds, steps, List.of(), null, told, isClosed);
    }

    /** @param closes whether it ends with that */
    Leg stopped(Stop stop, boolean closes) {
        return new Leg(id, number, fromSuperStep, bounds, came, passed, stop.breakpoint(), stop, isClosed || closes);
    }

    /**
     * @param opened the leg that begins; null if this one goes on, or stays as ended as it is
     * @param frame that it goes on with
     */
    Leg resumed(@Nullable RunId opened, Frame frame, Bounds next, Event.Pass pass) {
        List<Breakpoint> behind = new ArrayList<>(passed);
        Breakpoint here = at;
        switch (pass) {
            case NONE -> {}
            case ONE -> {
                if (here != null) {
                    behind.add(here);
                }
            }
            case ALL -> behind.addAll(stops(frame));
        }
        return new Leg(
                opened == null ? id : opened,
                number + 1,
                frame.superStep(),
                next,
                came,
                behind,
                pass == Event.Pass.NONE ? here : null,
                null,
                opened == null && isClosed);
    }
}

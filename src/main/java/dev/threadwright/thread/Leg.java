package dev.threadwright.thread;

import dev.threadwright.workflow.Breakpoints;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The stretch of a run from its start or a resume to its next stop.
 *
 * @param number 1 for the first
 * @param fromSuperStep the super-step that it began with
 * @param breakpoints where it stops
 * @param came the steps of the super-step before the current one, if it may stop after some
 * @param passed the stops of the current super-step that are behind it
 * @param at where it stands; null if at none
 * @param told what the outside was told that it waits for; null if nothing since the leg began
 */
public record Leg(
        int number,
        int fromSuperStep,
        Breakpoints breakpoints,
        List<String> came,
        List<Breakpoint> passed,
        @Nullable Breakpoint at,
        @Nullable Stop told) {

    public Leg {
        came = List.copyOf(came);
        passed = List.copyOf(passed);
    }

    static Leg first(int fromSuperStep, Breakpoints breakpoints) {
        return new Leg(1, fromSuperStep, breakpoints, List.of(), List.of(), null, null);
    }

    /** The next breakpoint in the way of a super-step that is about to begin; null if there is none. */
    @Nullable Breakpoint next(Frame frame) {
        if (breakpoints.isEmpty()) {
            return null;
        }
        Set<Breakpoint> stops = new LinkedHashSet<>();
        came.stream()
                .filter(breakpoints::stopsAfter)
                .forEach(step -> stops.add(new Breakpoint(Breakpoint.When.AFTER, step)));
        frame.tasks().stream()
                .filter(task -> task.state() instanceof Task.Due && breakpoints.stopsBefore(task.step()))
                .forEach(task -> stops.add(new Breakpoint(Breakpoint.When.BEFORE, task.step())));
        passed.forEach(stops::remove);
        return stops.isEmpty() ? null : stops.iterator().next();
    }

    /** At the next super-step of the same leg. */
    Leg after(Frame ended) {
        List<String> steps = breakpoints.after().isEmpty()
                ? List.of()
                : ended.tasks().stream()
                        .filter(task -> task.state() instanceof Task.Ended)
                        .map(Task::step)
                        .distinct()
                        .toList();
        return new Leg(number, fromSuperStep, breakpoints, steps, List.of(), null, told);
    }

    Leg stopped(Stop stop) {
        return new Leg(number, fromSuperStep, breakpoints, came, passed, stop.breakpoint(), stop);
    }

    /** @param pass whether it goes on past where it stands */
    Leg resumed(int superStep, Breakpoints next, boolean pass) {
        List<Breakpoint> behind = new ArrayList<>(passed);
        Breakpoint here = at;
        if (pass && here != null) {
            behind.add(here);
        }
        return new Leg(number + 1, superStep, next, came, behind, pass ? null : here, null);
    }
}

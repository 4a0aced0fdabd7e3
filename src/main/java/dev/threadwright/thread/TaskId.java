package dev.threadwright.thread;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a task stands in its run: {@code 3} is the first task of the third super-step, {@code 3.1} the one beside it, and
 * {@code 3.1/2} the first task of the second super-step of the subgraph that it runs.
 */
public record TaskId(String value) {

    /** One super-step of one graph, and a place in it; both count as in {@link Frame}. */
    public record Place(int superStep, int index) {}

    /** @param parent the task whose subgraph this one belongs to; null for one of the run's own graph */
    public static TaskId of(@Nullable TaskId parent, int superStep, int index) {
        String place = index == 0 ? Integer.toString(superStep) : superStep + "." + index;
        return new TaskId(parent == null ? place : parent.value + "/" + place);
    }

    public @Nullable TaskId parent() {
        int slash = value.lastIndexOf('/');
        return slash < 0 ? null : new TaskId(value.substring(0, slash));
    }

    /** Whether it is that task, or belongs to a subgraph that it runs. */
    boolean isWithin(TaskId task) {
        return value.equals(task.value) || value.startsWith(task.value + "/");
    }

    /** From the run's own graph down. */
    public List<Place> path() {
        List<Place> path = new ArrayList<>();
        for (String place : value.split("/", -1)) {
            int dot = place.indexOf('.');
            path.add(
                    dot < 0
                            ? new Place(Integer.parseInt(place), 0)
                            : new Place(
                                    Integer.parseInt(place, 0, dot, 10),
                                    Integer.parseInt(place, dot + 1, place.length(), 10)));
        }
        return path;
    }

    @Override
    public String toString() {
        return value;
    }
}

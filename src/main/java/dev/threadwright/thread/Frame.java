package dev.threadwright.thread;

import dev.threadwright.thread.TaskId.Place;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Planned;
import dev.threadwright.workflow.WorkflowRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A graph under execution: the tasks of its current super-step. Those of a subgraph stand in the task that runs it.
 *
 * @param superStep counts from 1
 */
public record Frame(WorkflowRef workflow, int superStep, List<Task> tasks) {

    public Frame {
        tasks = List.copyOf(tasks);
    }

    static Frame begin(WorkflowRef workflow, List<Planned> planned) {
        return new Frame(workflow, 1, tasks(planned));
    }

    Frame next(List<Planned> planned) {
        return new Frame(workflow, superStep + 1, tasks(planned));
    }

    private static List<Task> tasks(List<Planned> planned) {
        return planned.stream()
                .map(task -> new Task(
                        task.step(),
                        task.item(),
                        task.missing().isEmpty() ? Task.DUE : new Task.Joining(task.missing())))
                .toList();
    }

    /** The strongest of what its tasks are: something in flight or due, a pause, a person, an event. */
    @Nullable RunStatus status() {
        RunStatus strongest = null;
        for (Task task : tasks) {
            RunStatus status = task.status();
            if (status != null && (strongest == null || rank(status) < rank(strongest))) {
                strongest = status;
            }
        }
        return strongest;
    }

    private static int rank(RunStatus status) {
        return switch (status) {
            case ACTIVE -> 0;
            case PAUSED -> 1;
            case WAITING_USER -> 2;
            case WAITING_EVENT -> 3;
            case QUEUED, COMPLETED, FAILED, CANCELLED, TIMED_OUT ->
                throw new IllegalStateException("A task cannot be " + status);
        };
    }

    /** Whether no task of the super-step has begun. */
    boolean isFresh() {
        return tasks.stream()
                .allMatch(task -> task.state() instanceof Task.Joining
                        || (task.state() instanceof Task.Due due && due.replay().isFresh()));
    }

    /** The tasks that wait for an answer, those of subgraphs after what runs them. */
    List<Located> asking() {
        return all().stream()
                .filter(located -> located.task().state() instanceof Task.Asking)
                .toList();
    }

    /** Whether all that can end in this super-step has. */
    public boolean isOver() {
        return tasks.stream()
                .allMatch(task -> task.state() instanceof Task.Ended || task.state() instanceof Task.Joining);
    }

    /** What the ended tasks write, in the order of the tasks. */
    public List<Change> changes() {
        List<Change> changes = new ArrayList<>();
        for (Task task : tasks) {
            if (task.state() instanceof Task.Ended ended) {
                changes.addAll(ended.changes());
            }
        }
        return changes;
    }

    void addWorkflows(Set<WorkflowRef> needed) {
        needed.add(workflow);
        for (Task task : tasks) {
            if (task.state() instanceof Task.Nested nested) {
                nested.frame().addWorkflows(needed);
            }
        }
    }

    List<Planned> joining() {
        List<Planned> joining = new ArrayList<>();
        for (Task task : tasks) {
            if (task.state() instanceof Task.Joining waiting) {
                joining.add(new Planned(task.step(), task.item(), waiting.missing()));
            }
        }
        return joining;
    }

    /**
     * As a continuing run takes it up: what has ended stays so. But if all has, then it is the super-step that failed, its
     * writes or what follows them, and it is done again as a whole: nothing else would ever end it.
     */
    Frame again() {
        boolean failed = isOver();
        return new Frame(
                workflow,
                superStep,
                tasks.stream()
                        .map(task -> failed && task.state() instanceof Task.Ended ? task.as(Task.DUE) : task.again())
                        .toList());
    }

    /** Null if there is no such task now: it is over, or never was. */
    public @Nullable Task find(TaskId id) {
        Frame frame = this;
        Task found = null;
        for (Place place : id.path()) {
            if (found != null) {
                if (!(found.state() instanceof Task.Nested nested)) {
                    return null;
                }
                frame = nested.frame();
            }
            if (place.superStep() != frame.superStep || place.index() >= frame.tasks.size()) {
                return null;
            }
            found = frame.tasks.get(place.index());
        }
        return found;
    }

    /** @throws IllegalArgumentException if there is no such task */
    Frame replace(TaskId id, UnaryOperator<Task> change) {
        return replace(id.path(), change, id);
    }

    private Frame replace(List<Place> path, UnaryOperator<Task> change, TaskId id) {
        Place place = path.getFirst();
        if (place.superStep() != superStep || place.index() >= tasks.size()) {
            throw new IllegalArgumentException("There is no task " + id);
        }
        List<Task> next = new ArrayList<>(tasks);
        Task task = tasks.get(place.index());
        if (path.size() == 1) {
            next.set(place.index(), change.apply(task));
        } else if (task.state() instanceof Task.Nested nested) {
            Frame inner = nested.frame().replace(path.subList(1, path.size()), change, id);
            next.set(
                    place.index(),
                    task.as(new Task.Nested(inner, nested.trigger(), nested.channels(), nested.changes())));
        } else {
            throw new IllegalArgumentException("Task " + id + " runs no subgraph");
        }
        return new Frame(workflow, superStep, next);
    }

    /** A task and where it stands. */
    public record Located(TaskId id, Task task) {}

    /** All tasks, those of subgraphs after the task that runs them. */
    public List<Located> all() {
        List<Located> all = new ArrayList<>();
        collect(null, all);
        return all;
    }

    private void collect(@Nullable TaskId parent, List<Located> all) {
        for (int i = 0; i < tasks.size(); i++) {
            Task task = tasks.get(i);
            TaskId id = TaskId.of(parent, superStep, i);
            all.add(new Located(id, task));
            if (task.state() instanceof Task.Nested nested) {
                nested.frame().collect(id, all);
            }
        }
    }

    /** The first task that can be executed now; null if there is none. */
    @Nullable Located firstDue() {
        return firstDue(null);
    }

    private @Nullable Located firstDue(@Nullable TaskId parent) {
        for (int i = 0; i < tasks.size(); i++) {
            Task task = tasks.get(i);
            if (task.state() instanceof Task.Due) {
                return new Located(TaskId.of(parent, superStep, i), task);
            }
            if (task.state() instanceof Task.Nested nested) {
                Located inner = nested.frame().firstDue(TaskId.of(parent, superStep, i));
                if (inner != null) {
                    return inner;
                }
            }
        }
        return null;
    }
}

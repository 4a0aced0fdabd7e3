package dev.threadwright.contract;

import dev.threadwright.thread.Checkpoint;
import dev.threadwright.thread.CheckpointId;
import dev.threadwright.thread.Frame;
import dev.threadwright.thread.Lineage;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.StartedRun;
import dev.threadwright.thread.Task;
import dev.threadwright.thread.TaskId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A thread's state at one of its checkpoints, as the contract's {@code ThreadState}. */
public final class SnapshotView {

    private static final Json NO_MAP = Json.NULL;

    private SnapshotView() {}

    /** Of a thread that has no state yet. */
    public static Json.Obj none() {
        return state(Json.EMPTY_OBJECT, List.of(), Json.NULL, Json.NULL, Json.EMPTY_OBJECT, Json.NULL, List.of());
    }

    /**
     * Of a checkpoint that is not the thread's head: what was to be done there.
     *
     * @param subgraphs whether tasks that run graphs have the states of these
     */
    public static Json.Obj of(ThreadKey thread, Checkpoint checkpoint, boolean subgraphs) {
        return state(thread, checkpoint, checkpoint.next(), then(new Place(thread, checkpoint, subgraphs)));
    }

    /**
     * Of the thread's head: what is to be done now, what is asked, and what went wrong.
     *
     * @param failedStep where the last run failed, if it did and that was a step's fault; null otherwise
     * @param subgraphs whether tasks that run graphs have the states of these
     */
    public static Json.Obj ofHead(
            ThreadKey thread, Checkpoint head, ThreadState now, @Nullable String failedStep, boolean subgraphs) {
        StartedRun main = now.started().stream()
                .filter(run -> run.lineage() instanceof Lineage.Main)
                .findFirst()
                .orElse(null);
        Place place = new Place(thread, head, subgraphs);
        return main == null
                ? state(thread, head, head.next(), left(place, now, failedStep))
                : state(thread, head, next(main.frame()), place.tasks(main.id(), asked(main), main.frame(), null));
    }

    /** What is asked, by the ids of tasks, and of those around them. */
    private static Map<String, List<Json>> asked(StartedRun run) {
        Map<String, List<Json>> asked = new HashMap<>();
        for (Frame.Located located : run.frame().all()) {
            if (located.task().state() instanceof Task.Asking asking) {
                Json interrupt = StateView.interrupt(asking.interrupt(), StateView.namespace(run, located.id()));
                for (@Nullable TaskId at = located.id(); at != null; at = at.parent()) {
                    asked.computeIfAbsent(StateView.taskId(run.id(), at), id -> new ArrayList<>())
                            .add(interrupt);
                }
            }
        }
        return asked;
    }

    private static List<String> next(Frame frame) {
        return frame.tasks().stream()
                .filter(SnapshotView::isOpen)
                .map(Task::step)
                .toList();
    }

    private static boolean isOpen(Task task) {
        return !(task.state() instanceof Task.Ended) && !(task.state() instanceof Task.Joining);
    }

    private static List<Json> then(Place place) {
        Checkpoint checkpoint = place.checkpoint();
        if (checkpoint.resumable() == null) {
            return checkpoint.next().stream()
                    .map(step -> bareTask(place.thread(), checkpoint, step))
                    .toList();
        }
        return place.tasks(
                runOf(place.thread(), checkpoint),
                Map.of(),
                checkpoint.resumable().frame(),
                null);
    }

    private static List<Json> left(Place place, ThreadState now, @Nullable String failedStep) {
        if (now.resumable() == null) {
            return List.of();
        }
        Frame frame = now.resumable().frame();
        String error = now.error();
        return place.tasks(
                runOf(place.thread(), place.checkpoint()),
                Map.of(),
                frame,
                error == null ? null : new Failed(failed(frame, failedStep), error));
    }

    /** @param index of the task that failed; -1 for none */
    private record Failed(int index, String error) {}

    /** Where tasks stand. */
    private record Place(ThreadKey thread, Checkpoint checkpoint, boolean subgraphs) {

        List<Json> tasks(RunId run, Map<String, List<Json>> asked, Frame frame, @Nullable Failed failed) {
            return tasks(run, asked, frame, null, "", failed);
        }

        /** @param namespace of the frame's graph, as text */
        private List<Json> tasks(
                RunId run,
                Map<String, List<Json>> asked,
                Frame frame,
                @Nullable TaskId parent,
                String namespace,
                @Nullable Failed failed) {
            List<Json> tasks = new ArrayList<>();
            for (int i = 0; i < frame.tasks().size(); i++) {
                Task task = frame.tasks().get(i);
                if (!isOpen(task)) {
                    continue;
                }
                TaskId id = TaskId.of(parent, frame.superStep(), i);
                String name = StateView.taskId(run, id);
                Json below = Json.NULL;
                Json state = Json.NULL;
                if (task.state() instanceof Task.Nested nested) {
                    String own = StateView.below(namespace, task.step() + ":" + name);
                    below = SnapshotView.checkpoint(thread, own, null);
                    if (subgraphs) {
                        state = state(run, nested, own, tasks(run, asked, nested.frame(), id, own, null));
                    }
                }
                tasks.add(task(
                        name,
                        task.step(),
                        Json.array(asked.getOrDefault(name, List.of())),
                        failed != null && failed.index() == i ? failed.error() : null,
                        below,
                        state));
            }
            return tasks;
        }

        /** Of a graph that a task runs. It stands within the checkpoint of the thread, and has none of its own. */
        private Json state(RunId run, Task.Nested nested, String namespace, List<Json> tasks) {
            Frame frame = nested.frame();
            Json metadata = new Members()
                    .with("source", "loop")
                    .with("step", frame.superStep() - 1)
                    .with("parents", Json.object("", Json.of(checkpoint.id().text(thread))))
                    .with("run_id", run.value())
                    .with("graph_id", frame.workflow().name())
                    .json();
            return SnapshotView.state(
                    StateView.values(nested.channels()),
                    next(frame),
                    SnapshotView.checkpoint(thread, namespace, null),
                    Json.NULL,
                    metadata,
                    Json.NULL,
                    tasks);
        }
    }

    private static int failed(Frame frame, @Nullable String step) {
        int last = -1;
        for (int i = 0; i < frame.tasks().size(); i++) {
            if (isOpen(frame.tasks().get(i))) {
                if (frame.tasks().get(i).step().equals(step)) {
                    return i;
                }
                last = i;
            }
        }
        return last;
    }

    /** What was made from outside of any run still needs names for what is to be done. */
    private static RunId runOf(ThreadKey thread, Checkpoint checkpoint) {
        RunId run = checkpoint.run();
        if (run == null && checkpoint.resumable() != null) {
            run = checkpoint.resumable().run();
        }
        return run == null ? new RunId(checkpoint.id().text(thread)) : run;
    }

    private static Json bareTask(ThreadKey thread, Checkpoint checkpoint, String step) {
        String id = StateView.taskId(runOf(thread, checkpoint), TaskId.of(null, 0, 0));
        return task(id, step, Json.array(List.of()), null, Json.NULL, Json.NULL);
    }

    private static Json task(String id, String step, Json interrupts, @Nullable String error, Json below, Json state) {
        return new Members()
                .with("id", id)
                .with("name", step)
                .with("path", Json.array(List.of(Json.of("__pregel_pull"), Json.of(step))))
                .with("interrupts", interrupts)
                .with("error", error)
                .with("checkpoint", below)
                .with("state", state)
                .json();
    }

    private static Json.Obj state(ThreadKey thread, Checkpoint checkpoint, List<String> next, List<Json> tasks) {
        CheckpointId parent =
                checkpoint.parents().isEmpty() ? null : checkpoint.parents().getFirst();
        return state(
                StateView.values(checkpoint.channels()),
                next,
                checkpoint(thread, "", checkpoint.id()),
                parent == null ? Json.NULL : checkpoint(thread, "", parent),
                metadata(checkpoint),
                Json.of(Instant.ofEpochMilli(checkpoint.id().timeMs()).toString()),
                tasks);
    }

    private static Json.Obj state(
            Json values,
            List<String> next,
            Json checkpoint,
            Json parent,
            Json metadata,
            Json createdAt,
            List<Json> tasks) {
        List<Json> interrupts = new ArrayList<>();
        for (Json task : tasks) {
            if (task instanceof Json.Obj one && one.get("interrupts") instanceof Json.Arr asked) {
                interrupts.addAll(asked.items());
            }
        }
        return new Members()
                .with("values", values)
                .with("next", Members.texts(next))
                .with("checkpoint", checkpoint)
                .with("parent_checkpoint", parent)
                .with("metadata", metadata)
                .with("created_at", createdAt)
                .with("tasks", tasks)
                .with("interrupts", interrupts)
                .json();
    }

    /** Where a checkpoint came from, as its state's {@code metadata}. */
    public static Json.Obj metadata(Checkpoint checkpoint) {
        RunId run = checkpoint.run();
        Members members = new Members()
                .with("source", checkpoint.source().name().toLowerCase(Locale.ROOT))
                .with("step", checkpoint.superStep())
                .with("parents", Json.EMPTY_OBJECT);
        if (run != null) {
            members.with("run_id", run.value());
        }
        if (checkpoint.workflow() != null) {
            members.with("graph_id", checkpoint.workflow().name());
        }
        return members.json();
    }

    /** @param id null if there is none of its own */
    public static Json.Obj checkpoint(ThreadKey thread, String namespace, @Nullable CheckpointId id) {
        return new Members()
                .with("thread_id", thread.thread())
                .with("checkpoint_ns", namespace)
                .with("checkpoint_id", id == null ? null : id.text(thread))
                .with("checkpoint_map", NO_MAP)
                .json();
    }
}

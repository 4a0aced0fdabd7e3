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

    /** Of a checkpoint that is not the thread's head: what was to be done there. */
    public static Json.Obj of(ThreadKey thread, Checkpoint checkpoint) {
        return state(thread, checkpoint, checkpoint.next(), then(thread, checkpoint));
    }

    /**
     * Of the thread's head: what is to be done now, what is asked, and what went wrong.
     *
     * @param failedStep where the last run failed, if it did and that was a step's fault; null otherwise
     */
    public static Json.Obj ofHead(ThreadKey thread, Checkpoint head, ThreadState now, @Nullable String failedStep) {
        StartedRun main = now.started().stream()
                .filter(run -> run.lineage() instanceof Lineage.Main)
                .findFirst()
                .orElse(null);
        if (main == null) {
            return state(thread, head, head.next(), left(thread, head, now, failedStep));
        }
        Map<String, Json> asked = StateView.interruptsByTask(main);
        List<String> next = new ArrayList<>();
        List<Json> tasks = new ArrayList<>();
        List<Task> all = main.frame().tasks();
        for (int i = 0; i < all.size(); i++) {
            if (isOpen(all.get(i))) {
                String id =
                        StateView.taskId(main.id(), TaskId.of(null, main.frame().superStep(), i));
                Json interrupts = asked.getOrDefault(id, Json.array(List.of()));
                next.add(all.get(i).step());
                tasks.add(task(thread, id, all.get(i), interrupts, null));
            }
        }
        return state(thread, head, next, tasks);
    }

    private static boolean isOpen(Task task) {
        return !(task.state() instanceof Task.Ended) && !(task.state() instanceof Task.Joining);
    }

    private static List<Json> then(ThreadKey thread, Checkpoint checkpoint) {
        if (checkpoint.resumable() == null) {
            return checkpoint.next().stream()
                    .map(step -> bareTask(thread, checkpoint, step))
                    .toList();
        }
        return tasks(thread, checkpoint, checkpoint.resumable().frame(), null, null);
    }

    private static List<Json> left(ThreadKey thread, Checkpoint head, ThreadState now, @Nullable String failedStep) {
        if (now.resumable() == null) {
            return List.of();
        }
        return tasks(thread, head, now.resumable().frame(), now.error(), failedStep);
    }

    /** @param error of the task of that step, else of the last one */
    private static List<Json> tasks(
            ThreadKey thread, Checkpoint at, Frame frame, @Nullable String error, @Nullable String failedStep) {
        RunId run = runOf(thread, at);
        List<Json> tasks = new ArrayList<>();
        int failed = error == null ? -1 : failed(frame, failedStep);
        for (int i = 0; i < frame.tasks().size(); i++) {
            Task task = frame.tasks().get(i);
            if (isOpen(task)) {
                String id = StateView.taskId(run, TaskId.of(null, frame.superStep(), i));
                tasks.add(task(thread, id, task, Json.array(List.of()), i == failed ? error : null));
            }
        }
        return tasks;
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

    private static Json task(ThreadKey thread, String id, Task task, Json interrupts, @Nullable String error) {
        Json below = task.state() instanceof Task.Nested ? checkpoint(thread, task.step() + ":" + id, null) : Json.NULL;
        return task(id, task.step(), interrupts, error, below);
    }

    private static Json bareTask(ThreadKey thread, Checkpoint checkpoint, String step) {
        String id = StateView.taskId(runOf(thread, checkpoint), TaskId.of(null, 0, 0));
        return task(id, step, Json.array(List.of()), null, Json.NULL);
    }

    private static Json task(String id, String step, Json interrupts, @Nullable String error, Json below) {
        return new Members()
                .with("id", id)
                .with("name", step)
                .with("path", Json.array(List.of(Json.of("__pregel_pull"), Json.of(step))))
                .with("interrupts", interrupts)
                .with("error", error)
                .with("checkpoint", below)
                .with("state", Json.NULL)
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

package dev.threadwright.contract;

import dev.threadwright.thread.Frame;
import dev.threadwright.thread.Interrupt;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.StartedRun;
import dev.threadwright.thread.Task;
import dev.threadwright.thread.TaskId;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** States as clients of the contract read them. */
public final class StateView {

    /** The member of values that says what a leg has stopped for. */
    public static final String INTERRUPT = "__interrupt__";

    private static final String SEPARATOR = "|";

    private StateView() {}

    /** The channels by their names; messages as {@link Messages} has them. */
    public static Json.Obj values(Channels channels) {
        Map<String, Json> values = new LinkedHashMap<>();
        channels.cells().forEach((name, cell) -> values.put(name, value(name, cell.reducer(), cell.value())));
        return Json.object(values);
    }

    static Json value(String channel, Reducer reducer, Json value) {
        return reducer == Reducer.MESSAGES ? Messages.view(channel, value) : value;
    }

    /** Values as a leg ends with them that has stopped: for questions, or for none at a breakpoint. */
    public static Json.Obj stopped(Json.Obj values, List<? extends Json> interrupts) {
        Map<String, Json> all = new LinkedHashMap<>(values.fields());
        all.put(INTERRUPT, Json.array(List.copyOf(interrupts)));
        return Json.object(all);
    }

    /** {@code {id, value, response_schema?, namespace?}} of each question of the run, in the order of its tasks. */
    public static List<Json> interrupts(StartedRun run) {
        List<Json> interrupts = new ArrayList<>();
        for (Frame.Located located : run.frame().all()) {
            if (located.task().state() instanceof Task.Asking asking) {
                interrupts.add(interrupt(asking.interrupt(), namespace(run, located.id())));
            }
        }
        return interrupts;
    }

    /** The same, as lists by the ids of the tasks of the run's own graph; what is asked below one is that one's. */
    public static Map<String, Json> interruptsByTask(StartedRun run) {
        Map<String, List<Json>> byTask = new LinkedHashMap<>();
        for (Frame.Located located : run.frame().all()) {
            if (located.task().state() instanceof Task.Asking asking) {
                TaskId top = located.id();
                while (top.parent() != null) {
                    top = top.parent();
                }
                byTask.computeIfAbsent(taskId(run.id(), top), id -> new ArrayList<>())
                        .add(interrupt(asking.interrupt(), namespace(run, located.id())));
            }
        }
        Map<String, Json> lists = new LinkedHashMap<>();
        byTask.forEach((task, asked) -> lists.put(task, Json.array(asked)));
        return lists;
    }

    /** @param namespace of the graph whose task asks; empty for the run's own */
    public static Json.Obj interrupt(Interrupt interrupt, List<String> namespace) {
        return new Members()
                .with("id", interrupt.id().value())
                .with("value", interrupt.prompt().payload())
                .withIfAny("response_schema", interrupt.prompt().schema())
                .with("when", "during")
                .with("resumable", Json.TRUE)
                .with("namespace", Members.texts(namespace))
                .json();
    }

    /** A task's id as the contract has it: no two tasks of a server share one. */
    public static String taskId(RunId run, TaskId task) {
        return UUID.nameUUIDFromBytes((run.value() + "/" + task.value()).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    /** Of the graph that the task belongs to: {@code step:task} of each task that runs a graph around it. */
    public static List<String> namespace(StartedRun run, TaskId task) {
        TaskId parent = task.parent();
        return parent == null ? List.of() : namespaceBelow(run, parent);
    }

    /** Of the graph that the task runs. */
    public static List<String> namespaceBelow(StartedRun run, TaskId task) {
        List<String> namespace = new ArrayList<>();
        for (@Nullable TaskId at = task; at != null; at = at.parent()) {
            Task found = run.frame().find(at);
            if (found == null) {
                throw new IllegalArgumentException("Run " + run.id() + " has no task " + at);
            }
            namespace.addFirst(found.step() + ":" + taskId(run.id(), at));
        }
        return List.copyOf(namespace);
    }

    /** @param outer the namespace of the graph whose task that is, as text */
    static String below(String outer, String task) {
        return outer.isEmpty() ? task : outer + SEPARATOR + task;
    }

    /** {@code step:task|step:task}; empty for the run's own graph. */
    public static String text(List<String> namespace) {
        return String.join(SEPARATOR, namespace);
    }
}

package dev.threadwright.journal;

import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Awaited;
import dev.threadwright.thread.Frame;
import dev.threadwright.thread.Resumable;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.Task;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Planned;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.WorkflowRef;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The forms of states and of graphs under execution, in snapshots and in the events that carry a state. */
final class FrameParts {

    private FrameParts() {}

    static void write(FieldWriter to, String name, Channels channels) throws IOException {
        to.object(name, channels, all -> {
            for (Map.Entry<String, Channels.Cell> cell : all.cells().entrySet()) {
                to.object(
                        cell.getKey(),
                        cell.getValue(),
                        c -> to.text("reducer", c.reducer().form()).json("value", c.value()));
            }
        });
    }

    static Channels channels(Fields from, String name) {
        Map<String, Channels.Cell> cells = new LinkedHashMap<>();
        Fields all = from.fields(name);
        all.values().keySet().forEach(channel -> {
            Fields cell = all.fields(channel);
            cells.put(channel, new Channels.Cell(Reducer.parse(cell.text("reducer")), cell.json("value")));
        });
        return new Channels(cells);
    }

    static void write(FieldWriter to, String name, List<Planned> tasks) throws IOException {
        to.objects(name, tasks, task -> {
            to.text("step", task.step());
            if (!(task.item() instanceof Json.Null)) {
                to.json("item", task.item());
            }
            if (!task.missing().isEmpty()) {
                to.texts("missing", task.missing().stream().sorted().toList());
            }
        });
    }

    static List<Planned> planned(Fields from, String name) {
        return from.objects(
                name,
                task -> new Planned(
                        task.text("step"),
                        task.has("item") ? task.json("item") : Json.NULL,
                        task.has("missing") ? Set.copyOf(task.texts("missing")) : Set.of()));
    }

    static void write(FieldWriter to, Resumable resumable) throws IOException {
        RunId run = resumable.run();
        to.text("run", run == null ? null : run.value());
        to.objects("inputs", resumable.inputs(), input -> Parts.write(to, input));
        write(to, resumable.frame());
    }

    static Resumable resumable(Fields from) {
        return new Resumable(
                from.has("run") ? Parts.run(from) : null, from.objects("inputs", Parts::input), frame(from));
    }

    static @Nullable Resumable resumableOrNull(Fields from, String name) {
        return from.has(name) ? resumable(from.fields(name)) : null;
    }

    static void write(FieldWriter to, Frame frame) throws IOException {
        to.text("workflow", frame.workflow().toString())
                .number("superStep", frame.superStep())
                .objects("tasks", frame.tasks(), task -> write(to, task));
    }

    static Frame frame(Fields from) {
        return new Frame(
                WorkflowRef.parse(from.text("workflow")),
                from.integer("superStep"),
                from.objects("tasks", FrameParts::task));
    }

    private static void write(FieldWriter to, Task task) throws IOException {
        to.text("step", task.step()).json("item", task.item());
        switch (task.state()) {
            case Task.Due due -> AskParts.write(to.text("is", "due"), due.replay());
            case Task.Asking asking -> {
                to.text("is", "asking").object("interrupt", asking.interrupt(), one -> AskParts.write(to, one));
                AskParts.write(to, asking.replay());
            }
            case Task.Awaiting awaiting ->
                to.text("is", "awaiting").texts("types", awaiting.types()).number("untilMs", awaiting.untilMs());
            case Task.Joining joining ->
                to.text("is", "joining")
                        .texts("missing", joining.missing().stream().sorted().toList());
            case Task.Calling call -> write(to.text("is", "calling"), call);
            case Task.Backoff backoff ->
                write(to.text("is", "backoff").number("untilMs", backoff.untilMs()), backoff.failed());
            case Task.Held held -> write(to.text("is", "held"), held.call());
            case Task.Uncertain uncertain ->
                write(to.text("is", "uncertain").text("reason", uncertain.reason()), uncertain.call());
            case Task.Sleeping sleeping -> to.text("is", "sleeping").number("untilMs", sleeping.untilMs());
            case Task.Nested nested -> {
                to.text("is", "nested").json("trigger", nested.trigger());
                write(to, "channels", nested.channels());
                Parts.writeChanges(to, nested.changes());
                write(to, nested.frame());
            }
            case Task.Ended ended -> {
                to.text("is", "ended");
                Parts.writeChanges(to, ended.changes());
                goTo(to, ended.goTo());
                Json error = ended.error();
                if (error != null) {
                    to.json("error", error);
                }
            }
        }
    }

    private static Task task(Fields from) {
        return new Task(from.text("step"), from.json("item"), state(from));
    }

    private static Task.State state(Fields from) {
        String is = from.text("is");
        return switch (is) {
            case "due" -> new Task.Due(AskParts.replay(from));
            case "asking" -> new Task.Asking(AskParts.interrupt(from.fields("interrupt")), AskParts.replay(from));
            case "awaiting" -> new Task.Awaiting(from.texts("types"), from.numberOrNull("untilMs"));
            case "joining" -> new Task.Joining(Set.copyOf(from.texts("missing")));
            case "calling" -> calling(from);
            case "backoff" -> new Task.Backoff(calling(from), from.number("untilMs"));
            case "held" -> new Task.Held(calling(from));
            case "uncertain" -> new Task.Uncertain(calling(from), from.text("reason"));
            case "sleeping" -> new Task.Sleeping(from.number("untilMs"));
            case "nested" ->
                new Task.Nested(frame(from), from.json("trigger"), channels(from, "channels"), Parts.changes(from));
            case "ended" ->
                new Task.Ended(Parts.changes(from), goTo(from), from.has("error") ? from.json("error") : null);
            default -> throw new UnreadableException(from.what() + ": this release does not know tasks that are " + is);
        };
    }

    static void goTo(FieldWriter to, @Nullable List<String> steps) throws IOException {
        if (steps != null) {
            to.texts("goTo", steps);
        }
    }

    static @Nullable List<String> goTo(Fields from) {
        return from.has("goTo") ? from.texts("goTo") : null;
    }

    private static void write(FieldWriter to, Task.Calling call) throws IOException {
        to.text("action", call.action().value())
                .text("handler", call.handler())
                .json("input", call.input())
                .number("attempt", call.attempt())
                .flag("idempotent", call.idempotent())
                .number("timeoutMs", call.timeoutMs())
                .number("sinceMs", call.sinceMs())
                .number("entered", call.entered());
        switch (call.awaited()) {
            case HANDLER -> {}
            case WORKER -> to.flag("remote", true);
            case CALLBACK -> to.flag("accepted", true);
        }
        AskParts.write(to, call.replay());
    }

    private static Task.Calling calling(Fields from) {
        return new Task.Calling(
                new ActionId(from.text("action")),
                from.text("handler"),
                from.json("input"),
                from.integer("attempt"),
                from.flag("idempotent"),
                from.number("timeoutMs"),
                from.number("sinceMs"),
                from.integer("entered"),
                AskParts.replay(from),
                awaited(from));
    }

    private static Awaited awaited(Fields from) {
        if (from.has("remote") && from.flag("remote")) {
            return Awaited.WORKER;
        }
        return from.has("accepted") && from.flag("accepted") ? Awaited.CALLBACK : Awaited.HANDLER;
    }
}

package dev.threadwright.contract;

import dev.threadwright.contract.Happening.TaskPlace;
import dev.threadwright.thread.Checkpoint;
import dev.threadwright.thread.CheckpointId;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The frames of one event, over all modes. Their number and order do not depend on who reads them: ids count them. */
final class Frames {

    private static final String COMPLETE = "messages/complete";
    private static final String MESSAGES_METADATA = "messages/metadata";

    private final ThreadKey thread;
    private final Recorded recorded;
    private final @Nullable RunId leg;
    private final List<StreamFrame> frames = new ArrayList<>();

    Frames(ThreadKey thread, Recorded recorded, @Nullable RunId leg) {
        this.thread = thread;
        this.recorded = recorded;
        this.leg = leg;
    }

    List<StreamFrame> of(Happenings happenings) {
        happenings.all().forEach(this::tell);
        return List.copyOf(frames);
    }

    private void tell(Happening happening) {
        switch (happening) {
            case Happening.LegOpened opened -> opened(opened);
            case Happening.LegEnded ended -> ended(ended.end());
            case Happening.CheckpointMade made -> made(made);
            case Happening.StateShown shown ->
                add(
                        Mode.VALUES,
                        "values",
                        shown.namespace(),
                        () -> StateView.values(shown.channels().get()));
            case Happening.Shown shown -> add(Mode.VALUES, "values", List.of(), shown.values());
            case Happening.Stopped stopped -> {
                add(
                        Mode.UPDATES,
                        "updates",
                        List.of(),
                        () -> new Members()
                                .with(StateView.INTERRUPT, stopped.interrupts())
                                .json());
                add(Mode.VALUES, "values", List.of(), stopped.values());
            }
            case Happening.Asked ignored -> {}
            case Happening.GraphBegan began -> {
                lifecycle(began.namespace(), "started", null);
                if (began.namespace().isEmpty()) {
                    chain("on_chain_start", began.name(), runId(), List.of(), Json.EMPTY_OBJECT);
                }
            }
            case Happening.GraphEnded ended -> {
                lifecycle(ended.namespace(), ended.how().name().toLowerCase(Locale.ROOT), ended.error());
                if (ended.namespace().isEmpty()) {
                    chain("on_chain_end", ended.name(), runId(), List.of(), Json.EMPTY_OBJECT);
                }
            }
            case Happening.TaskBegan began -> began(began);
            case Happening.TaskEnded ended -> ended(ended);
            case Happening.Written written -> written(written);
            case Happening.ToolBegan began ->
                tool("on_tool_start", began.place(), began.id(), began.name(), "input", began.input());
            case Happening.ToolEnded ended ->
                tool("on_tool_end", ended.place(), ended.id(), ended.name(), "output", ended.output());
            case Happening.ToolFailed failed ->
                tool("on_tool_error", failed.place(), failed.id(), failed.name(), "error", Json.of(failed.error()));
        }
    }

    private void opened(Happening.LegOpened opened) {
        add(Mode.METADATA, "metadata", List.of(), () -> metadata(thread, opened.leg()));
    }

    static Json.Obj metadata(ThreadKey thread, RunId leg) {
        return new Members()
                .with("run_id", leg.value())
                .with("thread_id", thread.thread())
                .with("attempt", 1)
                .json();
    }

    private void ended(LegEnd end) {
        String error = end.error();
        if (error != null) {
            add(
                    Mode.ERROR,
                    "error",
                    List.of(),
                    () -> new Members()
                            .with("error", error)
                            .with("message", end.message())
                            .json());
        }
        add(
                Mode.END,
                "end",
                List.of(),
                () -> new Members()
                        .with("run_id", end.leg().value())
                        .with("status", end.status().form())
                        .json());
    }

    private void made(Happening.CheckpointMade made) {
        Checkpoint checkpoint = made.checkpoint();
        add(Mode.CHECKPOINTS, "checkpoints", List.of(), () -> checkpoint(checkpoint));
        debug("checkpoint", checkpoint.superStep(), List.of(), () -> checkpoint(checkpoint));
        if (made.withValues()) {
            add(Mode.VALUES, "values", List.of(), () -> StateView.values(checkpoint.channels()));
        }
        if (leg == null) {
            add(
                    Mode.STATE_UPDATE,
                    "state_update",
                    List.of(),
                    () -> new Members()
                            .with("values", StateView.values(checkpoint.channels()))
                            .with("checkpoint", configurable(checkpoint.id()))
                            .json());
        }
    }

    private Json.Obj checkpoint(Checkpoint checkpoint) {
        Json parent = checkpoint.parents().isEmpty()
                ? Json.NULL
                : new Members()
                        .with("configurable", configurable(checkpoint.parents().getFirst()))
                        .json();
        return new Members()
                .with(
                        "config",
                        new Members()
                                .with("configurable", configurable(checkpoint.id()))
                                .json())
                .with("parent_config", parent)
                .with("values", StateView.values(checkpoint.channels()))
                .with("metadata", metadata(checkpoint))
                .with("next", Members.texts(checkpoint.next()))
                .with("tasks", tasks(checkpoint))
                .json();
    }

    private Json configurable(CheckpointId id) {
        return new Members()
                .with("thread_id", thread.thread())
                .with("checkpoint_ns", "")
                .with("checkpoint_id", id.text(thread))
                .json();
    }

    private static Json metadata(Checkpoint checkpoint) {
        RunId run = checkpoint.run();
        return new Members()
                .with("source", checkpoint.source().name().toLowerCase(Locale.ROOT))
                .with("step", checkpoint.superStep())
                .with("parents", Json.EMPTY_OBJECT)
                .with("run_id", run == null ? null : run.value())
                .json();
    }

    private static List<Json> tasks(Checkpoint checkpoint) {
        return checkpoint.next().stream()
                .<Json>map(step -> new Members()
                        .with("name", step)
                        .with("interrupts", List.of())
                        .json())
                .toList();
    }

    private void began(Happening.TaskBegan began) {
        TaskPlace place = began.place();
        Supplier<Json.Obj> task = () -> new Members()
                .with("id", place.id())
                .with("name", place.step())
                .with("input", input(began))
                .with("triggers", List.of(Json.of("branch:to:" + place.step())))
                .with("interrupts", List.of())
                .json();
        add(Mode.TASKS, "tasks", place.namespace(), task);
        debug("task", place.superStep(), place.namespace(), task);
        chain("on_chain_start", place.step(), place.id(), List.of(runId()), Json.EMPTY_OBJECT);
    }

    private static Json input(Happening.TaskBegan began) {
        return began.item() instanceof Json.Null
                ? StateView.values(began.channels().get())
                : began.item();
    }

    private void ended(Happening.TaskEnded ended) {
        TaskPlace place = ended.place();
        Supplier<Json.Obj> task = () -> new Members()
                .with("id", place.id())
                .with("name", place.step())
                .with("error", ended.error())
                .with("interrupts", ended.interrupts())
                .with("result", pairs(ended.changes()))
                .json();
        add(Mode.TASKS, "tasks", place.namespace(), task);
        debug("task_result", place.superStep(), place.namespace(), task);
        chain("on_chain_end", place.step(), place.id(), List.of(runId()), Json.EMPTY_OBJECT);
    }

    private static List<Json> pairs(List<Change> changes) {
        return changes.stream()
                .<Json>map(change -> Json.array(List.of(
                        Json.of(change.channel()),
                        StateView.value(change.channel(), change.reducer(), change.value()))))
                .toList();
    }

    /** The messages first, as they would have been told while they were written. */
    private void written(Happening.Written written) {
        TaskPlace place = written.place();
        for (Change change : written.changes()) {
            if (change.reducer() == Reducer.MESSAGES
                    && Messages.view(change.channel(), change.value()) instanceof Json.Arr said) {
                for (Json message : said.items()) {
                    message(place, message);
                }
            }
        }
        add(
                Mode.UPDATES,
                "updates",
                place.namespace(),
                () -> new Members()
                        .with(place.step(), writes(written.changes()))
                        .json());
    }

    private void message(TaskPlace place, Json message) {
        if (!(message instanceof Json.Obj object)
                || !(object.get("id") instanceof Json.Text id)
                || object.get("type") instanceof Json.Text type && type.value().equals("remove")) {
            return;
        }
        add(
                Mode.MESSAGES_TUPLE,
                "messages",
                place.namespace(),
                () -> Json.array(List.of(message, messageMetadata(place))));
        add(
                Mode.MESSAGES,
                MESSAGES_METADATA,
                place.namespace(),
                () -> new Members()
                        .with(
                                id.value(),
                                new Members()
                                        .with("metadata", messageMetadata(place))
                                        .json())
                        .json());
        add(Mode.MESSAGES, COMPLETE, place.namespace(), () -> Json.array(List.of(message)));
    }

    private Json messageMetadata(TaskPlace place) {
        List<String> own = new ArrayList<>(place.namespace());
        own.add(place.step() + ":" + place.id());
        return new Members()
                .with("langgraph_node", place.step())
                .with("langgraph_step", place.superStep())
                .with("langgraph_checkpoint_ns", StateView.text(own))
                .with("thread_id", thread.thread())
                .with("run_id", runId())
                .with("tags", List.of())
                .json();
    }

    /** By channel; a list of them if one was written more than once. Null if nothing was. */
    private static Json writes(List<Change> changes) {
        if (changes.isEmpty()) {
            return Json.NULL;
        }
        Map<String, Json> byChannel = new LinkedHashMap<>();
        List<Json> one = new ArrayList<>();
        for (Change change : changes) {
            Json value = StateView.value(change.channel(), change.reducer(), change.value());
            byChannel.put(change.channel(), value);
            one.add(Json.object(change.channel(), value));
        }
        return byChannel.size() == changes.size() ? Json.object(byChannel) : Json.array(one);
    }

    private void tool(String event, TaskPlace place, String id, String name, String member, Json value) {
        add(
                Mode.TOOLS,
                "tools",
                place.namespace(),
                () -> new Members()
                        .with("event", event)
                        .with("toolCallId", id)
                        .with("name", name)
                        .with(member, value)
                        .json());
        chain(event, name, id, List.of(runId(), place.id()), Json.object(member, value));
    }

    private void lifecycle(List<String> namespace, String event, @Nullable String error) {
        add(
                Mode.LIFECYCLE,
                "lifecycle",
                namespace,
                () -> new Members()
                        .with("event", event)
                        .with("namespace", Members.texts(namespace))
                        .with("run_id", runId())
                        .withIfAny("error", error == null ? null : Json.of(error))
                        .json());
    }

    private void chain(String event, String name, String id, List<String> parents, Json data) {
        add(
                Mode.EVENTS,
                "events",
                List.of(),
                () -> new Members()
                        .with("event", event)
                        .with("name", name)
                        .with("run_id", id)
                        .with("tags", List.of())
                        .with(
                                "metadata",
                                new Members()
                                        .with("run_id", runId())
                                        .with("thread_id", thread.thread())
                                        .json())
                        .with("parent_ids", Members.texts(parents))
                        .with("data", data)
                        .json());
    }

    private void debug(String type, int superStep, List<String> namespace, Supplier<Json.Obj> payload) {
        add(
                Mode.DEBUG,
                "debug",
                namespace,
                () -> new Members()
                        .with("type", type)
                        .with(
                                "timestamp",
                                Instant.ofEpochMilli(recorded.timeMs()).toString())
                        .with("step", superStep)
                        .with("payload", payload.get())
                        .json());
    }

    private String runId() {
        return leg == null ? "" : leg.value();
    }

    private void add(Mode mode, String event, List<String> namespace, Supplier<? extends Json> data) {
        frames.add(new StreamFrame(new FrameId(recorded.seq(), frames.size()), mode, event, namespace, leg, data));
    }

    /** A message, or a piece of one, is told as such; anything else is the handler's own. */
    static StreamFrame progress(RunId leg, String step, Json data) {
        if (data instanceof Json.Obj object && object.get("message") instanceof Json.Obj message) {
            return new StreamFrame(
                    null,
                    Mode.MESSAGES_TUPLE,
                    "messages",
                    List.of(),
                    leg,
                    () -> Json.array(List.of(
                            chunk(step, message),
                            new Members()
                                    .with("langgraph_node", step)
                                    .with("run_id", leg.value())
                                    .with("tags", List.of())
                                    .json())));
        }
        return new StreamFrame(null, Mode.CUSTOM, "custom", List.of(), leg, () -> data);
    }

    private static Json chunk(String step, Json.Obj message) {
        Json view = Messages.view(step, Json.array(List.of(message)));
        Json.Obj shown = (Json.Obj) ((Json.Arr) view).items().getFirst();
        Map<String, Json> fields = new LinkedHashMap<>(shown.fields());
        if (fields.get("type") instanceof Json.Text type && type.value().equals("ai")) {
            fields.put("type", Json.of("AIMessageChunk"));
        }
        return Json.object(fields);
    }
}

package dev.threadwright.contract;

import dev.threadwright.contract.Happening.TaskPlace;
import dev.threadwright.thread.Checkpoint;
import dev.threadwright.thread.Interrupt;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What one event is in the words of the newer protocol, on all channels. Numbers count what is told of it. */
final class ProtocolEvents {

    private final ThreadKey thread;
    private final Recorded recorded;
    private final @Nullable RunId leg;
    private final List<ProtocolEvent> events = new ArrayList<>();

    ProtocolEvents(ThreadKey thread, Recorded recorded, @Nullable RunId leg) {
        this.thread = thread;
        this.recorded = recorded;
        this.leg = leg;
    }

    List<ProtocolEvent> of(Happenings happenings) {
        happenings.all().forEach(this::tell);
        return List.copyOf(events);
    }

    private void tell(Happening happening) {
        switch (happening) {
            case Happening.LegOpened ignored -> {}
            case Happening.LegEnded ended -> ended(ended.end());
            case Happening.CheckpointMade made -> made(made);
            case Happening.StateShown shown ->
                add(
                        "values",
                        shown.namespace(),
                        null,
                        () -> StateView.values(shown.channels().get()));
            case Happening.Shown shown -> add("values", List.of(), null, shown.values());
            case Happening.Stopped stopped -> add("values", List.of(), null, stopped.values());
            case Happening.Asked asked -> asked(asked.namespace(), asked.interrupt());
            case Happening.GraphBegan began ->
                lifecycle(began.namespace(), began.namespace().isEmpty() ? "running" : "started", began.name(), null);
            case Happening.GraphEnded ended -> {
                // The run's own end is told last, with the leg's.
                if (!ended.namespace().isEmpty()) {
                    lifecycle(
                            ended.namespace(),
                            ended.how().name().toLowerCase(Locale.ROOT),
                            ended.name(),
                            ended.error());
                }
            }
            case Happening.TaskBegan began -> task(began.place(), List.of(), null, List.of());
            case Happening.TaskEnded ended -> task(ended.place(), ended.changes(), ended.error(), ended.interrupts());
            case Happening.Written written -> written(written);
            case Happening.ToolBegan began ->
                add(
                        "tools",
                        began.place().namespace(),
                        began.place().step(),
                        () -> tool("tool-started", began.id())
                                .with("tool_name", began.name())
                                .with("input", began.input())
                                .json());
            case Happening.ToolEnded ended ->
                add(
                        "tools",
                        ended.place().namespace(),
                        ended.place().step(),
                        () -> tool("tool-finished", ended.id())
                                .with("output", ended.output())
                                .json());
            case Happening.ToolFailed failed ->
                add(
                        "tools",
                        failed.place().namespace(),
                        failed.place().step(),
                        () -> tool("tool-error", failed.id())
                                .with("message", failed.error())
                                .json());
        }
    }

    /** Of a leg that never began to run nothing has been told yet. */
    private void ended(LegEnd end) {
        String event = switch (end.status()) {
            case SUCCESS -> end.isStopped() ? "interrupted" : "completed";
            case ERROR, TIMEOUT -> "failed";
            case INTERRUPTED, ROLLBACK -> "interrupted";
        };
        lifecycle(List.of(), event, null, end.message());
    }

    private void made(Happening.CheckpointMade made) {
        if (!made.withValues()) {
            return;
        }
        Checkpoint checkpoint = made.checkpoint();
        add(
                "checkpoints",
                List.of(),
                null,
                () -> new Members()
                        .with("id", checkpoint.id().text(thread))
                        .withIfAny(
                                "parent_id",
                                checkpoint.parents().isEmpty()
                                        ? null
                                        : Json.of(
                                                checkpoint.parents().getFirst().text(thread)))
                        .with("step", checkpoint.superStep())
                        .with("source", source(checkpoint.source()))
                        .json());
        add("values", List.of(), null, () -> StateView.values(checkpoint.channels()));
    }

    /** The protocol has no words for the others. */
    private static String source(Checkpoint.Source source) {
        return switch (source) {
            case INPUT -> "input";
            case LOOP, MERGE, COMPACTION -> "loop";
            case UPDATE -> "update";
            case FORK -> "fork";
        };
    }

    private void asked(List<String> namespace, Interrupt interrupt) {
        add(
                "input",
                "input.requested",
                namespace,
                null,
                () -> new Members()
                        .with("interrupt_id", interrupt.id().value())
                        .with("payload", interrupt.prompt().payload())
                        .withIfAny("response_schema", interrupt.prompt().schema())
                        .json());
    }

    private void task(TaskPlace place, List<Change> changes, @Nullable String error, List<Json> interrupts) {
        add(
                "tasks",
                place.namespace(),
                place.step(),
                () -> new Members()
                        .with("id", place.id())
                        .with("name", place.step())
                        .with("error", error)
                        .with("interrupts", interrupts)
                        .with(
                                "result",
                                changes.stream()
                                        .map(change -> Json.array(List.of(Json.of(change.channel()), value(change))))
                                        .toList())
                        .json());
    }

    private void written(Happening.Written written) {
        TaskPlace place = written.place();
        for (Change change : written.changes()) {
            if (change.reducer() == Reducer.MESSAGES && value(change) instanceof Json.Arr said) {
                said.items().forEach(message -> message(place, message));
            }
        }
        add("updates", place.namespace(), place.step(), () -> {
            Map<String, Json> values = new LinkedHashMap<>();
            written.changes().forEach(change -> values.put(change.channel(), value(change)));
            return new Members()
                    .with("node", place.step())
                    .with("values", Json.object(values))
                    .json();
        });
    }

    /** A whole message at once: one block of text after the other. */
    private void message(TaskPlace place, Json message) {
        if (!(message instanceof Json.Obj object)
                || !(object.get("id") instanceof Json.Text id)
                || object.get("type") instanceof Json.Text removed
                        && removed.value().equals("remove")) {
            return;
        }
        Json role = object.get("type");
        messages(
                place,
                "message-start",
                new Members().with("role", role == null ? Json.of("ai") : role).with("id", id));
        List<Json> blocks = blocks(object.get("content"));
        for (int i = 0; i < blocks.size(); i++) {
            Json block = blocks.get(i);
            messages(
                    place, "content-block-start", new Members().with("index", i).with("content", block));
            messages(
                    place,
                    "content-block-finish",
                    new Members().with("index", i).with("content", block));
        }
        messages(place, "message-finish", new Members());
    }

    private void messages(TaskPlace place, String event, Members data) {
        Members told = new Members().with("event", event);
        data.json().fields().forEach(told::with);
        add("messages", place.namespace(), place.step(), told::json);
    }

    private static List<Json> blocks(@Nullable Json content) {
        if (content instanceof Json.Arr blocks) {
            return blocks.items();
        }
        if (content instanceof Json.Text text) {
            return text.value().isEmpty()
                    ? List.of()
                    : List.of(new Members()
                            .with("type", "text")
                            .with("text", text)
                            .json());
        }
        return List.of();
    }

    /** Text is told by its deltas. */
    private static Json opening(Json block) {
        return textOf(block) == null
                ? block
                : new Members().with("type", "text").with("text", "").json();
    }

    private static @Nullable Json textOf(Json block) {
        return block instanceof Json.Obj object
                        && object.get("type") instanceof Json.Text type
                        && type.value().equals("text")
                ? object.get("text")
                : null;
    }

    private static Members tool(String event, String id) {
        return new Members().with("event", event).with("tool_call_id", id);
    }

    private void lifecycle(List<String> namespace, String event, @Nullable String graph, @Nullable String error) {
        add(
                "lifecycle",
                namespace,
                null,
                () -> new Members()
                        .with("event", event)
                        .withIfAny("graph_name", graph == null ? null : Json.of(graph))
                        .withIfAny("error", error == null ? null : Json.of(error))
                        .json());
    }

    private static Json value(Change change) {
        return StateView.value(change.channel(), change.reducer(), change.value());
    }

    private void add(String channel, List<String> namespace, @Nullable String node, Supplier<? extends Json> data) {
        add(channel, channel, namespace, node, data);
    }

    private void add(
            String channel,
            String method,
            List<String> namespace,
            @Nullable String node,
            Supplier<? extends Json> data) {
        if (events.size() >= ProtocolEvent.MAX_PARTS) {
            throw new IllegalStateException("Event " + recorded.seq() + " has too many parts to be numbered");
        }
        long seq = recorded.seq() * ProtocolEvent.MAX_PARTS + events.size();
        // Clients read from the ids of lifecycle events which run they are of: there is no other place for it.
        String id = channel.equals("lifecycle") && leg != null
                ? "synth:" + leg.value() + ":" + seq
                : thread.thread() + ":" + seq;
        events.add(new ProtocolEvent(channel, method, id, seq, namespace, recorded.timeMs(), node, data));
    }
}

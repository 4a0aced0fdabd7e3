package dev.threadwright.http;

import dev.threadwright.contract.Mode;
import dev.threadwright.json.JsonText;
import dev.threadwright.security.Role;
import dev.threadwright.stream.StreamOptions;
import dev.threadwright.thread.Command;
import dev.threadwright.workflow.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants a run to be made of, read and checked.
 *
 * @param assistant its id, or the name of a workflow
 * @param strategy see {@link Strategies}; null for the thread's own
 * @param create whether the thread is to be made if it does not exist
 * @param keep whether the thread of a run without one stays when that has ended
 * @param cancelsOnDisconnect whether the run ends with the connection of whoever waits for it
 * @param modes what a stream of it tells; empty if it was not said
 * @param command what it asks of the server, as {@code run.request} has it
 * @param kwargs all of it but the input, for whoever reads the run
 */
record RunBody(
        String assistant,
        @Nullable String strategy,
        boolean create,
        boolean keep,
        boolean cancelsOnDisconnect,
        Set<Mode> modes,
        boolean subgraphs,
        boolean resumable,
        @Nullable String webhook,
        Json.Obj metadata,
        Json.Obj command,
        Json.Obj kwargs) {

    static final List<String> FIELDS = List.of(
            "assistant_id",
            "input",
            "command",
            "config",
            "context",
            "metadata",
            "checkpoint",
            "checkpoint_id",
            "interrupt_before",
            "interrupt_after",
            "webhook",
            "multitask_strategy",
            "if_not_exists",
            "if_thread_status",
            "after_seconds",
            "durability",
            "checkpoint_during",
            "on_completion",
            "on_disconnect",
            "strict_resume",
            "stream_mode",
            "stream_subgraphs",
            "stream_resumable",
            "feedback_keys",
            "langsmith_tracer");

    private static final List<String> NO_KWARGS =
            List.of("assistant_id", "input", "metadata", "multitask_strategy", "if_not_exists", "if_thread_status");
    static final List<String> COMMAND = List.of("resume", "update", "goto");
    private static final List<String> STATUSES = List.of("idle", "busy", "interrupted", "error");
    private static final BigDecimal MS = BigDecimal.valueOf(1_000);

    static RunBody read(RequestFields fields) {
        String assistant = fields.requiredText("assistant_id");
        RunConfig.checked(fields);
        fields.word("durability", List.of("sync", "async", "exit"));
        fields.flag("checkpoint_during");
        // Unknown ids are errors whether it is strict or not.
        fields.flag("strict_resume");
        fields.texts("feedback_keys");
        Json.Obj metadata = fields.object("metadata");
        return new RunBody(
                assistant,
                fields.word("multitask_strategy", Strategies.NAMES),
                "create".equals(fields.word("if_not_exists", List.of("create", "reject"))),
                "keep".equals(fields.word("on_completion", List.of("complete", "continue", "delete", "keep"))),
                "cancel".equals(fields.word("on_disconnect", List.of("cancel", "continue"))),
                modes(fields),
                is(fields.flag("stream_subgraphs")),
                is(fields.flag("stream_resumable")),
                fields.text("webhook"),
                metadata == null ? Json.EMPTY_OBJECT : metadata,
                command(fields),
                kwargs(fields));
    }

    StreamOptions streamOptions() {
        return new StreamOptions(modes.isEmpty() ? StreamOptions.DEFAULT.modes() : modes, subgraphs, null, resumable);
    }

    private static boolean is(@Nullable Boolean flag) {
        return flag != null && flag;
    }

    private static Json.Obj kwargs(RequestFields fields) {
        Map<String, Json> kwargs = new LinkedHashMap<>();
        for (String name : FIELDS) {
            Json value = fields.value(name);
            if (value != null && !NO_KWARGS.contains(name)) {
                kwargs.put(name, value);
            }
        }
        return Json.object(kwargs);
    }

    private static Json.Obj command(RequestFields fields) {
        Map<String, Json> command = new LinkedHashMap<>();
        RequestFields given = fields.within("command", COMMAND);
        if (given == null || !given.namesAnyOf(COMMAND)) {
            Json input = fields.value("input");
            if (input != null) {
                command.put("input", input);
            }
        } else {
            // What is given beside a command is dropped, as the reference server does.
            putCommand(command, given);
        }
        String checkpoint = checkpoint(fields);
        if (checkpoint != null) {
            command.put("checkpoint", Json.of(checkpoint));
        }
        putSteps(command, fields, "interrupt_before");
        putSteps(command, fields, "interrupt_after");
        long afterMs = afterMs(fields);
        if (afterMs > 0) {
            command.put("after_ms", Json.of(afterMs));
        }
        List<String> onlyIf = fields.texts("if_thread_status");
        if (onlyIf != null && !onlyIf.isEmpty()) {
            if (!STATUSES.containsAll(onlyIf)) {
                throw fields.wrong("if_thread_status", "must be statuses out of " + String.join(", ", STATUSES));
            }
            command.put("only_if", texts(onlyIf));
        }
        return Json.object(command);
    }

    private static void putCommand(Map<String, Json> command, RequestFields given) {
        // Each way on passes what is asked: by an answer, by another state, or by going elsewhere.
        CurrentCaller.requireIfAsked(Role.RESOLVE);
        if (given.names("resume")) {
            Json answer = given.value("resume");
            command.put("answer", answer == null ? Json.NULL : answer);
        }
        Json update = given.value("update");
        if (update != null) {
            command.put("update", pairs(given, update));
        }
        Json goTo = given.value("goto");
        if (goTo != null) {
            putGoTo(command, given, goTo);
        }
    }

    private static Json pairs(RequestFields given, Json update) {
        return Json.array(writes(given, update).stream()
                .<Json>map(write -> Json.array(List.of(Json.of(write.channel()), write.value())))
                .toList());
    }

    /** In the order in which they are given; a list may write to a channel several times. */
    static List<Command.Edit> writes(RequestFields given, Json update) {
        List<Command.Edit> writes = new ArrayList<>();
        switch (update) {
            case Json.Obj channels -> writes.addAll(Command.Update.edits(channels));
            case Json.Arr list -> {
                for (Json pair : list.items()) {
                    if (!(pair instanceof Json.Arr two)
                            || two.items().size() != 2
                            || !(two.items().getFirst() instanceof Json.Text channel)) {
                        throw noWrites(given);
                    }
                    writes.add(new Command.Edit(channel.value(), two.items().getLast(), false));
                }
            }
            default -> throw noWrites(given);
        }
        return writes;
    }

    private static ProblemException noWrites(RequestFields given) {
        return given.wrong("update", "must be an object of channels, or a list of [channel, value]");
    }

    /** Steps by name, or each with what it is given; one run gives all of them the same. */
    static void putGoTo(Map<String, Json> command, RequestFields given, Json goTo) {
        List<String> steps = new ArrayList<>();
        @Nullable Json item = null;
        for (Json one : goTo instanceof Json.Arr all ? all.items() : List.of(goTo)) {
            if (one instanceof Json.Text name && !name.value().isEmpty()) {
                steps.add(name.value());
            } else if (one instanceof Json.Obj send
                    && send.get("node") instanceof Json.Text name
                    && !name.value().isEmpty()) {
                steps.add(name.value());
                Json input = send.get("input");
                if (input != null) {
                    if (item != null && !item.equals(input)) {
                        throw given.wrong("goto", "gives steps different inputs, which is not possible here");
                    }
                    item = input;
                }
            } else {
                throw given.wrong("goto", "must be the name of a step, {\"node\", \"input\"}, or a list of these");
            }
        }
        if (steps.isEmpty()) {
            throw given.wrong("goto", "names no step");
        }
        command.put("goto", texts(steps));
        if (item != null) {
            command.put("goto_input", item);
        }
    }

    private static @Nullable String checkpoint(RequestFields fields) {
        String id = fields.attribute("checkpoint_id", fields.text("checkpoint_id"));
        RequestFields checkpoint =
                fields.within("checkpoint", List.of("checkpoint_id", "checkpoint_ns", "checkpoint_map", "thread_id"));
        if (checkpoint == null) {
            return id;
        }
        String namespace = checkpoint.text("checkpoint_ns");
        if (namespace != null && !namespace.isEmpty()) {
            throw checkpoint.wrong("checkpoint_ns", "must be empty: a run begins at a checkpoint of the thread itself");
        }
        String named = checkpoint.attribute("checkpoint_id", checkpoint.text("checkpoint_id"));
        if (id != null && named != null && !id.equals(named)) {
            throw fields.wrong("checkpoint_id", "and the one of checkpoint differ: give one of them");
        }
        return named == null ? id : named;
    }

    private static void putSteps(Map<String, Json> command, RequestFields fields, String name) {
        Json value = fields.value(name);
        if (value == null) {
            return;
        }
        List<String> steps = new ArrayList<>();
        for (Json step : value instanceof Json.Arr all ? all.items() : List.of(value)) {
            if (!(step instanceof Json.Text text) || text.value().isEmpty()) {
                throw fields.wrong(name, "must be \"*\" or a list of steps");
            }
            steps.add(text.value());
        }
        if (!steps.isEmpty()) {
            command.put(name, texts(steps));
        }
    }

    private static long afterMs(RequestFields fields) {
        Json after = fields.value("after_seconds");
        if (after == null) {
            return 0;
        }
        if (after instanceof Json.Num seconds && seconds.value().signum() >= 0) {
            BigDecimal ms = seconds.value().multiply(MS);
            if (ms.compareTo(BigDecimal.valueOf(Command.RequestRun.MAX_AFTER_MS)) <= 0) {
                return ms.longValue();
            }
        }
        throw fields.wrong("after_seconds", "must be a number from 0 to " + Command.RequestRun.MAX_AFTER_MS / 1_000);
    }

    private static Set<Mode> modes(RequestFields fields) {
        Set<Mode> modes = EnumSet.noneOf(Mode.class);
        Json value = fields.value("stream_mode");
        if (value == null) {
            return modes;
        }
        for (Json one : value instanceof Json.Arr all ? all.items() : List.of(value)) {
            Mode mode = one instanceof Json.Text text ? Mode.parse(text.value()) : null;
            if (mode == null) {
                throw fields.wrong("stream_mode", "has " + JsonText.write(one) + ", which is no mode of a stream");
            }
            modes.add(mode);
        }
        return modes;
    }

    private static Json texts(List<String> texts) {
        return Json.array(texts.stream().<Json>map(Json::of).toList());
    }
}

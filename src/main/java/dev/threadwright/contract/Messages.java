package dev.threadwright.contract;

import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Messages as clients of the contract read them: each has {@code type}, {@code content} and an {@code id}, and calls of
 * tools have their arguments as an object. What a message has besides stays as it is.
 */
public final class Messages {

    private static final Map<String, String> TYPES = Map.of(
            "user", "human",
            "human", "human",
            "assistant", "ai",
            "ai", "ai",
            "system", "system",
            "developer", "system",
            "tool", "tool",
            "function", "tool");

    private static final String HUMAN = "human";

    private Messages() {}

    /** What a channel of messages holds. Anything that is no list is shown as it is. */
    public static Json view(String channel, Json held) {
        if (!(held instanceof Json.Arr messages)) {
            return held;
        }
        List<Json> views = new ArrayList<>(messages.items().size());
        Map<String, Integer> seen = new HashMap<>();
        for (Json message : messages.items()) {
            views.add(view(channel, message, seen));
        }
        return Json.array(views);
    }

    private static Json view(String channel, Json message, Map<String, Integer> seen) {
        if (!(message instanceof Json.Obj object)) {
            return message;
        }
        Map<String, Json> fields = new LinkedHashMap<>();
        fields.put("type", Json.of(typeOf(object)));
        object.fields().forEach((name, value) -> {
            if (!name.equals("type")) {
                fields.put(name, value);
            }
        });
        if (!(object.get("id") instanceof Json.Text)) {
            fields.put("id", Json.of(derivedId(channel, object, seen)));
        }
        fields.putIfAbsent("content", Json.of(""));
        if (object.get("tool_calls") instanceof Json.Arr calls) {
            addToolCalls(fields, calls);
        }
        return Json.object(fields);
    }

    /** A message of no kind that anyone knows is what somebody said. */
    private static String typeOf(Json.Obj message) {
        if (message.get("type") instanceof Json.Text type && !type.value().equals("message")) {
            return TYPES.getOrDefault(type.value(), type.value());
        }
        return message.get("role") instanceof Json.Text role ? TYPES.getOrDefault(role.value(), role.value()) : HUMAN;
    }

    /** The same for the same message at every read; messages that are equal are told apart by their order. */
    private static String derivedId(String channel, Json.Obj message, Map<String, Integer> seen) {
        String text = channel + JsonText.write(message.canonical());
        int nth = seen.merge(text, 1, Integer::sum);
        return UUID.nameUUIDFromBytes((nth + text).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    /** Calls as chat models write them, {@code {"id", "function": {"name", "arguments": text}}}, as clients read them. */
    private static void addToolCalls(Map<String, Json> fields, Json.Arr calls) {
        List<Json> valid = new ArrayList<>();
        List<Json> invalid = new ArrayList<>();
        for (Json call : calls.items()) {
            if (!(call instanceof Json.Obj object) || !(object.get("function") instanceof Json.Obj function)) {
                valid.add(call);
                continue;
            }
            Json arguments = arguments(function.get("arguments"));
            Members shown =
                    new Members().with("id", orNull(object.get("id"))).with("name", orNull(function.get("name")));
            if (arguments != null) {
                valid.add(
                        shown.with("args", arguments).with("type", "tool_call").json());
            } else {
                invalid.add(shown.with("args", orNull(function.get("arguments")))
                        .with("error", "The arguments are not a JSON object")
                        .with("type", "invalid_tool_call")
                        .json());
            }
        }
        fields.put("tool_calls", Json.array(valid));
        if (!invalid.isEmpty()) {
            fields.put("invalid_tool_calls", Json.array(invalid));
        }
    }

    /** Null if they are not an object. */
    private static @Nullable Json arguments(@Nullable Json arguments) {
        if (arguments == null || arguments instanceof Json.Null) {
            return Json.EMPTY_OBJECT;
        }
        if (arguments instanceof Json.Obj object) {
            return object;
        }
        if (!(arguments instanceof Json.Text text)) {
            return null;
        }
        try {
            return JsonText.parse(text.value()) instanceof Json.Obj object ? object : null;
        } catch (InvalidJsonException e) {
            return null;
        }
    }

    private static Json orNull(@Nullable Json value) {
        return value == null ? Json.NULL : value;
    }
}

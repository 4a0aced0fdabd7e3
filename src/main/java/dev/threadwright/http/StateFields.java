package dev.threadwright.http;

import dev.threadwright.workflow.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parts of a state that are asked for by name. */
final class StateFields {

    static final String SELECT = "Only these fields, `values.{channel}` for one channel.";

    /** Names in one selection. */
    static final int MAX = 100;

    private static final List<String> NAMES = List.of(
            "values", "next", "checkpoint", "parent_checkpoint", "metadata", "created_at", "tasks", "interrupts");
    private static final String VALUES = "values.";

    private StateFields() {}

    /** @throws ProblemException if they name what there is not */
    static void check(@Nullable List<String> select) {
        if (select == null) {
            return;
        }
        if (select.size() > MAX) {
            throw RequestFields.at("/select", "has more than " + MAX + " names");
        }
        for (String name : select) {
            if (!NAMES.contains(name) && !name.startsWith(VALUES)) {
                throw RequestFields.at(
                        "/select",
                        "names \"" + name + "\"; there are " + String.join(", ", NAMES) + " and values.{channel}");
            }
        }
    }

    /** @param select null for all */
    static Json of(Json.Obj state, @Nullable List<String> select) {
        if (select == null) {
            return state;
        }
        Map<String, Json> fields = new LinkedHashMap<>();
        Map<String, Json> values = new LinkedHashMap<>();
        for (String name : select) {
            Json value = state.get(name);
            if (value != null) {
                fields.put(name, value);
            } else if (state.get("values") instanceof Json.Obj all) {
                String channel = name.substring(VALUES.length());
                Json held = all.get(channel);
                if (held != null) {
                    values.put(channel, held);
                }
                fields.putIfAbsent("values", Json.EMPTY_OBJECT);
            }
        }
        if (!values.isEmpty() && !select.contains("values")) {
            fields.put("values", Json.object(values));
        }
        return Json.object(fields);
    }
}

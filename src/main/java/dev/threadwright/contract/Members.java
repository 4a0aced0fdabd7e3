package dev.threadwright.contract;

import dev.threadwright.workflow.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON object in the making; its members keep their order. */
final class Members {

    private final Map<String, Json> fields = new LinkedHashMap<>();

    Members with(String name, Json value) {
        fields.put(name, value);
        return this;
    }

    /** Null is JSON's null. */
    Members with(String name, @Nullable String value) {
        return with(name, value == null ? Json.NULL : Json.of(value));
    }

    Members with(String name, long value) {
        return with(name, Json.of(value));
    }

    Members with(String name, List<? extends Json> items) {
        return with(name, Json.array(List.copyOf(items)));
    }

    /** Left out if it is null. */
    Members withIfAny(String name, @Nullable Json value) {
        return value == null ? this : with(name, value);
    }

    Json.Obj json() {
        return Json.object(fields);
    }

    static Json.Arr texts(List<String> texts) {
        return Json.array(texts.stream().map(Json::of).toList());
    }
}

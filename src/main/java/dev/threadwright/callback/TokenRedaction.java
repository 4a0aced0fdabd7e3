package dev.threadwright.callback;

import dev.threadwright.workflow.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/** Whoever calls back may say where they were told to. What they say is kept, and that is not. */
public final class TokenRedaction {

    static final String HIDDEN = "[secret callback]";

    private TokenRedaction() {}

    public static Json of(Json value, String token) {
        return switch (value) {
            case Json.Text text -> Json.of(text.value().replace(token, HIDDEN));
            case Json.Arr list ->
                Json.array(list.items().stream().map(item -> of(item, token)).toList());
            case Json.Obj object -> {
                Map<String, Json> fields = new LinkedHashMap<>();
                object.fields().forEach((name, field) -> fields.put(name.replace(token, HIDDEN), of(field, token)));
                yield Json.object(fields);
            }
            case Json.Num ignored -> value;
            case Json.Bool ignored -> value;
            case Json.Null ignored -> value;
        };
    }
}

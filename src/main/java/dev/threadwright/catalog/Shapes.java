package dev.threadwright.catalog;

import dev.threadwright.workflow.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a document has in a place, as the shape that belongs there. Shapes are the schema's to check: what has the wrong one
 * is passed over here, so that what else is wrong is said at once with it.
 */
final class Shapes {

    private Shapes() {}

    static Map<String, Json> object(@Nullable Json json) {
        return json instanceof Json.Obj object ? object.fields() : Map.of();
    }

    static List<String> texts(@Nullable Json json) {
        return json instanceof Json.Arr list
                ? list.items().stream()
                        .filter(Json.Text.class::isInstance)
                        .map(item -> ((Json.Text) item).value())
                        .toList()
                : List.of();
    }
}

package dev.threadwright.http;

import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A path into a JSON value: names with dots between them, and places in lists, {@code [-1]} for the last. */
record JsonPath(List<Part> parts) {

    /** Names and places in one path. */
    static final int MAX_PARTS = 64;

    private static final Pattern PART = Pattern.compile("\\G(?:\\.?([^.\\[\\]]+)|\\[(-?\\d{1,9})])");

    sealed interface Part {}

    record Name(String name) implements Part {}

    record Place(int index) implements Part {}

    /** Null if it is no path. */
    static @Nullable JsonPath parse(String text) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = PART.matcher(text);
        int end = 0;
        while (matcher.find()) {
            String name = matcher.group(1);
            parts.add(name == null ? new Place(Integer.parseInt(matcher.group(2))) : new Name(name));
            end = matcher.end();
        }
        return parts.isEmpty() || end < text.length() || text.startsWith(".") || parts.size() > MAX_PARTS
                ? null
                : new JsonPath(List.copyOf(parts));
    }

    /** Null where it leads nowhere. */
    Json of(Json value) {
        Json at = value;
        for (Part part : parts) {
            at = next(at, part);
        }
        return at;
    }

    private static Json next(Json at, Part part) {
        Json next = switch (part) {
            case Name name -> at instanceof Json.Obj object ? object.get(name.name()) : null;
            case Place place -> {
                if (!(at instanceof Json.Arr list)) {
                    yield null;
                }
                int size = list.items().size();
                int index = place.index() < 0 ? size + place.index() : place.index();
                yield index >= 0 && index < size ? list.items().get(index) : null;
            }
        };
        return next == null ? Json.NULL : next;
    }
}

package dev.threadwright.http;

import dev.threadwright.json.JsonText;
import dev.threadwright.security.Role;
import dev.threadwright.workflow.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A problem document (RFC 9457).
 *
 * @param errors the places that are wrong, where there are any to name
 * @param more further fields
 */
record Problem(ProblemType type, int status, String detail, List<FieldError> errors, Map<String, Json> more) {

    private static final String MISSING_ROLE = "missing_role";

    static final String MEDIA_TYPE = "application/problem+json";

    /** Further fields: which quota is used up, and for how long. */
    static final String QUOTA = "quota";

    static final String RETRY_AFTER_MS = "retry_after_ms";

    /** A further field: why, in a word. */
    static final String REASON = "reason";

    /** @param pointer JSON pointer into the request's body; empty for the whole of it */
    record FieldError(String pointer, String detail) {}

    static Problem of(ProblemType type, String detail) {
        return new Problem(type, type.status(), detail, List.of(), Map.of());
    }

    static Problem at(String pointer, String detail) {
        return new Problem(
                ProblemType.INVALID_REQUEST,
                ProblemType.INVALID_REQUEST.status(),
                (pointer.isEmpty() ? "The body" : pointer) + " " + detail,
                List.of(new FieldError(pointer, detail)),
                Map.of());
    }

    /** The caller lacks it. */
    static Problem missing(Role role) {
        return of(ProblemType.FORBIDDEN, "This needs the role " + role.word() + ", which the caller does not have")
                .with(Map.of(MISSING_ROLE, Json.of(role.word())));
    }

    /** Which one; null if that is not the problem. */
    @Nullable Role missingRole() {
        return type == ProblemType.FORBIDDEN && more.get(MISSING_ROLE) instanceof Json.Text(String word)
                ? Role.ofWord(word)
                : null;
    }

    Problem at(List<FieldError> places) {
        return new Problem(type, status, detail, places, more);
    }

    Problem with(Map<String, Json> fields) {
        return new Problem(type, status, detail, errors, fields);
    }

    /** @param instance the path that was asked for */
    String toJson(String instance) {
        Map<String, Json> fields = new LinkedHashMap<>();
        fields.put("type", Json.of(type.uri()));
        fields.put("title", Json.of(type.title()));
        fields.put("status", Json.of(status));
        fields.put("detail", Json.of(detail));
        fields.put("instance", Json.of(ShownPath.of(instance)));
        if (!errors.isEmpty()) {
            fields.put("errors", Json.array(errors.stream().map(Problem::json).toList()));
        }
        fields.putAll(more);
        return JsonText.write(Json.object(fields));
    }

    private static Json json(FieldError error) {
        Map<String, Json> fields = new LinkedHashMap<>();
        fields.put("pointer", Json.of(error.pointer()));
        fields.put("detail", Json.of(error.detail()));
        return Json.object(fields);
    }
}

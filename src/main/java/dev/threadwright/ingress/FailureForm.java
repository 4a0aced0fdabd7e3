package dev.threadwright.ingress;

import dev.threadwright.thread.Failure;
import dev.threadwright.thread.Failure.Kind;
import dev.threadwright.workflow.Json;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A failed attempt on the wire: {@code {"error": "...", "kind": "rate_limited", "retry_after_ms": 2500}}. */
final class FailureForm {

    private static final Set<String> FIELDS = Set.of("error", "kind", "retry_after_ms");

    private FailureForm() {}

    static Json toJson(Failure failure) {
        Map<String, Json> fields = new LinkedHashMap<>();
        fields.put("error", Json.of(failure.message()));
        fields.put("kind", Json.of(failure.kind().name().toLowerCase(Locale.ROOT)));
        Long retryAfterMs = failure.retryAfterMs();
        if (retryAfterMs != null) {
            fields.put("retry_after_ms", Json.of(retryAfterMs));
        }
        return Json.object(fields);
    }

    /** @throws IllegalArgumentException with what is wrong */
    static Failure parse(Json data) {
        if (!(data instanceof Json.Obj object)
                || !(object.get("error") instanceof Json.Text error)
                || !FIELDS.containsAll(object.fields().keySet())) {
            throw new IllegalArgumentException("The data must be {\"error\": \"what went wrong\"}, and may have"
                    + " \"kind\": \"transient\", \"permanent\" or \"rate_limited\", the latter with"
                    + " \"retry_after_ms\"");
        }
        Kind kind = kind(object.get("kind"));
        return new Failure(kind, error.value(), retryAfterMs(kind, object.get("retry_after_ms")));
    }

    private static Kind kind(@Nullable Json kind) {
        if (kind == null) {
            return Kind.TRANSIENT;
        }
        if (kind instanceof Json.Text text) {
            for (Kind known : Kind.values()) {
                if (known.name().toLowerCase(Locale.ROOT).equals(text.value())) {
                    return known;
                }
            }
        }
        throw new IllegalArgumentException(
                "The data's field kind must be \"transient\", \"permanent\" or \"rate_limited\"");
    }

    private static @Nullable Long retryAfterMs(Kind kind, @Nullable Json wait) {
        if (wait == null) {
            return null;
        }
        if (kind == Kind.RATE_LIMITED
                && wait instanceof Json.Num number
                && number.value().signum() >= 0) {
            return number.value()
                    .min(java.math.BigDecimal.valueOf(Long.MAX_VALUE))
                    .longValue();
        }
        throw new IllegalArgumentException(
                "The data's field retry_after_ms must be a number from 0 up, and goes with \"kind\": \"rate_limited\"");
    }
}

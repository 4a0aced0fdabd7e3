package dev.threadwright.http;

import dev.threadwright.workflow.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Moments as texts of ISO 8601, in UTC. */
final class Times {

    private Times() {}

    /** @param ms milliseconds since 1970; null stays null */
    static Json json(@Nullable Long ms) {
        return ms == null ? Json.NULL : Json.of(Instant.ofEpochMilli(ms).toString());
    }
}

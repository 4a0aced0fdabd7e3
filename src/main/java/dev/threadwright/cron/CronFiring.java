package dev.threadwright.cron;

import dev.threadwright.workflow.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cron whose time has come.
 *
 * @param scheduledAtMs the time that it was due at, which may be long past
 * @param attempt 1 for the first; a later one may be a repetition of one that succeeded
 */
public record CronFiring(String tenant, Cron cron, long scheduledAtMs, int attempt) {

    /** The same in every attempt, and of no other firing. */
    public String id() {
        return cron.id() + "@" + Instant.ofEpochMilli(scheduledAtMs);
    }

    /** The body of the request that creates the run: the payload, the assistant and the metadata. */
    public Json.Obj request() {
        Map<String, Json> fields = new LinkedHashMap<>(cron.payload().fields());
        fields.put("assistant_id", Json.of(cron.assistantId()));
        fields.put("metadata", cron.metadata());
        return Json.object(fields);
    }

    /** Where the run goes; null for a thread of its own. */
    public @Nullable String thread() {
        return cron.thread();
    }
}

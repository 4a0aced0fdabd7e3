package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.cron.Cron;
import dev.threadwright.workflow.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "Cron", description = "Runs to come.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record CronView(
        @Schema(required = true, format = "uuid") String cronId,

        @Schema(required = true, format = "uuid") String assistantId,

        @Schema(required = true, nullable = true, description = "Null for a thread of its own for each run.") @Nullable String threadId,

        @Schema(required = true, examples = "0 9 * * MON-FRI")
        String schedule,

        @Schema(required = true, nullable = true, description = "Null for UTC.", examples = "Europe/Berlin") @Nullable String timezone,

        @Schema(required = true, nullable = true) @Nullable Instant endTime,

        @Schema(required = true) boolean enabled,

        @Schema(
                enumeration = {"delete", "keep"},
                nullable = true)
        @Nullable String onRunCompleted,

        @Schema(
                required = true,
                type = SchemaType.OBJECT,
                implementation = Object.class,
                description = "What runs are created with.")
        Json payload,

        @Schema(required = true, type = SchemaType.OBJECT, implementation = Object.class)
        Json metadata,

        @Schema(required = true, nullable = true, description = "Null if it has ended or is off.") @Nullable Instant nextRunDate,

        @Schema(required = true, nullable = true) @Nullable String userId,

        @Schema(required = true) Instant createdAt,

        @Schema(required = true) Instant updatedAt) {

    static final List<String> FIELDS = List.of(
            "cron_id",
            "assistant_id",
            "thread_id",
            "schedule",
            "timezone",
            "end_time",
            "enabled",
            "on_run_completed",
            "payload",
            "metadata",
            "next_run_date",
            "user_id",
            "created_at",
            "updated_at");

    /** @param select the fields that it shall have; null for all */
    static Json.Obj of(Cron cron, @Nullable List<String> select) {
        Map<String, Json> fields = new LinkedHashMap<>();
        fields.put("cron_id", Json.of(cron.id()));
        fields.put("assistant_id", Json.of(cron.assistantId()));
        fields.put("thread_id", text(cron.thread()));
        fields.put("schedule", Json.of(cron.schedule()));
        fields.put("timezone", text(cron.timezone()));
        fields.put("end_time", Times.json(cron.endAtMs()));
        fields.put("enabled", Json.of(cron.enabled()));
        fields.put("on_run_completed", text(cron.onRunCompleted()));
        fields.put("payload", cron.payload());
        fields.put("metadata", cron.metadata());
        fields.put("next_run_date", Times.json(cron.nextAtMs()));
        fields.put("user_id", Json.NULL);
        fields.put("created_at", Times.json(cron.createdAtMs()));
        fields.put("updated_at", Times.json(cron.updatedAtMs()));
        if (select != null) {
            fields.keySet().retainAll(select);
        }
        return Json.object(fields);
    }

    private static Json text(@Nullable String text) {
        return text == null ? Json.NULL : Json.of(text);
    }
}

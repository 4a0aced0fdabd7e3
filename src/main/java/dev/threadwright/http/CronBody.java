package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.cron.CronChange;
import dev.threadwright.cron.Schedule;
import dev.threadwright.workflow.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Reads what a cron is made of, or changed by. What its runs will be created with is checked here as far as forms go. */
final class CronBody {

    private static final List<String> OF_THE_CRON =
            List.of("schedule", "timezone", "end_time", "enabled", "on_run_completed", "metadata");

    /** What runs are created with, in the order in which it is kept. */
    private static final List<String> OF_THE_RUNS = List.of(
            "input",
            "config",
            "context",
            "interrupt_before",
            "interrupt_after",
            "webhook",
            "durability",
            "checkpoint_during",
            "stream_mode",
            "stream_subgraphs",
            "stream_resumable");

    private static final String STRATEGY = "multitask_strategy";
    private static final List<String> STRATEGIES =
            List.of("reject", "enqueue", "interrupt", "rollback", "merge", "parallel");
    private static final String ASSISTANT = "assistant_id";

    static final List<String> CHANGED = joined(OF_THE_CRON, OF_THE_RUNS, List.of());
    static final List<String> CREATED = joined(OF_THE_CRON, OF_THE_RUNS, List.of(ASSISTANT, STRATEGY));

    private final RequestFields fields;

    private CronBody(RequestFields fields) {
        this.fields = fields;
    }

    @Schema(name = "CronUpdateRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Update(
            @Schema(
                    description = "Minute, hour, day of the month, month, day of the week.",
                    examples = "0 9 * * MON-FRI")
            String schedule,

            @Schema(description = "The name of a time zone; UTC if there is none.", examples = "Europe/Berlin")
            String timezone,

            @Schema(
                    description = "After which it is not due any more; null for never.",
                    format = "date-time",
                    nullable = true)
            String endTime,

            boolean enabled,

            @Schema(
                    enumeration = {"delete", "keep"},
                    description = "What becomes of the thread of a run that has one of its own.")
            String onRunCompleted,

            @Schema(description = "Of the cron and of its runs; laid over what is there.")
            Map<String, Object> metadata,

            Object input,
            Map<String, Object> config,
            Object context,
            Object interruptBefore,
            Object interruptAfter,
            String webhook,
            String durability,
            boolean checkpointDuring,
            Object streamMode,
            boolean streamSubgraphs,
            boolean streamResumable) {}

    @Schema(name = "CronCreateRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Create(
            @Schema(required = true, examples = "0 9 * * MON-FRI")
            String schedule,

            @Schema(required = true, description = "An assistant's id, or a workflow's name.")
            String assistantId,

            @Schema(description = "The name of a time zone; UTC if there is none.", examples = "Europe/Berlin")
            String timezone,

            @Schema(description = "After which it is not due any more.", format = "date-time", nullable = true)
            String endTime,

            @Schema(defaultValue = "true") boolean enabled,

            @Schema(enumeration = {"delete", "keep"}) String onRunCompleted,

            Map<String, Object> metadata,
            Object input,
            Map<String, Object> config,
            Object context,
            Object interruptBefore,
            Object interruptAfter,
            String webhook,
            String multitaskStrategy,
            String durability,
            boolean checkpointDuring,
            Object streamMode,
            boolean streamSubgraphs,
            boolean streamResumable) {}

    static CronBody created(byte @Nullable [] body, int maxDataBytes) {
        CronBody read = new CronBody(RequestFields.parse(body, maxDataBytes, CREATED));
        read.fields.requiredText("schedule");
        read.fields.requiredText(ASSISTANT);
        return read;
    }

    static CronBody changed(byte @Nullable [] body, int maxDataBytes) {
        return new CronBody(RequestFields.parse(body, maxDataBytes, CHANGED));
    }

    /** An id or a name; only of one that is created. */
    String assistant() {
        return fields.requiredText(ASSISTANT);
    }

    ProblemException wrong(String name, String message) {
        return fields.wrong(name, message);
    }

    CronChange change() {
        String timezone = fields.text("timezone");
        if (timezone != null && !Schedule.isZone(timezone)) {
            throw fields.wrong(
                    "timezone", "must be the name of a time zone such as Europe/Berlin, not \"" + timezone + "\"");
        }
        return new CronChange(
                schedule(),
                timezone,
                fields.names("end_time"),
                endTime(),
                fields.flag("enabled"),
                fields.word("on_run_completed", List.of("delete", "keep")),
                payload(),
                fields.object("metadata"));
    }

    private @Nullable String schedule() {
        String schedule = fields.text("schedule");
        if (schedule == null) {
            return null;
        }
        try {
            if (Schedule.of(schedule, null).next(Instant.now()) == null) {
                throw fields.wrong("schedule", "\"" + schedule + "\" never comes");
            }
            return schedule;
        } catch (IllegalArgumentException e) {
            throw fields.wrong(
                    "schedule",
                    "must be five fields, minute, hour, day of the month, month and day of the week: "
                            + e.getMessage());
        }
    }

    private @Nullable Long endTime() {
        String text = fields.text("end_time");
        if (text == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException withoutOffset) {
            try {
                return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC).toEpochMilli();
            } catch (DateTimeException e) {
                throw fields.wrong("end_time", "must be a time such as 2030-01-31T12:00:00Z");
            }
        }
    }

    private Json.Obj payload() {
        RunConfig.checked(fields);
        fields.text("webhook");
        fields.text("durability");
        for (String flag : List.of("checkpoint_during", "stream_subgraphs", "stream_resumable")) {
            fields.flag(flag);
        }
        for (String list : List.of("interrupt_before", "interrupt_after", "stream_mode")) {
            if (!(fields.value(list) instanceof Json.Text)) {
                fields.texts(list);
            }
        }
        fields.word(STRATEGY, STRATEGIES);
        Map<String, Json> payload = new LinkedHashMap<>();
        for (String name : joined(OF_THE_RUNS, List.of(STRATEGY), List.of())) {
            Json value = fields.value(name);
            if (value != null) {
                payload.put(name, value);
            }
        }
        return Json.object(payload);
    }

    private static List<String> joined(List<String> some, List<String> more, List<String> others) {
        List<String> all = new ArrayList<>(some);
        all.addAll(more);
        all.addAll(others);
        return List.copyOf(all);
    }
}

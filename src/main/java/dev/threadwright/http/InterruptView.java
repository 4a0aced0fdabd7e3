package dev.threadwright.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.journal.StoredJson;
import dev.threadwright.query.StoredInterrupt;
import dev.threadwright.workflow.Json;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "Interrupt", description = "What a run asks of a person or a system.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record InterruptView(
        @Schema(required = true, pattern = RequestSchemas.INTERRUPT_ID)
        String interruptId,

        @Schema(required = true) String threadId,

        @Schema(required = true) String runId,

        @Schema(required = true, description = "The step that asked.")
        String step,

        @Schema(
                required = true,
                description =
                        "`human_in_the_loop`, `approval_required`, `tool_call_waiting`, or a name of the workflow's own.",
                examples = "approval_required")
        String kind,

        @Schema(
                required = true,
                enumeration = {"pending", "resolved", "rejected", "expired"})
        String status,

        @Schema(
                required = true,
                implementation = Object.class,
                nullable = true,
                description = "What is shown to whoever answers: any JSON value; null if there is nothing to show.")
        Json payload,

        @Schema(
                required = true,
                type = SchemaType.OBJECT,
                implementation = Object.class,
                nullable = true,
                description = "JSON Schema of the answer; null if any will do.")
        @JsonInclude(JsonInclude.Include.ALWAYS)
        @Nullable Json schema,

        @Schema(required = true) Instant createdAt,

        @Schema(description = "From when on an answer comes too late.") @Nullable Instant expiresAt,

        @Schema(description = "When it was answered, rejected or given up.") @Nullable Instant settledAt,

        @Schema(
                implementation = Object.class,
                description = "What was answered, or stood in for an answer when it expired.")
        @Nullable Json answer,

        @Schema(description = "Who settled it; `policy` for the thread's settings.") @Nullable String by,

        @Schema(description = "By which way: `http`, `kafka` or `system`.") @Nullable String via,

        @Schema(description = "Why it was rejected, if somebody said.") @Nullable String reason,

        @Schema(description = "Why it expired.") @Nullable String expiry) {

    static InterruptView of(StoredInterrupt asked) {
        Json.Obj prompt = fields(asked.prompt);
        Json.Obj settlement = asked.settlement == null ? Json.EMPTY_OBJECT : fields(asked.settlement);
        Json payload = prompt.get("payload");
        return new InterruptView(
                asked.interrupt,
                asked.thread,
                asked.run,
                asked.step,
                asked.kind,
                asked.status,
                payload == null ? Json.NULL : payload,
                prompt.get("schema"),
                Instant.ofEpochMilli(asked.createdAtMs),
                instant(asked.expiresAtMs),
                instant(asked.settledAtMs),
                settlement.get("answer"),
                text(settlement, "by"),
                text(settlement, "via"),
                text(settlement, "reason"),
                text(settlement, "expiry"));
    }

    private static @Nullable String text(Json.Obj fields, String name) {
        return fields.get(name) instanceof Json.Text text ? text.value() : null;
    }

    private static Json.Obj fields(String text) {
        return (Json.Obj) StoredJson.parse(text);
    }

    private static @Nullable Instant instant(@Nullable Long ms) {
        return ms == null ? null : Instant.ofEpochMilli(ms);
    }
}

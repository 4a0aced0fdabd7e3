package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.journal.StoredJson;
import dev.threadwright.query.StoredRun;
import dev.threadwright.workflow.Json;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "Run", description = "One execution of a workflow on a thread.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record RunView(
        @Schema(required = true) String runId,

        @Schema(required = true) String threadId,

        @Schema(
                required = true,
                description = "`waiting_user`: until an interrupt is answered; `waiting_event`: for an event or a time;"
                        + " `paused`: at a breakpoint, by an operator, or because nobody knows what became of an"
                        + " action. While anything is at work or due, it is `active`.",
                enumeration = {
                    "queued",
                    "active",
                    "waiting_user",
                    "waiting_event",
                    "paused",
                    "completed",
                    "failed",
                    "cancelled",
                    "timed_out"
                })
        String status,

        @Schema(required = true, description = "Name and version.", examples = "echo@1")
        String workflow,

        @Schema(
                required = true,
                description =
                        "What was decided about its input; `follow_up` if it took inputs that another run left, `continue` if it took up what another left to do, `compaction` if it makes the thread smaller.",
                enumeration = {
                    "start",
                    "interrupt_and_start_new",
                    "parallel",
                    "queue",
                    "rollback",
                    "follow_up",
                    "continue",
                    "compaction"
                })
        String decision,

        @Schema(required = true, description = "When its input was accepted.")
        Instant admittedAt,

        @Schema(nullable = true) @Nullable Instant startedAt,

        @Schema(nullable = true) @Nullable Instant endedAt,

        @Schema(
                type = SchemaType.OBJECT,
                implementation = Object.class,
                nullable = true,
                description = "The channels that it wrote; if it completed.")
        @Nullable Json values,

        @Schema(nullable = true, description = "Why it failed; if it did.") @Nullable String error) {

    static RunView of(StoredRun run) {
        String output = run.output;
        return new RunView(
                run.run,
                run.thread,
                run.status,
                run.workflow,
                run.decision,
                Instant.ofEpochMilli(run.admittedAtMs),
                instant(run.startedAtMs),
                instant(run.endedAtMs),
                output == null ? null : StoredJson.parse(output),
                run.error);
    }

    private static @Nullable Instant instant(@Nullable Long ms) {
        return ms == null ? null : Instant.ofEpochMilli(ms);
    }
}

package dev.threadwright.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.query.OutcomeReads.RunHalt;
import dev.threadwright.thread.Identity;
import dev.threadwright.workflow.Json;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(
        name = "CommandAnswer",
        description = "What is known of a command. Without `outcome` it is written to Kafka and not decided yet, or"
                + " nobody waited for that.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record CommandAnswer(
        @Schema(required = true, examples = "case-4711") String threadId,

        @Schema(required = true) InputId input,

        @Schema(
                description = "What was decided.",
                enumeration = {"started", "merged", "queued", "resumed", "kept", "cancelled", "applied", "unchanged"})
        @Nullable String outcome,

        @Schema(description = "The run that took the input, or goes on.") @Nullable String runId,

        @Schema(description = "The runs that were cancelled.") @Nullable List<String> runs,

        @Schema(description = "Why there was nothing to do.") @Nullable String message,

        @Schema(description = "The thread's last sequence number when it was decided.") @Nullable Long seq,

        @Schema(
                description = "True if a command of this id and content was decided before, or the interrupt had this"
                        + " answer already: this is what was told then, and nothing was done again. Absent if that"
                        + " could not be found out in time.")
        @Nullable Boolean duplicate,

        @Schema(description = "How the run ended, or where it stopped for somebody; with `wait=completion`.") @Nullable RunResult run) {

    @Schema(name = "InputId", description = "What makes the command the same command if it is sent again.")
    record InputId(
            @Schema(required = true, examples = "/http") String source,

            @Schema(required = true, examples = "5f2c1f0e-8a39-4f0e-9d0c-1f4d3b1c2a10")
            String id) {
        static InputId of(Identity identity) {
            return new InputId(identity.source(), identity.id());
        }
    }

    @Schema(name = "RunResult", description = "How a run ended, or that it waits for somebody.")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record RunResult(
            @Schema(required = true) String runId,

            @Schema(
                    required = true,
                    enumeration = {"completed", "failed", "cancelled", "timed_out", "waiting_user", "paused"})
            String status,

            @Schema(
                    type = SchemaType.OBJECT,
                    implementation = Object.class,
                    description = "The channels that the run wrote; if it completed.")
            @Nullable Json values,

            @Schema(description = "Why it failed; if it did.") @Nullable String error) {
        static RunResult of(RunHalt halt) {
            return new RunResult(
                    halt.key().run().value(),
                    halt.status().name().toLowerCase(Locale.ROOT),
                    halt.values(),
                    halt.error());
        }
    }
}

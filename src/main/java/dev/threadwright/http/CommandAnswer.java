package dev.threadwright.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.query.OutcomeReads.RunEnd;
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
                enumeration = {"started", "merged", "queued", "cancelled", "applied", "unchanged"})
        @Nullable String outcome,

        @Schema(description = "The run that took the input.") @Nullable String runId,

        @Schema(description = "The runs that were cancelled.") @Nullable List<String> runs,

        @Schema(description = "Why there was nothing to do.") @Nullable String message,

        @Schema(description = "The thread's last sequence number when it was decided.") @Nullable Long seq,

        @Schema(
                description = "True if a command of this id and content was decided before: this is what it was told"
                        + " then, and nothing was done again.")
        @Nullable Boolean duplicate,

        @Schema(description = "How the run ended; with `wait=completion`.") @Nullable RunResult run) {

    @Schema(name = "InputId", description = "What makes the command the same command if it is sent again.")
    record InputId(
            @Schema(required = true, examples = "/http") String source,

            @Schema(required = true, examples = "5f2c1f0e-8a39-4f0e-9d0c-1f4d3b1c2a10")
            String id) {
        static InputId of(Identity identity) {
            return new InputId(identity.source(), identity.id());
        }
    }

    @Schema(name = "RunResult", description = "How a run ended.")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record RunResult(
            @Schema(required = true) String runId,

            @Schema(
                    required = true,
                    enumeration = {"completed", "failed", "cancelled", "timed_out"})
            String status,

            @Schema(
                    type = SchemaType.OBJECT,
                    implementation = Object.class,
                    description = "The channels that the run wrote; if it completed.")
            @Nullable Json values,

            @Schema(description = "Why it failed; if it did.") @Nullable String error) {
        static RunResult of(RunEnd end) {
            return new RunResult(
                    end.key().run().value(), end.status().name().toLowerCase(Locale.ROOT), end.values(), end.error());
        }
    }
}

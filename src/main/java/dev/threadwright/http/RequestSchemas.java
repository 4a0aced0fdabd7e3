package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The bodies of commands as the OpenAPI document describes them; {@link Commands} reads them. */
final class RequestSchemas {

    private static final String SOURCE = "With `id`, what identifies the command; a URI reference.";
    private static final String ID = "Instead of the Idempotency-Key header.";

    private RequestSchemas() {}

    @Schema(name = "InputRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Input(
            @Schema(
                    required = true,
                    description = "What the workflow gets: any JSON value but null, nested at most 63 deep.")
            Object data,

            @Schema(
                    enumeration = {"user.input", "external.event"},
                    defaultValue = "user.input")
            String type,

            @Schema(
                    description = "What an external event says it is; only with `type` external.event.",
                    examples = "payment.settled",
                    maxLength = 255)
            String eventType,

            @Schema(implementation = PolicySchema.class) Object policy,

            @Schema(description = "What it starts, if it starts a run.", maxLength = 255)
            String workflow,

            @Schema(description = "The run that is to get it; it goes nowhere else.", maxLength = 255)
            String runId,

            @Schema(description = "The interrupt that it answers; it goes nowhere else.", maxLength = 255)
            String interruptId,

            @Schema(description = SOURCE, defaultValue = Commands.DEFAULT_SOURCE, maxLength = 255)
            String source,

            @Schema(description = ID, maxLength = 255) String id) {}

    @Schema(name = "ThreadUpdateRequest", minProperties = 1, additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ThreadUpdate(
            @Schema(implementation = PolicySchema.class) Object policy,

            @Schema(maxLength = 255) String workflow,

            @Schema(description = "Replaces the thread's metadata.")
            Map<String, Object> metadata,

            @Schema(description = SOURCE, defaultValue = Commands.DEFAULT_SOURCE, maxLength = 255)
            String source,

            @Schema(description = ID, maxLength = 255) String id) {}

    @Schema(name = "CancelRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Cancel(
            @Schema(description = "The run to cancel; all if absent.", maxLength = 255)
            String runId,

            @Schema(
                    description = "Whether the thread's state returns to what it was before the run.",
                    defaultValue = "false")
            boolean rollback,

            @Schema(description = SOURCE, defaultValue = Commands.DEFAULT_SOURCE, maxLength = 255)
            String source,

            @Schema(description = ID, maxLength = 255) String id) {}

    @Schema(name = "RetryRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Retry(
            @Schema(description = "The run that must be the one to go on with.", maxLength = 255)
            String runId,

            @Schema(description = SOURCE, defaultValue = Commands.DEFAULT_SOURCE, maxLength = 255)
            String source,

            @Schema(description = ID, maxLength = 255) String id) {}

    @Schema(name = "ValuesRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Values(
            @Schema(required = true, description = "Values by channel, written through the reducers.")
            Map<String, Object> values,

            @Schema(description = SOURCE, defaultValue = Commands.DEFAULT_SOURCE, maxLength = 255)
            String source,

            @Schema(description = ID, maxLength = 255) String id) {}

    @Schema(name = "RestoreRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Restore(
            @Schema(required = true, description = "One of the thread's.", maxLength = 255)
            String checkpointId,

            @Schema(description = "Values by channel, written through the reducers.")
            Map<String, Object> values,

            @Schema(description = "Whether a run goes on from there.", defaultValue = "false")
            boolean run,

            @Schema(description = SOURCE, defaultValue = Commands.DEFAULT_SOURCE, maxLength = 255)
            String source,

            @Schema(description = ID, maxLength = 255) String id) {}

    @Schema(name = "ForkRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Fork(
            @Schema(required = true, description = "The thread that is copied.", maxLength = 255)
            String threadId,

            @Schema(description = "One of that thread's; its newest if absent.", maxLength = 255)
            String checkpointId,

            @Schema(description = "Values by channel, written through the reducers.")
            Map<String, Object> values,

            @Schema(description = "Whether a run goes on from there.", defaultValue = "false")
            boolean run,

            @Schema(description = SOURCE, defaultValue = Commands.DEFAULT_SOURCE, maxLength = 255)
            String source,

            @Schema(description = ID, maxLength = 255) String id) {}
}

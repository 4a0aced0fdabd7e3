package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The bodies of commands as the OpenAPI document describes them; {@link Commands} reads them. */
final class RequestSchemas {

    private static final String SOURCE = "With `id`, what identifies the command; a URI reference.";
    private static final String ID = "Instead of the Idempotency-Key header.";

    private static final String BEFORE = "Steps that its run stops before, beside the workflow's own breakpoints.";
    private static final String AFTER = "Steps that its run stops after, beside the workflow's own breakpoints.";

    static final String INTERRUPT_ID = "^[0-9a-f]{32}$";

    private RequestSchemas() {}

    @Schema(
            name = "StepNames",
            description = "The name of a step, a list of names, or `*` for every step.",
            oneOf = {StepName.class, StepNameList.class})
    static final class StepNames {
        private StepNames() {}
    }

    @Schema(name = "StepName", type = SchemaType.STRING)
    static final class StepName {
        private StepName() {}
    }

    @Schema(name = "StepNameList", type = SchemaType.ARRAY, implementation = String.class, minItems = 1)
    static final class StepNameList {
        private StepNameList() {}
    }

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

            @Schema(
                    description = "The interrupt that it answers; it goes nowhere else.",
                    pattern = RequestSchemas.INTERRUPT_ID)
            String interruptId,

            @Schema(implementation = StepNames.class, description = BEFORE)
            Object interruptBefore,

            @Schema(implementation = StepNames.class, description = AFTER)
            Object interruptAfter,

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

    @Schema(name = "ResumeRequest", minProperties = 1, additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Resume(
            @Schema(description = "The run; if absent, the one that waits.", maxLength = 255)
            String runId,

            @Schema(
                    description = "The interrupt that `answer` is for; if absent, the only pending one.",
                    pattern = RequestSchemas.INTERRUPT_ID)
            String interruptId,

            @Schema(
                    description =
                            "Any JSON value that the interrupt's schema takes. An object all of whose keys are ids"
                                    + " of interrupts answers each of them. Without `interrupt_id` it is for what is pending"
                                    + " when the request comes, never for what is asked later, and the same answer within two"
                                    + " seconds of the first is a second click.")
            Object answer,

            @Schema(description = "Values by channel, written through the reducers.")
            Map<String, Object> update,

            @Schema(description = "Values by channel, in the place of what is there.")
            Map<String, Object> replace,

            @Schema(
                    name = "goto",
                    implementation = StepNames.class,
                    description = "The steps that follow, instead of those that would.")
            Object goTo,

            @Schema(description = "What those steps are given; only with `goto`.")
            Object gotoInput,

            @Schema(
                    name = "continue",
                    description = "Past the breakpoint where the run stands.",
                    defaultValue = "false")
            boolean carryOn,

            @Schema(implementation = StepNames.class, description = BEFORE)
            Object interruptBefore,

            @Schema(implementation = StepNames.class, description = AFTER)
            Object interruptAfter,

            @Schema(description = SOURCE, defaultValue = Commands.DEFAULT_SOURCE, maxLength = 255)
            String source,

            @Schema(description = ID, maxLength = 255) String id) {}

    @Schema(name = "ResolveRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Resolve(
            @Schema(required = true, description = "Any JSON value that the interrupt's schema takes.")
            Object answer,

            @Schema(description = SOURCE, defaultValue = Commands.DEFAULT_SOURCE, maxLength = 255)
            String source,

            @Schema(description = ID, maxLength = 255) String id) {}

    @Schema(name = "RejectRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Reject(
            @Schema(description = "For the record.", maxLength = 1_000)
            String reason,

            @Schema(description = SOURCE, defaultValue = Commands.DEFAULT_SOURCE, maxLength = 255)
            String source,

            @Schema(description = ID, maxLength = 255) String id) {}

    @Schema(name = "RetryActionRequest", additionalProperties = Schema.False.class)
    record RetryAction(
            @Schema(description = SOURCE, defaultValue = Commands.DEFAULT_SOURCE, maxLength = 255)
            String source,

            @Schema(description = ID, maxLength = 255) String id) {}

    @Schema(name = "CompleteActionRequest", additionalProperties = Schema.False.class)
    record CompleteAction(
            @Schema(required = true, nullable = true, description = "What the action came to: any JSON value.")
            Object result,

            @Schema(description = SOURCE, defaultValue = Commands.DEFAULT_SOURCE, maxLength = 255)
            String source,

            @Schema(description = ID, maxLength = 255) String id) {}

    @Schema(name = "FailActionRequest", additionalProperties = Schema.False.class)
    record FailAction(
            @Schema(required = true, description = "What is wrong, for the record and the step's error edge.")
            String error,

            @Schema(description = SOURCE, defaultValue = Commands.DEFAULT_SOURCE, maxLength = 255)
            String source,

            @Schema(description = ID, maxLength = 255) String id) {}

    @Schema(name = "CallbackFailure", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record CallbackFailure(
            @Schema(required = true, description = "What went wrong.")
            String error,

            @Schema(
                    description = "Whether it may be asked for again.",
                    defaultValue = "transient",
                    enumeration = {"transient", "permanent", "rate_limited"})
            String kind,

            @Schema(description = "Of what is rate_limited: not before that.", minimum = "0")
            Long retryAfterMs) {}

    @Schema(name = "SteerRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Steer(
            @Schema(required = true, description = "A run that has started and not ended.", maxLength = 255)
            String runId,

            @Schema(required = true, description = "What the run is told: any JSON value but null.")
            Object data,

            @Schema(description = SOURCE, defaultValue = Commands.DEFAULT_SOURCE, maxLength = 255)
            String source,

            @Schema(description = ID, maxLength = 255) String id) {}

    @Schema(name = "PauseRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Pause(
            @Schema(required = true, description = "A run that has started and not ended.", maxLength = 255)
            String runId,

            @Schema(description = SOURCE, defaultValue = Commands.DEFAULT_SOURCE, maxLength = 255)
            String source,

            @Schema(description = ID, maxLength = 255) String id) {}

    @Schema(name = "CompactRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Compact(
            @Schema(description = "For the record.", defaultValue = "Manual context compaction", maxLength = 1_000)
            String reason,

            @Schema(
                    description = "How many messages stay, if the thread's workflow has no step of its own for it.",
                    minimum = "0",
                    maximum = "10000",
                    defaultValue = "20")
            int keep,

            @Schema(description = SOURCE, defaultValue = Commands.DEFAULT_SOURCE, maxLength = 255)
            String source,

            @Schema(description = ID, maxLength = 255) String id) {}

    @Schema(name = "ReplayRequest", additionalProperties = Schema.False.class)
    record ReplayDeadLetter(
            @Schema(description = "Also if it was sent again before.", defaultValue = "false")
            boolean force,

            @Schema(
                    implementation = GivenBytes.class,
                    nullable = true,
                    description = "Instead of its key; null for none.")
            Object key,

            @Schema(
                    implementation = GivenBytes.class,
                    nullable = true,
                    description = "Instead of its value; null for none.")
            Object value,

            @Schema(
                    description =
                            "Instead of all its headers; none of them may begin with `tw_`. As they are listed, or with text"
                                    + " alone.",
                    maxItems = 1_000)
            List<DeadLetterView.HeaderView> headers) {}

    @Schema(name = "GivenBytes", description = "One of the two.", additionalProperties = Schema.False.class)
    record GivenBytes(String text, String base64) {}
}

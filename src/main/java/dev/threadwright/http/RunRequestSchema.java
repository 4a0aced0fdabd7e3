package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** For the document only: bodies are read by {@link RunBody}. */
@Schema(name = "RunRequest", description = "What a run is to be made of. What is null is as if it was not there.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record RunRequestSchema(
        @Schema(required = true, description = "An assistant's id, or the name of a workflow.")
        String assistantId,

        @Schema(
                description =
                        "What the workflow gets. Without one, what is left to do goes on: past breakpoints, after a failure, after a cancel.")
        @Nullable Object input,

        @Schema(
                type = SchemaType.OBJECT,
                description =
                        "For the run that is stopped: `resume` (an answer, or answers by the ids of interrupts), `update` (channels, or a list of [channel, value]), `goto` (steps, or {node, input}).")
        @Nullable Object command,

        @Schema(
                type = SchemaType.OBJECT,
                description =
                        "tags, recursion_limit, configurable; kept, and told with the run. recursion_limit, 1 to 1,000: super-steps to the next stop, instead of what the workflow says.")
        @Nullable Object config,

        @Nullable Object context,

        @Schema(type = SchemaType.OBJECT) @Nullable Object metadata,

        @Schema(type = SchemaType.OBJECT, description = "{checkpoint_id}: where the run begins.") @Nullable Object checkpoint,

        @Nullable String checkpointId,

        @Schema(description = "Steps that it stops before: a list, or `*`.") @Nullable Object interruptBefore,

        @Nullable Object interruptAfter,

        @Schema(description = "An address that is told when it has ended or stopped.") @Nullable String webhook,

        @Schema(
                description =
                        "What becomes of what the thread is busy with. A thread that only waits for somebody is not busy: its questions expire and the run starts.",
                enumeration = {"reject", "enqueue", "interrupt", "rollback", "merge", "parallel"})
        @Nullable String multitaskStrategy,

        @Schema(
                description = "What becomes of the request if there is no such thread.",
                enumeration = {"create", "reject"},
                defaultValue = "reject")
        @Nullable String ifNotExists,

        @Schema(description = "The statuses in which the thread may be; 409 if it is in another. Our own.") @Nullable List<String> ifThreadStatus,

        @Schema(description = "It is pending for so long. The strategy applies now.") @Nullable Double afterSeconds,

        @Schema(
                description = "Accepted; everything is durable before it is acted on.",
                enumeration = {"sync", "async", "exit"})
        @Nullable String durability,

        @Nullable Boolean checkpointDuring,

        @Schema(
                description = "Of a run without a thread: whether its thread stays.",
                enumeration = {"complete", "continue", "delete", "keep"})
        @Nullable String onCompletion,

        @Schema(
                description = "Whether the run ends with the connection of whoever waits for it or reads its stream.",
                enumeration = {"cancel", "continue"},
                defaultValue = "continue")
        @Nullable String onDisconnect,

        @Schema(description = "Accepted; an answer to what is not asked is always an error.") @Nullable Boolean strictResume,

        @Schema(description = "A mode or a list of them; `values` unless said.") @Nullable Object streamMode,

        @Nullable Boolean streamSubgraphs,
        @Nullable Boolean streamResumable,

        @Schema(description = "Accepted and kept; nothing collects feedback.") @Nullable List<String> feedbackKeys,

        @Schema(type = SchemaType.OBJECT, description = "Accepted and kept.") @Nullable Object langsmithTracer) {}

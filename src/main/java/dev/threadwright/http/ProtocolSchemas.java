package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Commands and answers of the newer protocol, as the API document describes them. */
final class ProtocolSchemas {

    private ProtocolSchemas() {}

    @Schema(name = "ProtocolCommand")
    record Command(
            @Schema(required = true, description = "The client's own; the answer bears it.", minimum = "0")
            long id,

            @Schema(
                    required = true,
                    description = "Others of the protocol are answered with `not_supported`.",
                    examples = {"run.start", "input.respond", "state.get"})
            String method,

            @Schema(
                    description =
                            "run.start: assistant_id, input, config (configurable.checkpoint_id: from there), metadata,"
                                    + " multitask_strategy. input.respond: namespace, interrupt_id, response, or"
                                    + " responses: a list of these; update, goto, config, metadata. state.get:"
                                    + " namespace, keys.")
            @Nullable Map<String, Object> params) {}

    @Schema(name = "ProtocolSuccess")
    record Success(
            @Schema(required = true, enumeration = "success")
            String type,

            @Schema(required = true) long id,

            @Schema(
                    required = true,
                    description = "run.start: run_id. input.respond: nothing. state.get: values, checkpoint.")
            Map<String, Object> result,

            @Schema(required = true) Meta meta) {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @Schema(name = "ProtocolMeta")
    record Meta(
            @Schema(required = true, description = "Events up to this number were before the command.")
            long appliedThroughSeq) {}

    @Schema(
            name = "ProtocolRefusal",
            description =
                    "`error` is the protocol's word; what refused the command has further fields of its problem document.")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Refusal(
            @Schema(required = true, enumeration = "error") String type,

            @Schema(required = true) long id,

            @Schema(
                    required = true,
                    enumeration = {
                        "invalid_argument",
                        "unknown_command",
                        "unknown_error",
                        "no_such_run",
                        "no_such_subscription",
                        "no_such_namespace",
                        "no_such_interrupt",
                        "no_such_checkpoint",
                        "permission_denied",
                        "not_supported"
                    })
            String error,

            @Schema(required = true) String message,

            @Schema(
                    description = "The type of the problem, as over HTTP.",
                    examples = "urn:threadwright:problem:forbidden")
            @Nullable String problem,

            @Schema(description = "The role that the caller lacks.") @Nullable String missingRole,

            @Schema(description = "The quota that is used up.") @Nullable String quota,

            @Schema(description = "When there is room again; milliseconds.") @Nullable Long retryAfterMs,

            @Schema(description = "Why the thread refused it, in a word.") @Nullable String reason) {}
}

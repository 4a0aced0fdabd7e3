package dev.threadwright.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.query.StoredAction;
import dev.threadwright.workflow.Json;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "Action", description = "Work of a run that has left the decision and is not done.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record ActionView(
        @Schema(required = true, description = "The same for every attempt: its idempotency key.")
        String actionId,

        @Schema(required = true) String threadId,

        @Schema(required = true) String runId,

        @Schema(required = true, description = "The step that asked for it.")
        String step,

        @Schema(required = true, description = "Of the handler, or of what workers are asked for.")
        String name,

        @Schema(required = true, description = "Whether a worker elsewhere does it.")
        boolean remote,

        @Schema(required = true, minimum = "1", description = "The last attempt.")
        int attempt,

        @Schema(
                required = true,
                enumeration = {"outstanding", "retrying", "uncertain"},
                description =
                        "`outstanding`: somebody is at work on it; `retrying`: the next attempt comes; `uncertain`:"
                                + " nobody knows what became of it, and the run is paused for somebody to say.")
        String status,

        @Schema(required = true, description = "When it was first asked for.")
        Instant since,

        @Schema(description = "When the attempt is given up, or the next one begins.") @Nullable Instant due,

        @Schema(implementation = Object.class, description = "What is asked; only of one action.") @Nullable Json input) {

    static ActionView of(StoredAction action, @Nullable Json input) {
        return new ActionView(
                action.action,
                action.thread,
                action.run,
                action.step,
                action.name,
                action.remote,
                action.attempt,
                action.status,
                Instant.ofEpochMilli(action.sinceMs),
                action.dueAtMs == null ? null : Instant.ofEpochMilli(action.dueAtMs),
                input);
    }
}

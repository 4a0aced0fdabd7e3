package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.thread.Checkpoint;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.WorkflowRef;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@Schema(name = "Checkpoint", description = "A state of a thread that one can go back to and fork from.")
record CheckpointView(
        @Schema(required = true, description = "A version 7 UUID; later ones of a thread are greater.")
        String checkpointId,

        @Schema(required = true) String threadId,

        @Schema(
                required = true,
                description =
                        "The checkpoints that it came from: none for the first, two where a parallel run folded in.")
        List<String> parentIds,

        @Schema(
                required = true,
                description = "What made it.",
                enumeration = {"input", "loop", "update", "fork", "merge"})
        String source,

        @Schema(required = true, description = "The steps that ended before it, or what made it.")
        String label,

        @Schema(nullable = true, description = "Whose it is; null if it was made from outside of any run.") @Nullable String runId,

        @Schema(nullable = true, description = "The workflow and version of the run.", examples = "report@2") @Nullable String workflow,

        @Schema(required = true, description = "Super-steps that the run had completed; -1 before its input.")
        int superStep,

        @Schema(required = true, description = "Whether it is of a parallel run's own lineage, and not the thread's.")
        boolean side,

        @Schema(required = true, description = "The event that made it.")
        long seq,

        @Schema(required = true) Instant time,

        @Schema(required = true, description = "The steps that were to be executed.")
        List<String> next,

        @Schema(required = true, type = SchemaType.OBJECT, implementation = Object.class, description = "The channels.")
        Json values) {

    static CheckpointView of(ThreadKey thread, Checkpoint checkpoint) {
        RunId run = checkpoint.run();
        WorkflowRef workflow = checkpoint.workflow();
        return new CheckpointView(
                checkpoint.id().text(thread),
                thread.thread(),
                checkpoint.parents().stream().map(parent -> parent.text(thread)).toList(),
                checkpoint.source().name().toLowerCase(Locale.ROOT),
                checkpoint.label(),
                run == null ? null : run.value(),
                workflow == null ? null : workflow.toString(),
                checkpoint.superStep(),
                checkpoint.side(),
                checkpoint.id().seq(),
                Instant.ofEpochMilli(checkpoint.id().timeMs()),
                checkpoint.next(),
                Json.object(checkpoint.channels().values()));
    }
}

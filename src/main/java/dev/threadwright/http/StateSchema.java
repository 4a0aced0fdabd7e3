package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.contract.SnapshotView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A state as the OpenAPI document describes it; {@link SnapshotView} makes it. */
@Schema(name = "ThreadState")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record StateSchema(
        @Schema(required = true) Map<String, Object> values,

        @Schema(required = true, description = "The steps to come; none if there is nothing to do.")
        List<String> next,

        @Schema(required = true, nullable = true) NamedCheckpoint checkpoint,

        @Schema(required = true, nullable = true) NamedCheckpoint parentCheckpoint,

        @Schema(required = true, description = "`source`, `step`, and of a run `run_id`.")
        Map<String, Object> metadata,

        @Schema(required = true, nullable = true) Instant createdAt,

        @Schema(required = true) List<StateTask> tasks,

        @Schema(required = true, description = "Those of all tasks.")
        List<Map<String, Object>> interrupts) {

    @Schema(name = "WrittenState")
    record Written(@Schema(required = true) NamedCheckpoint checkpoint) {}

    @Schema(name = "StateCheckpoint")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record NamedCheckpoint(
            @Schema(required = true) String threadId,
            @Schema(required = true) String checkpointNs,
            @Schema(required = true, nullable = true) String checkpointId,
            @Schema(nullable = true) Map<String, Object> checkpointMap) {}

    @Schema(name = "StateTask")
    record StateTask(
            @Schema(required = true) String id,
            @Schema(required = true) String name,
            @Schema(required = true) List<Map<String, Object>> interrupts,
            @Schema(nullable = true) String error,

            @Schema(nullable = true, description = "Of the graph that it runs.")
            NamedCheckpoint checkpoint,

            @Schema(
                    nullable = true,
                    type = SchemaType.OBJECT,
                    description = "The state of the graph that it runs, if that was asked for.")
            Object state) {}
}

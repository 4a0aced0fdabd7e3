package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The bodies of requests about threads as the OpenAPI document describes them; {@link ThreadRequest} reads them. */
final class ThreadRequestSchemas {

    private static final String METADATA =
            "Go into the thread's metadata: each field takes the place of the one of its" + " name. Without U+0000.";
    private static final String APPROVALS =
            "Replaces the answers that interrupts get by themselves, by their kind; {} takes all back. A run keeps those"
                    + " that were set when it started. An answer that an interrupt's schema does not take is not given.";
    private static final String CONTAINED =
            "Each of these fields is in the thread's, with this value or one that holds it.";

    private ThreadRequestSchemas() {}

    @Schema(name = "ThreadTtlRequest", additionalProperties = Schema.False.class)
    record Ttl(
            @Schema(
                    required = true,
                    minimum = "1",
                    maximum = "5256000",
                    description = "Minutes without anything happening on the idle thread, after which it is deleted.")
            int ttl,

            @Schema(enumeration = "delete", defaultValue = "delete")
            String strategy) {}

    @Schema(name = "ThreadCreateRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Create(
            @Schema(maxLength = 255, description = "A new UUID if absent.")
            String threadId,

            @Schema(
                    enumeration = {"raise", "do_nothing"},
                    defaultValue = "raise",
                    description = "`do_nothing`: the thread that is there is answered, and not changed.")
            String ifExists,

            @Schema(description = METADATA + " If `graph_id` names a workflow, that is what its inputs start.")
            Map<String, Object> metadata,

            @Schema(description = "As in the metadata.") String graphId,

            @Schema(description = "What its state begins with: the updates of one super-step after the other.")
            List<SuperStep> supersteps,

            Ttl ttl,

            @Schema(implementation = PolicySchema.class) Object policy,

            @Schema(maxLength = 255) String workflow,

            @Schema(description = APPROVALS) Map<String, Object> approvals) {}

    @Schema(name = "SuperStepUpdates")
    record SuperStep(@Schema(required = true) List<SuperStepUpdate> updates) {}

    @Schema(name = "SuperStepUpdate", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record SuperStepUpdate(
            @Schema(description = "Values by channel, or a list of such objects.")
            Object values,

            @Schema(
                    type = SchemaType.OBJECT,
                    description =
                            "`update`: channels, or a list of [channel, value], written after the values. `goto`: the names of the steps that follow instead of what the routes of the step say; `__end__` for none.")
            Object command,

            @Schema(description = "As whose writes: a step, `__start__` for an input.")
            String asNode) {}

    @Schema(name = "ThreadUpdateRequest", minProperties = 1, additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Update(
            @Schema(description = METADATA) Map<String, Object> metadata,

            Ttl ttl,

            @Schema(implementation = PolicySchema.class) Object policy,

            @Schema(maxLength = 255) String workflow,

            @Schema(description = APPROVALS, examples = "{\"approval_required\": {\"approved\": true}}")
            Map<String, Object> approvals) {}

    @Schema(name = "ThreadFilter", additionalProperties = Schema.False.class)
    record Filter(
            @Schema(description = CONTAINED) Map<String, Object> metadata,

            @Schema(description = CONTAINED) Map<String, Object> values,

            @Schema(enumeration = {"idle", "busy", "interrupted", "error"})
            String status,

            @Schema(maxItems = ThreadRequest.MAX_IDS) List<String> ids) {}

    @Schema(name = "ThreadSearchRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Search(
            @Schema(description = CONTAINED) Map<String, Object> metadata,

            @Schema(description = CONTAINED) Map<String, Object> values,

            @Schema(enumeration = {"idle", "busy", "interrupted", "error"})
            String status,

            @Schema(maxItems = ThreadRequest.MAX_IDS) List<String> ids,

            @Schema(minimum = "1", maximum = "1000", defaultValue = "10")
            int limit,

            @Schema(minimum = "0", defaultValue = "0") int offset,

            @Schema(
                    enumeration = {"thread_id", "created_at", "updated_at", "status", "state_updated_at"},
                    defaultValue = "created_at",
                    description = "Only `thread_id` and `created_at` have an index.")
            String sortBy,

            @Schema(
                    enumeration = {"asc", "desc"},
                    defaultValue = "desc")
            String sortOrder,

            @Schema(description = "Only these fields of each.")
            List<String> select,

            @Schema(
                    description = "Values of each thread by names of one's own: paths such as"
                            + " `values.messages[-1].content`, at most 10. They come as `extracted`.")
            Map<String, String> extract) {}

    @Schema(name = "ThreadPruneRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Prune(
            @Schema(required = true, maxItems = ThreadRequest.MAX_PRUNED)
            List<String> threadIds,

            @Schema(enumeration = "delete", defaultValue = "delete")
            String strategy) {}

    @Schema(name = "PrunedThreads")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Pruned(@Schema(required = true) int prunedCount) {}

    @Schema(name = "StateUpdateRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record State(
            @Schema(description = "Values by channel, or a list of such objects; written through the reducers.")
            Object values,

            @Schema(description = "Whose state is changed; the newest if absent.")
            Map<String, Object> checkpoint,

            @Schema(description = "As in the checkpoint.") String checkpointId,

            @Schema(
                    description =
                            "As whose writes: what follows that step is what is to be done next. `__start__` for an"
                                    + " input, `__end__` if nothing is.")
            String asNode) {}

    @Schema(name = "StateMetadataRequest", additionalProperties = Schema.False.class)
    record StateMetadata(
            @Schema(required = true, description = METADATA) Map<String, Object> metadata) {}

    @Schema(name = "StateAtRequest", additionalProperties = Schema.False.class)
    record At(
            @Schema(required = true) Map<String, Object> checkpoint,

            @Schema(
                    defaultValue = "false",
                    description = "Taken, and without effect: states of subgraphs are not kept.")
            boolean subgraphs,

            @Schema(description = StateFields.SELECT) List<String> select) {}

    @Schema(name = "HistoryRequest", additionalProperties = Schema.False.class)
    record History(
            @Schema(minimum = "1", maximum = "1000", defaultValue = "10")
            int limit,

            @Schema(
                    description =
                            "Older ones than this checkpoint: its id, itself, or `{configurable: {checkpoint_id}}`.")
            Object before,

            @Schema(description = "Only those whose metadata hold this.")
            Map<String, Object> metadata,

            @Schema(description = "`{checkpoint_ns}` of a subgraph: of those no states are kept, the list is empty.")
            Map<String, Object> checkpoint,

            @Schema(description = StateFields.SELECT) List<String> select) {}
}

package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The bodies of requests about assistants as the OpenAPI document describes them. */
final class AssistantRequests {

    private static final String METADATA = "Each pair has to be there and equal.";
    private static final String NAME = "A part of the name, in any case.";

    private AssistantRequests() {}

    @Schema(name = "AssistantCreateRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Create(
            @Schema(required = true, description = "A workflow's name, or name@version for that version only.")
            String graphId,

            @Schema(format = "uuid", description = "A new one if absent.")
            String assistantId,

            @Schema(description = "The workflow's if absent.", maxLength = AssistantResource.MAX_NAME_LENGTH)
            String name,

            String description,

            @Schema(description = "`tags`, `recursion_limit`, `configurable`.")
            Map<String, Object> config,

            Object context,
            Map<String, Object> metadata,

            @Schema(
                    enumeration = {"raise", "do_nothing"},
                    defaultValue = "raise")
            String ifExists) {}

    @Schema(name = "AssistantUpdateRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Update(
            String graphId,

            @Schema(maxLength = AssistantResource.MAX_NAME_LENGTH)
            String name,

            String description,
            Map<String, Object> config,
            Object context,

            @Schema(description = "Laid over what is there.")
            Map<String, Object> metadata) {}

    @Schema(name = "AssistantSearchRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Search(
            String graphId,
            @Schema(description = NAME) String name,
            @Schema(description = METADATA) Map<String, Object> metadata,

            @Schema(minimum = "1", maximum = "" + AssistantResource.MAX_LIMIT, defaultValue = "10")
            int limit,

            @Schema(minimum = "0", defaultValue = "0") int offset,

            @Schema(
                    enumeration = {"assistant_id", "graph_id", "name", "created_at", "updated_at"},
                    defaultValue = "created_at")
            String sortBy,

            @Schema(
                    enumeration = {"asc", "desc"},
                    defaultValue = "desc")
            String sortOrder,

            @Schema(description = "The fields to answer with; all if absent.")
            List<String> select) {}

    @Schema(name = "AssistantCountRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Count(
            String graphId,
            @Schema(description = NAME) String name,
            @Schema(description = METADATA) Map<String, Object> metadata) {}

    @Schema(name = "AssistantVersionsRequest", additionalProperties = Schema.False.class)
    record Versions(
            @Schema(description = METADATA) Map<String, Object> metadata,

            @Schema(minimum = "1", maximum = "" + AssistantResource.MAX_LIMIT, defaultValue = "10")
            int limit,

            @Schema(minimum = "0", defaultValue = "0") int offset) {}

    @Schema(name = "AssistantLatestRequest", additionalProperties = Schema.False.class)
    record Latest(@Schema(required = true, minimum = "1") int version) {}

    @Schema(name = "AssistantGraph")
    record GraphView(
            @Schema(required = true) List<GraphNode> nodes,
            @Schema(required = true) List<GraphEdge> edges) {}

    @Schema(name = "AssistantGraphNode")
    record GraphNode(
            @Schema(required = true, examples = "price:gather")
            String id,

            String name,
            String type,
            Map<String, Object> data) {}

    @Schema(name = "AssistantGraphEdge")
    record GraphEdge(
            @Schema(required = true) String source,
            @Schema(required = true) String target,

            @Schema(description = "`error` or `each`: what it is followed for.")
            String data,

            boolean conditional) {}

    @Schema(name = "AssistantSchemas", description = "JSON Schemas; null for what is not known.")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record SchemasView(
            @Schema(required = true) String graphId,
            Map<String, Object> inputSchema,
            Map<String, Object> outputSchema,
            Map<String, Object> stateSchema,
            Map<String, Object> configSchema,
            Map<String, Object> contextSchema) {}
}

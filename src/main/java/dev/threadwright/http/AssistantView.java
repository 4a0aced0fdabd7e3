package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.assistant.Assistant;
import dev.threadwright.assistant.StoredAssistant;
import dev.threadwright.workflow.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "Assistant", description = "A workflow, or a named configuration of one.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record AssistantView(
        @Schema(required = true, format = "uuid") String assistantId,

        @Schema(required = true, description = "A workflow, or one version of it: name@version.", examples = "report")
        String graphId,

        @Schema(required = true) String name,
        @Nullable String description,

        @Schema(required = true, type = SchemaType.OBJECT, implementation = Object.class)
        Json config,

        @Schema(required = true, implementation = Object.class)
        Json context,

        @Schema(required = true, type = SchemaType.OBJECT, implementation = Object.class)
        Json metadata,

        @Schema(required = true) int version,
        @Schema(required = true) Instant createdAt,

        @Schema(description = "Not of a version in a list of versions.")
        Instant updatedAt) {

    static final List<String> FIELDS = List.of(
            "assistant_id",
            "graph_id",
            "name",
            "description",
            "config",
            "context",
            "metadata",
            "version",
            "created_at",
            "updated_at");

    /** @param select the fields that it shall have; null for all */
    static Json.Obj of(StoredAssistant stored, @Nullable List<String> select) {
        Assistant assistant = stored.assistant();
        String description = stored.description();
        Map<String, Json> fields = new LinkedHashMap<>();
        fields.put("assistant_id", Json.of(assistant.id()));
        fields.put("graph_id", Json.of(assistant.graph()));
        fields.put("name", Json.of(assistant.name()));
        fields.put("description", description == null ? Json.NULL : Json.of(description));
        fields.put("config", assistant.config());
        fields.put("context", assistant.context());
        fields.put("metadata", assistant.metadata());
        fields.put("version", Json.of(assistant.version()));
        fields.put("created_at", Times.json(stored.createdAtMs()));
        fields.put("updated_at", Times.json(stored.updatedAtMs()));
        if (select != null) {
            fields.keySet().retainAll(select);
        }
        return Json.object(fields);
    }

    static Json.Obj ofVersion(StoredAssistant stored) {
        return of(
                stored,
                FIELDS.stream().filter(field -> !field.equals("updated_at")).toList());
    }
}

package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.store.Namespace;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The bodies of requests to the store as the OpenAPI document describes them. */
final class StoreRequests {

    private static final String LABELS = "Labels, the outermost first; none is empty or has a dot in it.";

    private StoreRequests() {}

    @Schema(name = "StorePutRequest", additionalProperties = Schema.False.class)
    record Put(
            @Schema(required = true, description = LABELS, minItems = 1, maxItems = Namespace.MAX_DEPTH)
            List<String> namespace,

            @Schema(required = true, minLength = 1) String key,
            @Schema(required = true) Map<String, Object> value,

            @Schema(description = "False, or paths; nothing is indexed by meaning yet.", nullable = true)
            Object index,

            @Schema(
                    description =
                            "Minutes until it is gone, from now and from each read that refreshes; null for never.",
                    nullable = true)
            Double ttl) {}

    @Schema(name = "StoreDeleteRequest", additionalProperties = Schema.False.class)
    record Delete(
            @Schema(required = true, description = LABELS) List<String> namespace,
            @Schema(required = true) String key) {}

    @Schema(name = "StoreSearchRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Search(
            @Schema(description = "By whole labels; none for everything.")
            List<String> namespacePrefix,

            @Schema(
                    description = "Fields of the value and what they equal, objects for fields within, or `$eq`, `$ne`,"
                            + " `$gt`, `$gte`, `$lt`, `$lte`.",
                    examples = "{\"colour\": \"red\", \"size\": {\"$gte\": 2}}")
            Map<String, Object> filter,

            @Schema(minimum = "1", maximum = "" + StoreResource.MAX_LIMIT, defaultValue = "10")
            int limit,

            @Schema(minimum = "0", defaultValue = "0") int offset,

            @Schema(description = "What one of the value's texts has to contain, in any case.")
            String query,

            @Schema(description = "Whether what is found lives as long again.", defaultValue = "true")
            boolean refreshTtl) {}

    @Schema(name = "StoreNamespacesRequest", additionalProperties = Schema.False.class)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Namespaces(
            @Schema(description = "Labels, where `*` is any one.")
            List<String> prefix,

            @Schema(description = "Labels, where `*` is any one.")
            List<String> suffix,

            @Schema(
                    description = "How many labels of each are told.",
                    minimum = "1",
                    maximum = "" + Namespace.MAX_DEPTH)
            Integer maxDepth,

            @Schema(minimum = "1", maximum = "" + StoreResource.MAX_LIMIT, defaultValue = "100")
            int limit,

            @Schema(minimum = "0", defaultValue = "0") int offset) {}
}

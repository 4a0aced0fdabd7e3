package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.store.Item;
import dev.threadwright.store.Namespace;
import dev.threadwright.workflow.Json;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What the store answers. */
final class StoreView {

    private StoreView() {}

    @Schema(name = "StoreItem")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ItemView(
            @Schema(required = true) List<String> namespace,
            @Schema(required = true) String key,

            @Schema(required = true, type = SchemaType.OBJECT, implementation = Object.class)
            Json value,

            @Schema(required = true) Instant createdAt,

            @Schema(required = true) Instant updatedAt) {

        static ItemView of(Item item) {
            return new ItemView(
                    item.namespace().labels(),
                    item.key(),
                    item.value(),
                    Instant.ofEpochMilli(item.createdAtMs()),
                    Instant.ofEpochMilli(item.updatedAtMs()));
        }
    }

    @Schema(name = "StoreItems")
    record ItemsView(@Schema(required = true) List<ItemView> items) {}

    @Schema(name = "StoreNamespaces")
    record NamespacesView(@Schema(required = true) List<List<String>> namespaces) {

        static NamespacesView of(List<Namespace> found) {
            return new NamespacesView(found.stream().map(Namespace::labels).toList());
        }
    }
}

package dev.threadwright.http;

import dev.threadwright.http.StoreView.ItemView;
import dev.threadwright.http.StoreView.ItemsView;
import dev.threadwright.http.StoreView.NamespacesView;
import dev.threadwright.json.JsonText;
import dev.threadwright.security.Role;
import dev.threadwright.store.ItemFilter;
import dev.threadwright.store.Namespace;
import dev.threadwright.store.NamespaceQuery;
import dev.threadwright.store.Store;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** The store: values by namespace and key. */
@Path("/store")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Store", description = "Values by namespace and key, beside all threads.")
@APIResponse(ref = "InvalidRequest", responseCode = "400")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class StoreResource {

    static final int MAX_LIMIT = 1_000;
    static final int DEFAULT_LIMIT = 10;
    static final int DEFAULT_NAMESPACES = 100;

    private static final BigDecimal MS_A_MINUTE = BigDecimal.valueOf(60_000);
    private static final List<String> PUT_FIELDS = List.of("namespace", "key", "value", "index", "ttl");
    private static final List<String> SEARCHED =
            List.of("namespace_prefix", "filter", "limit", "offset", "query", "refresh_ttl");
    private static final List<String> LISTED = List.of("prefix", "suffix", "max_depth", "limit", "offset");

    private final Store store;
    private final int maxValueBytes;

    StoreResource(Store store, @ConfigProperty(name = "threadwright.limits.data-bytes") int maxValueBytes) {
        this.store = store;
        this.maxValueBytes = maxValueBytes;
    }

    @PUT
    @Path("/items")
    @Needs(Role.WRITE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "putStoreItem", summary = "Keep a value, in place of what is there")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = StoreRequests.Put.class)))
    @APIResponse(responseCode = "204", description = "It is kept")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    public Uni<Void> put(byte @Nullable [] body) {
        RequestFields fields = RequestFields.parse(body, maxValueBytes, PUT_FIELDS);
        Namespace namespace = namespace(fields, "namespace", Namespace::ofItem);
        String key = key(fields);
        Json.Obj value = fields.object("value");
        if (value == null) {
            throw fields.wrong("value", "is missing: it must be an object");
        }
        long bytes = JsonText.writeBytes(value).length + expansion(value);
        if (bytes > maxValueBytes) {
            throw new ProblemException(Problem.of(
                    ProblemType.TOO_LARGE,
                    "/value has " + bytes + " bytes, at most " + maxValueBytes
                            + " as threadwright.limits.data-bytes says"));
        }
        if (!(fields.value("index") instanceof Json.Bool)) {
            fields.texts("index");
        }
        return store.put(CurrentCaller.tenant(), namespace, key, value, ttlMs(fields));
    }

    @GET
    @Path("/items")
    @Needs(Role.READ)
    @Operation(operationId = "getStoreItem", summary = "A value, by its namespace and key")
    @APIResponse(
            responseCode = "200",
            description = "The item",
            content = @Content(schema = @Schema(implementation = ItemView.class)))
    @APIResponse(ref = "NotFound", responseCode = "404")
    public Uni<ItemView> item(
            @Parameter(description = "Labels, joined by dots.", required = true) @RestQuery("namespace") @Nullable String namespace,
            @Parameter(required = true) @RestQuery("key") @Nullable String key,
            @Parameter(
                            description = "Whether it lives as long again.",
                            schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "true"))
                    @RestQuery("refresh_ttl")
                    @Nullable String refreshTtl) {
        boolean refresh = PathTexts.flag("refresh_ttl", refreshTtl, true);
        if (namespace == null || key == null || key.isEmpty()) {
            throw invalid("Query parameters namespace and key are both needed");
        }
        Namespace place;
        try {
            place = Namespace.parse(PathTexts.checked("namespace", namespace));
        } catch (IllegalArgumentException e) {
            throw invalid("Query parameter namespace " + e.getMessage());
        }
        return store.get(CurrentCaller.tenant(), place, PathTexts.checked("key", key), refresh)
                .map(item -> {
                    if (item == null) {
                        throw new ProblemException(
                                Problem.of(ProblemType.ITEM_NOT_FOUND, "There is no item " + key + " in " + namespace));
                    }
                    return ItemView.of(item);
                });
    }

    @DELETE
    @Path("/items")
    @Needs(Role.WRITE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "deleteStoreItem", summary = "Forget a value")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = StoreRequests.Delete.class)))
    @APIResponse(responseCode = "204", description = "It is not there, or not any more")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    public Uni<Void> delete(byte @Nullable [] body) {
        RequestFields fields = RequestFields.parse(body, maxValueBytes, List.of("namespace", "key"));
        return store.delete(CurrentCaller.tenant(), namespace(fields, "namespace", Namespace::ofItem), key(fields));
    }

    @POST
    @Path("/items/search")
    @Needs(Role.READ)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "searchStoreItems",
            summary = "Values below a prefix of namespaces, the last changed first",
            description = "`query` finds texts that contain it, in any case; it does not search by meaning.")
    @RequestBody(content = @Content(schema = @Schema(implementation = StoreRequests.Search.class)))
    @APIResponse(
            responseCode = "200",
            description = "A page of items",
            content = @Content(schema = @Schema(implementation = ItemsView.class)))
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    public Uni<ItemsView> search(byte @Nullable [] body) {
        RequestFields fields = RequestFields.parseOrEmpty(body, maxValueBytes, SEARCHED);
        Boolean refresh = fields.flag("refresh_ttl");
        String words = fields.text("query");
        return store.search(
                        CurrentCaller.tenant(),
                        namespace(fields, "namespace_prefix", Namespace::prefix),
                        filter(fields),
                        words == null || words.isEmpty() ? null : words,
                        fields.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
                        fields.number("offset", 0, Integer.MAX_VALUE, 0),
                        refresh == null || refresh)
                .map(found -> new ItemsView(found.stream().map(ItemView::of).toList()));
    }

    @POST
    @Path("/namespaces")
    @Needs(Role.READ)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "getStoreNamespaces", summary = "The namespaces that have values, in their order")
    @RequestBody(content = @Content(schema = @Schema(implementation = StoreRequests.Namespaces.class)))
    @APIResponse(
            responseCode = "200",
            description = "A page of namespaces",
            content = @Content(schema = @Schema(implementation = NamespacesView.class)))
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    public Uni<NamespacesView> namespaces(byte @Nullable [] body) {
        RequestFields fields = RequestFields.parseOrEmpty(body, maxValueBytes, LISTED);
        int depth = fields.number("max_depth", 1, Namespace.MAX_DEPTH, Namespace.MAX_DEPTH);
        return store.namespaces(
                        CurrentCaller.tenant(),
                        new NamespaceQuery(
                                namespace(fields, "prefix", Namespace::prefix),
                                namespace(fields, "suffix", Namespace::prefix),
                                depth,
                                fields.number("limit", 1, MAX_LIMIT, DEFAULT_NAMESPACES),
                                fields.number("offset", 0, Integer.MAX_VALUE, 0)))
                .map(NamespacesView::of);
    }

    private static Namespace namespace(RequestFields fields, String name, Function<List<String>, Namespace> reading) {
        List<String> labels = fields.texts(name);
        try {
            return reading.apply(labels == null ? List.of() : labels);
        } catch (IllegalArgumentException e) {
            throw fields.wrong(name, String.valueOf(e.getMessage()));
        }
    }

    private static String key(RequestFields fields) {
        String key = fields.requiredText("key");
        if (key.getBytes(StandardCharsets.UTF_8).length > Store.MAX_KEY_BYTES) {
            throw fields.wrong("key", "has more than " + Store.MAX_KEY_BYTES + " bytes");
        }
        return key;
    }

    private static @Nullable ItemFilter filter(RequestFields fields) {
        Json.Obj filter = fields.object("filter");
        try {
            return filter == null ? null : ItemFilter.of(filter);
        } catch (IllegalArgumentException e) {
            throw fields.wrong("filter", String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable Long ttlMs(RequestFields fields) {
        Json ttl = fields.value("ttl");
        if (ttl == null) {
            return null;
        }
        if (ttl instanceof Json.Num minutes && minutes.value().signum() > 0) {
            BigDecimal ms = minutes.value().multiply(MS_A_MINUTE);
            if (ms.compareTo(BigDecimal.valueOf(Store.MAX_TTL_MS)) <= 0) {
                return Math.max(1, ms.longValue());
            }
        }
        throw fields.wrong(
                "ttl", "must be a number of minutes above 0 and up to " + Store.MAX_TTL_MS / 60_000 + ", or null");
    }

    private static ProblemException invalid(String detail) {
        return new ProblemException(Problem.of(ProblemType.INVALID_REQUEST, detail));
    }

    /** By how much the database makes numbers longer: it keeps no exponents, only digits. */
    private static long expansion(Json value) {
        return switch (value) {
            case Json.Num(BigDecimal number) -> {
                long digits = number.scale() <= 0
                        ? number.precision() - (long) number.scale()
                        : Math.max(number.precision(), number.scale()) + 2L;
                yield Math.max(0, digits - number.toString().length());
            }
            case Json.Arr(List<Json> items) ->
                items.stream().mapToLong(StoreResource::expansion).sum();
            case Json.Obj(Map<String, Json> fields) ->
                fields.values().stream().mapToLong(StoreResource::expansion).sum();
            case Json.Text ignored -> 0;
            case Json.Bool ignored -> 0;
            case Json.Null ignored -> 0;
        };
    }
}

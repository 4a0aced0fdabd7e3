package dev.threadwright.assistant;

import dev.threadwright.catalog.Catalog;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowRef;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Each workflow as an assistant, from memory as far as nothing else is said. Whether it can be used here is not asked for that. */
public final class SystemAssistants {

    static final Json.Obj METADATA = Json.object("created_by", Json.of("system"));

    /** The one that other agent servers derive the ids of their graphs in, so that a graph that moves keeps its id. */
    private static final UUID NAMESPACE = UUID.fromString("6ba7b821-9dad-11d1-80b4-00c04fd430c8");

    private final Catalog catalog;

    /** By name; there are as many as workflows. */
    private final Map<String, String> ids = new ConcurrentHashMap<>();

    SystemAssistants(Catalog catalog) {
        this.catalog = catalog;
    }

    List<Assistant> all(String tenant) {
        return catalog.newest(tenant).stream().map(this::of).toList();
    }

    /** By its id, the workflow's name, or name@version; null if there is none. */
    @Nullable Assistant find(String tenant, String idOrGraph) {
        WorkflowRef named = ref(tenant, idOrGraph);
        if (named != null) {
            Assistant newest = of(named);
            return Assistant.pinned(idOrGraph) == null
                    ? newest
                    : new Assistant(
                            newest.id(),
                            idOrGraph,
                            newest.version(),
                            newest.name(),
                            newest.config(),
                            newest.context(),
                            newest.metadata());
        }
        return catalog.newest(tenant).stream()
                .filter(workflow -> known(workflow.name()).equals(idOrGraph))
                .findFirst()
                .map(this::of)
                .orElse(null);
    }

    private @Nullable WorkflowRef ref(String tenant, String graph) {
        WorkflowRef pinned = Assistant.pinned(graph);
        if (pinned != null) {
            return catalog.has(tenant, pinned) ? pinned : null;
        }
        return catalog.newest(tenant, graph);
    }

    /** The workflow that a graph's name, or name@version, stands for. Blocks for one that has to be compiled, or read. */
    @Nullable Workflow workflow(String tenant, String graph) {
        WorkflowRef pinned = Assistant.pinned(graph);
        return pinned == null ? catalog.latest(tenant, graph) : catalog.find(tenant, pinned);
    }

    /** All versions of an assistant that is a workflow, the newest first. */
    List<Assistant> versions(String tenant, Assistant assistant) {
        return catalog.versions(tenant, assistant.workflow()).stream()
                .map(this::of)
                .toList();
    }

    /** Blocks for one that has to be compiled, or read. */
    @Nullable String description(String tenant, Assistant assistant) {
        return catalog.description(tenant, new WorkflowRef(assistant.workflow(), assistant.version()));
    }

    /** Takes in what other servers have registered. Blocks. */
    void refresh() {
        catalog.refresh();
    }

    private Assistant of(WorkflowRef workflow) {
        String name = workflow.name();
        return new Assistant(
                known(name), name, workflow.version(), name, Json.EMPTY_OBJECT, Json.EMPTY_OBJECT, METADATA);
    }

    private String known(String graph) {
        return ids.computeIfAbsent(graph, SystemAssistants::idOf);
    }

    /** A name-based UUID of version 5. */
    public static String idOf(String graph) {
        byte[] hash = sha1().digest(ByteBuffer.allocate(16 + graph.getBytes(StandardCharsets.UTF_8).length)
                .putLong(NAMESPACE.getMostSignificantBits())
                .putLong(NAMESPACE.getLeastSignificantBits())
                .put(graph.getBytes(StandardCharsets.UTF_8))
                .array());
        ByteBuffer bytes = ByteBuffer.wrap(hash);
        long most = bytes.getLong() & ~0xf000L | 0x5000L;
        long least = bytes.getLong() & ~(3L << 62) | 1L << 63;
        return new UUID(most, least).toString();
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-1", e);
        }
    }
}

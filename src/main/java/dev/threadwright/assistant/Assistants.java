package dev.threadwright.assistant;

import dev.threadwright.assistant.AssistantRefusedException.Reason;
import dev.threadwright.catalog.Catalog;
import dev.threadwright.tables.Tables;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowRef;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** All assistants of a tenant: its workflows, and what somebody made of them. */
@ApplicationScoped
public class Assistants {

    private static final Pattern UUID_FORM =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", Pattern.CASE_INSENSITIVE);

    private final Tables tables;
    private final SystemAssistants system;
    private final Clock clock = Clock.systemUTC();

    Assistants(Tables tables, Catalog catalog) {
        this.tables = tables;
        this.system = new SystemAssistants(catalog);
    }

    /** What may be an id of one that somebody makes. */
    public static boolean isId(String text) {
        return UUID_FORM.matcher(text).matches();
    }

    /** By its id, by a workflow's name, or by name@version; null if there is none. Workflows need no database. */
    public Uni<@Nullable Assistant> resolve(String tenant, String idOrGraph) {
        Assistant known = system.find(tenant, canonical(idOrGraph));
        return known != null
                ? Uni.createFrom().item(known)
                : find(tenant, idOrGraph).onItem().ifNotNull().transform(StoredAssistant::assistant);
    }

    /** As {@link #resolve}, with all that is known of it. */
    public Uni<@Nullable StoredAssistant> find(String tenant, String idOrGraph) {
        String id = canonical(idOrGraph);
        return knownOrNew(tenant, id)
                .flatMap(own -> own != null
                        ? ofTheSystem(tenant, own)
                        : isId(id)
                                ? tables.find(tenant, sql -> new AssistantRows(sql, tenant).find(id))
                                : Uni.createFrom().nullItem());
    }

    /** The workflow that an assistant runs now; null if this server does not have it. Blocks for one that has to be compiled, or read. */
    public @Nullable Workflow workflow(String tenant, Assistant assistant) {
        return system.workflow(tenant, assistant.graph());
    }

    public Uni<List<StoredAssistant>> search(
            String tenant, AssistantFilter filter, AssistantOrder order, boolean descending, int limit, int offset) {
        return tables.read(
                tenant,
                sql -> new AssistantRows(sql, tenant)
                        .search(system.all(tenant), filter, order, descending, limit, offset).stream()
                                .map(found -> described(tenant, found))
                                .toList());
    }

    public Uni<Long> count(String tenant, AssistantFilter filter) {
        return tables.read(tenant, sql -> new AssistantRows(sql, tenant).count(system.all(tenant), filter));
    }

    /**
     * @param id null for a new one
     * @param mayExist whether one that is there is the answer, rather than a refusal
     */
    public Uni<StoredAssistant> create(
            String tenant, @Nullable String id, String graph, AssistantChange content, boolean mayExist) {
        String chosen = id == null ? UUID.randomUUID().toString() : canonical(id);
        return workflow(tenant, graph)
                .flatMap(workflow -> find(tenant, chosen))
                .flatMap(there -> there == null
                        ? inserted(tenant, blank(chosen, graph), content)
                        : Uni.createFrom().item(false))
                .flatMap(isNew -> required(tenant, chosen).invoke(made -> {
                    if (!isNew && !mayExist) {
                        throw exists(chosen);
                    }
                }));
    }

    /** The next version. */
    public Uni<StoredAssistant> change(String tenant, String id, AssistantChange change) {
        String graph = change.graph();
        return custom(tenant, id)
                .flatMap(found -> graph == null
                        ? Uni.createFrom().item(true)
                        : workflow(tenant, graph).map(w -> true))
                .flatMap(checked -> tables.write(sql -> {
                    AssistantRows rows = new AssistantRows(sql, tenant);
                    Integer newest = rows.lock(canonical(id));
                    StoredAssistant before = newest == null ? null : rows.find(canonical(id));
                    if (newest == null || before == null) {
                        throw unknown(id);
                    }
                    StoredAssistant next = changed(before, change, newest + 1, clock.millis());
                    rows.addVersion(next);
                    return next;
                }));
    }

    /** Its versions, the newest first. */
    public Uni<List<StoredAssistant>> versions(
            String tenant, String id, Json.@Nullable Obj metadata, int limit, int offset) {
        return required(tenant, id).flatMap(found -> {
            Assistant assistant = found.assistant();
            return isOfTheSystem(tenant, assistant)
                    ? tables.read(
                            tenant,
                            sql -> new AssistantRows(sql, tenant)
                                    .ofTheSystem(system.versions(tenant, assistant)).stream()
                                            .filter(version -> hasAll(version, metadata))
                                            .skip(offset)
                                            .limit(limit)
                                            .map(version -> described(tenant, version))
                                            .toList())
                    : tables.read(
                            tenant,
                            sql -> new AssistantRows(sql, tenant).versions(assistant.id(), metadata, limit, offset));
        });
    }

    /** Goes back, or forth, to a version that there is. One that is a workflow is in its newest, and stays there. */
    public Uni<StoredAssistant> use(String tenant, String id, int version) {
        return required(tenant, id).flatMap(found -> {
            Assistant assistant = found.assistant();
            if (isOfTheSystem(tenant, assistant)) {
                if (assistant.version() == version) {
                    return Uni.createFrom().item(found);
                }
                throw system.versions(tenant, assistant).stream().anyMatch(other -> other.version() == version)
                        ? unchangeable(id, assistant)
                        : noVersion(id, version);
            }
            return tables.write(sql -> new AssistantRows(sql, tenant).use(assistant.id(), version, clock.millis()))
                    .flatMap(used -> {
                        if (!used) {
                            throw noVersion(id, version);
                        }
                        return required(tenant, id);
                    });
        });
    }

    /** With its versions and crons. */
    public Uni<Void> delete(String tenant, String id) {
        return custom(tenant, id)
                .flatMap(found -> tables.write(sql ->
                        new AssistantRows(sql, tenant).delete(found.assistant().id())))
                .invoke(deleted -> {
                    if (!deleted) {
                        throw unknown(id);
                    }
                })
                .replaceWithVoid();
    }

    /** @throws AssistantRefusedException in the answer, if there is none */
    public Uni<StoredAssistant> required(String tenant, String idOrGraph) {
        return find(tenant, idOrGraph).map(found -> {
            if (found == null) {
                throw unknown(idOrGraph);
            }
            return found;
        });
    }

    /** One that can be changed. */
    public Uni<StoredAssistant> custom(String tenant, String id) {
        return required(tenant, id).map(found -> {
            if (isOfTheSystem(tenant, found.assistant())) {
                throw unchangeable(id, found.assistant());
            }
            return found;
        });
    }

    private Uni<Boolean> inserted(String tenant, StoredAssistant blank, AssistantChange content) {
        return tables.write(
                sql -> new AssistantRows(sql, tenant).insert(changed(blank, content, 1, blank.createdAtMs())));
    }

    private StoredAssistant blank(String id, String graph) {
        WorkflowRef pinned = Assistant.pinned(graph);
        long nowMs = clock.millis();
        return new StoredAssistant(
                new Assistant(
                        id,
                        graph,
                        1,
                        pinned == null ? graph : pinned.name(),
                        Json.EMPTY_OBJECT,
                        Json.EMPTY_OBJECT,
                        Json.EMPTY_OBJECT),
                null,
                nowMs,
                nowMs);
    }

    private static StoredAssistant changed(StoredAssistant before, AssistantChange change, int version, long nowMs) {
        Assistant old = before.assistant();
        Map<String, Json> metadata = new LinkedHashMap<>(old.metadata().fields());
        if (change.metadata() != null) {
            metadata.putAll(change.metadata().fields());
        }
        return new StoredAssistant(
                new Assistant(
                        old.id(),
                        or(change.graph(), old.graph()),
                        version,
                        or(change.name(), old.name()),
                        or(change.config(), old.config()),
                        or(change.context(), old.context()),
                        Json.object(metadata)),
                change.description() != null ? change.description() : before.description(),
                before.createdAtMs(),
                nowMs);
    }

    private static <T> T or(@Nullable T changed, T before) {
        return changed == null ? before : changed;
    }

    private static AssistantRefusedException unchangeable(String id, Assistant assistant) {
        return new AssistantRefusedException(
                Reason.OF_THE_SYSTEM,
                "Assistant " + id + " is workflow " + assistant.workflow()
                        + ", and changes with it only: make one of your own with POST /assistants");
    }

    private static AssistantRefusedException noVersion(String id, int version) {
        return new AssistantRefusedException(Reason.NOT_FOUND, "Assistant " + id + " has no version " + version);
    }

    private static AssistantRefusedException exists(String id) {
        return new AssistantRefusedException(
                Reason.EXISTS,
                "Assistant " + id + " exists already; with \"if_exists\": \"do_nothing\" it would be the answer");
    }

    /** The workflow that has to be there. */
    private Uni<Workflow> workflow(String tenant, String graph) {
        return Uni.createFrom()
                .item(() -> {
                    Workflow known = system.workflow(tenant, graph);
                    if (known == null) {
                        system.refresh();
                        known = system.workflow(tenant, graph);
                    }
                    if (known == null) {
                        throw new AssistantRefusedException(
                                Reason.UNKNOWN_GRAPH,
                                "There is no workflow " + graph + "; GET /workflows lists those that are registered");
                    }
                    return known;
                })
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    /** One that is a workflow, perhaps one that another server registered a moment ago. */
    private Uni<@Nullable Assistant> knownOrNew(String tenant, String id) {
        Assistant known = system.find(tenant, id);
        return known != null
                ? Uni.createFrom().item(known)
                : refreshed().flatMap(done -> Uni.createFrom().item(system.find(tenant, id)));
    }

    private Uni<Boolean> refreshed() {
        return Uni.createFrom()
                .item(() -> {
                    system.refresh();
                    return true;
                })
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private Uni<@Nullable StoredAssistant> ofTheSystem(String tenant, Assistant own) {
        return tables.find(tenant, sql -> {
            List<StoredAssistant> found = new AssistantRows(sql, tenant).ofTheSystem(List.of(own));
            return found.isEmpty() ? null : described(tenant, found.getFirst());
        });
    }

    private StoredAssistant described(String tenant, StoredAssistant found) {
        return isOfTheSystem(tenant, found.assistant())
                ? new StoredAssistant(
                        found.assistant(),
                        system.description(tenant, found.assistant()),
                        found.createdAtMs(),
                        found.updatedAtMs())
                : found;
    }

    private boolean isOfTheSystem(String tenant, Assistant assistant) {
        return system.find(tenant, assistant.id()) != null;
    }

    private static boolean hasAll(StoredAssistant version, Json.@Nullable Obj metadata) {
        return metadata == null
                || metadata.fields().entrySet().stream()
                        .allMatch(pair -> pair.getValue()
                                .equals(version.assistant().metadata().get(pair.getKey())));
    }

    private static AssistantRefusedException unknown(String id) {
        return new AssistantRefusedException(Reason.NOT_FOUND, "Assistant " + id + " does not exist");
    }

    /** UUIDs are the same in any case; names are not. */
    private static String canonical(String id) {
        return isId(id) ? id.toLowerCase(Locale.ROOT) : id;
    }
}

package dev.threadwright.catalog;

import dev.threadwright.callback.Callbacks;
import dev.threadwright.json.JsonText;
import dev.threadwright.spi.StateReducer;
import dev.threadwright.spi.WorkflowProvider;
import dev.threadwright.step.Handlers;
import dev.threadwright.thread.Fingerprint;
import dev.threadwright.workflow.BuiltInWorkflows;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import dev.threadwright.workflow.WorkflowRef;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BinaryOperator;
import javax.sql.DataSource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The workflows of an installation: those written in Java, and the documents that were registered, on whichever server.
 * Answers from memory; {@link #refresh} brings that up to date.
 */
@ApplicationScoped
public class Catalog implements WorkflowCatalog {

    /** Whose workflows every tenant has. */
    public static final String EVERYONE = "*";

    private static final Logger LOG = Logger.getLogger(Catalog.class);

    private final StoredWorkflows stored;
    private final Set<String> handlers;
    private final Callbacks callbacks;
    private final Map<String, BinaryOperator<Json>> reducers = new HashMap<>();
    private final Map<StoredWorkflows.Key, Workflow> versions = new ConcurrentHashMap<>();
    private final Map<Name, Workflow> latest = new ConcurrentHashMap<>();
    private final Map<StoredWorkflows.Key, Boolean> documents = new ConcurrentHashMap<>();
    private final Map<StoredWorkflows.Key, String> descriptions = new ConcurrentHashMap<>();

    private record Name(String tenant, String name) {}

    /** @param isNew whether it was registered now; else this content was the newest version already */
    public record Registered(WorkflowRef ref, boolean isNew) {}

    Catalog(
            DataSource dataSource,
            Handlers handlers,
            Callbacks callbacks,
            @Any Instance<StateReducer> reducers,
            @Any Instance<WorkflowProvider> providers) {
        this.stored = new StoredWorkflows(dataSource);
        this.handlers = handlers.names();
        this.callbacks = callbacks;
        reducers.forEach(reducer -> {
            if (this.reducers.put(reducer.name(), reducer::reduce) != null) {
                throw new IllegalStateException("Two reducer beans are called \"" + reducer.name() + "\"");
            }
        });
        BuiltInWorkflows.all().forEach(this::addOwn);
        providers.forEach(provider -> provider.workflows().forEach(this::addOwn));
    }

    private void addOwn(Workflow workflow) {
        if (versions.containsKey(new StoredWorkflows.Key(EVERYONE, workflow.ref()))) {
            throw new IllegalStateException("Workflow " + workflow.ref() + " is defined twice");
        }
        add(EVERYONE, workflow);
    }

    @Override
    public @Nullable Workflow latest(String tenant, String name) {
        Workflow own = latest.get(new Name(tenant, name));
        return own != null ? own : latest.get(new Name(EVERYONE, name));
    }

    @Override
    public @Nullable Workflow find(String tenant, WorkflowRef ref) {
        Workflow own = versions.get(new StoredWorkflows.Key(tenant, ref));
        return own != null ? own : versions.get(new StoredWorkflows.Key(EVERYONE, ref));
    }

    /** The newest version under each name that the tenant may use. */
    public List<Workflow> newest(String tenant) {
        Map<String, Workflow> newest = new TreeMap<>();
        latest.forEach((name, workflow) -> {
            if (name.tenant().equals(tenant) || name.tenant().equals(EVERYONE) && !isOf(tenant, name.name())) {
                newest.put(name.name(), workflow);
            }
        });
        return List.copyOf(newest.values());
    }

    /** The versions under a name, the newest first; none if there is no such workflow. */
    public List<Workflow> versions(String tenant, String name) {
        String owner = isOf(tenant, name) ? tenant : EVERYONE;
        return versions.entrySet().stream()
                .filter(version -> version.getKey().tenant().equals(owner)
                        && version.getKey().ref().name().equals(name))
                .map(Map.Entry::getValue)
                .sorted(Comparator.comparingInt(
                                (Workflow workflow) -> workflow.ref().version())
                        .reversed())
                .toList();
    }

    /** What the document says of itself; null if it says nothing. */
    public @Nullable String description(String tenant, WorkflowRef ref) {
        String own = descriptions.get(new StoredWorkflows.Key(tenant, ref));
        return own != null ? own : descriptions.get(new StoredWorkflows.Key(EVERYONE, ref));
    }

    private boolean isOf(String tenant, String name) {
        return latest.containsKey(new Name(tenant, name));
    }

    /**
     * Takes in what other servers have registered. One cheap query if that is nothing. Blocks.
     *
     * @throws CatalogUnavailableException if the store cannot be reached
     */
    public void refresh() {
        if (stored.count() == documents.size()) {
            return;
        }
        List<StoredWorkflows.Row> waiting = new ArrayList<>(stored.missing(documents.keySet()));
        // Stored times are those of several clocks: one that runs another may come before it.
        while (waiting.removeIf(this::isTakenIn)) {}
        waiting.forEach(row -> documents.put(row.key(), true));
    }

    private boolean isTakenIn(StoredWorkflows.Row row) {
        String tenant = row.key().tenant();
        WorkflowRef ref = row.key().ref();
        try {
            Json.Obj document = DocumentReader.read(row.document());
            describe(row.key(), document);
            add(tenant, registered(tenant, document, ref.version()));
            documents.put(row.key(), true);
            return true;
        } catch (InvalidDocumentException e) {
            // A newer server may have handlers that this one lacks. Runs of it fail here and say so.
            LOG.warnf("Workflow %s of tenant %s cannot be used by this server: %s", ref, tenant, e.getMessage());
            return false;
        }
    }

    /** Everything that is wrong with a document; nothing if it could be registered. */
    public List<DocumentProblem> problems(String tenant, String text) {
        try {
            checked(tenant, DocumentReader.read(text));
            return List.of();
        } catch (InvalidDocumentException e) {
            return e.problems();
        }
    }

    /**
     * Registers a document, JSON or YAML. The same content again is no new version. Blocks.
     *
     * @throws InvalidDocumentException with all that is wrong with it
     * @throws WorkflowConflictException if it names a version that has other content, or is not the next
     * @throws CatalogUnavailableException if the store cannot be reached
     */
    public Registered register(String tenant, String text, long nowMs) {
        refresh();
        Json.Obj document = DocumentReader.read(text);
        Workflow workflow = checked(tenant, document);
        Integer version = document.get("version") instanceof Json.Num number
                ? number.value().intValueExact()
                : null;
        StoredWorkflows.Stored registered =
                stored.register(tenant, workflow.ref().name(), version, hashOf(document), text, nowMs);
        if (registered.isNew()) {
            StoredWorkflows.Key key = new StoredWorkflows.Key(tenant, registered.ref());
            describe(key, document);
            add(tenant, registered(tenant, document, registered.ref().version()));
            documents.put(key, true);
        }
        return new Registered(registered.ref(), registered.isNew());
    }

    private Workflow checked(String tenant, Json.Obj document) {
        int version = document.get("version") instanceof Json.Num number
                        && number.value().signum() > 0
                ? number.value().intValue()
                : 1;
        Workflow workflow = compile(tenant, document, Math.max(1, version), callbacks.isReachable());
        String name = workflow.ref().name();
        boolean isOurs = versions.keySet().stream()
                .anyMatch(key -> key.tenant().equals(EVERYONE)
                        && key.ref().name().equals(name)
                        && (!tenant.equals(EVERYONE) || !documents.containsKey(key)));
        if (isOurs) {
            throw new InvalidDocumentException(List.of(
                    new DocumentProblem("/name", "belongs to a workflow that comes with the server; take another")));
        }
        return workflow;
    }

    /** Whether or not this server can be called back: another one may have asked, and its runs go on here. */
    private Workflow registered(String tenant, Json.Obj document, int version) {
        return compile(tenant, document, version, true);
    }

    private Workflow compile(String tenant, Json.Obj document, int version, boolean isReachable) {
        return DocumentCompiler.compile(
                document, version, new Surroundings(tenant, this, handlers, reducers, isReachable));
    }

    private void add(String tenant, Workflow workflow) {
        versions.put(new StoredWorkflows.Key(tenant, workflow.ref()), workflow);
        latest.merge(
                new Name(tenant, workflow.ref().name()),
                workflow,
                (a, b) -> a.ref().version() > b.ref().version() ? a : b);
    }

    private void describe(StoredWorkflows.Key key, Json.Obj document) {
        if (document.get("description") instanceof Json.Text text) {
            descriptions.put(key, text.value().strip());
        }
    }

    private static byte[] hashOf(Json.Obj document) {
        Map<String, Json> content = new LinkedHashMap<>(document.fields());
        content.remove("version");
        return Fingerprint.of(JsonText.write(Json.object(content).canonical()));
    }
}

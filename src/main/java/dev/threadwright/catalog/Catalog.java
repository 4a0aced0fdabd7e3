package dev.threadwright.catalog;

import dev.threadwright.callback.Callbacks;
import dev.threadwright.catalog.OlderVersions.Compiled;
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
import jakarta.inject.Inject;
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
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The workflows of an installation: those written in Java, and the documents that were registered, on whichever server.
 * Answers from memory, which {@link #refresh} brings up to date; only a version that is neither the newest nor was asked
 * for lately is compiled again from its document.
 */
@ApplicationScoped
public class Catalog implements WorkflowCatalog {

    /** Whose workflows every tenant has. */
    public static final String EVERYONE = "*";

    /** Documents that are read at once. */
    private static final int AT_ONCE = 100;

    private static final Logger LOG = Logger.getLogger(Catalog.class);

    private final StoredWorkflows stored;
    private final Set<String> handlers;
    private final Callbacks callbacks;
    private final Map<String, BinaryOperator<Json>> reducers = new HashMap<>();

    /** Those in Java. */
    private final Map<StoredWorkflows.Key, Workflow> own = new ConcurrentHashMap<>();

    /** The documents, with whether this server can use them. */
    private final Map<StoredWorkflows.Key, Boolean> documents = new ConcurrentHashMap<>();

    /** What names without a version stand for in a document: the newest of when it was registered. Of those that have any. */
    private final Map<StoredWorkflows.Key, Map<String, WorkflowRef>> meant = new ConcurrentHashMap<>();

    private final Map<Name, Compiled> latest = new ConcurrentHashMap<>();
    private final OlderVersions older;

    private record Name(String tenant, String name) {}

    /** @param isNew whether it was registered now; else this content was the newest version already */
    public record Registered(WorkflowRef ref, boolean isNew) {}

    @Inject
    Catalog(
            DataSource dataSource,
            Handlers handlers,
            Callbacks callbacks,
            @Any Instance<StateReducer> reducers,
            @Any Instance<WorkflowProvider> providers) {
        this(dataSource, handlers, callbacks, reducers, providers, new OlderVersions(OlderVersions.MAX_BYTES));
    }

    Catalog(
            DataSource dataSource,
            Handlers handlers,
            Callbacks callbacks,
            Instance<StateReducer> reducers,
            Instance<WorkflowProvider> providers,
            OlderVersions older) {
        this.older = older;
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
        StoredWorkflows.Key key = new StoredWorkflows.Key(EVERYONE, workflow.ref());
        if (own.putIfAbsent(key, workflow) != null) {
            throw new IllegalStateException("Workflow " + workflow.ref() + " is defined twice");
        }
        latest.merge(new Name(EVERYONE, workflow.ref().name()), new Compiled(workflow, null, 0), Catalog::newer);
    }

    @Override
    public @Nullable Workflow latest(String tenant, String name) {
        Compiled ofTenant = latest.get(new Name(tenant, name));
        Compiled found = ofTenant != null ? ofTenant : latest.get(new Name(EVERYONE, name));
        return found == null ? null : found.workflow();
    }

    /** @throws CatalogUnavailableException if it is not in memory, and the store cannot be reached */
    @Override
    public @Nullable Workflow find(String tenant, WorkflowRef ref) {
        Compiled found = compiled(tenant, ref);
        return found == null ? null : found.workflow();
    }

    /** Whether {@link #find} finds it; from memory. */
    public boolean has(String tenant, WorkflowRef ref) {
        return isUsable(new StoredWorkflows.Key(tenant, ref)) || isUsable(new StoredWorkflows.Key(EVERYONE, ref));
    }

    private boolean isUsable(StoredWorkflows.Key key) {
        return own.containsKey(key) || documents.getOrDefault(key, false);
    }

    private @Nullable Compiled compiled(String tenant, WorkflowRef ref) {
        Compiled ofTenant = compiled(new StoredWorkflows.Key(tenant, ref));
        return ofTenant != null ? ofTenant : compiled(new StoredWorkflows.Key(EVERYONE, ref));
    }

    private @Nullable Compiled compiled(StoredWorkflows.Key key) {
        Workflow inJava = own.get(key);
        if (inJava != null) {
            return new Compiled(inJava, null, 0);
        }
        if (!documents.getOrDefault(key, false)) {
            return null;
        }
        Compiled newest = latest.get(new Name(key.tenant(), key.ref().name()));
        if (newest != null && newest.workflow().ref().equals(key.ref())) {
            return newest;
        }
        Compiled kept = older.find(key);
        return kept != null ? kept : compiledAgain(key);
    }

    private @Nullable Compiled compiledAgain(StoredWorkflows.Key key) {
        List<StoredWorkflows.Row> rows = stored.documents(List.of(key));
        if (rows.isEmpty()) {
            return null;
        }
        Compiled again = compile(rows.getFirst());
        older.keep(key, again);
        return again;
    }

    private Compiled compile(StoredWorkflows.Row row) {
        return compile(row.key(), DocumentReader.read(row.document()), row.document());
    }

    /** Whether or not this server can be called back: another one may have asked, and its runs go on here. */
    private Compiled compile(StoredWorkflows.Key key, Json.Obj document, String text) {
        Names names = new Names(meant.get(key));
        Workflow workflow = compile(key.tenant(), document, key.ref().version(), names, true);
        if (!names.now.isEmpty()) {
            meant.putIfAbsent(key, Map.copyOf(names.now));
        }
        return new Compiled(
                workflow,
                document.get("description") instanceof Json.Text said
                        ? said.value().strip()
                        : null,
                text.length());
    }

    /** What one document refers to; the same each time that it is compiled. */
    private final class Names implements WorkflowCatalog {
        private final @Nullable Map<String, WorkflowRef> before;
        private final Map<String, WorkflowRef> now = new HashMap<>();

        /** @param before what it found the first time; null if this is that */
        Names(@Nullable Map<String, WorkflowRef> before) {
            this.before = before;
        }

        @Override
        public @Nullable Workflow latest(String tenant, String name) {
            if (before != null) {
                WorkflowRef then = before.get(name);
                return then == null ? null : find(tenant, then);
            }
            Workflow found = Catalog.this.latest(tenant, name);
            if (found != null) {
                now.put(name, found.ref());
            }
            return found;
        }

        @Override
        public @Nullable Workflow find(String tenant, WorkflowRef ref) {
            return Catalog.this.find(tenant, ref);
        }
    }

    /** The newest version under each name that the tenant may use. */
    public List<Workflow> newest(String tenant) {
        Map<String, Workflow> newest = new TreeMap<>();
        latest.forEach((name, version) -> {
            if (name.tenant().equals(tenant) || name.tenant().equals(EVERYONE) && !isOf(tenant, name.name())) {
                newest.put(name.name(), version.workflow());
            }
        });
        return List.copyOf(newest.values());
    }

    /** The versions under a name, the newest first; none if there is no such workflow. */
    public List<WorkflowRef> versions(String tenant, String name) {
        String owner = isOf(tenant, name) ? tenant : EVERYONE;
        return Stream.concat(
                        own.keySet().stream(),
                        documents.entrySet().stream()
                                .filter(Map.Entry::getValue)
                                .map(Map.Entry::getKey))
                .filter(key -> key.tenant().equals(owner) && key.ref().name().equals(name))
                .map(StoredWorkflows.Key::ref)
                .sorted(Comparator.comparingInt(WorkflowRef::version).reversed())
                .toList();
    }

    /**
     * What the document says of itself; null if it says nothing.
     *
     * @throws CatalogUnavailableException if it is not in memory, and the store cannot be reached
     */
    public @Nullable String description(String tenant, WorkflowRef ref) {
        Compiled found = compiled(tenant, ref);
        return found == null ? null : found.description();
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
        List<StoredWorkflows.Key> missing = stored.missing(documents.keySet());
        List<StoredWorkflows.Key> waiting = new ArrayList<>();
        for (int from = 0; from < missing.size(); from += AT_ONCE) {
            waiting.addAll(notTakenIn(missing.subList(from, Math.min(from + AT_ONCE, missing.size()))));
        }
        // Stored times are those of several clocks: one that runs another may come before it.
        for (int before = 0; before != waiting.size() && !waiting.isEmpty(); ) {
            before = waiting.size();
            List<StoredWorkflows.Key> again = waiting;
            waiting = new ArrayList<>();
            for (StoredWorkflows.Key key : again) {
                waiting.addAll(notTakenIn(List.of(key)));
            }
        }
        waiting.forEach(key -> documents.put(key, false));
    }

    private List<StoredWorkflows.Key> notTakenIn(List<StoredWorkflows.Key> keys) {
        return stored.documents(keys).stream()
                .filter(row -> !isTakenIn(row))
                .map(StoredWorkflows.Row::key)
                .toList();
    }

    private boolean isTakenIn(StoredWorkflows.Row row) {
        try {
            add(row.key(), compile(row));
            return true;
        } catch (InvalidDocumentException e) {
            // A newer server may have handlers that this one lacks. Runs of it fail here and say so.
            LOG.warnf(
                    "Workflow %s of tenant %s cannot be used by this server: %s",
                    row.key().ref(), row.key().tenant(), e.getMessage());
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
            add(key, compile(key, document, text));
        }
        return new Registered(registered.ref(), registered.isNew());
    }

    /**
     * Whether the newest version under its name is this content, and can be used here: then there is nothing to register. For
     * who brings the same documents at each start. Of what the last {@link #refresh} found; false is no harm. Blocks.
     *
     * @throws InvalidDocumentException if it is no document at all
     * @throws CatalogUnavailableException if the store cannot be reached
     */
    public boolean holds(String tenant, String text) {
        Json.Obj document = DocumentReader.read(text);
        if (!(document.get("name") instanceof Json.Text name)) {
            return false;
        }
        Compiled newest = latest.get(new Name(tenant, name.value()));
        if (newest != null
                && document.get("version") instanceof Json.Num asked
                && !asked.equals(Json.of(newest.workflow().ref().version()))) {
            return false;
        }
        return newest != null && stored.isNewest(tenant, newest.workflow().ref(), hashOf(document));
    }

    private Workflow checked(String tenant, Json.Obj document) {
        int version = document.get("version") instanceof Json.Num number
                        && number.value().signum() > 0
                ? number.value().intValue()
                : 1;
        Workflow workflow = compile(tenant, document, Math.max(1, version), this, callbacks.isReachable());
        String name = workflow.ref().name();
        boolean isOurs = own.keySet().stream().anyMatch(key -> key.ref().name().equals(name))
                || !tenant.equals(EVERYONE) && latest.containsKey(new Name(EVERYONE, name));
        if (isOurs) {
            throw new InvalidDocumentException(List.of(
                    new DocumentProblem("/name", "belongs to a workflow that comes with the server; take another")));
        }
        return workflow;
    }

    private Workflow compile(
            String tenant, Json.Obj document, int version, WorkflowCatalog workflows, boolean isReachable) {
        return DocumentCompiler.compile(
                document, version, new Surroundings(tenant, workflows, handlers, reducers, isReachable));
    }

    /** It can be found before others are told of it. */
    private void add(StoredWorkflows.Key key, Compiled version) {
        older.keep(key, version);
        documents.put(key, true);
        Name name = new Name(key.tenant(), key.ref().name());
        latest.compute(name, (same, before) -> {
            if (before == null) {
                return version;
            }
            Compiled newest = newer(before, version);
            if (newest != before) {
                older.keep(
                        new StoredWorkflows.Key(key.tenant(), before.workflow().ref()), before);
            }
            return newest;
        });
    }

    private static Compiled newer(Compiled a, Compiled b) {
        return a.workflow().ref().version() > b.workflow().ref().version() ? a : b;
    }

    private static byte[] hashOf(Json.Obj document) {
        Map<String, Json> content = new LinkedHashMap<>(document.fields());
        content.remove("version");
        return Fingerprint.of(JsonText.write(Json.object(content).canonical()));
    }
}

package dev.threadwright.catalog;

import dev.threadwright.callback.Callbacks;
import dev.threadwright.catalog.StoredWorkflows.Key;
import dev.threadwright.catalog.StoredWorkflows.Name;
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
import java.sql.Connection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The workflows of an installation: those written in Java, and the documents that were registered, on whichever server.
 * Which there are it knows from memory, which {@link #refresh} brings up to date. A document is compiled when it is first
 * asked for, or before by {@link #compileNext}. For that the store is read only of what is not the newest under its name, and
 * was not asked for lately; or if the newest, or what it runs, is of no use to this server.
 */
@ApplicationScoped
public class Catalog implements WorkflowCatalog {

    /** Whose workflows every tenant has. */
    public static final String EVERYONE = "*";

    private final StoredWorkflows stored;
    private final Set<String> handlers;
    private final Callbacks callbacks;
    private final Map<String, BinaryOperator<Json>> reducers = new HashMap<>();
    private final Map<Key, Compiled> inJava = new HashMap<>();
    private final KnownVersions known;
    private final CompiledVersions compiled;

    /** Who registers waits for others with a connection in the hand, and may need another one: so there is one such at a time. */
    private final ReentrantLock registering = new ReentrantLock();

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
        this.stored = new StoredWorkflows(dataSource);
        this.handlers = handlers.names();
        this.callbacks = callbacks;
        reducers.forEach(reducer -> {
            if (this.reducers.put(reducer.name(), reducer::reduce) != null) {
                throw new IllegalStateException("Two reducer beans are called \"" + reducer.name() + "\"");
            }
        });
        BuiltInWorkflows.all().forEach(this::addInJava);
        providers.forEach(provider -> provider.workflows().forEach(this::addInJava));
        this.known = new KnownVersions(inJava.keySet());
        this.compiled = new CompiledVersions(known, inJava, stored::document, this::compiledStored, older);
    }

    /** Of the same server, over another way to what is stored; it knows nothing of that yet. */
    private Catalog(Catalog server, StoredWorkflows stored) {
        this.stored = stored;
        this.handlers = server.handlers;
        this.callbacks = server.callbacks;
        this.reducers.putAll(server.reducers);
        this.inJava.putAll(server.inJava);
        this.known = new KnownVersions(inJava.keySet());
        this.compiled = new CompiledVersions(
                known, inJava, stored::document, this::compiledStored, new OlderVersions(OlderVersions.MAX_BYTES));
    }

    private void addInJava(Workflow workflow) {
        if (inJava.putIfAbsent(new Key(EVERYONE, workflow.ref()), Compiled.inJava(workflow)) != null) {
            throw new IllegalStateException("Workflow " + workflow.ref() + " is defined twice");
        }
    }

    /** Whether or not this server can be called back: another one may have asked, and its runs go on here. */
    private Compiled compiledStored(Key key, String text, WorkflowCatalog others) {
        Json.Obj document = DocumentReader.read(text);
        return compiled(key.tenant(), document, text, key.ref().version(), others, true);
    }

    private Compiled compiled(
            String tenant, Json.Obj document, String text, int version, WorkflowCatalog others, boolean isReachable) {
        Workflow workflow = DocumentCompiler.compile(
                document, version, new Surroundings(tenant, others, handlers, reducers, isReachable));
        return new Compiled(
                workflow,
                document.get("description") instanceof Json.Text said
                        ? said.value().strip()
                        : null,
                text.length());
    }

    /** @throws CatalogUnavailableException if it, or what it runs, is to be read from the store, which cannot be reached */
    @Override
    public @Nullable Workflow latest(String tenant, String name) {
        Compiled ofTenant = compiled.latest(new Name(tenant, name));
        Compiled found = ofTenant != null ? ofTenant : compiled.latest(new Name(EVERYONE, name));
        return found == null ? null : found.workflow();
    }

    /** @throws CatalogUnavailableException if it is to be read from the store, which cannot be reached */
    @Override
    public @Nullable Workflow find(String tenant, WorkflowRef ref) {
        Compiled found = compiled(tenant, ref);
        return found == null ? null : found.workflow();
    }

    private @Nullable Compiled compiled(String tenant, WorkflowRef ref) {
        Compiled ofTenant = compiled.find(new Key(tenant, ref));
        return ofTenant != null ? ofTenant : compiled.find(new Key(EVERYONE, ref));
    }

    /** Whether there is this version, and nobody has found that this server cannot use it. Compiles nothing. */
    public boolean has(String tenant, WorkflowRef ref) {
        return compiled.mayBeUsed(new Key(tenant, ref)) || compiled.mayBeUsed(new Key(EVERYONE, ref));
    }

    /** The newest version under each name that the tenant may use, as far as {@link #has} knows; by name. */
    public List<WorkflowRef> newest(String tenant) {
        Set<String> names = new TreeSet<>(known.names(EVERYONE));
        names.addAll(known.names(tenant));
        return names.stream().flatMap(name -> usable(tenant, name).limit(1)).toList();
    }

    /** The newest version under a name, as far as {@link #has} knows; null if there is none. */
    public @Nullable WorkflowRef newest(String tenant, String name) {
        return usable(tenant, name).findFirst().orElse(null);
    }

    /** The versions under a name, as far as {@link #has} knows, the newest first; none if there is no such workflow. */
    public List<WorkflowRef> versions(String tenant, String name) {
        return usable(tenant, name).toList();
    }

    private Stream<WorkflowRef> usable(String tenant, String name) {
        Name own = new Name(tenant, name);
        return usable(usable(own).findFirst().isPresent() ? own : new Name(EVERYONE, name));
    }

    private Stream<WorkflowRef> usable(Name name) {
        return known.under(name).stream()
                .map(name::version)
                .filter(compiled::mayBeUsed)
                .map(Key::ref);
    }

    /**
     * What the document says of itself; null if it says nothing.
     *
     * @throws CatalogUnavailableException if it is to be read from the store, which cannot be reached
     */
    public @Nullable String description(String tenant, WorkflowRef ref) {
        Compiled found = compiled(tenant, ref);
        return found == null ? null : found.description();
    }

    /**
     * Takes in what other servers have registered, and compiles nothing. One cheap query if that is nothing. Blocks.
     *
     * @throws CatalogUnavailableException if the store cannot be reached
     */
    public void refresh() {
        refresh(stored);
    }

    /** As {@link #refresh()}, over a connection that somebody else has, and closes. */
    public void refresh(Connection connection) {
        refresh(new StoredWorkflows(connection));
    }

    private void refresh(StoredWorkflows stored) {
        if (stored.count() == known.size()) {
            return;
        }
        List<Key> missing =
                stored.keys().stream().filter(key -> !known.isTakenIn(key)).toList();
        compiled.takeIn(missing, stored.documents(known.newest(missing)));
    }

    /**
     * Compiles one of the newest documents that nobody has asked for yet. Takes its time.
     *
     * @return false if there is none
     * @throws CatalogUnavailableException if something is to be read from the store, which cannot be reached
     */
    public boolean compileNext() {
        return compiled.compileNext();
    }

    /** Everything that is wrong with a document; nothing if it could be registered. */
    public List<DocumentProblem> problems(String tenant, String text) {
        try {
            checked(tenant, DocumentReader.read(text), text, known.end());
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
        Json.Obj document = DocumentReader.read(text);
        Integer version = document.get("version") instanceof Json.Num number
                ? number.value().intValueExact()
                : null;
        byte[] hash = hashOf(document);
        registering.lock();
        try {
            Placed placed = stored.alone(now -> {
                refresh(now);
                long place = known.end();
                Compiled checked = checked(tenant, document, text, place);
                String name = checked.workflow().ref().name();
                return new Placed(now.register(tenant, name, version, hash, text, nowMs), checked, place);
            });
            WorkflowRef ref = placed.stored().ref();
            if (placed.stored().isNew()) {
                Key key = new Key(tenant, ref);
                boolean isTakenIn = compiled.takeIn(List.of(key), Map.of(key, text)) == 1;
                // Else it was found by who brings up to date, and perhaps others before it.
                if (isTakenIn
                        && known.place(key) == placed.place()
                        && placed.checked().workflow().ref().equals(ref)) {
                    compiled.keep(key, placed.checked());
                }
            }
            return new Registered(ref, placed.stored().isNew());
        } finally {
            registering.unlock();
        }
    }

    /**
     * Registrations that are all kept, or none if the work throws something. Nobody else registers anything meanwhile, on
     * whichever server. Blocks.
     *
     * @param work registers with the catalog that it is given, and with no other
     * @throws CatalogUnavailableException if the store cannot be reached
     */
    void together(Consumer<Catalog> work) {
        registering.lock();
        try {
            stored.alone(now -> {
                Catalog draft = new Catalog(this, now);
                draft.refresh();
                work.accept(draft);
                return draft;
            });
        } finally {
            registering.unlock();
        }
        refresh();
    }

    /** @param place that it was checked for */
    private record Placed(StoredWorkflows.Stored stored, Compiled checked, long place) {}

    /**
     * Whether the newest version under its name is this content, and as far as {@link #has} knows can be used here: then there is
     * nothing to register. For who brings the same documents at each start. Of what the last {@link #refresh} found; false is no
     * harm. Blocks.
     *
     * @throws InvalidDocumentException if it is no document at all
     * @throws CatalogUnavailableException if the store cannot be reached
     */
    public boolean holds(String tenant, String text) {
        if (compiled.hasText(tenant, text)) {
            return true;
        }
        Json.Obj document = DocumentReader.read(text);
        if (!(document.get("name") instanceof Json.Text name)) {
            return false;
        }
        WorkflowRef newest = usable(new Name(tenant, name.value())).findFirst().orElse(null);
        if (newest != null
                && document.get("version") instanceof Json.Num asked
                && !asked.equals(Json.of(newest.version()))) {
            return false;
        }
        return newest != null && stored.isNewest(tenant, newest, hashOf(document));
    }

    /** @param place where it would stand, to be the newest under its name */
    private Compiled checked(String tenant, Json.Obj document, String text, long place) {
        Compiled checked;
        try {
            checked = compiled(
                    tenant,
                    document,
                    text,
                    nextVersion(tenant, document),
                    compiled.others(tenant, place),
                    callbacks.isReachable());
        } catch (EndlessNestingException e) {
            throw new InvalidDocumentException(List.of(new DocumentProblem("", String.valueOf(e.getMessage()))));
        }
        String name = checked.workflow().ref().name();
        boolean isOurs =
                inJava.keySet().stream().anyMatch(key -> key.ref().name().equals(name))
                        || !tenant.equals(EVERYONE)
                                && !known.under(new Name(EVERYONE, name)).isEmpty();
        if (isOurs) {
            throw new InvalidDocumentException(List.of(
                    new DocumentProblem("/name", "belongs to a workflow that comes with the server; take another")));
        }
        return checked;
    }

    private int nextVersion(String tenant, Json.Obj document) {
        if (document.get("version") instanceof Json.Num number && number.value().signum() > 0) {
            return Math.max(1, number.value().intValue());
        }
        return document.get("name") instanceof Json.Text name
                ? known.under(new Name(tenant, name.value())).stream()
                                .findFirst()
                                .orElse(0)
                        + 1
                : 1;
    }

    private static byte[] hashOf(Json.Obj document) {
        Map<String, Json> content = new LinkedHashMap<>(document.fields());
        content.remove("version");
        return Fingerprint.of(JsonText.write(Json.object(content).canonical()));
    }
}

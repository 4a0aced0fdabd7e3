package dev.threadwright.catalog;

import dev.threadwright.catalog.StoredWorkflows.Key;
import dev.threadwright.catalog.StoredWorkflows.Name;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import dev.threadwright.workflow.WorkflowRef;
import dev.threadwright.workflow.WorkflowsUnavailableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a version when it is first asked for, and keeps what came of it: of the newest under each name always, of others as
 * far as they fit. Of a newest one that nobody has asked for yet the text is kept, so that it can be compiled without the
 * store. Answers everybody at once; a version that several ask for is compiled by one of them.
 */
final class CompiledVersions {

    private static final Logger LOG = Logger.getLogger(CompiledVersions.class);

    /** Makes a workflow of a document's text. */
    interface Compiler {
        /** @throws InvalidDocumentException with all that is wrong with it */
        Compiled compile(Key key, String text, WorkflowCatalog others);
    }

    private final KnownVersions known;
    private final Map<Key, Compiled> inJava;
    private final Function<Key, @Nullable String> stored;
    private final Compiler compiler;
    private final OlderVersions older;

    /** Of the newest documents that are not compiled. */
    private final Map<Name, Text> texts = new ConcurrentHashMap<>();

    /** The newest that can be used. */
    private final Map<Name, Compiled> newest = new ConcurrentHashMap<>();

    /** Those that this server cannot use, with the reason. */
    private final Map<Key, String> unusable = new ConcurrentHashMap<>();

    private final Map<Key, FutureTask<@Nullable Compiled>> underWay = new ConcurrentHashMap<>();

    private record Text(int version, String text) {}

    /** @param stored reads the text of a document, null if there is none; as it fails, so do those who ask for it */
    CompiledVersions(
            KnownVersions known,
            Map<Key, Compiled> inJava,
            Function<Key, @Nullable String> stored,
            Compiler compiler,
            OlderVersions older) {
        this.known = known;
        this.inJava = Map.copyOf(inJava);
        this.stored = stored;
        this.compiler = compiler;
        this.older = older;
    }

    /** Whether it is there, and nobody has found yet that it cannot be used. Compiles nothing. */
    boolean mayBeUsed(Key key) {
        return known.contains(key) && !unusable.containsKey(key);
    }

    /** Null if there is none, or none that this server can use. */
    @Nullable Compiled find(Key key) {
        if (!mayBeUsed(key)) {
            return null;
        }
        Compiled kept = kept(key);
        return kept != null ? kept : compiledOnce(key);
    }

    /** The newest under a name that this server can use; null if there is none. */
    @Nullable Compiled latest(Name name) {
        Compiled before = newest.get(name);
        for (int version : known.under(name)) {
            if (before != null && before.version() == version) {
                return before;
            }
            Compiled found = find(name.version(version));
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /**
     * Takes in documents, and of those of them that are the newest the texts. Each of them only once, as nobody would ask again
     * for a text that is not needed any more.
     */
    synchronized int takeIn(List<Key> keys, Map<Key, String> newestTexts) {
        newestTexts.forEach((key, text) -> {
            if (!known.isTakenIn(key)) {
                texts.merge(
                        key.name(),
                        new Text(key.ref().version(), text),
                        (before, now) -> before.version() > now.version() ? before : now);
            }
        });
        return known.takeIn(keys);
    }

    /** Keeps what somebody has compiled of a document that was taken in. */
    void keep(Key key, Compiled compiled) {
        if (isNewest(key)) {
            newest.compute(key.name(), (name, before) -> {
                if (before == null || before.version() == compiled.version()) {
                    return compiled;
                }
                Compiled loser = before.version() > compiled.version() ? compiled : before;
                older.keep(name.version(loser.version()), loser);
                return loser == before ? compiled : before;
            });
        } else {
            older.keep(key, compiled);
        }
        dropText(key);
    }

    /** Whether this is the text of a newest document of a tenant's; of those that are not compiled. */
    boolean hasText(String tenant, String text) {
        return texts.entrySet().stream()
                .anyMatch(entry -> entry.getKey().tenant().equals(tenant)
                        && entry.getValue().text().equals(text));
    }

    /**
     * Compiles one newest document that nobody has asked for, and if it cannot be used, the one before it.
     *
     * @return false if there is none
     */
    boolean compileNext() {
        Iterator<Map.Entry<Name, Text>> waiting = texts.entrySet().iterator();
        if (!waiting.hasNext()) {
            return false;
        }
        Map.Entry<Name, Text> next = waiting.next();
        Key key = next.getKey().version(next.getValue().version());
        if (known.contains(key)) {
            find(key);
            latest(next.getKey());
            // One that is written in Java, too, was not compiled.
            dropText(key);
        }
        return true;
    }

    /** What the document that is to become a version may run; all that is there came before it. */
    WorkflowCatalog others(String tenant, long place) {
        return new Others(tenant, place, List.of(), new HashMap<>());
    }

    private boolean isNewest(Key key) {
        for (int version : known.under(key.name())) {
            if (mayBeUsed(key.name().version(version))) {
                return version == key.ref().version();
            }
        }
        return false;
    }

    private @Nullable Compiled kept(Key key) {
        Compiled written = inJava.get(key);
        if (written != null) {
            return written;
        }
        Compiled top = newest.get(key.name());
        return top != null && top.version() == key.ref().version() ? top : older.find(key);
    }

    private void dropText(Key key) {
        texts.computeIfPresent(
                key.name(), (name, text) -> text.version() == key.ref().version() ? null : text);
    }

    /** Whoever compiles waits for nobody, so that two that run each other do not wait for ever. */
    private @Nullable Compiled compiledOnce(Key key) {
        FutureTask<@Nullable Compiled> mine = new FutureTask<>(() -> outermost(key));
        FutureTask<@Nullable Compiled> first = underWay.putIfAbsent(key, mine);
        if (first == null) {
            try {
                mine.run();
            } finally {
                underWay.remove(key);
            }
        }
        return resultOf(first == null ? mine : first);
    }

    private static @Nullable Compiled resultOf(FutureTask<@Nullable Compiled> task) {
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CatalogUnavailableException("Interrupted while a workflow was compiled", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    private @Nullable Compiled outermost(Key key) {
        try {
            return compiled(key, List.of(), new HashMap<>());
        } catch (EndlessNestingException e) {
            throwAway(key, String.valueOf(e.getMessage()));
            return null;
        } catch (UnusableWorkflowException e) {
            return null;
        }
    }

    /**
     * @param above that lead to it, the outermost first
     * @param found below the outermost one; those may be too many to be kept all
     * @return null if there is no such document
     */
    private @Nullable Compiled compiled(Key key, List<Key> above, Map<Key, Compiled> found) {
        Compiled kept = kept(key);
        if (kept != null || found.containsKey(key)) {
            return kept != null ? kept : found.get(key);
        }
        String reason = unusable.get(key);
        if (reason != null) {
            throw new UnusableWorkflowException(key.ref(), reason);
        }
        if (above.size() == Surroundings.MAX_DEPTH || above.contains(key)) {
            throw EndlessNestingException.on(above, key);
        }
        String text = text(key);
        if (text == null) {
            return null;
        }
        List<Key> way = new ArrayList<>(above);
        way.add(key);
        try {
            Compiled compiled = compiler.compile(key, text, new Others(key.tenant(), known.place(key), way, found));
            keep(key, compiled);
            found.put(key, compiled);
            return compiled;
        } catch (EndlessNestingException | WorkflowsUnavailableException e) {
            throw e;
        } catch (InvalidDocumentException e) {
            throw throwAway(key, String.valueOf(e.getMessage()));
        } catch (RuntimeException | StackOverflowError defect) {
            LOG.errorf(defect, "Workflow %s of tenant %s could not be compiled", key.ref(), key.tenant());
            throw throwAway(key, "it could not be compiled: " + defect);
        }
    }

    private @Nullable String text(Key key) {
        Text text = texts.get(key.name());
        return text != null && text.version() == key.ref().version() ? text.text() : stored.apply(key);
    }

    /** A newer server may have handlers that this one lacks. Runs of it fail here and say so. */
    private UnusableWorkflowException throwAway(Key key, String reason) {
        if (unusable.putIfAbsent(key, reason) == null) {
            LOG.warnf("Workflow %s of tenant %s cannot be used by this server: %s", key.ref(), key.tenant(), reason);
        }
        dropText(key);
        return new UnusableWorkflowException(key.ref(), reason);
    }

    /** What one document may run. */
    private final class Others implements WorkflowCatalog {
        private final String owner;
        private final long place;
        private final List<Key> way;
        private final Map<Key, Compiled> found;

        Others(String owner, long place, List<Key> way, Map<Key, Compiled> found) {
            this.owner = owner;
            this.place = place;
            this.way = way;
            this.found = found;
        }

        @Override
        public @Nullable Workflow latest(String tenant, String name) {
            return workflow(known.meant(owner, name, place));
        }

        @Override
        public @Nullable Workflow find(String tenant, WorkflowRef ref) {
            return workflow(known.find(owner, ref));
        }

        private @Nullable Workflow workflow(@Nullable Key key) {
            Compiled compiled = key == null ? null : compiled(key, way, found);
            return compiled == null ? null : compiled.workflow();
        }
    }
}

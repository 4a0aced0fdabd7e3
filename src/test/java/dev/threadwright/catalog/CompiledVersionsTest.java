package dev.threadwright.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.catalog.StoredWorkflows.Key;
import dev.threadwright.catalog.StoredWorkflows.Name;
import dev.threadwright.testing.LogTail;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.WorkflowRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real documents, compiled as the catalog does, of a store in memory that says how often it was asked. */
class CompiledVersionsTest {

    private static final String TENANT = "t";

    /** What is stored, in the order in which it was registered. */
    private final Map<Key, String> documents = new LinkedHashMap<>();

    private final Map<Key, AtomicInteger> compilations = new ConcurrentHashMap<>();
    private final AtomicInteger reads = new AtomicInteger();
    private volatile boolean away;

    @Test
    void takingInDocumentsCompilesNothing() {
        for (int i = 1; i <= 20; i++) {
            stored("a", i, flat());
            stored("b", i, running("a"));
        }
        CompiledVersions server = server();

        assertThat(compilations).isEmpty();
        assertThat(server.mayBeUsed(key("b", 7))).isTrue();
        assertThat(latest(server, "b")).hasToString("b@20");
        assertThat(compilations)
                .as("what was asked for, and what that runs")
                .containsOnlyKeys(key("b", 20), key("a", 20));
        assertThat(runs(server, key("b", 7))).containsExactly(new WorkflowRef("a", 7));
    }

    @Test
    void theNewestNeedNoStoreAndOthersAreReadWhenTheyAreAskedFor() {
        stored("a", 1, flat());
        stored("a", 2, flat());
        stored("b", 1, running("a@2"));
        CompiledVersions server = server();
        away = true;

        assertThat(latest(server, "b")).hasToString("b@1");
        assertThat(latest(server, "a")).hasToString("a@2");
        assertThat(reads).hasValue(0);
        assertThatThrownBy(() -> server.find(key("a", 1))).isExactlyInstanceOf(CatalogUnavailableException.class);
        away = false;
        assertThat(Objects.requireNonNull(server.find(key("a", 1))).workflow().ref())
                .hasToString("a@1");
    }

    @Test
    void ofWhatCannotBeReadNothingIsConcluded() {
        stored("a", 1, flat());
        stored("a", 2, flat());
        stored("b", 1, running("a@1"));
        CompiledVersions server = server();
        away = true;

        assertThatThrownBy(() -> latest(server, "b")).isExactlyInstanceOf(CatalogUnavailableException.class);
        away = false;
        assertThat(latest(server, "b")).hasToString("b@1");
    }

    @Test
    void ifTheNewestCannotBeUsedHereTheOneBeforeItIsTheLatestAndThatIsSaidOnce() {
        stored("a", 1, flat());
        stored("a", 2, flat());
        stored("a", 3, calling("nobody"));
        stored("a", 4, calling("nobody"));
        CompiledVersions server = server();
        away = true;
        assertThatThrownBy(() -> latest(server, "a")).isExactlyInstanceOf(CatalogUnavailableException.class);
        away = false;

        try (LogTail log = LogTail.from(Level.WARNING)) {
            for (int i = 0; i < 3; i++) {
                assertThat(latest(server, "a")).hasToString("a@2");
                assertThat(server.find(key("a", 4))).isNull();
            }
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("a@3") || line.contains("a@4"))
                    .containsExactly(
                            "Workflow a@3 of tenant t cannot be used by this server: /steps/s/call: there is no"
                                    + " handler \"nobody\" on this server; there are []");
        }
        assertThat(server.mayBeUsed(key("a", 4))).isFalse();
        assertThat(server.mayBeUsed(key("a", 2))).isTrue();
        away = true;
        assertThat(latest(server, "a")).as("it is kept as the newest").hasToString("a@2");
        assertThat(compilations.values()).as("each only once").allMatch(count -> count.get() == 1);
    }

    @Test
    void whatRunsOneThatCannotBeUsedCannotBeUsedAndSaysWhy() {
        stored("a", 1, flat());
        stored("a", 2, calling("nobody"));
        stored("b", 1, running("a"));
        stored("c", 1, running("b"));
        stored("d", 1, running("a@1"));
        stored("e", 1, running("z"));
        CompiledVersions server = server();

        try (LogTail log = LogTail.from(Level.WARNING)) {
            assertThat(latest(server, "c")).isNull();
            assertThat(latest(server, "e")).isNull();
            assertThat(
                            log.has(
                                    "Workflow c@1 of tenant t cannot be used by this server: /steps/s/workflow: this server cannot"
                                            + " use workflow b@1: /steps/s/workflow: this server cannot use workflow a@2: /steps/s/call:"))
                    .isTrue();
            assertThat(log.has("/steps/s/workflow: there is no workflow z; register it first"))
                    .isTrue();
        }
        assertThat(latest(server, "b")).isNull();
        assertThat(latest(server, "d")).hasToString("d@1");
    }

    @Test
    void aNameStandsForTheNewestThatCameBefore() {
        stored("early", 1, running("a"));
        stored("a", 1, flat());
        stored("a", 3, flat());
        stored("p", 1, running("a"));
        stored("a", 2, flat());
        stored("p", 2, running("a"));
        stored("a", 4, flat());
        stored(Catalog.EVERYONE, "a", 9, flat());
        stored(Catalog.EVERYONE, "q", 1, running("a"));
        stored("p", 3, running("a"));
        CompiledVersions server = server();

        assertThat(runs(server, key("p", 1))).containsExactly(new WorkflowRef("a", 3));
        assertThat(runs(server, key("p", 2))).containsExactly(new WorkflowRef("a", 3));
        assertThat(runs(server, key("p", 3)))
                .as("its own comes before what everyone has")
                .containsExactly(new WorkflowRef("a", 4));
        assertThat(server.find(key("early", 1))).as("there was none").isNull();
        assertThat(runs(server, new Key(Catalog.EVERYONE, new WorkflowRef("q", 1))))
                .containsExactly(new WorkflowRef("a", 9));
    }

    @Test
    void thoseThatRunEachOtherCannotBeUsedNorCanWhatRunsThem() {
        stored("a", 1, running("b@1"));
        stored("b", 1, running("a@1"));
        stored("above", 1, running("a"));
        stored("beside", 1, flat());
        CompiledVersions server = server();

        try (LogTail log = LogTail.from(Level.WARNING)) {
            for (String name : List.of("above", "b", "a")) {
                assertThat(latest(server, name)).isNull();
            }
            assertThat(log.lines())
                    .contains(
                            "Workflow above@1 of tenant t cannot be used by this server: it runs what runs itself: above@1 runs"
                                    + " a@1 runs b@1 runs a@1",
                            "Workflow b@1 of tenant t cannot be used by this server: it runs what runs itself: b@1 runs a@1"
                                    + " runs b@1");
        }
        assertThat(latest(server, "beside")).hasToString("beside@1");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5, 9, 12})
    void whatLeadsTooDeepCannotBeUsedWhicheverIsAskedForFirst(int first) {
        int length = 12;
        for (int i = length; i >= 1; i--) {
            stored("w" + i, 1, i == length ? flat() : running("w" + (i + 1)));
        }
        CompiledVersions server = server();

        server.find(key("w" + first, 1));

        for (int i = 1; i <= length; i++) {
            assertThat(latest(server, "w" + i) != null)
                    .as("w%d, which is %d deep", i, length - i + 1)
                    .isEqualTo(length - i + 1 <= Surroundings.MAX_DEPTH);
        }
    }

    /** Seeded; whatever fits into memory, it is the same each time. */
    @Test
    void whatIsCompiledDoesNotDependOnWhatWasAskedForBefore() {
        for (int seed = 0; seed < 150; seed++) {
            Random random = new Random(seed);
            randomDocuments(random);
            Map<Key, String> inOrder = outcomes(new ArrayList<>(documents.keySet()), random, false);
            for (int round = 0; round < 3; round++) {
                List<Key> shuffled = new ArrayList<>(documents.keySet());
                Collections.shuffle(shuffled, random);
                assertThat(outcomes(shuffled, random, true))
                        .as("seed %d, asked for in the order %s", seed, shuffled)
                        .isEqualTo(inOrder);
            }
            assertThat(inOrder.values()).as("seed %d", seed).anyMatch(outcome -> !outcome.equals("unusable"));
            documents.clear();
        }
    }

    @Test
    void manyThatAskForOneAtOnceHaveItCompiledOnce() throws Exception {
        stored("a", 1, flat());
        stored("b", 1, running("a"));
        for (int round = 0; round < 20; round++) {
            compilations.clear();
            CompiledVersions server = server();

            List<@Nullable WorkflowRef> found = atOnce(16, i -> latest(server, "b"));

            assertThat(found).containsOnly(new WorkflowRef("b", 1));
            assertThat(compilations.get(key("b", 1))).hasValue(1);
            assertThat(compilations.get(key("a", 1))).hasValue(1);
        }
    }

    @Test
    void manyThatAskForManyAtOnceAllHaveTheSame() throws Exception {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            randomDocuments(random);
            Map<Key, String> inOrder = outcomes(new ArrayList<>(documents.keySet()), random, false);
            CompiledVersions server = server(2 * 1_024, true);
            int base = seed;

            List<Map<Key, String>> found = atOnce(6, i -> {
                List<Key> order = new ArrayList<>(documents.keySet());
                Collections.shuffle(order, new Random(base * 100L + i));
                Map<Key, String> outcomes = new TreeMap<>(BY_NAME);
                order.forEach(key -> outcomes.put(key, outcome(server, key)));
                return outcomes;
            });

            assertThat(found).as("seed %d", seed).allMatch(inOrder::equals);
            documents.clear();
        }
    }

    @Test
    void oneThatIsInterruptedWhileAnotherCompilesIsToldToAskAgain() throws Exception {
        stored("a", 1, flat());
        CyclicBarrier compiling = new CyclicBarrier(2);
        CyclicBarrier end = new CyclicBarrier(2);
        CompiledVersions server = server((key, text, others) -> {
            try {
                compiling.await(30, TimeUnit.SECONDS);
                end.await(30, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return compiled(key, text, others);
        });
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<@Nullable WorkflowRef> first = threads.submit(() -> latest(server, "a"));
            compiling.await(30, TimeUnit.SECONDS);
            Future<Throwable> second = threads.submit(() -> {
                Thread.currentThread().interrupt();
                Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(() -> latest(server, "a"));
                assertThat(Thread.interrupted()).isTrue();
                return thrown;
            });
            assertThat(second.get(30, TimeUnit.SECONDS)).isExactlyInstanceOf(CatalogUnavailableException.class);
            end.await(30, TimeUnit.SECONDS);
            assertThat(first.get(30, TimeUnit.SECONDS)).hasToString("a@1");
        }
        assertThat(latest(server, "a")).hasToString("a@1");
    }

    @Test
    void oneAfterTheOtherTheNewestAreCompiledBeforeSomebodyAsks() {
        for (int i = 1; i <= 3; i++) {
            stored("a", i, flat());
            stored("b", i, i == 3 ? calling("nobody") : running("a"));
            stored("c" + i, 1, flat());
        }
        CompiledVersions server = server();

        int steps = 0;
        while (server.compileNext()) {
            steps++;
            assertThat(steps).isLessThanOrEqualTo(5);
        }

        assertThat(steps).isEqualTo(5);
        assertThat(compilations)
                .containsOnlyKeys(
                        key("a", 3), key("b", 3), key("b", 2), key("a", 2), key("c1", 1), key("c2", 1), key("c3", 1));
        away = true;
        for (String name : List.of("a", "b", "c1", "c2", "c3")) {
            assertThat(latest(server, name)).isNotNull();
        }
        assertThat(compilations.values()).allMatch(count -> count.get() == 1);
        assertThat(server.compileNext()).isFalse();
    }

    @Test
    void aNewVersionIsTheLatestAsSoonAsItIsTakenInAndTheOneBeforeItStaysAtHand() {
        stored("a", 1, flat());
        CompiledVersions server = server();
        assertThat(latest(server, "a")).hasToString("a@1");

        server.takeIn(List.of(key("a", 2)), Map.of(key("a", 2), flat()));
        away = true;

        assertThat(latest(server, "a")).hasToString("a@2");
        assertThat(Objects.requireNonNull(server.find(key("a", 1))).workflow().ref())
                .hasToString("a@1");
        assertThat(server.hasText(TENANT, flat())).as("it is compiled").isFalse();
        server.takeIn(List.of(key("a", 2)), Map.of(key("a", 2), flat()));
        assertThat(server.compileNext()).as("it was there before").isFalse();
    }

    @Test
    void whatIsWrittenInJavaComesFirstAndIsNeverCompiled() {
        Workflow written = WorkflowBuilder.workflow("a", 2)
                .step("run", new Step.Subgraph(new WorkflowRef("b", 1), null, null), step -> step)
                .start("run")
                .build();
        stored(Catalog.EVERYONE, "a", 1, flat());
        stored(Catalog.EVERYONE, "a", 2, flat());
        stored(Catalog.EVERYONE, "b", 1, running("a"));
        stored(Catalog.EVERYONE, "c", 1, running("a@1"));
        CompiledVersions server = server(
                OlderVersions.MAX_BYTES,
                true,
                Map.of(new Key(Catalog.EVERYONE, written.ref()), Compiled.inJava(written)),
                this::compiled);

        assertThat(Objects.requireNonNull(server.latest(new Name(Catalog.EVERYONE, "a")))
                        .workflow())
                .isSameAs(written);
        try (LogTail log = LogTail.from(Level.WARNING)) {
            assertThat(server.latest(new Name(Catalog.EVERYONE, "b"))).isNull();
            assertThat(log.has("Workflow b@1 of tenant * cannot be used by this server: it runs what runs itself"))
                    .isTrue();
        }
        assertThat(server.latest(new Name(Catalog.EVERYONE, "c"))).isNotNull();
        for (int i = 0; i < 5; i++) {
            server.compileNext();
        }
        assertThat(server.compileNext()).isFalse();
        assertThat(compilations).doesNotContainKey(new Key(Catalog.EVERYONE, written.ref()));
    }

    @Test
    void aDefectOfTheCompilerCostsThatDocumentAlone() {
        stored("a", 1, flat());
        stored("b", 1, flat());
        CompiledVersions server = server((key, text, others) -> {
            if (key.ref().name().equals("a")) {
                throw new IllegalStateException("defect");
            }
            return compiled(key, text, others);
        });

        assertThat(latest(server, "a")).isNull();
        assertThat(latest(server, "b")).hasToString("b@1");
        assertThat(server.compileNext()).isFalse();
    }

    /** Of few names, so that many run each other. */
    private void randomDocuments(Random random) {
        List<Key> keys = new ArrayList<>();
        for (String tenant : List.of(TENANT, Catalog.EVERYONE)) {
            for (String name : List.of("a", "b", "c", "d", "e")) {
                int versions = random.nextInt(tenant.equals(TENANT) ? 4 : 2);
                for (int version = 1; version <= versions; version++) {
                    keys.add(new Key(tenant, new WorkflowRef(name, version)));
                }
            }
        }
        keys.add(key("f", 1));
        Collections.shuffle(keys, random);
        for (Key key : keys) {
            String text = flat();
            if (key.ref().name().equals("f")) {
                documents.put(key, text);
                continue;
            }
            if (random.nextInt(12) == 0) {
                text = calling("nobody");
            } else if (random.nextInt(3) > 0) {
                Key other = keys.get(random.nextInt(keys.size()));
                text = running(
                        random.nextInt(4) == 0
                                ? other.ref().toString()
                                : other.ref().name());
            }
            documents.put(key, text);
        }
    }

    private static final java.util.Comparator<Key> BY_NAME = java.util.Comparator.comparing(Key::toString);

    /** What becomes of each, by a server that is asked for them in this order, and for others in between. */
    private Map<Key, String> outcomes(List<Key> asked, Random random, boolean isBusy) {
        CompiledVersions server = server(isBusy ? 2 * 1_024 : OlderVersions.MAX_BYTES, isBusy);
        Map<Key, String> outcomes = new TreeMap<>(BY_NAME);
        for (Key key : asked) {
            switch (isBusy ? random.nextInt(4) : 3) {
                case 0 -> server.compileNext();
                case 1 -> latest(server, key.ref().name());
                default -> {}
            }
            outcomes.put(key, outcome(server, key));
        }
        return outcomes;
    }

    private String outcome(CompiledVersions server, Key key) {
        return server.find(key) == null ? "unusable" : runs(server, key).toString();
    }

    private static List<WorkflowRef> runs(CompiledVersions server, Key key) {
        Workflow workflow =
                Objects.requireNonNull(server.find(key), key::toString).workflow();
        assertThat(workflow.ref()).isEqualTo(key.ref());
        return workflow.steps().values().stream()
                .map(Step::kind)
                .filter(Step.Subgraph.class::isInstance)
                .map(kind -> ((Step.Subgraph) kind).workflow())
                .toList();
    }

    private static @Nullable WorkflowRef latest(CompiledVersions server, String name) {
        Compiled found = server.latest(new Name(TENANT, name));
        return found == null ? null : found.workflow().ref();
    }

    private void stored(String name, int version, String text) {
        stored(TENANT, name, version, text);
    }

    private void stored(String tenant, String name, int version, String text) {
        documents.put(new Key(tenant, new WorkflowRef(name, version)), text);
    }

    private static Key key(String name, int version) {
        return new Key(TENANT, new WorkflowRef(name, version));
    }

    private static String flat() {
        return "start: s\nsteps: {s: {sleep: 1s}}\n";
    }

    private static String calling(String handler) {
        return "start: s\nsteps: {s: {call: %s}}\n".formatted(handler);
    }

    private static String running(String other) {
        return "start: s\nsteps: {s: {workflow: \"%s\"}}\n".formatted(other);
    }

    private CompiledVersions server() {
        return server(this::compiled);
    }

    private CompiledVersions server(CompiledVersions.Compiler compiler) {
        return server(OlderVersions.MAX_BYTES, true, Map.of(), compiler);
    }

    private CompiledVersions server(long olderBytes, boolean withTexts) {
        return server(olderBytes, withTexts, Map.of(), this::compiled);
    }

    /** A server that has just started. */
    private CompiledVersions server(
            long olderBytes, boolean withTexts, Map<Key, Compiled> inJava, CompiledVersions.Compiler compiler) {
        KnownVersions known = new KnownVersions(inJava.keySet());
        CompiledVersions server =
                new CompiledVersions(known, inJava, this::read, compiler, new OlderVersions(olderBytes));
        List<Key> keys = List.copyOf(documents.keySet());
        Map<Key, String> newest = new HashMap<>();
        if (withTexts) {
            known.newest(keys).forEach(key -> newest.put(key, Objects.requireNonNull(documents.get(key))));
        }
        server.takeIn(keys, newest);
        return server;
    }

    private @Nullable String read(Key key) {
        if (away) {
            throw new CatalogUnavailableException("away", null);
        }
        reads.incrementAndGet();
        return documents.get(key);
    }

    private Compiled compiled(Key key, String text, dev.threadwright.workflow.WorkflowCatalog others) {
        compilations.computeIfAbsent(key, k -> new AtomicInteger()).incrementAndGet();
        Workflow workflow = DocumentCompiler.compile(
                DocumentReader.read("name: " + key.ref().name() + "\n" + text),
                key.ref().version(),
                new Surroundings(key.tenant(), others, Set.of(), Map.of(), true));
        return new Compiled(workflow, null, text.length());
    }

    private static <T extends @Nullable Object> List<T> atOnce(int threads, java.util.function.IntFunction<T> work)
            throws Exception {
        CyclicBarrier together = new CyclicBarrier(threads);
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<T>> all = IntStream.range(0, threads)
                    .mapToObj(i -> pool.submit((Callable<T>) () -> {
                        together.await(30, TimeUnit.SECONDS);
                        return work.apply(i);
                    }))
                    .toList();
            List<T> results = new ArrayList<>();
            for (Future<T> one : all) {
                results.add(one.get(60, TimeUnit.SECONDS));
            }
            return results;
        }
    }
}

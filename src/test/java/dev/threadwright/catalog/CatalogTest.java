package dev.threadwright.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.threadwright.callback.Callbacks;
import dev.threadwright.catalog.Catalog.Registered;
import dev.threadwright.spi.StateReducer;
import dev.threadwright.spi.WorkflowProvider;
import dev.threadwright.step.Handlers;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowRef;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Catalogs as several servers of one installation have them, on one real Postgres. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class CatalogTest {

    private static final Callbacks REACHABLE = new Callbacks("https://threads.example");

    @Inject
    AgroalDataSource dataSource;

    @Inject
    Handlers handlers;

    @Inject
    @Any
    Instance<StateReducer> reducers;

    @Inject
    @Any
    Instance<WorkflowProvider> providers;

    /** That of the server which serves this test. */
    @Inject
    Catalog running;

    private final String tenant = "tenant-" + UUID.randomUUID();
    private final String name = "w-" + UUID.randomUUID();

    private Catalog here;
    private Catalog there;
    private long nowMs = 1_000;

    @BeforeEach
    void twoServersOfOneInstallation() {
        // The schema is there once the engine runs.
        Readiness.await();
        here = server();
        there = server();
    }

    @Test
    void theFirstOfANameIsVersionOneAndOtherContentIsTheNext() {
        assertThat(register(here, document("1"))).isEqualTo(new Registered(ref(1), true));
        assertThat(register(here, document("2"))).isEqualTo(new Registered(ref(2), true));
        assertThat(register(here, document("1"))).isEqualTo(new Registered(ref(3), true));

        assertThat(latest(here).ref()).isEqualTo(ref(3));
        assertThat(written(here, ref(1))).isEqualTo(Json.of(1));
        assertThat(written(here, ref(2))).isEqualTo(Json.of(2));
    }

    @Test
    void theSameContentIsNoNewVersionHoweverItIsWritten() {
        register(here, document("1"));
        String asJson = """
                {"steps": {"a": {"set": {"x": "1"}}}, "start": "a", "channels": {"x": "last_write_wins"},
                 "name": "%s"}""".formatted(name);

        assertThat(register(here, document("1"))).isEqualTo(new Registered(ref(1), false));
        assertThat(register(here, "# again\n" + document("1"))).isEqualTo(new Registered(ref(1), false));
        assertThat(register(here, asJson)).isEqualTo(new Registered(ref(1), false));
        assertThat(register(here, document("1") + "version: 1\n")).isEqualTo(new Registered(ref(1), false));
        assertThat(register(there, document("1"))).isEqualTo(new Registered(ref(1), false));
        assertThat(storedVersions()).containsExactly(1);
    }

    @Test
    void whatIsTheNewestAlreadyIsHeld() {
        assertThat(here.holds(tenant, document("1"))).isFalse();
        register(here, document("1"));
        assertThat(here.holds(tenant, "# again\n" + document("1"))).isTrue();
        assertThat(here.holds(tenant, document("1") + "version: 1\n")).isTrue();
        assertThat(here.holds(tenant, document("1") + "version: 2\n")).isFalse();
        assertThat(there.holds(tenant, document("1")))
                .as("it has not looked yet")
                .isFalse();
        there.refresh();
        assertThat(there.holds(tenant, document("1"))).isTrue();
        assertThat(there.holds("another", document("1"))).isFalse();
        register(here, document("2"));
        assertThat(here.holds(tenant, document("1")))
                .as("it is not the newest any more")
                .isFalse();
        assertThatThrownBy(() -> here.holds(tenant, "- nonsense")).isExactlyInstanceOf(InvalidDocumentException.class);
    }

    @Test
    void aVersionThatIsNamedIsTheOneThatItBecomes() {
        assertThat(register(here, document("1") + "version: 7\n")).isEqualTo(new Registered(ref(7), true));
        assertThat(register(here, document("2"))).isEqualTo(new Registered(ref(8), true));
        assertThat(register(here, document("1") + "version: 7\n")).isEqualTo(new Registered(ref(7), false));
        assertThat(register(here, document("2") + "version: 9\n"))
                .as("the same content, and asked for as another version")
                .isEqualTo(new Registered(ref(9), true));
    }

    @Test
    void aVersionNeverChanges() {
        register(here, document("1") + "version: 3\n");
        register(here, document("2") + "version: 5\n");

        for (int taken : List.of(3, 5)) {
            assertThatThrownBy(() -> register(here, document("9") + "version: " + taken + "\n"))
                    .isExactlyInstanceOf(WorkflowConflictException.class)
                    .hasMessage(
                            "Workflow " + name + "@" + taken + " is registered with other content, and a version never"
                                    + " changes; give one above the newest, which is 5");
        }
        assertThatThrownBy(() -> register(here, document("9") + "version: 4\n"))
                .as("below the newest: nobody may slip one in")
                .isExactlyInstanceOf(WorkflowConflictException.class)
                .hasMessage(
                        "Workflow " + name + "@4 was never registered and cannot be any more: a version has to be above"
                                + " the newest, which is 5");
        assertThat(storedVersions()).containsExactly(3, 5);
    }

    @Test
    void nothingIsStoredOfADocumentThatIsWrong() {
        assertThatThrownBy(() -> register(here, document("state.nope")))
                .isExactlyInstanceOf(InvalidDocumentException.class)
                .hasMessageContaining("/steps/a/set/x");
        assertThatThrownBy(() -> register(here, "- nonsense")).isExactlyInstanceOf(InvalidDocumentException.class);

        assertThat(storedVersions()).isEmpty();
        assertThat(here.latest(tenant, name)).isNull();
    }

    @Test
    void checkingADocumentStoresNothing() {
        assertThat(here.problems(tenant, document("1"))).isEmpty();
        assertThat(here.problems(tenant, document("state.nope")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.pointer()).isEqualTo("/steps/a/set/x"));
        assertThat(here.problems(tenant, "a: [")).hasSize(1);

        assertThat(storedVersions()).isEmpty();
    }

    @Test
    void aServerKnowsWhatAnotherHasRegisteredOnceItRefreshes() {
        register(here, document("1"));
        assertThat(there.latest(tenant, name)).isNull();
        assertThat(there.find(tenant, ref(1))).isNull();

        there.refresh();

        assertThat(latest(there).ref()).isEqualTo(ref(1));
        assertThat(written(there, ref(1))).isEqualTo(Json.of(1));
        register(there, document("2"));
        here.refresh();
        assertThat(latest(here).ref()).isEqualTo(ref(2));
        assertThat(written(here, ref(1))).isEqualTo(Json.of(1));
    }

    @Test
    void aServerThatStartsLaterKnowsEveryVersion() {
        register(here, document("1"));
        register(there, document("2"));

        Catalog later = server();
        later.refresh();

        assertThat(written(later, ref(1))).isEqualTo(Json.of(1));
        assertThat(written(later, ref(2))).isEqualTo(Json.of(2));
        assertThat(latest(later).ref()).isEqualTo(ref(2));
    }

    @Test
    void overAConnectionOfSomebodyElseItIsReadAndTheConnectionStaysOpen() throws SQLException {
        register(here, document("1"));

        Catalog later = server();
        try (Connection connection = dataSource.getConnection()) {
            later.refresh(connection);
            assertThat(connection.isClosed()).isFalse();
        }

        assertThat(later.newest(tenant, name)).isEqualTo(ref(1));
        assertThat(later.holds(tenant, document("1"))).isTrue();
    }

    @Test
    void refreshingWithNothingNewChangesNothing() {
        register(here, document("1"));
        here.refresh();
        Workflow before = latest(here);
        here.refresh();

        assertThat(latest(here)).isSameAs(before);
    }

    @Test
    void whatOneTenantRegistersNoOtherHas() {
        register(here, document("1"));
        String other = "tenant-" + UUID.randomUUID();

        assertThat(here.latest(other, name)).isNull();
        assertThat(here.find(other, ref(1))).isNull();
        assertThat(here.register(other, document("2"), ++nowMs)).isEqualTo(new Registered(ref(1), true));
        assertThat(written(here, ref(1))).isEqualTo(Json.of(1));
    }

    @Test
    void whatIsRegisteredForEveryoneEveryTenantHas() {
        here.register(Catalog.EVERYONE, document("1"), ++nowMs);

        assertThat(latest(here).ref()).isEqualTo(ref(1));
        assertThat(here.find("tenant-" + UUID.randomUUID(), ref(1))).isNotNull();
        there.refresh();
        assertThat(latest(there).ref()).isEqualTo(ref(1));
    }

    @Test
    void theNameOfWhatEveryoneHasIsTaken() {
        here.register(Catalog.EVERYONE, document("1"), ++nowMs);

        assertThatThrownBy(() -> register(here, document("2")))
                .isExactlyInstanceOf(InvalidDocumentException.class)
                .hasMessage("/name: belongs to a workflow that comes with the server; take another");
        for (String who : List.of(tenant, Catalog.EVERYONE)) {
            assertThatThrownBy(() -> here.register(who, document("1").replace(name, "echo"), ++nowMs))
                    .isExactlyInstanceOf(InvalidDocumentException.class)
                    .hasMessageStartingWith("/name: ");
        }
        assertThat(here.register(Catalog.EVERYONE, document("2"), ++nowMs)).isEqualTo(new Registered(ref(2), true));
    }

    @Test
    void aWorkflowThatIsNamedWithoutAVersionIsTheNewestOfWhenItWasRegistered() {
        register(here, document("1"));
        String parent = name + "-parent";
        register(here, parent(parent, name));
        register(here, document("2"));

        assertThat(subgraphOf(here, parent)).isEqualTo(ref(1));
        Catalog later = server();
        later.refresh();
        assertThat(subgraphOf(later, parent)).isEqualTo(ref(1));
        assertThat(here.register(tenant, parent(parent, name + "@2"), ++nowMs).ref())
                .isEqualTo(new WorkflowRef(parent, 2));
        assertThat(subgraphOf(here, parent)).isEqualTo(ref(2));
    }

    @Test
    void aServerThatStartsLaterKnowsWhatRunsAnotherWhateverTheClocksSaid() {
        String parent = "a-" + name;
        here.register(tenant, document("1"), 10_000);
        here.register(tenant, parent(parent, name), 9_000);

        Catalog later = server();
        later.refresh();

        assertThat(subgraphOf(later, parent)).isEqualTo(ref(1));
    }

    @Test
    void whatANameStandsForGoesByTheOrderOfRegistrationsWhateverTheClocksSaid() {
        String parent = "a-" + name;
        here.register(tenant, document("1"), 10_000);
        there.register(tenant, parent(parent, name), 12_000);
        here.register(tenant, document("2"), 11_000);

        Catalog later = server();
        later.refresh();

        assertThat(subgraphOf(there, parent)).isEqualTo(ref(1));
        assertThat(subgraphOf(later, parent)).isEqualTo(ref(1));
    }

    @Test
    void whatANameStandsForIsTheSameOnEachServerAlsoIfAllRegisterAtOnce() throws Exception {
        register(here, document("0"));
        List<Raced> all = raced(8, i -> i % 2 == 0 ? document("" + i) : parent(name + "-" + i, name));

        Catalog later = server();
        later.refresh();
        for (int i = 1; i < all.size(); i += 2) {
            String parent = name + "-" + i;
            assertThat(subgraphOf(all.get(i).server(), parent)).isEqualTo(subgraphOf(later, parent));
        }
    }

    @Test
    void oneOfManyRacesForTheSameContentIsTheFirst() throws Exception {
        List<Registered> all = atOnce(8, i -> document("1"));

        assertThat(all).extracting(Registered::ref).containsOnly(ref(1));
        assertThat(all).filteredOn(Registered::isNew).hasSize(1);
        assertThat(storedVersions()).containsExactly(1);
    }

    @Test
    void racesOfOtherContentBecomeVersionsWithoutAGap() throws Exception {
        List<Registered> all = atOnce(8, i -> document(Integer.toString(i)));

        assertThat(all).allMatch(Registered::isNew);
        assertThat(all)
                .extracting(registered -> registered.ref().version())
                .containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(storedVersions()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        Catalog later = server();
        later.refresh();
        for (int i = 0; i < all.size(); i++) {
            assertThat(written(later, all.get(i).ref())).isEqualTo(Json.of(i));
        }
    }

    @Test
    void oneOfManyRacesForTheSameVersionWins() throws Exception {
        List<Object> outcomes = raced(8, i -> document(Integer.toString(i)) + "version: 1\n").stream()
                .map(Raced::outcome)
                .toList();

        assertThat(outcomes)
                .filteredOn(outcome -> outcome instanceof Registered)
                .hasSize(1);
        assertThat(outcomes)
                .filteredOn(outcome -> outcome instanceof WorkflowConflictException)
                .hasSize(7);
        assertThat(storedVersions()).containsExactly(1);
    }

    @Test
    void aServerWithoutItsDatabaseAnswersFromMemoryAndSaysSoOtherwise() {
        boolean[] away = {false};
        Catalog server = new Catalog(unreliable(away), handlers, REACHABLE, reducers, providers);
        server.refresh();
        server.register(tenant, document("1"), ++nowMs);
        away[0] = true;

        assertThat(latest(server).ref()).isEqualTo(ref(1));
        assertThat(server.problems(tenant, document("2"))).isEmpty();
        assertThatThrownBy(server::refresh)
                .isExactlyInstanceOf(CatalogUnavailableException.class)
                .hasMessageContaining("cannot be reached");
        assertThatThrownBy(() -> server.register(tenant, document("2"), ++nowMs))
                .isExactlyInstanceOf(CatalogUnavailableException.class);
        away[0] = false;
        assertThatCode(server::refresh).doesNotThrowAnyException();
        assertThat(server.register(tenant, document("2"), ++nowMs)).isEqualTo(new Registered(ref(2), true));
    }

    @Test
    void olderVersionsAreInMemoryAsFarAsTheyFitAndAreCompiledAgainWhenTheyAreNeeded() {
        boolean[] away = {false};
        OlderVersions four = new OlderVersions(4 * 1_024);
        Catalog server = new Catalog(unreliable(away), handlers, REACHABLE, reducers, providers, four);
        server.refresh();
        int versions = 30;
        for (int version = 1; version <= versions; version++) {
            server.register(tenant, document("" + version) + "description: number " + version + "\n", ++nowMs);
        }
        String parent = "p-" + name;
        server.register(tenant, parent(parent, name + "@3"), ++nowMs);

        for (int version = 1; version <= versions; version++) {
            assertThat(written(server, ref(version))).isEqualTo(Json.of(version));
            assertThat(server.description(tenant, ref(version))).isEqualTo("number " + version);
            assertThat(four.size()).isBetween(1L, 4L);
        }
        assertThat(server.versions(tenant, name)).hasSize(versions).startsWith(ref(versions), ref(versions - 1));

        away[0] = true;
        assertThat(written(server, ref(versions))).isEqualTo(Json.of(versions));
        assertThat(subgraphOf(server, parent)).isEqualTo(ref(3));
        List<Integer> notInMemory = new ArrayList<>();
        for (int version = 1; version < versions; version++) {
            assertThat(server.has(tenant, ref(version))).isTrue();
            try {
                assertThat(server.find(tenant, ref(version))).isNotNull();
            } catch (CatalogUnavailableException e) {
                notInMemory.add(version);
            }
        }
        assertThat(notInMemory).hasSizeGreaterThanOrEqualTo(versions - 1 - 4);
        assertThat(server.has(tenant, ref(versions + 1))).isFalse();
        assertThat(server.find(tenant, ref(versions + 1))).isNull();
    }

    @Test
    void whatIsCompiledAgainRunsTheSameWorkflowsAsBefore() {
        OlderVersions four = new OlderVersions(4 * 1_024);
        Catalog server = new Catalog(dataSource, handlers, REACHABLE, reducers, providers, four);
        String parent = "p-" + name;
        register(server, document("1"));
        register(server, parent(parent, name));
        for (int version = 2; version <= 20; version++) {
            register(server, document("" + version));
            register(server, parent(parent, name) + "description: number " + version + "\n");
        }
        Catalog later = new Catalog(dataSource, handlers, REACHABLE, reducers, providers, new OlderVersions(4 * 1_024));
        later.refresh();

        for (Catalog each : List.of(server, later)) {
            for (int version = 1; version <= 20; version++) {
                Step step = Objects.requireNonNull(each.find(tenant, new WorkflowRef(parent, version)))
                        .step("a");
                assertThat(((Step.Subgraph) step.kind()).workflow()).isEqualTo(ref(version));
            }
        }
    }

    @Test
    void aServerThatStartsLaterHasNoMoreInMemoryThanFits() {
        for (int version = 1; version <= 20; version++) {
            register(here, document("" + version));
        }
        OlderVersions four = new OlderVersions(4 * 1_024);
        Catalog later = new Catalog(dataSource, handlers, REACHABLE, reducers, providers, four);
        later.refresh();

        assertThat(four.size()).as("nobody has asked for any").isZero();
        for (int version = 1; version <= 20; version++) {
            assertThat(written(later, ref(version))).isEqualTo(Json.of(version));
        }
        assertThat(four.size()).isBetween(1L, 4L);
        assertThat(latest(later).ref()).isEqualTo(ref(20));
    }

    @Test
    void aStartCompilesNothingAndNeedsNoDatabaseForTheNewest() {
        register(here, document("1"));
        register(here, document("2"));
        store(3, "name: %s\nstart: a\nsteps: {a: {call: nobody}}\n".formatted(name));
        String other = "o-" + name;
        here.register(tenant, document("1").replace(name, other), ++nowMs);
        boolean[] away = {false};
        Catalog later = new Catalog(unreliable(away), handlers, REACHABLE, reducers, providers);

        later.refresh();
        assertThat(later.has(tenant, ref(3)))
                .as("nobody has found what is wrong with it")
                .isTrue();
        assertThat(later.newest(tenant, name)).isEqualTo(ref(3));
        assertThat(later.newest(tenant)).contains(ref(3), new WorkflowRef(other, 1), new WorkflowRef("echo", 1));
        assertThat(later.versions(tenant, name)).containsExactly(ref(3), ref(2), ref(1));
        away[0] = true;
        assertThat(later.holds(tenant, document("1").replace(name, other)))
                .as("its text is at hand")
                .isTrue();
        assertThat(Objects.requireNonNull(later.latest(tenant, other)).ref()).isEqualTo(new WorkflowRef(other, 1));
        assertThatThrownBy(() -> later.latest(tenant, name)).isExactlyInstanceOf(CatalogUnavailableException.class);
        away[0] = false;
        assertThat(latest(later).ref()).isEqualTo(ref(2));
        assertThat(later.has(tenant, ref(3))).isFalse();
        assertThat(later.find(tenant, ref(3))).isNull();
        assertThat(later.newest(tenant, name)).isEqualTo(ref(2));
        assertThat(later.newest(tenant)).contains(ref(2)).doesNotContain(ref(3));
        assertThat(later.versions(tenant, name)).containsExactly(ref(2), ref(1));
    }

    @Test
    void nothingIsRegisteredThatWouldRunWhatThisServerCannotUse() {
        register(here, document("1"));
        store(2, "name: %s\nstart: a\nsteps: {a: {call: nobody}}\n".formatted(name));
        String parent = "p-" + name;

        assertThatThrownBy(() -> register(here, parent(parent, name)))
                .isExactlyInstanceOf(InvalidDocumentException.class)
                .hasMessageStartingWith("/steps/a/workflow: this server cannot use workflow " + name
                        + "@2: /steps/a/call: there is no handler \"nobody\"");
        assertThat(register(here, parent(parent, name + "@1")).ref()).isEqualTo(new WorkflowRef(parent, 1));
    }

    @Test
    void thoseThatRunEachOtherAreOfNoUseAndCostNothingElse() {
        String other = "o-" + name;
        store(1, parent(name, other + "@1"));
        store(other, 1, parent(other, name + "@1"));
        Catalog later = server();
        later.refresh();

        assertThat(later.latest(tenant, name)).isNull();
        assertThat(later.latest(tenant, other)).isNull();
        assertThat(later.problems(tenant, parent("p-" + name, name)))
                .extracting(DocumentProblem::toString)
                .singleElement()
                .asString()
                .contains("it runs what runs itself");
        assertThat(register(later, document("1").replace(name, "n-" + name)).isNew())
                .isTrue();
    }

    /** As a running server does for those that nobody has asked for. */
    @Test
    void theNewestAreCompiledInTheBackground() {
        store(1, "name: %s\nstart: a\nsteps: {a: {call: nobody}}\n".formatted(name));

        running.refresh();

        await().atMost(Duration.ofSeconds(60)).until(() -> !running.has(tenant, ref(1)));
    }

    @Test
    void whereNobodyCanCallBackNothingIsRegisteredThatNeedsItAndWhatOthersRegisteredGoesOn() {
        Catalog alone = new Catalog(dataSource, handlers, new Callbacks(null), reducers, providers);
        String document = """
                name: %s
                channels: {x: last_write_wins}
                start: a
                steps:
                  a: {http: POST https://api.example.com/jobs, body: callback.url, callback: {}, result: {x: result.body}}
                """.formatted(name);

        assertThat(alone.problems(tenant, document))
                .extracting(DocumentProblem::toString)
                .singleElement()
                .asString()
                .contains("/steps/a/callback", "threadwright.callbacks.public-url");
        assertThatThrownBy(() -> alone.register(tenant, document, ++nowMs))
                .isInstanceOf(InvalidDocumentException.class);
        register(here, document);
        alone.refresh();
        assertThat(latest(alone).ref()).isEqualTo(ref(1));
    }

    private Catalog server() {
        return new Catalog(dataSource, handlers, REACHABLE, reducers, providers);
    }

    private DataSource unreliable(boolean[] away) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (away[0]) {
                        throw new SQLException("Connection refused", "08001");
                    }
                    return method.invoke(dataSource, arguments);
                });
    }

    /** Writes what the expression says to {@code x}. */
    private String document(String expression) {
        return "name: %s\nchannels: {x: last_write_wins}\nstart: a\nsteps: {a: {set: {x: '%s'}}}\n"
                .formatted(name, expression);
    }

    private static String parent(String name, String child) {
        return "name: %s\nstart: a\nsteps: {a: {workflow: %s}}\n".formatted(name, child);
    }

    private Registered register(Catalog server, String document) {
        return server.register(tenant, document, ++nowMs);
    }

    private WorkflowRef ref(int version) {
        return new WorkflowRef(name, version);
    }

    private Workflow latest(Catalog server) {
        return Objects.requireNonNull(server.latest(tenant, name));
    }

    private Json written(Catalog server, WorkflowRef ref) {
        Step step = Objects.requireNonNull(server.find(tenant, ref)).step("a");
        Step.View empty = new Step.View(dev.threadwright.workflow.Channels.EMPTY, Json.NULL, List.of());
        return ((Step.Pure) step.kind())
                .function()
                .apply(empty)
                .writes()
                .getFirst()
                .value();
    }

    private WorkflowRef subgraphOf(Catalog server, String parent) {
        Step step = Objects.requireNonNull(server.latest(tenant, parent)).step("a");
        return ((Step.Subgraph) step.kind()).workflow();
    }

    private List<Registered> atOnce(int servers, java.util.function.IntFunction<String> document) throws Exception {
        return raced(servers, document).stream()
                .map(raced -> (Registered) raced.outcome())
                .toList();
    }

    /** @param outcome that it is registered, or why it is not */
    private record Raced(Catalog server, Object outcome) {}

    /** Each of so many servers registers its document, all at the same moment. */
    private List<Raced> raced(int servers, java.util.function.IntFunction<String> document) throws Exception {
        CyclicBarrier together = new CyclicBarrier(servers);
        try (ExecutorService threads = Executors.newFixedThreadPool(servers)) {
            List<Callable<Raced>> races = IntStream.range(0, servers)
                    .<Callable<Raced>>mapToObj(i -> () -> {
                        Catalog server = server();
                        server.refresh();
                        together.await();
                        try {
                            return new Raced(server, server.register(tenant, document.apply(i), 5_000));
                        } catch (WorkflowConflictException e) {
                            return new Raced(server, e);
                        }
                    })
                    .toList();
            List<Raced> outcomes = new ArrayList<>();
            for (Future<Raced> race : threads.invokeAll(races)) {
                outcomes.add(race.get());
            }
            return outcomes;
        }
    }

    /** As a server does that has other handlers. */
    private void store(int version, String document) {
        store(name, version, document);
    }

    private void store(String name, int version, String document) {
        try (var connection = dataSource.getConnection();
                var statement = connection.prepareStatement(
                        "insert into workflow (created_at_ms, version, tenant, name, hash, document)"
                                + " values (?, ?, ?, ?, ?, ?)")) {
            statement.setLong(1, ++nowMs);
            statement.setInt(2, version);
            statement.setString(3, tenant);
            statement.setString(4, name);
            statement.setBytes(5, new byte[] {1});
            statement.setString(6, document);
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<Integer> storedVersions() {
        try (var connection = dataSource.getConnection();
                var statement = connection.prepareStatement(
                        "select version from workflow where tenant = ? and name = ? order by version")) {
            statement.setString(1, tenant);
            statement.setString(2, name);
            List<Integer> versions = new ArrayList<>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    versions.add(rows.getInt(1));
                }
            }
            return versions;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}

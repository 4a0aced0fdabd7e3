package dev.threadwright.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.vertx.VertxContextSupport;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plans are kept by their sessions, and some are made while the tables are as good as empty. These must be good ones even
 * then: each thread is looked up by its key, and nothing is read of all threads to find one.
 */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class PlansTest {

    @Inject
    PlainScope scope;

    @BeforeEach
    void tables() {
        Readiness.await();
    }

    static Stream<Arguments> readsByKey() {
        return Stream.of(
                Arguments.of("outcomes", OutcomeReads.FIND),
                Arguments.of("snapshots", StateReads.SNAPSHOTS),
                Arguments.of("what followed snapshots", StateReads.TAILS),
                Arguments.of("news", DecisionReads.NEWS),
                Arguments.of("decisions", DecisionReads.PAGE),
                Arguments.of("keys", Unsealing.KEYS),
                Arguments.of("runs", RequestedRuns.NAMED),
                Arguments.of("the legs of a run", RequestedRuns.OPEN_LEG),
                Arguments.of("a thread", "select * from thread where tenant = $1 and thread = $2"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("readsByKey")
    void eachThreadIsLookedUpByItsKey(String name, String sql) throws Throwable {
        List<String> plan = plan(sql);
        assertThat(plan).noneMatch(line -> line.contains("Seq Scan"));
        assertThat(plan)
                .filteredOn(line -> line.contains("Index Cond"))
                .isNotEmpty()
                .allMatch(line -> line.contains("thread ="), "an index is entered with the thread");
    }

    private List<String> plan(String sql) throws Throwable {
        return VertxContextSupport.subscribeAndAwait(() -> scope.read(
                "default",
                connection -> connection
                        .query("explain (generic_plan) " + sql)
                        .execute()
                        .map(rows -> {
                            List<String> lines = new ArrayList<>();
                            rows.forEach(row -> lines.add(row.getString(0)));
                            return lines;
                        })));
    }
}

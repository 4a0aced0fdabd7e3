package dev.threadwright.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.query.OutcomeReads.RunKey;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import io.agroal.api.AgroalDataSource;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class ReadScopeTest {

    @Inject
    ReadScope scope;

    @Inject
    ThreadReads threads;

    @Inject
    EventReads events;

    @Inject
    OutcomeReads outcomes;

    @Inject
    Pool pool;

    @Inject
    AgroalDataSource engine;

    private final String tenant = "tenant-" + UUID.randomUUID();

    @BeforeEach
    void rowsOfATenant() {
        Readiness.await();
        write(
                "insert into thread values (3, 1, 2, 2, 0, 0, 0, 'idle', '%1$s', 't', null, '{\"metadata\":{}}');"
                        + " insert into run values (1, 1, 2, '%1$s', 't', 'r', 'completed', 'echo@1', 'start', '{\"a\":1}', null);"
                        + " insert into store_item (created_at_ms, updated_at_ms, tenant, namespace, key, value)"
                        + " values (1, 1, '%1$s', 'a', 'k', '{}');"
                        + " insert into outcome values (3, '%1$s', 't', '\\x00', '\\x01', '{\"type\":\"started\",\"run\":\"r\"}')");
    }

    /** The next server on this database refuses tenants that it does not know. */
    @AfterEach
    void noRowsOfATenant() {
        write("delete from thread where tenant = '%1$s'; delete from run where tenant = '%1$s';"
                + " delete from store_item where tenant = '%1$s'; delete from outcome where tenant = '%1$s'");
    }

    @Test
    void aTenantSeesItsRowsAndNoOthers() {
        ThreadKey own = new ThreadKey(tenant, "t");
        ThreadKey others = new ThreadKey("somebody-else", "t");
        assertThat(awaited(() -> threads.thread(own)).runs()).singleElement().satisfies(run -> {
            assertThat(run.output).isEqualTo("{\"a\":1}");
            assertThat(run.startedAtMs).isEqualTo(1);
        });
        assertThat(awaited(() -> threads.thread(others))).isNull();
        assertThat(awaited(() -> scope.read(tenant, () -> StoredRun.count()))).isEqualTo(1);
        // Asked by one, for another's.
        assertThat(awaited(() -> scope.read("somebody-else", () -> StoredRun.count("tenant", tenant))))
                .isZero();
    }

    @Test
    void whoWaitsSeesOutcomesOfTheirTenant() {
        var own = awaited(() -> outcomes.find(
                List.of(new OutcomeKey(new ThreadKey(tenant, "t"), "00")),
                List.of(
                        new RunKey(new ThreadKey(tenant, "t"), new RunId("r")),
                        new RunKey(new ThreadKey("somebody-else", "t"), new RunId("r")))));
        assertThat(own.outcomes())
                .singleElement()
                .satisfies(row -> assertThat(row.contentHash()).isEqualTo("01"));
        assertThat(own.halts()).singleElement().satisfies(end -> {
            assertThat(end.key().thread().tenant()).isEqualTo(tenant);
            assertThat(end.seq()).isEqualTo(3);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "thread",
                "run",
                "interrupt",
                "decision",
                "outcome",
                "dead_letter",
                "thread_set_aside",
                "event",
                "snapshot",
                "store_item",
                "assistant",
                "assistant_version",
                "cron"
            })
    void aReaderWithoutATenantSeesNothing(String table) {
        long seen = awaited(() -> pool.withTransaction(connection -> connection
                .query("set local role threadwright_reader")
                .execute()
                .flatMap(ignored ->
                        connection.query("select count(*) from " + table).execute())
                .map(rows -> rows.iterator().next().getLong(0))));
        assertThat(seen).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "delete from thread",
                "update run set status = 'failed'",
                "update interrupt set status = 'resolved'",
                "insert into outcome select * from outcome",
                "delete from store_item",
                "delete from assistant",
                "update cron set enabled = false",
                "update server_setting set value = '1'",
                "select * from partition_claim",
                "select * from outbox"
            })
    void aReaderMayOnlyReadWhatIsForReaders(String statement) {
        assertThatThrownBy(() -> awaited(() -> pool.withTransaction(connection -> connection
                        .query("set local role threadwright_reader")
                        .execute()
                        .flatMap(ignored -> connection.query(statement).execute()))))
                .hasStackTraceContaining("permission denied");
    }

    @Test
    void nothingCanBeWrittenInAScope() {
        assertThatThrownBy(() -> awaited(() -> scope.read(
                        tenant,
                        () -> Panache.getSession()
                                .flatMap(session -> session.createNativeQuery("delete from run")
                                        .executeUpdate()))))
                .hasStackTraceContaining("in a read-only transaction");
        assertThat(awaited(() -> scope.read(tenant, () -> StoredRun.count()))).isEqualTo(1);
    }

    @Test
    void aScopeHasATimeLimitAndLeavesTheConnectionAsItWas() {
        String inside = awaited(() -> scope.read(
                tenant,
                () -> Panache.getSession()
                        .flatMap(session -> session.createNativeQuery(
                                        "select current_user || ' ' || current_setting('statement_timeout') || ' '"
                                                + " || current_setting('transaction_read_only')",
                                        String.class)
                                .getSingleResult())));
        assertThat(inside).isEqualTo("threadwright_reader 5s on");
        // As often as there are connections, and more.
        for (int i = 0; i < 20; i++) {
            String after = awaited(() -> pool.query(
                            "select (current_user = session_user) || ' ' || current_setting('threadwright.tenant', true)")
                    .execute()
                    .map(rows -> rows.iterator().next().getString(0)));
            assertThat(after).isIn("true ", null);
        }
    }

    @Test
    void aPageOfEventsIsBoundedInBytesAndHoldsOneDecisionAtLeast() {
        for (int i = 0; i < 3; i++) {
            write("insert into decision select " + (2 * i + 1) + ", (select coalesce(max(position), 1000000) + 1 from"
                    + " decision where partition = 999), 1, 999, 2, 0, '%1$s', 't', null, null, 'test',"
                    + " ('[{\"type\":\"a.b\"},{\"type\":\"a.b\",\"pad\":\"' || repeat('x', 5000000) || '\"}]')::json");
        }
        ThreadKey key = new ThreadKey(tenant, "t");
        EventReads.Stretch all = awaited(() -> events.events(key, 1, 100));
        assertThat(all.decisions()).extracting(decision -> decision.firstSeq).containsExactly(1L);
        assertThat(all.more()).isTrue();
        // The second event of a decision brings that decision, and no later one if it is all that is asked for.
        EventReads.Stretch middle = awaited(() -> events.events(key, 4, 1));
        assertThat(middle.decisions()).extracting(decision -> decision.firstSeq).containsExactly(3L);
        assertThat(middle.more()).isTrue();
        EventReads.Stretch last = awaited(() -> events.events(key, 5, 2));
        assertThat(last.decisions()).extracting(decision -> decision.firstSeq).containsExactly(5L);
        assertThat(last.more()).isFalse();
        assertThat(awaited(() -> events.events(new ThreadKey("somebody-else", "t"), 1, 1))
                        .decisions())
                .isEmpty();
    }

    private void write(String sql) {
        try (var connection = engine.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql.formatted(tenant));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T awaited(Supplier<Uni<T>> work) {
        try {
            return VertxContextSupport.subscribeAndAwait(work);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}

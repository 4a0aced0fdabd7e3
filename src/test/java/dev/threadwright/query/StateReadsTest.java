package dev.threadwright.query;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.EventCodec;
import dev.threadwright.journal.SnapshotCodec;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import dev.threadwright.thread.Fold;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.vertx.VertxContextSupport;
import io.restassured.http.ContentType;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class StateReadsTest {

    private static final int NOBODYS_PARTITION = 99_999;

    @Inject
    StateReads states;

    @Inject
    EventReads events;

    @Inject
    AgroalDataSource engine;

    private final ThreadKey thread = new ThreadKey(ThreadKey.DEFAULT_TENANT, "state-" + UUID.randomUUID());

    @BeforeEach
    void ready() {
        Readiness.await();
    }

    @Test
    void aStateIsWhatTheWholeJournalFoldsTo() {
        run(thread, 3);
        ThreadState current = awaited(() -> states.current(thread));
        assertThat(current).isEqualTo(folded());
        assertThat(current.seq()).isGreaterThan(3);
    }

    @Test
    void aSnapshotSavesReadingWhatIsBeforeIt() throws SQLException {
        run(thread, 1);
        ThreadState before = awaited(() -> states.current(thread));
        snapshot("(select ('{\"v\":" + SnapshotCodec.VERSION + ",\"seq\":" + before.seq()
                + ",\"createdAtMs\":1,\"updatedAtMs\":2,"
                + "\"settings\":{\"metadata\":{}},\"channels\":{},\"started\":[],\"queue\":[],\"intake\":[],"
                + "\"intakeAdmittedAtMs\":0}')::json)");
        assertThat(awaited(() -> states.current(thread)).createdAtMs()).isEqualTo(1);
    }

    @Test
    void aSnapshotThatCannotBeReadIsPassedOver() throws SQLException {
        run(thread, 1);
        for (String text : List.of("{\"v\":999}", "{}", "[]", "{\"v\":1,\"seq\":2}")) {
            snapshot("'" + text + "'::json");
            assertThat(awaited(() -> states.current(thread))).as(text).isEqualTo(folded());
        }
    }

    @Test
    void aTailMayBeLongerThanOnePage() throws SQLException {
        run(thread, 1);
        given().contentType(ContentType.JSON)
                .body("{\"metadata\": {\"n\": 1}}")
                .patch("/threads/{id}", thread.thread())
                .then()
                .statusCode(200);
        int more = StateReads.PAGE_DECISIONS + 5;
        long seq = awaited(() -> states.current(thread)).seq();
        try {
            // As many times the last one again, in a partition that no server has.
            execute(
                    "insert into decision (first_seq, position, time_ms, partition, count, checksum, tenant, thread, actor,"
                            + " events) select first_seq + n, n, time_ms, " + NOBODYS_PARTITION
                            + ", count, checksum, tenant, thread, actor, events from decision, generate_series(1, "
                            + more
                            + ") n where thread = '" + thread.thread() + "' and first_seq = " + seq);
            aTailIsRead(seq + more);
        } finally {
            execute("delete from decision where partition = " + NOBODYS_PARTITION);
        }
    }

    private void aTailIsRead(long seq) throws SQLException {
        execute("delete from snapshot where thread = '" + thread.thread() + "'");
        ThreadState current = awaited(() -> states.current(thread));
        assertThat(current.seq()).isEqualTo(seq);
        assertThat(current).isEqualTo(folded());
    }

    @Test
    void severalAreReadAtOnceAndThoseThatAreNotThereAreLeftOut() {
        ThreadKey other = new ThreadKey(ThreadKey.DEFAULT_TENANT, thread.thread() + "-b");
        ThreadKey absent = new ThreadKey(ThreadKey.DEFAULT_TENANT, "absent-" + UUID.randomUUID());
        run(thread, 1);
        run(other, 1);
        Map<ThreadKey, ThreadState> read = awaited(() -> states.current(List.of(other, absent, thread)));
        assertThat(read.keySet()).containsExactly(other, thread);
        assertThat(awaited(() -> states.current(absent))).isNull();
        assertThat(awaited(() -> states.current(List.of()))).isEmpty();
    }

    @Test
    void aTenantDoesNotReadAnothersState() {
        run(thread, 1);
        assertThat(awaited(() -> states.current(new ThreadKey("somebody-else", thread.thread()))))
                .isNull();
    }

    private static void run(ThreadKey thread, int inputs) {
        for (int i = 0; i < inputs; i++) {
            given().contentType(ContentType.JSON)
                    .body("{\"data\": {\"n\": " + i + "}}")
                    .post("/threads/{id}/inputs?wait=completion", thread.thread())
                    .then()
                    .statusCode(200);
        }
    }

    private ThreadState folded() {
        ThreadState state = ThreadState.absent(thread);
        boolean more = true;
        while (more) {
            long from = state.seq() + 1;
            EventReads.Stretch stretch = awaited(() -> events.events(thread, from, 100));
            for (StoredDecision decision : stretch.decisions()) {
                for (Recorded recorded : EventCodec.readAll(decision.events, decision.firstSeq, decision.timeMs)) {
                    state = Fold.evolve(state, recorded);
                }
            }
            more = stretch.more();
        }
        return state;
    }

    private void snapshot(String json) throws SQLException {
        execute("insert into snapshot (seq, tenant, thread, state) values (1, '" + thread.tenant() + "', '"
                + thread.thread() + "', " + json
                + ") on conflict (tenant, thread) do update set state = excluded.state");
    }

    private void execute(String sql) throws SQLException {
        try (var connection = engine.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
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

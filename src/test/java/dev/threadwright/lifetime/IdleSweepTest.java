package dev.threadwright.lifetime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.tables.Tables;
import dev.threadwright.testing.TestDatabase;
import dev.threadwright.thread.ThreadKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which threads are given up because nothing has happened on them for long, on a real database. */
class IdleSweepTest {

    private static final long IDLE_MS = 60_000;

    private static Tables tables;

    private final List<String> asked = new ArrayList<>();
    private boolean fails;

    @BeforeAll
    static void database() {
        tables = TestDatabase.migrated("idle_threads").tables();
    }

    @BeforeEach
    void noThreads() {
        tables.writeNow(sql -> sql.update("delete from thread_ttl")
                + sql.update("delete from thread_set_aside")
                + sql.update("delete from thread")
                + sql.update("delete from deleted_thread")
                + sql.update("update sweep_place set tenant = '', thread = ''"));
    }

    @Test
    void whatIsIdleForLongIsAskedForWithItsLastEvent_andWhatIsBusyOrWaitsOrHasATimeOfItsOwnStays() {
        threads("idle", "idle", 0, 1);
        threads("failed", "error", 0, 1);
        threads("lately", "idle", 1, 1);
        threads("busy", "busy", 0, 1);
        threads("asks", "interrupted", 0, 1);
        threads("gone", "deleted", 0, 1);
        threads("own-time", "idle", 0, 1);
        tables.writeNow(sql -> sql.update("insert into thread_ttl (due_at_ms, ttl_ms, tenant, thread)"
                + " values (1, 1, 'default', 'own-time1')"));
        assertThat(sweep(IDLE_MS)).isEqualTo(2);
        assertThat(asked).containsExactly("failed1@7", "idle1@7");
    }

    @Test
    void whatIsSetAsideStaysUntilItIsReleased() {
        threads("aside", "idle", 0, 2);
        tables.writeNow(
                sql -> sql.update("insert into thread_set_aside (since_ms, partition, tenant, thread, id, cause,"
                        + " error) values (1, 0, 'default', 'aside1', '0-1-1', 'failed', 'why')"));
        assertThat(sweep(IDLE_MS)).isEqualTo(1);
        assertThat(asked).containsExactly("aside2@7");
        tables.writeNow(sql -> sql.update("delete from thread_set_aside"));
        assertThat(sweep(IDLE_MS)).isEqualTo(2);
        assertThat(asked).contains("aside1@7");
    }

    @Test
    void itGoesRoundAllOfThem_aBoundedNumberAtOnce() {
        threads("a", "idle", 0, IdleSweep.MAX_DELETIONS);
        threads("b", "idle", 0, 5);
        assertThat(sweep(IDLE_MS)).isEqualTo(IdleSweep.MAX_DELETIONS);
        assertThat(asked).noneMatch(thread -> thread.startsWith("b"));
        assertThat(sweep(IDLE_MS)).isEqualTo(5);
        assertThat(asked).doesNotHaveDuplicates();
    }

    @Test
    void whatCouldNotBeAskedForIsFoundInTheNextRound() {
        threads("a", "idle", 0, 1);
        fails = true;
        assertThat(sweep(IDLE_MS)).isZero();
        fails = false;
        assertThat(sweep(IDLE_MS)).isEqualTo(1);
    }

    @Test
    void oneServerAtATimeLooks() {
        threads("a", "idle", 0, 1);
        int other = tables.writeNow(sql -> {
            sql.query("select * from sweep_place for update", row -> true);
            return sweep(IDLE_MS);
        });
        assertThat(other).isZero();
        assertThat(sweep(IDLE_MS)).isEqualTo(1);
    }

    private int sweep(long nowMs) {
        Clock clock = Clock.fixed(Instant.ofEpochMilli(nowMs), ZoneOffset.UTC);
        return new IdleSweep(tables, this::ask, Duration.ofMillis(IDLE_MS), clock).sweep();
    }

    private void ask(ThreadKey thread, long ifSeq) {
        if (fails) {
            throw new IllegalStateException("Kafka is away");
        }
        asked.add(thread.thread() + "@" + ifSeq);
    }

    private static void threads(String prefix, String status, long updatedAtMs, int count) {
        tables.writeNow(sql -> sql.update(
                "insert into thread (seq, created_at_ms, updated_at_ms, state_updated_at_ms, partition, active_runs,"
                        + " queued_runs, status, tenant, thread, settings)"
                        + " select 7, 0, ?, 0, 0, 0, 0, ?, 'default', ? || i, '{}' from generate_series(1, ?) i",
                updatedAtMs,
                status,
                prefix,
                count));
    }
}

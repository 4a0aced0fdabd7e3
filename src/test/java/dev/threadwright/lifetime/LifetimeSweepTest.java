package dev.threadwright.lifetime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.tables.Tables;
import dev.threadwright.testing.HeldClock;
import dev.threadwright.testing.TestDatabase;
import dev.threadwright.thread.ThreadKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which threads are given up, on a real database, by a clock that the test holds. */
class LifetimeSweepTest {

    private static final long TTL_MS = 60 * 60_000;

    private static Tables tables;

    private final HeldClock clock = new HeldClock(Instant.EPOCH);
    private final List<String> asked = new ArrayList<>();
    private boolean fails;
    private final LifetimeSweep sweep = new LifetimeSweep(tables, this::ask, clock.utc());

    @BeforeAll
    static void database() {
        tables = TestDatabase.migrated("lifetimes").tables();
    }

    @BeforeEach
    void noThreads() {
        tables.writeNow(sql -> sql.update("delete from thread_ttl") + sql.update("delete from thread"));
    }

    @Test
    void whatHasBeenIdleForItsTimeIsAskedForWithItsLastEvent() {
        thread("a", "idle", 7, 0);
        thread("b", "error", 3, 0);
        clock.set(Instant.ofEpochMilli(TTL_MS - 1));
        assertThat(sweep.sweep()).isZero();
        clock.set(Instant.ofEpochMilli(TTL_MS));
        assertThat(sweep.sweep()).isEqualTo(2);
        assertThat(asked).containsExactlyInAnyOrder("a@7", "b@3");
    }

    @Test
    void somethingThatHappensGivesItAllItsTimeAgain() {
        thread("a", "idle", 7, 0);
        happens("a", "idle", 9, TTL_MS / 2);
        clock.set(Instant.ofEpochMilli(TTL_MS));
        assertThat(sweep.sweep()).isZero();
        clock.set(Instant.ofEpochMilli(TTL_MS / 2 + TTL_MS));
        assertThat(sweep.sweep()).isEqualTo(1);
        assertThat(asked).containsExactly("a@9");
    }

    @Test
    void whatIsBusyOrWaitsForSomebodyStays() {
        thread("a", "busy", 7, 0);
        thread("b", "interrupted", 7, 0);
        clock.set(Instant.ofEpochMilli(10 * TTL_MS));
        assertThat(sweep.sweep()).isZero();
        happens("a", "idle", 8, 10 * TTL_MS);
        clock.set(Instant.ofEpochMilli(11 * TTL_MS));
        assertThat(sweep.sweep()).isEqualTo(1);
    }

    @Test
    void whatWasNotHeardIsAskedForAgain() {
        thread("a", "idle", 7, 0);
        clock.set(Instant.ofEpochMilli(TTL_MS));
        fails = true;
        assertThat(sweep.sweep()).isZero();
        fails = false;
        assertThat(sweep.sweep()).isZero();
        clock.advance(LifetimeSweep.RETRY);
        assertThat(sweep.sweep()).isEqualTo(1);
    }

    @Test
    void moreThanFitIntoOneTransactionAreAllAskedFor() {
        for (int i = 0; i < LifetimeSweep.MAX_ROWS + 5; i++) {
            thread("t" + i, "idle", 1, 0);
        }
        clock.set(Instant.ofEpochMilli(TTL_MS));
        assertThat(sweep.sweep()).isEqualTo(LifetimeSweep.MAX_ROWS + 5);
        assertThat(asked).doesNotHaveDuplicates();
    }

    private void ask(ThreadKey thread, long ifSeq) {
        if (fails) {
            throw new IllegalStateException("Kafka is away");
        }
        asked.add(thread.thread() + "@" + ifSeq);
    }

    private static void thread(String id, String status, long seq, long updatedAtMs) {
        tables.writeNow(sql -> sql.update(
                        "insert into thread (seq, created_at_ms, updated_at_ms, state_updated_at_ms, partition, active_runs,"
                                + " queued_runs, status, tenant, thread, settings)"
                                + " values (?, 0, ?, 0, 0, 0, 0, ?, 'default', ?, '{}')",
                        seq,
                        updatedAtMs,
                        status,
                        id)
                + sql.update(
                        "insert into thread_ttl (due_at_ms, ttl_ms, tenant, thread) values (?, ?, 'default', ?)",
                        updatedAtMs + TTL_MS,
                        TTL_MS,
                        id));
    }

    private static void happens(String id, String status, long seq, long atMs) {
        tables.writeNow(sql -> sql.update(
                "update thread set seq = ?, status = ?, updated_at_ms = ? where thread = ?", seq, status, atMs, id));
    }
}

package dev.threadwright.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.tables.Tables;
import dev.threadwright.testing.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which dead letters go, on a real database. */
class DeadLetterSweepTest {

    private static final Duration KEEP = Duration.ofMillis(100);

    private static Tables tables;

    @BeforeAll
    static void database() {
        tables = TestDatabase.migrated("dead_letters").tables();
    }

    @BeforeEach
    void noLetters() {
        tables.writeNow(sql -> sql.update("delete from dead_letter") + sql.update("delete from thread_set_aside"));
    }

    @Test
    void theOldGo() {
        letters(1, 0, 900);
        letters(2, 900, 1);
        letters(3, 901, 1);
        assertThat(sweep(1_000, 10_000)).isEqualTo(901);
        assertThat(kept()).containsExactly("3-1");
        assertThat(sweep(1_000, 10_000)).isZero();
    }

    @Test
    void ofTooManyTheOldestGo() {
        letters(1, 990, 3);
        letters(2, 989, 2);
        assertThat(sweep(1_000, 5)).isZero();
        assertThat(sweep(1_000, 2)).isEqualTo(3);
        assertThat(kept()).containsExactly("1-2", "1-3");
        assertThat(sweep(1_000, 0)).isEqualTo(2);
        assertThat(kept()).isEmpty();
    }

    /** A release would send them again, so taking them away would lose what came for the thread. */
    @Test
    void whatIsParkedForAThreadThatIsSetAsideStays_untilThatIsReleasedOrItWasSentAgain() {
        for (int partition = 1; partition <= 5; partition++) {
            letters(partition, partition == 1 ? 9 : 10, 1);
            tables.writeNow(sql -> sql.update("update dead_letter set thread = 't', kind = 'thread_set_aside'"));
        }
        tables.writeNow(
                sql -> sql.update("insert into thread_set_aside (since_ms, partition, tenant, thread, id, cause,"
                                + " error) values (10, 0, 'default', 't', '0-1-1', 'failed', 'why')")
                        + sql.update("update dead_letter set kind = 'invalid' where partition = 2")
                        + sql.update("update dead_letter set replay_status = 'sent' where partition = 3")
                        + sql.update("update dead_letter set replay_status = 'failed' where partition = 4"));
        assertThat(sweep(1_000, 0))
                .as("from before, not parked, and sent again")
                .isEqualTo(3);
        assertThat(kept()).containsExactly("4-1", "5-1");
        assertThat(sweep(1_000, 1)).isZero();
        tables.writeNow(sql -> sql.update("delete from thread_set_aside"));
        assertThat(sweep(1_000, 10)).isEqualTo(2);
    }

    private static int sweep(long nowMs, int maxCount) {
        Clock clock = Clock.fixed(Instant.ofEpochMilli(nowMs), ZoneOffset.UTC);
        return new DeadLetterSweep(tables, KEEP, maxCount, clock).sweep();
    }

    private static List<String> kept() {
        return tables.writeNow(sql -> sql.query(
                "select partition || '-' || position from dead_letter order by partition, position",
                row -> row.getString(1)));
    }

    private static void letters(int partition, long deadAtMs, int count) {
        tables.writeNow(sql -> sql.update(
                "insert into dead_letter (dead_at_ms, position, source_offset, source_time_ms, partition, source_partition,"
                        + " bytes, whole, tenant, kind, source_topic, reason, headers)"
                        + " select ?, p, 1, 1, ?, 0, 0, true, 'default', 'invalid', 'in', 'why', '[]'"
                        + " from generate_series(1, ?) p",
                deadAtMs,
                partition,
                count));
    }
}

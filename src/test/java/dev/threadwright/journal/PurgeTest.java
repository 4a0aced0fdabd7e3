package dev.threadwright.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.lifetime.Purge;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.tables.Tables;
import dev.threadwright.testing.TestDatabase;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is left of deleted threads and of the outbox, on a real journal. */
class PurgeTest {

    private static final long KEEP_MS = 1_000_000;
    private static final int PARTITION = 3;
    private static final ThreadKey KEPT = Owner.thread("kept");
    private static final ThreadKey GONE = Owner.thread("gone");

    private static final List<String> TABLES = List.of(
            "decision", "snapshot", "outcome", "run", "leg", "interrupt", "owed", "thread_metadata", "dead_letter");

    private final Map<Integer, Long> published = new HashMap<>();
    private long nowMs = 1_000 + KEEP_MS;
    private PostgresJournal journal;
    private Tables tables;
    private Verifier verifier;
    private Owner owner;

    @BeforeEach
    void aKeptThreadAndADeletedOne() {
        TestDatabase database = TestDatabase.migrated("purge");
        journal = new PostgresJournal(database.settings());
        tables = database.tables();
        verifier = new Verifier(database.source(), Sealing.none());
        owner = Owner.of(journal, PARTITION);
        owner.submit(KEPT, "a");
        owner.submit(GONE, "b");
        owner.draft()
                .decide(Owner.input(GONE, "c", null, dev.threadwright.workflow.Json.NULL))
                .snapshot(GONE)
                .commit();
        write("insert into thread_metadata (tenant, thread, metadata) values ('default', 'gone', '{\"a\": 1}')");
        delete(GONE);
        published.put(PARTITION, owner.position);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void ofADeletedThreadItsTombstoneIsLeftWhichIsReadAsBefore() {
        ThreadState tombstone = state(GONE);
        assertThat(tombstone.deleted()).isTrue();
        assertThat(purge()).isPositive();
        for (String table : TABLES) {
            assertThat(count(table + " where thread = 'gone'")).as(table).isZero();
        }
        assertThat(state(GONE)).isEqualTo(tombstone);
        assertThat(journal.head(GONE)).isEqualTo(tombstone.seq());
        assertThat(state(KEPT).deleted()).isFalse();
        assertThat(count("decision where thread = 'kept'")).isPositive();
        assertThat(purge()).as("a second time").isZero();
    }

    @Test
    void whatIsTakenAwayIsNoDamageAndWhatIsLostIs() {
        assertThat(purge()).isPositive();
        assertThat(verifier.verify(GONE)).isEqualTo(new Verified(GONE, 0, false, List.of()));
        assertThat(verifier.verify(KEPT).findings()).isEmpty();
        assertThat(verifier.lostPositions()).isEmpty();

        write("update thread set active_runs = 1 where thread = 'gone'");
        assertThat(verifier.verify(GONE).findings()).hasSize(1);
        write("delete from decision where thread = 'kept'");
        assertThat(verifier.lostPositions()).containsExactly("Partition 3 has used 4 positions, and holds rows for 3");
    }

    @Test
    void whatIsNotPublishedStays() {
        published.put(PARTITION, owner.position - 1);
        assertThat(purge()).isZero();
        assertThat(count("decision where thread = 'gone'")).isEqualTo(3);
        published.clear();
        assertThat(purge()).as("of a partition that is another server's").isZero();
        published.put(PARTITION, owner.position);
        assertThat(purge()).isPositive();
    }

    @Test
    void whatWasDeletedLatelyStays() {
        nowMs--;
        assertThat(purge()).isZero();
        nowMs++;
        assertThat(purge()).isPositive();
    }

    @Test
    void aThreadOfAnyLengthGoesInSmallTransactions_andInTheMiddleOfThatItIsItsTombstone() {
        ThreadKey large = Owner.thread("large");
        Owner.Draft draft = owner.draft();
        for (int i = 0; i < 1_200; i++) {
            draft.decide(Owner.input(large, "i" + i, null, dev.threadwright.workflow.Json.NULL));
        }
        draft.commit();
        delete(large);
        ThreadState tombstone = state(large);
        published.put(PARTITION, owner.position);
        long rows = count("decision");
        // One round of as many rows as a transaction may take away, as a server that ends in the middle leaves it.
        long first = tables.writeNow(sql -> sql.first(
                "select purge_deleted_v1(?, ?, ?, ?, ?)",
                row -> row.getLong(1),
                PARTITION,
                owner.position,
                nowMs,
                nowMs,
                500));
        assertThat(first).isEqualTo(500);
        assertThat(count("decision")).isBetween(rows - 500, rows - 400);
        assertThat(state(large)).isEqualTo(tombstone);
        assertThat(verifier.verify(large).findings()).isEmpty();
        assertThat(verifier.lostPositions()).isEmpty();

        assertThat(purge()).isGreaterThan(1_200);
        assertThat(count("decision where thread = 'large'")).isZero();
        assertThat(count("outcome where thread = 'large'")).isZero();
        assertThat(state(large)).isEqualTo(tombstone);
        assertThat(verifier.lostPositions()).isEmpty();
        owner.submit(KEPT, "goes on");
        assertThat(verifier.lostPositions()).isEmpty();
    }

    @Test
    void whatTheOutboxHasPublishedGoesWhenItIsOld() {
        owner.draft()
                .forward(OutboxRow.Kind.FORWARD, new byte[] {1}, new byte[] {2}, RawHeaders.NONE, "")
                .forward(OutboxRow.Kind.INVALID, new byte[] {1}, new byte[] {2}, RawHeaders.NONE, "why")
                .commit();
        published.put(PARTITION, owner.position - 1);
        purge();
        assertThat(count("outbox")).as("what is not published").isEqualTo(1);
        assertThat(count("dead_letter")).as("letters have a list of their own").isEqualTo(1);
        published.put(PARTITION, owner.position);
        purge();
        assertThat(count("outbox")).isZero();
        assertThat(verifier.lostPositions()).isEmpty();
        assertThat(journal.publications(PARTITION, owner.position, 10)).isEmpty();
    }

    private long purge() {
        Duration keep = Duration.ofMillis(KEEP_MS);
        Clock clock = Clock.fixed(Instant.ofEpochMilli(nowMs), ZoneOffset.UTC);
        return new Purge(tables, () -> published, keep, keep, clock).sweep();
    }

    private void delete(ThreadKey thread) {
        owner.draft()
                .decide(new Command.DeleteThread(
                        new Command.Header(thread, 1_000, null, "", "thread.delete", "test"), null))
                .commit();
    }

    private ThreadState state(ThreadKey thread) {
        return journal.load(List.of(thread)).get(thread);
    }

    private long count(String what) {
        return tables.writeNow(sql -> sql.query("select count(*) from " + what, row -> row.getLong(1)))
                .getFirst();
    }

    private void write(String statement) {
        tables.writeNow(sql -> sql.update(statement));
    }
}

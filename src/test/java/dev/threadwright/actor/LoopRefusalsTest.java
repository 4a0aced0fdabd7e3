package dev.threadwright.actor;

import static dev.threadwright.actor.Journaled.accepted;
import static dev.threadwright.actor.Journaled.outbox;
import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.publications;
import static dev.threadwright.actor.LoopHarness.run;
import static dev.threadwright.actor.LoopHarness.thread;
import static dev.threadwright.actor.LoopHarness.work;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.Batch;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.JournalDelegate;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.RawHeaders;
import dev.threadwright.journal.RejectedBatchException;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the store refuses costs what is refused, and neither its batch nor its partition. */
class LoopRefusalsTest {

    private static final ThreadKey T = thread("t");

    @Test
    void aCommandThatTheStoreRefusesIsSetAsideAloneAndThePartitionGoesOn() {
        InMemoryJournal memory = new InMemoryJournal();
        ThreadKey poison = thread("poison");
        Journal journal = new JournalDelegate(memory) {
            @Override
            public void commit(Batch batch) {
                if (batch.decisions().stream().anyMatch(row -> row.thread().equals(poison))) {
                    throw new RejectedBatchException("injected", null);
                }
                super.commit(batch);
            }
        };
        try (LoopHarness harness = new LoopHarness("a", journal, LoopSettings.DEFAULT)) {
            harness.own(0);
            List<Work> works = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                works.add(work(0, i, input(i == 13 ? poison : thread("t" + i), "i" + i, i, null, "echo")));
            }
            harness.start();
            harness.loop.offer(works);
            harness.awaitConsumed(0, 20);

            assertThat(memory.head(poison)).isZero();
            for (int i = 0; i < 20; i++) {
                assertThat(memory.head(thread("t" + i))).isEqualTo(i == 13 ? 0 : 5);
            }
            assertThat(publications(memory, 0))
                    .filteredOn(OutboxRow.class::isInstance)
                    .singleElement()
                    .satisfies(dead ->
                            assertThat(((OutboxRow) dead).source().offset()).isEqualTo(13));
            assertThat(harness.publisher.violations).isEmpty();
        }
    }

    @Test
    void aDeadLetterThatTheStoreRefusesIsStoredWithoutItsContent_andAForwardIsOneToo() {
        InMemoryJournal memory = new InMemoryJournal();
        Journal journal = new JournalDelegate(memory) {
            @Override
            public void commit(Batch batch) {
                if (batch.outbox().stream().anyMatch(row -> row.value() != null && row.value()[0] == 9)) {
                    throw new RejectedBatchException("injected", null);
                }
                super.commit(batch);
            }
        };
        try (LoopHarness harness = new LoopHarness("a", journal, LoopSettings.DEFAULT)) {
            harness.own(0);
            harness.start();
            harness.loop.offer(List.of(
                    work(0, 0, input(T, "1", 1, null, "echo")),
                    letter(1, OutboxRow.Kind.INVALID, "no JSON"),
                    letter(2, OutboxRow.Kind.FORWARD, ""),
                    work(0, 3, input(T, "2", 2, null, "echo"))));
            harness.awaitConsumed(0, 4);

            assertThat(outbox(memory)).hasSize(2).allSatisfy(row -> {
                assertThat(row.key()).isNull();
                assertThat(row.value()).isNull();
                assertThat(row.timeMs()).isEqualTo(7);
                assertThat(row.reason()).contains(row.source().toString(), "injected");
            });
            assertThat(outbox(memory)).extracting(row -> row.source().offset()).containsExactly(1L, 2L);
            assertThat(outbox(memory))
                    .extracting(OutboxRow::kind)
                    .containsExactly(OutboxRow.Kind.INVALID, OutboxRow.Kind.NOT_STORED);
            assertThat(outbox(memory).getFirst().reason()).contains("no JSON");
            assertThat(accepted(memory.decisions(T, 1, 100))).containsExactly("1", "2");
            assertThat(harness.lost).isEmpty();
        }
    }

    /** It is not the record's fault then, and a partition that waits would not help it. */
    @Test
    void aStoreThatTakesNoDeadLettersAtAllDoesNotStopThePartition() {
        InMemoryJournal memory = new InMemoryJournal();
        Journal journal = new JournalDelegate(memory) {
            @Override
            public void commit(Batch batch) {
                if (!batch.outbox().isEmpty()) {
                    throw new RejectedBatchException("injected", null);
                }
                super.commit(batch);
            }
        };
        try (LoopHarness harness = new LoopHarness("a", journal, LoopSettings.DEFAULT)) {
            harness.own(0);
            harness.start();
            harness.loop.offer(
                    List.of(letter(0, OutboxRow.Kind.INVALID, "no JSON"), work(0, 1, input(T, "2", 2, null, "echo"))));
            harness.awaitConsumed(0, 2);
            assertThat(accepted(memory.decisions(T, 1, 100))).containsExactly("2");
        }
    }

    @Test
    void aThreadThatIsElsewhereThanItsJournalSaysCostsItsOwnRecordsAndNotItsPartition() {
        ThreadKey damaged = thread("damaged");
        InMemoryJournal memory = new InMemoryJournal();
        run(memory, LoopSettings.DEFAULT, List.of(work(0, 0, input(damaged, "first", 1, null, "echo"))));
        Journal journal = new JournalDelegate(memory) {
            @Override
            public Map<ThreadKey, ThreadState> load(Collection<ThreadKey> threads) {
                Map<ThreadKey, ThreadState> loaded = new HashMap<>(super.load(threads));
                loaded.remove(damaged);
                return loaded;
            }
        };
        try (LoopHarness harness = new LoopHarness("a", journal, LoopSettings.DEFAULT)) {
            harness.own(0);
            harness.start();
            List<Work> works = new ArrayList<>();
            for (int i = 1; i < 20; i++) {
                works.add(work(0, i, input(i % 5 == 0 ? damaged : thread("t" + i), "i" + i, i, null, "echo")));
            }
            harness.loop.offer(works);
            harness.awaitConsumed(0, 20);

            assertThat(harness.lost).isEmpty();
            assertThat(outbox(memory)).extracting(row -> row.source().offset()).containsExactly(5L, 10L, 15L);
            assertThat(outbox(memory))
                    .allSatisfy(row -> assertThat(row.reason()).contains("default/damaged is at 5"));
            assertThat(memory.head(thread("t19"))).isEqualTo(5);
        }
    }

    @Test
    void aStateThatTheStoreContradictsIsReadAgainBeforeAnythingIsSetAside() {
        InMemoryJournal memory = new InMemoryJournal();
        AtomicInteger commits = new AtomicInteger();
        Journal journal = new JournalDelegate(memory) {
            @Override
            public void commit(Batch batch) {
                if (commits.incrementAndGet() == 2) {
                    throw new RejectedBatchException("another state is kept here", null);
                }
                super.commit(batch);
            }
        };
        try (LoopHarness harness = new LoopHarness("a", journal, LoopSettings.DEFAULT)) {
            harness.own(0);
            harness.start();
            harness.loop.offer(List.of(work(0, 0, input(T, "1", 1, null, "echo"))));
            harness.awaitConsumed(0, 1);
            harness.loop.offer(List.of(work(0, 1, input(T, "2", 2, null, "echo"))));
            harness.awaitConsumed(0, 2);
        }
        assertThat(commits).hasValue(3);
        assertThat(accepted(memory.decisions(T, 1, 100))).containsExactly("1", "2");
        assertThat(outbox(memory)).isEmpty();
    }

    private static Work letter(long offset, OutboxRow.Kind kind, String reason) {
        return new Work.SetAside(
                0,
                kind,
                reason,
                new RawRecord(
                        ThreadKey.DEFAULT_TENANT,
                        new OutboxRow.Coordinates(LoopHarness.TOPIC, 0, offset),
                        new byte[] {'k'},
                        new byte[] {9},
                        RawHeaders.NONE,
                        7));
    }
}

package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.publications;
import static dev.threadwright.actor.LoopHarness.thread;
import static dev.threadwright.actor.LoopHarness.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.journal.Batch;
import dev.threadwright.journal.EventCodec;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.JournalDelegate;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.SetAsideThread;
import dev.threadwright.journal.TimedOutBatchException;
import dev.threadwright.json.JsonText;
import dev.threadwright.thread.Gate;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.BuiltInWorkflows;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Workflows;
import dev.threadwright.workflow.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A commit is bounded by what it writes, and one that is too large all the same is made smaller. */
class BatchBytesTest {

    private static final int LARGE = 100_000;
    private static final int WORKS = 60;

    /** Whatever comes in, the thread's channel is large afterwards. */
    private static final Workflow SWELL = WorkflowBuilder.workflow("swell", 1)
            .channel("text", Reducer.LAST_WRITE_WINS)
            .pure("swell", view -> List.of(new Write("text", Json.of("x".repeat(LARGE)))), step -> step)
            .start("swell")
            .build();

    private static final Workflows WORKFLOWS = new Workflows(
            Stream.concat(Stream.of(SWELL), BuiltInWorkflows.all().stream()).toList());

    private static final ThreadKey POISON = thread("t7");

    private final InMemoryJournal memory = new InMemoryJournal();

    @Test
    void smallInputsThatWriteMuchAreCommittedInManyBatches_inTheirOrder() {
        int limit = 1 << 20;
        List<Work> works = works("swell", WORKS / 2);
        try (LoopHarness harness = run(memory, settings(limit, 500), works)) {
            long sum = 0;
            for (Batch batch : harness.committed) {
                long written = written(batch);
                sum += written;
                assertThat(written).isLessThanOrEqualTo(limit + limit / 10);
            }
            assertThat(harness.committed.subList(0, harness.committed.size() - 1))
                    .as("all but the last, for which one may be left")
                    .allSatisfy(batch -> assertThat(batch.decisions()).hasSizeGreaterThan(1));
            assertThat(sum).isGreaterThan(10L * limit);
            assertThat(harness.committed).hasSizeLessThan((int) (4 * sum / limit));
            assertThat(harness.publisher.violations).isEmpty();
        }
        InMemoryJournal inOne = new InMemoryJournal();
        try (LoopHarness harness = run(inOne, settings(1 << 30, 500), works)) {
            assertThat(harness.committed).hasSize(1);
        }
        assertThat(publications(memory, 0)).hasSize(WORKS).isEqualTo(publications(inOne, 0));
    }

    @Test
    void oneDecisionThatIsTooLargeIsABatchOfItsOwn() {
        try (LoopHarness harness = run(memory, settings(LARGE, 500), works("swell", WORKS))) {
            assertThat(harness.committed)
                    .hasSize(WORKS)
                    .allSatisfy(batch -> assertThat(batch.decisions()).hasSize(1));
        }
    }

    @Test
    void statesThatAreStoredCount() {
        int limit = 1 << 20;
        List<Work> works = works("swell", WORKS);
        for (int i = 0; i < WORKS; i++) {
            works.add(work(0, WORKS + i, input(thread("t" + i), "small" + i, i, null, "echo")));
        }
        // The second decision of each thread stores it: it ends between the events 6 and 12.
        try (LoopHarness harness = run(memory, settings(limit, 6), works)) {
            List<Batch> ofSmall = harness.committed.stream()
                    .filter(batch -> batch.offsets().getFirst().next() > WORKS + limit / LARGE)
                    .toList();
            assertThat(ofSmall.stream()
                            .mapToInt(batch -> batch.snapshots().size())
                            .sum())
                    .isGreaterThan(WORKS / 2);
            assertThat(ofSmall)
                    .allSatisfy(batch -> assertThat(batch.snapshots()).hasSizeLessThanOrEqualTo(limit / LARGE));
        }
    }

    @Test
    void whileABatchCommitsNoMoreIsTakenThanFitsTheNext() {
        Semaphore goOn = new Semaphore(0);
        Journal held = new JournalDelegate(memory) {
            @Override
            public void commit(Batch batch) {
                goOn.acquireUninterruptibly();
                super.commit(batch);
            }
        };
        Json large = Json.of("x".repeat(LARGE));
        try (LoopHarness harness = new LoopHarness("a", held, settings(10L * LARGE, 500), Gate.OPEN, WORKFLOWS)) {
            harness.own(0);
            harness.start();
            for (int i = 0; i < WORKS; i++) {
                harness.loop.offer(List.of(work(0, i, input(thread("t" + i), "i" + i, i, null, "echo", large))));
                // Has had its turn when it owns another partition.
                harness.own(i + 1);
            }
            assertThat(harness.loop.load().mailboxWorks()).isGreaterThan(WORKS / 2);
            goOn.release(WORKS);
            harness.awaitConsumed(0, WORKS);
        }
    }

    @Test
    void whatTheStoreGivesUpIsCommittedInSmallerBatches() {
        AtomicInteger gaveUp = new AtomicInteger();
        Journal slow = new JournalDelegate(memory) {
            @Override
            public void commit(Batch batch) {
                if (batch.decisions().size() > 5) {
                    gaveUp.incrementAndGet();
                    throw new TimedOutBatchException("injected", null);
                }
                super.commit(batch);
            }
        };
        try (LoopHarness harness = run(slow, settings(1 << 30, 500), works("echo", WORKS))) {
            assertThat(publications(memory, 0)).hasSize(WORKS);
            await().untilAsserted(() -> assertThat(harness.publisher.published).isEqualTo(publications(memory, 0)));
            assertThat(harness.loop.setAside()).isEmpty();
            // 60, 30, 15, 7; and once more whenever it has grown from 3 to 6.
            assertThat(gaveUp).hasValueBetween(4, 4 + WORKS / 8);
        }
    }

    @Test
    void aCommandThatTakesTooLongAloneIsSetAsideAfterAFewAttempts() {
        AtomicInteger alone = new AtomicInteger();
        Journal slow = new JournalDelegate(memory) {
            @Override
            public void commit(Batch batch) {
                if (batch.decisions().stream().anyMatch(row -> row.thread().equals(POISON))) {
                    alone.addAndGet(batch.decisions().size() == 1 ? 1 : 0);
                    throw new TimedOutBatchException("injected", null);
                }
                super.commit(batch);
            }
        };
        try (LoopHarness harness = run(slow, settings(1 << 30, 500), works("echo", WORKS))) {
            assertThat(alone).hasValue(BatchLimit.MAX_TIME_OUTS);
            assertThat(memory.head(POISON)).isZero();
            for (int i = 0; i < WORKS; i++) {
                assertThat(memory.head(thread("t" + i))).as("t" + i).isEqualTo(i == 7 ? 0 : 5);
            }
            assertThat(harness.loop.setAside()).containsOnlyKeys(POISON);
            assertThat(memory.setAside(List.of(0), 10))
                    .singleElement()
                    .satisfies(aside -> assertThat(aside.error())
                            .isEqualTo("It takes too long to be stored, 3 times in a row: injected"));
            assertThat(publications(memory, 0))
                    .filteredOn(OutboxRow.class::isInstance)
                    .singleElement()
                    .satisfies(dead -> {
                        assertThat(((OutboxRow) dead).kind()).isEqualTo(OutboxRow.Kind.NOT_STORED);
                        assertThat(((OutboxRow) dead).source().offset()).isEqualTo(7);
                    });
        }
    }

    @Test
    void whileTheStoreIsSlowForAllNothingIsSetAside() {
        AtomicInteger left = new AtomicInteger(20);
        Journal slow = new JournalDelegate(memory) {
            @Override
            public void commit(Batch batch) {
                if (left.decrementAndGet() > 0) {
                    throw new TimedOutBatchException("injected", null);
                }
                super.commit(batch);
            }

            @Override
            public void setAside(SetAsideThread thread, long epoch) {
                throw new JournalUnavailableException("injected", null);
            }
        };
        try (LoopHarness harness = run(slow, settings(1 << 30, 500), works("echo", WORKS))) {
            assertThat(harness.loop.setAside()).isEmpty();
            assertThat(publications(memory, 0)).hasSize(WORKS).noneMatch(OutboxRow.class::isInstance);
        }
    }

    private static LoopHarness run(Journal journal, LoopSettings settings, List<Work> works) {
        LoopHarness harness = new LoopHarness("a", journal, settings, Gate.OPEN, WORKFLOWS);
        harness.own(0);
        harness.start();
        harness.loop.offer(works);
        harness.awaitConsumed(0, works.size());
        return harness;
    }

    private static List<Work> works(String workflow, int threads) {
        List<Work> works = new ArrayList<>();
        for (int i = 0; i < WORKS; i++) {
            works.add(work(0, i, input(thread("t" + i % threads), "i" + i, i, null, workflow)));
        }
        return works;
    }

    private static LoopSettings settings(long batchBytes, int snapshotEvery) {
        return new LoopSettings(1_000, batchBytes, 10_000, 1 << 30, 1_000, 1 << 30, snapshotEvery);
    }

    private static long written(Batch batch) {
        long events = batch.decisions().stream()
                .flatMap(row -> row.events().stream())
                .mapToLong(recorded -> EventCodec.write(recorded.event()).length())
                .sum();
        long runs = batch.runs().stream()
                .mapToLong(row -> row.values() == null
                        ? 0
                        : JsonText.write(Json.object(row.values())).length())
                .sum();
        return events + runs;
    }
}

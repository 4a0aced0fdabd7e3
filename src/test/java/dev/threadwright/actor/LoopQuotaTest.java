package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.publications;
import static dev.threadwright.actor.LoopHarness.thread;
import static dev.threadwright.actor.LoopHarness.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Room;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.policy.ParallelPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A loop goes by the quotas within its batches, too, and says what each has changed. */
class LoopQuotaTest {

    private final InMemoryJournal journal = new InMemoryJournal();
    private final LoopHarness harness = new LoopHarness("a", journal, LoopSettings.DEFAULT);

    @AfterEach
    void close() {
        harness.close();
    }

    /** Remembers what was committed, as the server's does, and nothing else. */
    private static final class Kept implements Quotas {
        private final long threads;
        private final long runs;
        private Use used = new Use(0, 0, 0, 0);

        Kept(long threads, long runs) {
            this.threads = threads;
            this.runs = runs;
        }

        @Override
        public synchronized Room room(String tenant) {
            return new Room(threads - used.threads(), runs - used.runs());
        }

        @Override
        public synchronized void committed(Map<String, Use> byTenant) {
            byTenant.values().forEach(use -> used = used.plus(use));
        }

        synchronized Use used() {
            return used;
        }
    }

    @Test
    void ofManyNewThreadsInOneBatchAsManyComeIntoBeingAsThereIsRoomForAndTheOthersAreDeadLetters() {
        Kept quotas = new Kept(3, 100);
        harness.quotaOf = quotas;
        harness.own(0);
        harness.start();
        List<Work> works = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            works.add(work(0, i, input(thread("t" + i), "i" + i, i, null, "echo")));
        }
        harness.loop.offer(works);
        harness.awaitConsumed(0, 10);

        assertThat(publications(journal, 0))
                .filteredOn(DecisionRow.class::isInstance)
                .extracting(row -> ((DecisionRow) row).thread().thread())
                .containsExactly("t0", "t1", "t2");
        assertThat(publications(journal, 0))
                .filteredOn(OutboxRow.class::isInstance)
                .extracting(row -> (OutboxRow) row)
                .hasSize(7)
                .allSatisfy(letter -> {
                    assertThat(letter.kind()).isEqualTo(OutboxRow.Kind.REFUSED);
                    assertThat(letter.reason()).contains("quota");
                });
        await().until(() -> quotas.used().equals(new Quotas.Use(3, 0, 7, 0)));

        // It was refused and not decided, so it can be sent again when there is room.
        harness.quotaOf = Quotas.NONE;
        harness.loop.offer(List.of(work(0, 10, input(thread("t9"), "i9", 10, null, "echo"))));
        harness.awaitConsumed(0, 11);
        assertThat(journal.decisions(thread("t9"), 1, 10)).isNotEmpty();
    }

    @Test
    void runsThatAreOutstandingCountUntilTheyEnd() {
        Kept quotas = new Kept(100, 2);
        harness.quotaOf = quotas;
        harness.own(0);
        harness.start();
        ThreadKey thread = thread("t");
        List<Work> works = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            works.add(work(0, i, input(thread, "i" + i, i, ParallelPolicy.DEFAULT, "delay")));
        }
        harness.loop.offer(works);
        harness.awaitConsumed(0, 5);
        assertThat(rejections(thread)).containsExactly("i2", "i3", "i4");
        await().until(() -> quotas.used().equals(new Quotas.Use(1, 2, 0, 3)));

        harness.loop.offer(List.of(work(
                0,
                5,
                new dev.threadwright.thread.Command.CancelAll(
                        input(thread, "cancel", 6, null, "delay").header(), 100, false))));
        harness.awaitConsumed(0, 6);
        await().until(() -> quotas.used().runs() == 0);
        harness.loop.offer(List.of(work(0, 6, input(thread, "i6", 7, ParallelPolicy.DEFAULT, "delay"))));
        harness.awaitConsumed(0, 7);
        assertThat(rejections(thread)).hasSize(3);
        await().until(() -> quotas.used().runs() == 1);
    }

    private List<String> rejections(ThreadKey thread) {
        return journal.decisions(thread, 1, 100).stream()
                .flatMap(row -> row.events().stream())
                .map(recorded -> recorded.event())
                .filter(Event.InputRejected.class::isInstance)
                .map(event -> (Event.InputRejected) event)
                .filter(rejected -> rejected.reason() == Event.Rejection.QUOTA_RUNS)
                .map(rejected -> rejected.identity().id())
                .toList();
    }
}

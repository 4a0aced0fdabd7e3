package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.thread;
import static dev.threadwright.actor.LoopHarness.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.journal.Batch.Offset;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.JournalDelegate;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.thread.policy.QueuePolicy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OwnershipTest {

    private static final Inbound NOTHING_COMES_IN = new Inbound() {
        @Override
        public void resume(int partition, List<Offset> offsets) {}

        @Override
        public boolean isCaughtUp(int partition) {
            return true;
        }

        @Override
        public CompletableFuture<Void> pause(int partition) {
            return CompletableFuture.completedFuture(null);
        }
    };

    @Test
    void aThreadThatCannotBeReadDoesNotKeepItsPartitionFromBeingClaimed() {
        ThreadKey damaged = thread("damaged");
        Command.SubmitInput waits = input(thread("t"), "2", 2, QueuePolicy.DEFAULT, "delay");
        InMemoryJournal memory = new InMemoryJournal();
        try (LoopHarness last = new LoopHarness("last", memory, LoopSettings.DEFAULT)) {
            last.own(0);
            last.start();
            last.loop.offer(
                    List.of(work(0, 0, input(damaged, "1", 1, QueuePolicy.DEFAULT, "delay")), work(0, 1, waits)));
            last.awaitConsumed(0, 2);
        }
        Journal journal = new JournalDelegate(memory) {
            @Override
            public Map<ThreadKey, ThreadState> load(Collection<ThreadKey> threads) {
                if (threads.contains(damaged)) {
                    throw unreadable(damaged);
                }
                return super.load(threads);
            }
        };
        LoopHarness next = new LoopHarness("next", journal, LoopSettings.DEFAULT);
        next.start();
        try (next;
                Ownership ownership = new Ownership(
                        "next", "next", journal, next.publisher, next.steps, next.loop, NOTHING_COMES_IN, () -> 3)) {
            ownership.assigned(List.of(0));
            await().untilAsserted(() -> assertThat(ownership.held()).containsExactly(0));
            assertThat(next.steps.log)
                    .singleElement()
                    .asString()
                    .startsWith("start " + waits.newRun().value());
        }
    }
}

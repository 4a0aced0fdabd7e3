package dev.threadwright.actor;

import static dev.threadwright.actor.Journaled.accepted;
import static dev.threadwright.actor.LoopHarness.awaitLatch;
import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.thread;
import static dev.threadwright.actor.LoopHarness.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.journal.Batch;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.JournalDelegate;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Partitions that come to a loop and leave it. */
class LoopPartitionsTest {

    private static final ThreadKey T = thread("t");

    @Test
    void anOlderOwnerIsFencedAndItsCallsStop() {
        InMemoryJournal journal = new InMemoryJournal();
        try (LoopHarness old = new LoopHarness("old", journal, LoopSettings.DEFAULT);
                LoopHarness next = new LoopHarness("next", journal, LoopSettings.DEFAULT)) {
            old.own(0);
            old.own(1);
            old.start();
            old.loop.offer(List.of(work(0, 0, input(T, "1", 1, null, "delay"))));
            old.awaitConsumed(0, 1);
            next.own(0);
            next.start();
            old.loop.offer(List.of(
                    work(0, 1, input(T, "2", 2, null, "echo")),
                    work(1, 0, input(thread("other"), "1", 1, null, "echo"))));
            old.awaitConsumed(1, 1);
            next.loop.offer(List.of(work(0, 1, input(T, "2", 2, null, "echo"))));
            next.awaitConsumed(0, 2);

            assertThat(old.lost).containsExactly(0);
            assertThat(old.commitFailures).containsExactly(Measurements.CommitFailure.FENCED);
            assertThat(old.steps.log).contains("cancel partition 0");
            assertThat(accepted(journal.decisions(T, 1, 100))).containsExactly("1", "2");
            assertThat(accepted(journal.decisions(thread("other"), 1, 100))).containsExactly("1");
        }
    }

    @Test
    void aResultOfAPartitionThatHasLeftGoesToItsNewOwner_itsRecordsDoNot() {
        try (LoopHarness harness = new LoopHarness("a", new InMemoryJournal(), LoopSettings.DEFAULT)) {
            harness.start();
            Command result = new Command.CompleteAction(
                    new Command.Header(T, 1, null, "", "action.succeeded", "system"),
                    new RunId("r"),
                    new ActionId("r-1"),
                    1,
                    Json.NULL);
            harness.loop.offer(
                    List.of(work(5, 0, input(T, "1", 1, null, "echo")), new Work.Decide(5, result, null, false)));
            await().untilAsserted(() -> assertThat(harness.strays).containsExactly(result));
            assertThat(harness.committed).isEmpty();
        }
    }

    @Test
    void aReleaseWaitsForTheCommitUnderWayAndForgetsWhatWasNotDecided() throws Exception {
        InMemoryJournal memory = new InMemoryJournal();
        CountDownLatch committing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Journal journal = new JournalDelegate(memory) {
            @Override
            public void commit(Batch batch) {
                committing.countDown();
                awaitLatch(goOn);
                super.commit(batch);
            }
        };
        try (LoopHarness harness = new LoopHarness("a", journal, LoopSettings.DEFAULT)) {
            harness.own(0);
            harness.start();
            harness.loop.offer(List.of(work(0, 0, input(T, "1", 1, null, "echo"))));
            assertThat(committing.await(10, TimeUnit.SECONDS)).isTrue();
            harness.loop.offer(List.of(work(0, 1, input(T, "2", 2, null, "echo"))));
            var released = harness.loop.release(0);
            assertThat(released).isNotDone();
            goOn.countDown();
            OwnedPartition partition = released.get(10, TimeUnit.SECONDS);

            assertThat(partition).isNotNull();
            assertThat(partition.position()).isEqualTo(1);
            assertThat(accepted(memory.decisions(T, 1, 10))).containsExactly("1");
        }
    }
}

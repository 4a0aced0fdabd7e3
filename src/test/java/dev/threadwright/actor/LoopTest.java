package dev.threadwright.actor;

import static dev.threadwright.actor.Journaled.accepted;
import static dev.threadwright.actor.Journaled.events;
import static dev.threadwright.actor.LoopHarness.awaitLatch;
import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.publications;
import static dev.threadwright.actor.LoopHarness.raw;
import static dev.threadwright.actor.LoopHarness.run;
import static dev.threadwright.actor.LoopHarness.thread;
import static dev.threadwright.actor.LoopHarness.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.journal.Batch;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.JournalDelegate;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.Publication;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a loop makes of what arrives, in batches of whatever size. */
class LoopTest {

    private static final ThreadKey T = thread("t");

    @Test
    void scenario62_oneHotThreadIsAppliedInOrderInFewCommits() {
        InMemoryJournal journal = new InMemoryJournal();
        try (LoopHarness harness = new LoopHarness("a", journal, LoopSettings.DEFAULT)) {
            List<Work> works = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                works.add(work(0, i, input(T, "i" + i, i, null, "echo")));
            }
            harness.own(0);
            harness.start();
            harness.loop.offer(works);
            harness.awaitConsumed(0, 1_000);

            assertThat(accepted(journal.decisions(T, 1, 2_000)))
                    .containsExactlyElementsOf(works.stream()
                            .map(work -> ((Work.Decide) work)
                                    .command()
                                    .header()
                                    .identity()
                                    .id())
                            .toList());
            assertThat(harness.committed).hasSizeLessThanOrEqualTo(3);
        }
    }

    @Test
    void effectsAreTheDifferenceOfTheBatch_cancelsFirst_startedAndCancelledNeverRuns() {
        InMemoryJournal journal = new InMemoryJournal();
        try (LoopHarness harness = new LoopHarness("a", journal, LoopSettings.DEFAULT)) {
            harness.own(0);
            Command.SubmitInput first = input(T, "1", 1, null, "delay");
            Command.SubmitInput second = input(T, "2", 2, null, "delay");
            Command.SubmitInput third = input(T, "3", 3, null, "delay");
            harness.start();
            harness.loop.offer(List.of(work(0, 0, first)));
            harness.awaitConsumed(0, 1);
            harness.loop.offer(List.of(work(0, 1, second), work(0, 2, third)));
            harness.awaitConsumed(0, 3);

            await().untilAsserted(() -> assertThat(harness.steps.log)
                    .containsExactly(
                            "start " + call(first.newRun()),
                            "cancel " + call(first.newRun()),
                            "start " + call(third.newRun())));
        }
    }

    @Test
    void theSameCommandManyTimesInAndAcrossBatchesHasOneEffect() {
        InMemoryJournal journal = new InMemoryJournal();
        try (LoopHarness harness = new LoopHarness("a", journal, settings(3, 1_000))) {
            harness.own(0);
            harness.start();
            List<Work> works = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                works.add(work(0, i, input(T, "same", 1, null, "echo")));
            }
            harness.loop.offer(works);
            harness.awaitConsumed(0, 50);

            assertThat(accepted(journal.decisions(T, 1, 100))).containsExactly("same");
            assertThat(journal.head(T)).isEqualTo(5);
        }
    }

    @Test
    void oneIdWithOtherContentIsRefusedOnce() {
        InMemoryJournal journal = new InMemoryJournal();
        try (LoopHarness harness = new LoopHarness("a", journal, settings(2, 1_000))) {
            harness.own(0);
            harness.start();
            List<Work> works = new ArrayList<>();
            works.add(work(0, 0, input(T, "id", 1, null, "echo", Json.of("first"))));
            for (int i = 1; i < 8; i++) {
                works.add(work(0, i, input(T, "id", 1, null, "echo", Json.of("other"))));
            }
            harness.loop.offer(works);
            harness.awaitConsumed(0, 8);

            List<Event> rejections = events(journal.decisions(T, 1, 100)).stream()
                    .filter(Event.InputRejected.class::isInstance)
                    .toList();
            assertThat(rejections)
                    .singleElement()
                    .satisfies(event ->
                            assertThat(((Event.InputRejected) event).reason()).isEqualTo(Event.Rejection.CONFLICT));
        }
    }

    @Test
    void anActorThatWasDroppedReloadsIdentically() {
        InMemoryJournal small = new InMemoryJournal();
        InMemoryJournal large = new InMemoryJournal();
        List<Work> works = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            works.add(work(
                    0, i, input(thread("t" + i % 9), "i" + i, i, QueuePolicy.DEFAULT, i % 3 == 0 ? "delay" : "echo")));
        }
        run(small, new LoopSettings(2, 1 << 20, 1_000, 1 << 20, 1, 1, 10), works);
        run(large, LoopSettings.DEFAULT, works);
        assertThat(publications(small, 0)).isEqualTo(publications(large, 0)).isNotEmpty();
    }

    @Test
    void scenario72_cuttingTheSameCommandsIntoOtherBatchesGivesTheSameJournal() {
        List<Work> works = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            works.add(work(
                    0,
                    i,
                    input(
                            thread("t" + i % 4),
                            "i" + i % 100,
                            i % 100,
                            QueuePolicy.DEFAULT,
                            i % 5 == 0 ? "delay" : "echo")));
        }
        List<List<Publication>> journals = new ArrayList<>();
        for (int size : List.of(1, 7, 1_000)) {
            InMemoryJournal journal = new InMemoryJournal();
            run(journal, settings(size, 1_000), works);
            journals.add(publications(journal, 0));
        }
        assertThat(journals).containsOnly(journals.getFirst());
        assertThat(journals.getFirst()).isNotEmpty();
    }

    @Test
    void anInvalidCommandBecomesADeadLetter_orAnAnswerIfItsSenderAsksForOne() {
        InMemoryJournal journal = new InMemoryJournal();
        try (LoopHarness harness = new LoopHarness("a", journal, LoopSettings.DEFAULT)) {
            harness.own(0);
            harness.start();
            Command.SubmitInput unknown = input(T, "1", 1, null, "no-such-workflow");
            Command.SubmitInput asked = input(T, "2", 1, null, "no-such-workflow");
            harness.loop.offer(List.of(work(0, 0, unknown), new Work.Decide(0, asked, raw(0, 1, 1), true)));
            harness.awaitConsumed(0, 2);

            assertThat(journal.head(T)).isZero();
            assertThat(publications(journal, 0)).singleElement().satisfies(publication -> {
                OutboxRow dead = (OutboxRow) publication;
                assertThat(dead.kind()).isEqualTo(OutboxRow.Kind.REFUSED);
                assertThat(dead.reason()).contains("no-such-workflow");
                assertThat(dead.source().offset()).isZero();
            });
            assertThat(harness.committed.stream().flatMap(batch -> batch.outcomes().stream()))
                    .singleElement()
                    .satisfies(row -> assertThat(row.outcome()).isInstanceOf(Outcome.Invalid.class));
        }
    }

    @Test
    void consumingPausesAtTheMailboxLimitAndGoesOnBelowIt() {
        InMemoryJournal memory = new InMemoryJournal();
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger commits = new AtomicInteger();
        Journal journal = new JournalDelegate(memory) {
            @Override
            public void commit(Batch batch) {
                if (commits.incrementAndGet() == 1) {
                    awaitLatch(goOn);
                }
                super.commit(batch);
            }
        };
        try (LoopHarness harness =
                new LoopHarness("a", journal, new LoopSettings(1, 1 << 20, 10, 1 << 20, 100, 1 << 20, 100))) {
            harness.own(0);
            harness.start();
            List<Work> works = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                works.add(work(0, i, input(T, "i" + i, i, null, "echo")));
            }
            harness.loop.offer(works);
            await().until(() -> commits.get() == 1);
            assertThat(harness.loop.isSaturated()).isTrue();
            goOn.countDown();
            harness.awaitConsumed(0, 12);
            assertThat(harness.loop.isSaturated()).isFalse();
        }
    }

    private static String call(RunId run) {
        return run.value() + "-1#1";
    }

    private static LoopSettings settings(int batch, int actors) {
        return new LoopSettings(batch, 1 << 20, 10_000, 1 << 24, actors, 1 << 24, 50);
    }
}

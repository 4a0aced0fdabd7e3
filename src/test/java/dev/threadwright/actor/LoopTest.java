package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.publications;
import static dev.threadwright.actor.LoopHarness.raw;
import static dev.threadwright.actor.LoopHarness.thread;
import static dev.threadwright.actor.LoopHarness.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.journal.Batch;
import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.JournalDelegate;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.Publication;
import dev.threadwright.journal.RawHeaders;
import dev.threadwright.journal.RejectedBatchException;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.WorkflowCatalog;
import dev.threadwright.workflow.WorkflowRef;
import dev.threadwright.workflow.Workflows;
import dev.threadwright.workflow.WorkflowsUnavailableException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** As of a catalog that keeps some versions only, while its store is away: at first, or at any later look. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void aWorkflowThatCannotBeReadYetCostsNoRunAnythingAndSetsNoThreadAside(int looksBefore) {
        InMemoryJournal journal = new InMemoryJournal();
        WorkflowCatalog parents = new Workflows(List.of(
                WorkflowBuilder.workflow("inner", 1)
                        .pure("only", view -> List.of(), step -> step)
                        .start("only")
                        .build(),
                WorkflowBuilder.workflow("echo", 1)
                        .step("run", new Step.Subgraph(new WorkflowRef("inner", 1), null, null), step -> step)
                        .start("run")
                        .build()));
        AtomicInteger looks = new AtomicInteger();
        WorkflowCatalog workflows = new WorkflowCatalog() {
            @Override
            public Workflow latest(String tenant, String name) {
                look();
                return parents.latest(tenant, name);
            }

            @Override
            public Workflow find(String tenant, WorkflowRef ref) {
                look();
                return parents.find(tenant, ref);
            }

            private void look() {
                if (looks.getAndIncrement() == looksBefore) {
                    throw new WorkflowsUnavailableException("The registered workflows cannot be reached", null);
                }
            }
        };
        try (LoopHarness harness =
                new LoopHarness("a", journal, LoopSettings.DEFAULT, dev.threadwright.thread.Gate.OPEN, workflows)) {
            harness.own(0);
            harness.start();
            harness.loop.offer(List.of(work(0, 0, input(T, "i", 1, null, "echo"))));
            harness.awaitConsumed(0, 1);

            assertThat(looks).as("it was away while it was decided").hasValueGreaterThan(looksBefore + 1);
            assertThat(accepted(journal.decisions(T, 1, 100))).containsExactly("i");
            assertThat(journal.decisions(T, 1, 100).stream()
                            .flatMap(row -> row.events().stream())
                            .map(Recorded::event)
                            .filter(Event.RunCompleted.class::isInstance))
                    .hasSize(1);
            assertThat(journal.setAside(List.of(0), 10)).isEmpty();
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

            assertThat(dead(memory)).hasSize(2).allSatisfy(row -> {
                assertThat(row.key()).isNull();
                assertThat(row.value()).isNull();
                assertThat(row.timeMs()).isEqualTo(7);
                assertThat(row.reason()).contains(row.source().toString(), "injected");
            });
            assertThat(dead(memory)).extracting(row -> row.source().offset()).containsExactly(1L, 2L);
            assertThat(dead(memory))
                    .extracting(OutboxRow::kind)
                    .containsExactly(OutboxRow.Kind.INVALID, OutboxRow.Kind.NOT_STORED);
            assertThat(dead(memory).getFirst().reason()).contains("no JSON");
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

    @Test
    void aRunWhoseStatusCannotBeReadCostsItsOwnThreadsRecordsAndNotItsPartition() {
        ThreadKey damaged = thread("damaged");
        InMemoryJournal memory = new InMemoryJournal();
        Journal journal = new JournalDelegate(memory) {
            @Override
            public Map<RunId, RunStatus> endedRuns(Map<RunId, ThreadKey> runs) {
                if (runs.containsValue(damaged)) {
                    throw unreadable(damaged);
                }
                return super.endedRuns(runs);
            }
        };
        try (LoopHarness harness = new LoopHarness("a", journal, LoopSettings.DEFAULT)) {
            harness.own(0);
            harness.start();
            harness.loop.offer(List.of(
                    work(0, 0, cancel(damaged)),
                    work(0, 1, cancel(T)),
                    work(0, 2, input(T, "1", 1, null, "echo")),
                    work(0, 3, input(thread("other"), "2", 2, null, "echo"))));
            harness.awaitConsumed(0, 4);
            assertThat(harness.lost).isEmpty();
            assertThat(dead(memory))
                    .filteredOn(row -> row.kind() == OutboxRow.Kind.THREAD_UNREADABLE)
                    .extracting(row -> row.source().offset())
                    .containsExactly(0L);
            assertThat(accepted(memory.decisions(T, 1, 100))).containsExactly("1");
            assertThat(memory.head(thread("other"))).isEqualTo(5);
        }
    }

    private static Command.CancelRun cancel(ThreadKey of) {
        return new Command.CancelRun(
                new Command.Header(of, 1, null, "", "run.cancel", "test"), new RunId("of-" + of.thread()), false, null);
    }

    @Test
    void whileTheJournalCannotBeReadHealthIsTold_untilItCan() {
        AtomicBoolean isAway = new AtomicBoolean(true);
        InMemoryJournal memory = new InMemoryJournal();
        Journal journal = new JournalDelegate(memory) {
            @Override
            public Map<ThreadKey, ThreadState> load(Collection<ThreadKey> threads) {
                if (isAway.get()) {
                    throw new JournalUnavailableException("the store is away", null);
                }
                return super.load(threads);
            }
        };
        try (LoopHarness harness = new LoopHarness("a", journal, LoopSettings.DEFAULT)) {
            harness.own(0);
            harness.start();
            assertThat(harness.loop.trouble()).isNull();
            harness.loop.offer(List.of(work(0, 0, input(T, "1", 1, null, "echo"))));
            await().untilAsserted(() -> assertThat(harness.loop.trouble()).isEqualTo("the store is away"));
            isAway.set(false);
            harness.awaitConsumed(0, 1);
            await().untilAsserted(() -> assertThat(harness.loop.trouble()).isNull());
        }
    }

    @Test
    void aThreadThatCannotBeReadCostsItsOwnRecordsAndNotItsPartition() {
        ThreadKey damaged = thread("damaged");
        InMemoryJournal memory = new InMemoryJournal();
        Journal journal = new JournalDelegate(memory) {
            @Override
            public Map<ThreadKey, ThreadState> load(Collection<ThreadKey> threads) {
                if (threads.contains(damaged)) {
                    throw unreadable(damaged);
                }
                return super.load(threads);
            }
        };
        List<Work> works = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            works.add(work(0, i, input(i % 3 == 0 ? damaged : thread("t" + i), "i" + i, 1_000 + i, null, "echo")));
        }

        run(journal, LoopSettings.DEFAULT, works);

        List<Publication> published = publications(memory, 0);
        assertThat(published.stream().filter(OutboxRow.class::isInstance).map(OutboxRow.class::cast))
                .extracting(row -> row.source().offset())
                .containsExactly(0L, 3L);
        assertThat(published.stream().filter(OutboxRow.class::isInstance).map(OutboxRow.class::cast))
                .allSatisfy(row -> assertThat(row.reason()).contains("damaged", "an event of a newer release"));
        assertThat(published.stream().filter(DecisionRow.class::isInstance)).hasSize(4);
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
            assertThat(dead(memory)).extracting(row -> row.source().offset()).containsExactly(5L, 10L, 15L);
            assertThat(dead(memory)).allSatisfy(row -> assertThat(row.reason()).contains("default/damaged is at 5"));
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
        assertThat(dead(memory)).isEmpty();
    }

    @Test
    void anOutcomeOrACheckpointThatCannotBeReadCostsItsOwnRecordsAndNotItsPartition() {
        ThreadKey damaged = thread("damaged");
        InMemoryJournal memory = new InMemoryJournal();
        Journal journal = new JournalDelegate(memory) {
            @Override
            public Map<OutcomeKey, OutcomeRow> outcomes(Collection<OutcomeKey> keys) {
                if (keys.stream().anyMatch(key -> key.thread().equals(damaged))) {
                    throw unreadable(damaged);
                }
                return super.outcomes(keys);
            }

            @Override
            public Map<ThreadKey, ThreadState> load(Collection<ThreadKey> threads) {
                if (threads.contains(thread("source"))) {
                    throw unreadable(thread("source"));
                }
                return super.load(threads);
            }
        };
        Command fork = new Command.ForkThread(
                input(thread("fork"), "f", 1, null, "echo").header(), "source", null, Json.EMPTY_OBJECT, null);

        run(
                journal,
                LoopSettings.DEFAULT,
                List.of(
                        work(0, 0, input(damaged, "1", 1, null, "echo")),
                        work(0, 1, fork),
                        work(0, 2, input(thread("fork"), "2", 1, null, "echo"))));

        assertThat(dead(memory)).extracting(row -> row.source().offset()).containsExactly(0L, 1L);
        assertThat(accepted(memory.decisions(thread("fork"), 1, 100))).containsExactly("2");
    }

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

    private static void run(Journal journal, LoopSettings settings, List<Work> works) {
        try (LoopHarness harness = new LoopHarness("a", journal, settings)) {
            harness.own(0);
            harness.start();
            harness.loop.offer(works);
            harness.awaitConsumed(0, works.size());
            assertThat(harness.publisher.violations).isEmpty();
        }
    }

    private static LoopSettings settings(int batch, int actors) {
        return new LoopSettings(batch, 1 << 20, 10_000, 1 << 24, actors, 1 << 24, 50);
    }

    private static String call(RunId run) {
        return run.value() + "-1#1";
    }

    private static List<Event> events(List<DecisionRow> decisions) {
        return decisions.stream()
                .flatMap(row -> row.events().stream())
                .map(recorded -> recorded.event())
                .toList();
    }

    private static List<String> accepted(List<DecisionRow> decisions) {
        return events(decisions).stream()
                .filter(Event.InputAccepted.class::isInstance)
                .map(event -> ((Event.InputAccepted) event).input().identity().id())
                .toList();
    }

    private static List<OutboxRow> dead(Journal journal) {
        return publications(journal, 0).stream()
                .filter(OutboxRow.class::isInstance)
                .map(OutboxRow.class::cast)
                .toList();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void scenario59_ofEightPlacesTheLongestIdleIsGivenToTheNinth() {
        Actors actors = new Actors(8, Long.MAX_VALUE);
        for (int i = 0; i < 8; i++) {
            actors.put(0, dev.threadwright.thread.ThreadState.absent(thread("t" + i)));
        }
        actors.get(thread("t0"));
        actors.put(0, dev.threadwright.thread.ThreadState.absent(thread("t8")));
        actors.trim();

        assertThat(actors.size()).isEqualTo(8);
        assertThat(actors.contains(thread("t1"))).as("idle for longest").isFalse();
        for (String kept : Set.of("t0", "t2", "t7", "t8")) {
            assertThat(actors.contains(thread(kept))).as(kept).isTrue();
        }
    }

    @Test
    void actorsAreBoundedInBytesToo() {
        Actors actors = new Actors(1_000, 10_000);
        for (int i = 0; i < 100; i++) {
            actors.put(0, dev.threadwright.thread.ThreadState.absent(thread("t" + i)));
        }
        actors.trim();
        assertThat(actors.bytes()).isLessThanOrEqualTo(10_000);
        assertThat(actors.contains(thread("t99"))).isTrue();
        actors.removePartition(0);
        assertThat(actors.bytes()).isZero();
        assertThat(actors.size()).isZero();
    }
}

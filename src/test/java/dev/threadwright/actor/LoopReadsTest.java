package dev.threadwright.actor;

import static dev.threadwright.actor.Journaled.accepted;
import static dev.threadwright.actor.Journaled.outbox;
import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.publications;
import static dev.threadwright.actor.LoopHarness.run;
import static dev.threadwright.actor.LoopHarness.thread;
import static dev.threadwright.actor.LoopHarness.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.JournalDelegate;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.Publication;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be read, now or ever, costs the threads that need it and not their partition. */
class LoopReadsTest {

    private static final ThreadKey T = thread("t");

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
            assertThat(outbox(memory))
                    .filteredOn(row -> row.kind() == OutboxRow.Kind.THREAD_UNREADABLE)
                    .extracting(row -> row.source().offset())
                    .containsExactly(0L);
            assertThat(accepted(memory.decisions(T, 1, 100))).containsExactly("1");
            assertThat(memory.head(thread("other"))).isEqualTo(5);
        }
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

        assertThat(outbox(memory)).extracting(row -> row.source().offset()).containsExactly(0L, 1L);
        assertThat(accepted(memory.decisions(thread("fork"), 1, 100))).containsExactly("2");
    }

    private static Command.CancelRun cancel(ThreadKey of) {
        return new Command.CancelRun(
                new Command.Header(of, 1, null, "", "run.cancel", "test"), new RunId("of-" + of.thread()), false, null);
    }
}

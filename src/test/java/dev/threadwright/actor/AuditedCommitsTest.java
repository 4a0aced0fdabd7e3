package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.publications;
import static dev.threadwright.actor.LoopHarness.thread;
import static dev.threadwright.actor.LoopHarness.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.audit.Act;
import dev.threadwright.audit.Sha256;
import dev.threadwright.audit.store.AuditVerifier;
import dev.threadwright.journal.Batch;
import dev.threadwright.journal.Batch.Advance;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.FaultyJournal;
import dev.threadwright.journal.FaultyJournal.Faults;
import dev.threadwright.journal.FencedException;
import dev.threadwright.journal.Journal.Claim;
import dev.threadwright.journal.PostgresJournal;
import dev.threadwright.journal.PostgresSettings;
import dev.threadwright.journal.Publication;
import dev.threadwright.json.JsonText;
import dev.threadwright.testing.TestDatabase;
import dev.threadwright.testing.TestServers;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Gate;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.BuiltInWorkflows;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Workflows;
import dev.threadwright.workflow.Write;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the engine does is in the audit log once, with the decision and never without it. */
class AuditedCommitsTest {

    private static final int THREADS = 40;

    private static final Workflow ASK = WorkflowBuilder.workflow("ask", 1)
            .channel("answer", Reducer.LAST_WRITE_WINS)
            .interrupt(
                    "any",
                    view -> Prompt.of(Prompt.HUMAN_IN_THE_LOOP, Json.NULL, null),
                    step -> step.result((view, answer) -> Step.Outcome.of(List.of(new Write("answer", answer)))))
            .start("any")
            .build();

    private TestDatabase database;
    private PostgresSettings settings;
    private AuditVerifier verifier;

    @BeforeEach
    void open() {
        database = TestDatabase.migrated("audited_commits");
        settings = new PostgresSettings(
                database.settings().url(),
                TestServers.user(),
                TestServers.password(),
                5_000,
                1_500,
                20_000,
                20_000,
                30_000);
        verifier = new AuditVerifier(database.tables());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void eachResolutionIsThereOnceWhateverBecomesOfCommits(long seed) throws SQLException {
        List<Work> works = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            works.add(work(0, works.size(), input(thread("t" + i), "ask", 1_000, null, "ask")));
        }
        for (int i = 0; i < THREADS; i++) {
            // Postgres has no text for one of its characters, and its operators on JSON none for the whole.
            works.add(work(0, works.size(), answer(thread("t" + i), Json.of("yes \u0000 " + i))));
            works.add(work(0, works.size(), answer(thread("t" + i), Json.of("too late"))));
        }
        List<Publication> published;
        try (PostgresJournal journal = new PostgresJournal(settings)) {
            FaultyJournal faulty = new FaultyJournal(
                    journal,
                    RandomGeneratorFactory.of("L64X128MixRandom").create(seed),
                    new Faults(0.05, 0.15, 0.15, 0.02));
            try (LoopHarness harness = new LoopHarness(
                    "a",
                    faulty,
                    new LoopSettings(4, 1 << 20, 10_000, 1 << 24, 30, 1 << 24, 50),
                    Gate.OPEN,
                    new Workflows(List.of(ASK)))) {
                harness.own(0);
                harness.start();
                harness.loop.offer(works);
                harness.awaitConsumed(0, works.size());
            }
            published = publications(journal, 0);
        }
        List<String> expected = new ArrayList<>();
        for (Publication publication : published) {
            DecisionRow decision = (DecisionRow) publication;
            decision.events().forEach(recorded -> {
                if (recorded.event() instanceof Event.InterruptResolved resolved) {
                    expected.add(expected.size() + 1 + " " + decision.thread().thread() + " " + resolved.interrupt()
                            + " " + Sha256.of(JsonText.write(resolved.answer())) + " " + recorded.seq());
                }
            });
        }
        assertThat(expected).hasSize(THREADS);
        assertThat(database.rows("select concat_ws(' ', number, thread, target, detail::json ->> 'answer_sha256',"
                        + " detail::json ->> 'seq') from audit_entry where tenant = 'default'"
                        + " and chain = 'partition-0' and act = 'interrupt.resolve' and caller = 'test'"
                        + " and known = 'system' order by number"))
                .isEqualTo(expected);
        assertThat(verifier.pageNow(null, 10_000).findings()).isEmpty();
        assertThat(verifier.pageNow(null, 10_000).entries()).isEqualTo(THREADS);
        assertThat(database.rows("select count(*)::text from audit_entry where detail like '%too late%'"))
                .containsExactly("0");
    }

    @Test
    void twoOwnersAppendToChainsOfTheirOwn() throws Exception {
        try (PostgresJournal one = new PostgresJournal(settings);
                PostgresJournal two = new PostgresJournal(settings);
                LoopHarness a = harness("a", one);
                LoopHarness b = harness("b", two)) {
            a.own(0);
            b.own(1);
            a.start();
            b.start();
            for (int i = 0; i < THREADS; i++) {
                a.loop.offer(List.of(
                        work(0, 2 * i, input(thread("a" + i), "ask", 1_000, null, "ask")),
                        work(0, 2 * i + 1, answer(thread("a" + i), Json.of(i)))));
                b.loop.offer(List.of(
                        work(1, 2 * i, input(thread("b" + i), "ask", 1_000, null, "ask")),
                        work(1, 2 * i + 1, answer(thread("b" + i), Json.of(i)))));
            }
            a.awaitConsumed(0, 2 * THREADS);
            b.awaitConsumed(1, 2 * THREADS);
        }
        assertThat(database.rows("select concat_ws(' ', chain, min(number), max(number), count(*)) from audit_entry"
                        + " group by chain order by chain"))
                .containsExactly("partition-0 1 40 40", "partition-1 1 40 40");
        assertThat(verifier.pageNow(null, 10_000).findings()).isEmpty();
    }

    @Test
    void aCommitThatIsRefusedLeavesNoEntry() throws SQLException {
        List<Batch> batches;
        try (PostgresJournal journal = new PostgresJournal(settings)) {
            try (LoopHarness harness = harness("a", journal)) {
                harness.own(0);
                harness.start();
                harness.loop.offer(List.of(work(0, 0, input(thread("t"), "ask", 1_000, null, "ask"))));
                harness.awaitConsumed(0, 1);
                harness.loop.offer(List.of(work(0, 1, answer(thread("t"), Json.TRUE))));
                harness.awaitConsumed(0, 2);
                batches = List.copyOf(harness.committed);
            }
            Batch resolving = batches.getLast();
            assertThat(resolving.audits()).hasSize(1);
            Claim newer = journal.claim(0, "other", "other");
            assertThatThrownBy(() -> journal.commit(resolving)).isInstanceOf(FencedException.class);
            // At the right epoch, too: the thread has moved on, so something is wrong with the batch as a whole.
            Advance at = new Advance(0, newer.epoch(), newer.position(), newer.position() + 1);
            assertThatThrownBy(() -> journal.commit(moved(resolving, at))).isInstanceOf(RuntimeException.class);
        }
        assertThat(database.rows("select number::text from audit_entry")).containsExactly("1");
    }

    private static Batch moved(Batch batch, Advance to) {
        DecisionRow row = batch.decisions().getFirst();
        return new Batch(
                List.of(to),
                List.of(new DecisionRow(
                        row.thread(),
                        row.partition(),
                        to.to(),
                        row.timeMs(),
                        row.causation(),
                        row.actor(),
                        row.events())),
                batch.outbox(),
                List.of(),
                batch.threads(),
                batch.runs(),
                batch.interrupts(),
                batch.owed(),
                batch.offsets(),
                batch.snapshots(),
                batch.legs(),
                batch.actions(),
                batch.audits());
    }

    @Test
    void whatIsDeletedByPeopleIsThereAndWhatTheServerForgetsIsNot() throws SQLException {
        try (PostgresJournal journal = new PostgresJournal(settings);
                LoopHarness harness = harness("a", journal)) {
            harness.own(0);
            harness.start();
            harness.loop.offer(List.of(
                    work(0, 0, input(thread("forgotten"), "ask", 1_000, null, "echo")),
                    work(0, 1, input(thread("deleted"), "ask", 1_000, null, "ask")),
                    work(0, 2, input(thread("pretending"), "ask", 1_000, null, "ask")),
                    work(0, 3, delete(thread("forgotten"), Act.LIFETIME_SOURCE, "http")),
                    work(0, 4, delete(thread("deleted"), "/http", "http")),
                    work(0, 5, delete(thread("pretending"), Act.LIFETIME_SOURCE, "kafka"))));
            harness.awaitConsumed(0, 6);
        }
        assertThat(database.rows("select concat_ws(' ', act, thread, known) from audit_entry order by thread, act"))
                .containsExactly(
                        "interrupt.expire deleted http",
                        "thread.delete deleted http",
                        "interrupt.expire pretending kafka",
                        "thread.delete pretending kafka");
    }

    @Test
    void whatIsRefusedIsNoAct() throws SQLException {
        try (PostgresJournal journal = new PostgresJournal(settings);
                LoopHarness harness = harness("a", journal)) {
            harness.own(0);
            harness.start();
            harness.loop.offer(List.of(
                    work(0, 0, input(thread("t"), "ask", 1_000, null, "ask")),
                    work(
                            0,
                            1,
                            new Command.SettleAction(
                                    asked(thread("t"), "settle"),
                                    new RunId("0"),
                                    new ActionId("none"),
                                    new Command.Settlement.Retry())),
                    work(
                            0,
                            2,
                            new Command.RejectInterrupt(
                                    asked(thread("t"), "reject"), new InterruptId("0".repeat(32)), "why")),
                    work(0, 3, answer(thread("nobody"), Json.TRUE))));
            harness.awaitConsumed(0, 4);
        }
        assertThat(database.rows("select act from audit_entry")).isEmpty();
    }

    private static Command.Header asked(ThreadKey thread, String id) {
        return new Command.Header(thread, 9_000, new Identity("/test", id), Sha256.of(id), "test", "test", "http");
    }

    private static LoopHarness harness(String name, PostgresJournal journal) {
        return new LoopHarness(
                name,
                journal,
                new LoopSettings(4, 1 << 20, 10_000, 1 << 24, 30, 1 << 24, 50),
                Gate.OPEN,
                new Workflows(List.of(ASK, BuiltInWorkflows.ECHO)));
    }

    private static Command answer(ThreadKey thread, Json answer) {
        Identity identity =
                new Identity("/test", "answer " + JsonText.write(answer).replace('\0', '0'));
        return new Command.ResumeRun(
                new Command.Header(thread, 9_000, identity, Sha256.of(JsonText.write(answer)), "run.resume", "test"),
                null,
                null,
                answer,
                List.of(),
                null,
                Json.NULL,
                Event.Pass.NONE,
                Bounds.NONE);
    }

    private static Command delete(ThreadKey thread, String source, String via) {
        return new Command.DeleteThread(
                new Command.Header(
                        thread, 9_000, new Identity(source, "delete"), Sha256.of(source), "thread.delete", "test", via),
                null);
    }
}

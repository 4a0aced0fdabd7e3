package dev.threadwright.journal;

import static dev.threadwright.journal.Owner.input;
import static dev.threadwright.journal.Owner.thread;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.threadwright.journal.Journal.Claim;
import dev.threadwright.testing.TestServers;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.Json;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

class PostgresJournalTest extends JournalContract {

    private static final int LOCK_TIMEOUT_MS = 1_500;

    private static PostgresSettings settings;

    private Journal journal;
    private Journal another;
    private Connection admin;
    /** Within a transaction, who is blocked is what it was when first asked. */
    private Connection observer;

    @BeforeAll
    static void createDatabase() {
        String url = TestServers.createDatabase("journal_contract");
        settings = new PostgresSettings(
                url, TestServers.user(), TestServers.password(), 5_000, LOCK_TIMEOUT_MS, 20_000, 20_000, 30_000);
        JournalSchema.migrate(settings);
    }

    @BeforeEach
    void open() throws SQLException {
        admin = DriverManager.getConnection(settings.url(), settings.user(), settings.password());
        observer = DriverManager.getConnection(settings.url(), settings.user(), settings.password());
        sql(
                "truncate partition_claim, consumed_offset, decision, outbox, dead_letter, snapshot, outcome, owed, thread, run,"
                        + " server_setting, server_key, thread_set_aside");
        journal = new PostgresJournal(settings);
        another = new PostgresJournal(settings);
    }

    @AfterEach
    void close() throws SQLException {
        journal.close();
        another.close();
        observer.close();
        admin.close();
    }

    @Override
    Journal journal() {
        return journal;
    }

    @Override
    Journal another() {
        return another;
    }

    // Settings ------------------------------------------------------------------------------------------------------

    @Test
    void whoHasThreadsIsKnown() throws SQLException {
        try (StoredSettings stored = new StoredSettings(settings)) {
            assertThat(stored.tenants()).isEmpty();
            for (String key : List.of("b/1", "a/1", "a/2", "c/1", "b/2")) {
                sql(
                        "insert into thread (seq, created_at_ms, updated_at_ms, state_updated_at_ms, partition, active_runs, queued_runs,"
                                + " status, tenant, thread, settings) values (1, 0, 0, 0, 0, 0, 0, 'idle', '"
                                + key.replace("/", "', '") + "', '{}')");
            }
            assertThat(stored.tenants()).containsExactly("a", "b", "c");
        }
    }

    // What the schema adds ------------------------------------------------------------------------------------------

    @Test
    void migrating_again_does_nothing() {
        JournalSchema.migrate(settings);
        assertThat(journal.holders(List.of(0))).isEmpty();
    }

    @Test
    void the_view_shows_every_event_in_its_place() throws SQLException {
        Owner owner = Owner.of(journal, 4);
        owner.draft()
                .decide(input(T, "a", null, Json.of("\u0000")))
                .decide(input(T, "b", null, Json.NULL))
                .commit();
        List<String> expected = new ArrayList<>();
        for (DecisionRow row : journal.decisions(T, 1, 100)) {
            row.events()
                    .forEach(event -> expected.add("default t " + event.seq() + " 4 " + row.position() + " 1000 /test "
                            + row.causation().id() + " test " + EventCodec.typeOf(event.event()) + " "
                            + EventCodec.write(event.event())));
        }
        assertThat(expected).hasSizeGreaterThan(5);
        assertThat(rows("select concat_ws(' ', tenant, thread, seq, partition, position, time_ms, causation_source,"
                        + " causation_id, actor, type, event) from event order by seq"))
                .isEqualTo(expected);
    }

    @Test
    void dead_letters_are_rows_of_the_commit_that_sets_them_aside_and_forwards_are_not() throws SQLException {
        Owner owner = Owner.of(journal, 3);
        RawHeaders headers = new RawHeaders(List.of(
                new RawHeaders.Header("h", new byte[] {1}),
                new RawHeaders.Header("\u0000", null),
                new RawHeaders.Header("h", new byte[] {2})));
        owner.draft()
                .forward(OutboxRow.Kind.FORWARD, new byte[] {'k'}, new byte[] {1}, headers, "")
                .forward(OutboxRow.Kind.FAILED, "schlüssel".getBytes(UTF_8), new byte[] {1, 2}, headers, "why")
                .forward(OutboxRow.Kind.INVALID, new byte[] {-1}, null, RawHeaders.NONE, "no")
                .forward(OutboxRow.Kind.INVALID, new byte[] {'a', 0}, null, RawHeaders.NONE, "no")
                .forward(OutboxRow.Kind.INVALID, null, null, RawHeaders.NONE, "no")
                .commit();
        assertThat(rows(
                        "select concat_ws(' ', partition, position, tenant, thread, kind, source_topic, source_partition,"
                                + " source_offset, source_time_ms, bytes, whole, encode(value, 'hex'), replays, reason)"
                                + " from dead_letter order by position"))
                .containsExactly(
                        "3 2 default schlüssel failed threadwright.input 3 2 1000 2 t 0102 0 why",
                        "3 3 default invalid threadwright.input 3 3 1000 0 t 0 no",
                        "3 4 default invalid threadwright.input 3 4 1000 0 t 0 no",
                        "3 5 default invalid threadwright.input 3 5 1000 0 t 0 no");
        assertThat(RawHeaders.parse(rows("select headers from dead_letter where position = 2")
                        .getFirst()))
                .isEqualTo(headers);
        assertThat(
                        rows(
                                "select bool_and(abs(dead_at_ms - extract(epoch from now()) * 1000) < 60000)::text from dead_letter"))
                .containsExactly("true");

        Owner.Draft refused = owner.draft().forward(OutboxRow.Kind.FAILED, null, null, RawHeaders.NONE, "x");
        refused.runs.put(
                new RunId("r"),
                new Batch.RunRow(T, new RunId("r"), RunStatus.FAILED, null, null, null, null, 5L, null, "x"));
        assertThatThrownBy(refused::commit).isInstanceOf(RejectedBatchException.class);
        assertThat(rows("select position::text from dead_letter")).hasSize(4);
    }

    @Test
    void a_dead_letter_that_is_too_large_is_kept_cut() throws SQLException {
        try (Journal small = new PostgresJournal(settings.withDeadLetterBytes(10))) {
            Owner owner = Owner.of(small, 0);
            RawHeaders headers = new RawHeaders(List.of(new RawHeaders.Header("h", new byte[] {1})));
            owner.draft()
                    .forward(OutboxRow.Kind.INVALID, new byte[] {'k'}, new byte[7], RawHeaders.NONE, "fits with []")
                    .forward(OutboxRow.Kind.INVALID, new byte[2000], new byte[11], headers, "does not")
                    .commit();
            assertThat(rows("select concat_ws(' ', whole, bytes, octet_length(key), octet_length(value), headers)"
                            + " from dead_letter order by position"))
                    .containsExactly("t 7 1 7 []", "f 11 1024 10 []");
            // What is published is whole.
            OutboxRow published = (OutboxRow) small.publications(0, 1, 1).getFirst();
            assertThat(published.value()).hasSize(11);
            assertThat(published.headers()).isEqualTo(headers);
        }
    }

    @Test
    void what_older_releases_set_aside_is_read() throws SQLException {
        sql(
                "insert into outbox (tenant, partition, position, kind, source_topic, source_partition, source_offset, headers,"
                        + " reason, time_ms) values ('default', 0, 1, 'dead_letter', 'in', 0, 0, '{\"h\":\"AQ==\"}', 'why', 0)");
        OutboxRow row = (OutboxRow) journal.publications(0, 0, 1).getFirst();
        assertThat(row.kind()).isEqualTo(OutboxRow.Kind.INVALID);
        assertThat(row.headers()).isEqualTo(RawHeaders.of(Map.of("h", new byte[] {1})));
        assertThat(rows("select kind from dead_letter")).containsExactly("invalid");
    }

    @Test
    void readers_see_their_tenant_alone_and_write_nothing() throws SQLException {
        Owner owner = Owner.of(journal, 0);
        ThreadKey foreign = new ThreadKey("other", "t");
        owner.draft()
                .decide(input(T, "1", null, Json.NULL))
                .decide(input(foreign, "1", null, Json.NULL))
                .forward(OutboxRow.Kind.REFUSED, null, null, RawHeaders.NONE, "x")
                .commit();
        admin.setAutoCommit(false);
        sql("set local role threadwright_reader");
        for (String table : List.of("thread", "run", "decision", "outcome", "event")) {
            sql("set local threadwright.tenant = ''");
            assertThat(rows("select distinct tenant from " + table)).as(table).isEmpty();
            sql("set local threadwright.tenant = 'other'");
            assertThat(rows("select distinct tenant from " + table)).as(table).containsExactly("other");
        }
        for (String refused : List.of(
                "select * from outbox",
                "select * from partition_claim",
                "delete from snapshot",
                "update dead_letter set replays = 0",
                "update thread set seq = 0",
                "delete from run",
                "select * from server_key",
                "insert into server_setting values ('a', 'b')")) {
            sql("savepoint before");
            assertThatThrownBy(() -> sql(refused)).as(refused).hasMessageContaining("permission denied");
            sql("rollback to savepoint before");
        }
        admin.rollback();
    }

    @Test
    void read_rows_follow_the_runs() throws SQLException {
        Owner owner = Owner.of(journal, 0);
        owner.submit(T, "1");
        owner.draft().decide(input(T, "2", "delay", Json.NULL)).commit();
        owner.draft().decide(input(T, "3", "nul", Json.NULL)).commit();
        assertThat(rows("select concat_ws(' ', status, active_runs, queued_runs, latest_run = '"
                        + owner.states.get(T).latestRun() + "', settings) from thread"))
                .containsExactly("busy 1 0 t {\"metadata\":{}}");
        assertThat(rows("select concat_ws(' ', status, workflow, decision, admitted_at_ms, started_at_ms, ended_at_ms,"
                        + " output) from run order by workflow desc"))
                .containsExactly(
                        "completed echo@1 start 1000 1000 1000 {\"output\":{\"text\":\"1\"}}",
                        "active delay@1 start 1000 1000");

        owner.draft().decide(input(T, "4", null, Json.NULL)).commit();
        assertThat(rows("select concat_ws(' ', status, workflow, decision, ended_at_ms) from run order by 1"))
                .containsExactly(
                        "cancelled delay@1 start 1000", "completed echo@1 start 1000", "completed echo@1 start 1000");
    }

    @Test
    void a_topic_stays_the_one_that_was_there_first_until_another_is_set_which_is_of_the_next_generation() {
        StoredSettings stored = new StoredSettings(settings);
        assertThat(stored.topic("in", "first")).isEqualTo(new StoredSettings.Topic("first", 1));
        assertThat(stored.topic("other", "same")).isEqualTo(new StoredSettings.Topic("same", 1));
        assertThat(stored.topic("in", "second"))
                .as("created anew, and nobody has said what to do")
                .isEqualTo(new StoredSettings.Topic("first", 1));

        stored.setTopic("in", "second");
        stored.setTopic("in", "second");
        assertThat(stored.topic("in", "second")).isEqualTo(new StoredSettings.Topic("second", 2));
        stored.setTopic("in", "third");
        stored.setTopic("new", "one");
        assertThat(stored.topics())
                .isEqualTo(Map.of(
                        "in", new StoredSettings.Topic("third", 3),
                        "other", new StoredSettings.Topic("same", 1),
                        "new", new StoredSettings.Topic("one", 1)));
    }

    @Test
    void the_first_server_to_start_sets_the_number_of_partitions() {
        StoredSettings stored = new StoredSettings(settings);
        assertThat(stored.partitions(16)).isEqualTo(16);
        assertThat(stored.partitions(8)).isEqualTo(16);
    }

    @Test
    void the_first_server_to_start_makes_the_key_of_callbacks() {
        StoredSettings stored = new StoredSettings(settings);
        assertThat(stored.callbackKey(new byte[] {1, -1})).containsExactly(1, -1);
        assertThat(new StoredSettings(settings).callbackKey(new byte[] {2, 2})).containsExactly(1, -1);
    }

    @Test
    void what_a_start_asks_besides_goes_over_the_same_connection_until_something_fails() {
        try (StoredSettings stored = new StoredSettings(settings)) {
            int backend = stored.ask(PostgresJournalTest::backend);
            assertThat(stored.partitions(16)).isEqualTo(16);
            assertThat(stored.ask(PostgresJournalTest::backend)).isEqualTo(backend);

            assertThatThrownBy(() -> stored.ask(connection -> {
                        throw new IllegalStateException("in the asker's words");
                    }))
                    .hasMessage("in the asker's words");
            assertThat(stored.ask(PostgresJournalTest::backend)).isNotEqualTo(backend);
        }
    }

    private static int backend(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    // What goes wrong -------------------------------------------------------------------------------------------------

    @Test
    void what_postgres_refuses_is_rejected_whole_and_the_connection_lives_on() throws SQLException {
        Owner owner = Owner.of(journal, 0);
        owner.submit(T, "1");
        List<String> before = rows("select pid from pg_stat_activity where application_name = 'threadwright commits'");
        // Longer than an index takes, and not to be compressed.
        ThreadKey endless = thread(new RandomModel(new java.util.SplittableRandom(1)).noise(6_000));
        assertThatThrownBy(() -> owner.draft()
                        .decide(input(T, "2", null, Json.NULL))
                        .decide(input(endless, "3", null, Json.NULL))
                        .commit())
                .isInstanceOf(RejectedBatchException.class)
                .hasMessageContaining("54000");
        owner.submit(T, "2");
        assertThat(rows("select pid from pg_stat_activity where application_name = 'threadwright commits'"))
                .isEqualTo(before);
    }

    @Test
    void a_claim_waits_for_a_commit_that_is_under_way() throws Exception {
        // A commit that gave up while it is being looked at would look like one that never waited.
        Journal patient = new PostgresJournal(new PostgresSettings(
                settings.url(), settings.user(), settings.password(), 5_000, 15_000, 20_000, 20_000, 30_000));
        Owner owner = Owner.of(patient, 0);
        Batch batch = owner.draft().decide(input(T, "1", null, Json.NULL)).build();
        admin.setAutoCommit(false);
        sql("lock table decision in share mode");
        CompletableFuture<Void> commit =
                CompletableFuture.runAsync(() -> patient.commit(batch), Thread::startVirtualThread);
        awaitBlocked(1);
        CompletableFuture<Claim> claim =
                CompletableFuture.supplyAsync(() -> patient.claim(0, "b", "pb"), Thread::startVirtualThread);
        awaitBlocked(2);
        admin.commit();

        commit.get();
        assertThat(claim.get().position()).isEqualTo(1);
        assertThat(journal.head(T)).isPositive();
        patient.close();
    }

    @Test
    void a_commit_that_is_under_way_does_not_keep_a_claim_waiting_for_ever() throws Exception {
        Owner owner = Owner.of(journal, 0);
        Batch batch = owner.draft().decide(input(T, "1", null, Json.NULL)).build();
        admin.setAutoCommit(false);
        sql("select 1 from partition_claim for update");
        long begunNs = System.nanoTime();
        assertThatThrownBy(() -> another.claim(0, "b", "pb")).isInstanceOf(JournalUnavailableException.class);
        assertThatThrownBy(() -> journal.commit(batch)).isInstanceOf(JournalUnavailableException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begunNs))
                .isBetween(Duration.ofMillis(2 * LOCK_TIMEOUT_MS - 100), Duration.ofMillis(4 * LOCK_TIMEOUT_MS));
        admin.commit();

        journal.commit(batch);
        assertThat(another.claim(0, "b", "pb").position()).isEqualTo(1);
    }

    @Test
    void a_session_that_ends_in_a_commit_leaves_it_unknown_and_a_reclaim_tells() throws Exception {
        Owner owner = Owner.of(journal, 0);
        owner.submit(T, "1");
        Owner.Draft draft = owner.draft().decide(input(T, "2", null, Json.NULL));
        admin.setAutoCommit(false);
        sql("lock table decision in share mode");
        CompletableFuture<Throwable> commit = CompletableFuture.supplyAsync(
                () -> catchThrowable(() -> journal.commit(draft.build())), Thread::startVirtualThread);
        awaitBlocked(1);
        terminate("threadwright commits");
        assertThat(commit.get()).isInstanceOf(UnknownCommitException.class);
        admin.commit();

        Claim claim = journal.reclaim(0, owner.claim.epoch(), "test", "p");
        assertThat(claim.position()).isEqualTo(1);
        Owner again = new Owner(journal, claim);
        again.states.putAll(owner.states);
        again.submit(T, "2");
        assertThat(another.claim(0, "b", "pb").position()).isEqualTo(2);
    }

    @Test
    void sessions_that_ended_while_idle_are_replaced() throws Exception {
        Owner owner = Owner.of(journal, 0);
        owner.submit(T, "1");
        journal.head(T);
        terminate("threadwright %");
        Batch batch = owner.draft().decide(input(T, "2", null, Json.NULL)).build();
        assertThat(catchThrowable(() -> journal.commit(batch)))
                .isInstanceOfAny(UnknownCommitException.class, JournalUnavailableException.class);
        assertThatThrownBy(() -> journal.head(T)).isInstanceOf(JournalUnavailableException.class);
        assertThatThrownBy(() -> journal.claim(0, "a", "pa")).isInstanceOf(JournalUnavailableException.class);

        assertThat(journal.holders(List.of(0)).get(0).epoch()).isEqualTo(owner.claim.epoch());
        journal.commit(batch);
        assertThat(journal.claim(0, "a", "pa").position()).isEqualTo(2);
    }

    @Test
    void a_server_that_is_not_there_is_unavailable() {
        PostgresSettings nowhere =
                PostgresSettings.of("jdbc:postgresql://127.0.0.1:" + TestServers.freePort() + "/x", "u", "secret");
        try (Journal away = new PostgresJournal(nowhere)) {
            Owner owner = Owner.of(journal, 0);
            Batch batch = owner.draft().decide(input(T, "1", null, Json.NULL)).build();
            assertThatThrownBy(() -> away.commit(batch))
                    .isInstanceOf(JournalUnavailableException.class)
                    .hasMessageContaining("127.0.0.1")
                    .hasMessageNotContaining("secret");
            assertThatThrownBy(() -> away.load(List.of(T))).isInstanceOf(JournalUnavailableException.class);
            assertThatThrownBy(() -> away.claim(0, "a", "b")).isInstanceOf(JournalUnavailableException.class);
            assertThatThrownBy(() -> JournalSchema.migrate(nowhere)).isInstanceOf(FlywayException.class);
        }
    }

    @Test
    void a_batch_that_takes_too_long_is_told_from_a_store_that_is_away() throws SQLException {
        PostgresSettings hasty = new PostgresSettings(
                settings.url(), settings.user(), settings.password(), 5_000, LOCK_TIMEOUT_MS, 2_000, 20_000, 30_000);
        sql("create function dawdle() returns trigger language plpgsql as"
                + " 'begin perform pg_sleep(60); return new; end'");
        sql("create trigger dawdle before insert on decision for each row when (new.thread = 'slow')"
                + " execute function dawdle()");
        try (Journal limited = new PostgresJournal(hasty)) {
            Owner owner = Owner.of(journal, 0);
            owner.submit(T, "1");
            Batch slow = owner.draft()
                    .decide(input(thread("slow"), "1", null, Json.NULL))
                    .build();
            assertThatThrownBy(() -> limited.commit(slow))
                    .isInstanceOf(TimedOutBatchException.class)
                    .hasMessage("Postgres gave up the batch: canceling statement due to statement timeout [57014]");
            assertThat(journal.head(thread("slow"))).isZero();
            owner.submit(T, "2");
            assertThat(journal.load(List.of(T))).containsEntry(T, owner.states.get(T));
        } finally {
            sql("drop trigger dawdle on decision");
            sql("drop function dawdle");
        }
    }

    @Test
    void a_thread_that_cannot_be_read_is_named_and_does_not_hide_the_others() throws SQLException {
        Owner owner = Owner.of(journal, 0);
        owner.submit(T, "1");
        owner.submit(thread("newer"), "1");
        sql("update decision set events = '[{\"type\":\"thread.painted\"}]' where thread = 'newer'");
        UnreadableException unreadable =
                catchThrowableOfType(UnreadableException.class, () -> journal.load(List.of(T, thread("newer"))));
        assertThat(unreadable.thread()).isEqualTo(thread("newer"));
        assertThat(unreadable).hasMessageContaining("thread.painted");
        assertThat(journal.load(List.of(T))).containsKey(T);
    }

    @Test
    void what_a_newer_release_wrote_of_a_run_is_its_threads_alone() throws SQLException {
        Owner owner = Owner.of(journal, 0);
        Map<RunId, ThreadKey> runs = new java.util.LinkedHashMap<>();
        for (ThreadKey key : List.of(T, thread("newer"))) {
            runs.put(((Command.SubmitInput) input(key, "1", null, Json.NULL)).newRun(), key);
            owner.submit(key, "1");
        }
        assertThat(journal.endedRuns(runs)).hasSize(2);
        sql("update run set status = 'painted' where thread = 'newer'");
        UnreadableException unreadable = catchThrowableOfType(UnreadableException.class, () -> journal.endedRuns(runs));
        assertThat(unreadable.thread()).isEqualTo(thread("newer"));
        assertThat(unreadable).hasMessageContaining("\"painted\"").hasMessageContaining("newer one wrote it");
        runs.values().remove(thread("newer"));
        assertThat(journal.endedRuns(runs)).hasSize(1);
    }

    @Test
    void a_cause_that_a_newer_release_wrote_keeps_its_thread_set_aside_and_its_partition_claimable()
            throws SQLException {
        Owner owner = Owner.of(journal, 0);
        SetAsideThread aside = new SetAsideThread(T, 0, "0-1-1", OutboxRow.Kind.THREAD_UNREADABLE, "why");
        journal.setAside(aside, owner.claim.epoch());
        assertThat(journal.setAside(List.of(0), 10)).containsExactly(aside);
        sql("update thread_set_aside set cause = 'painted'");
        assertThat(journal.setAside(List.of(0), 10))
                .containsExactly(new SetAsideThread(T, 0, "0-1-1", OutboxRow.Kind.FAILED, "why"));
    }

    @Test
    void what_a_newer_release_wants_published_is_named() throws SQLException {
        Owner owner = Owner.of(journal, 0);
        owner.draft()
                .forward(OutboxRow.Kind.INVALID, null, null, RawHeaders.NONE, "no")
                .commit();
        sql("update outbox set kind = 'painted'");
        assertThatThrownBy(() -> journal.publications(0, 0, 10))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("Partition 0, position 1")
                .hasMessageContaining("\"painted\"");
    }

    /** All that a record can hold: nothing of it may make its dead letter impossible. */
    @Test
    void whatever_a_record_holds_it_can_be_a_dead_letter() throws SQLException {
        Owner owner = Owner.of(journal, 0);
        byte[] all = new byte[1 << 20];
        new java.util.SplittableRandom(1).nextBytes(all);
        StringBuilder name = new StringBuilder("\u0000\"\\\uFFFD\uFFFF\u007F");
        name.append("\uD83D\uDE00".repeat(10_000));
        List<RawHeaders.Header> headers = new ArrayList<>();
        headers.add(new RawHeaders.Header("", new byte[0]));
        headers.add(new RawHeaders.Header(name.toString(), all));
        for (int i = 0; i < 10_000; i++) {
            headers.add(new RawHeaders.Header("h" + i % 7, i % 2 == 0 ? null : new byte[] {0}));
        }
        RawHeaders many = new RawHeaders(headers);
        for (byte[] key : List.of(
                new byte[0],
                new byte[] {0},
                all,
                "k".repeat(255).getBytes(UTF_8),
                "\uD83D\uDE00".repeat(127).getBytes(UTF_8))) {
            owner.draft()
                    .forward(OutboxRow.Kind.INVALID, key, all, many, "why")
                    .forward(OutboxRow.Kind.THREAD_SET_ASIDE, key, new byte[0], RawHeaders.NONE, "why \u0000")
                    .commit();
        }
        assertThat(rows("select count(*)::text from dead_letter")).containsExactly("10");
        OutboxRow stored = (OutboxRow) journal.publications(0, 0, 1).getFirst();
        assertThat(stored.headers()).isEqualTo(many);
    }

    @Test
    void a_thread_whose_row_and_journal_disagree_is_damaged_and_does_not_hide_the_others() throws SQLException {
        Owner owner = Owner.of(journal, 0);
        owner.submit(T, "1");
        for (String name : List.of("short", "behind", "rowless", "hollow")) {
            owner.submit(thread(name), "1");
            owner.draft()
                    .decide(input(thread(name), "2", null, Json.NULL))
                    .snapshot(thread(name))
                    .commit();
            owner.submit(thread(name), "3");
        }
        sql("delete from decision where thread = 'short' and first_seq = 10");
        sql("update thread set seq = 9 where thread = 'behind'");
        sql("delete from thread where thread = 'rowless'");
        sql("delete from decision where thread = 'hollow'");
        sql("delete from snapshot where thread = 'hollow'");
        Map<String, String> messages = Map.of(
                "short", "its journal ends at 9 and its row says 13",
                "behind", "its journal ends at 13 and its row says 9",
                "rowless", "its journal ends at 13 and its row says 0",
                "hollow", "its journal ends at 0 and its row says 13");
        messages.forEach((name, message) -> {
            UnreadableException damaged =
                    catchThrowableOfType(UnreadableException.class, () -> journal.load(List.of(T, thread(name))));
            assertThat(damaged).hasMessageContaining(message);
            assertThat(damaged.thread()).isEqualTo(thread(name));
        });
        assertThat(journal.load(List.of(T))).containsKey(T);
    }

    @Test
    void scenario54_a_thread_of_ten_thousand_events_is_loaded_from_its_snapshot_and_the_tail_after_it()
            throws SQLException {
        Owner owner = Owner.of(journal, 0);
        Owner.Draft draft = owner.draft();
        int number = 0;
        while (owner.states.getOrDefault(T, ThreadState.absent(T)).seq() < 10_000 && number < 10_000) {
            draft.decide(input(T, "i" + number++, null, Json.NULL));
            if (number % 500 == 0) {
                draft.commit();
                draft = owner.draft();
            }
        }
        draft.decide(input(T, "last before the snapshot", null, Json.NULL))
                .snapshot(T)
                .commit();
        owner.submit(T, "after it");
        // What the snapshot stands for cannot be read any more, so whoever reads it fails.
        sql("update decision set events = '[{\"type\":\"thread.painted\"}]' where first_seq < 9000");

        assertThat(journal.load(List.of(T))).isEqualTo(owner.states);
        assertThat(journal.head(T)).isGreaterThan(10_000);
    }

    @Test
    void a_snapshot_that_cannot_be_read_is_passed_over() throws SQLException {
        Owner owner = Owner.of(journal, 0);
        for (String state : List.of("{\"v\":99}", "{\"v\":1}", "[]")) {
            owner.draft().decide(input(T, state, null, Json.NULL)).snapshot(T).commit();
            sql("update snapshot set state = '" + state + "'");
            assertThat(journal.load(List.of(T))).isEqualTo(owner.states);
        }
    }

    @Test
    void sessions_are_durable_and_bounded() throws SQLException {
        Owner.of(journal, 0).submit(T, "1");
        String name = "alter database journal_contract set synchronous_commit = ";
        sql(name + "off");
        try (Lane lane = new Lane(settings, Lane.Purpose.COMMITS)) {
            List<String> values = lane.call(
                    connection -> {
                        List<String> found = new ArrayList<>();
                        for (String setting : List.of(
                                "synchronous_commit",
                                "lock_timeout",
                                "statement_timeout",
                                "idle_in_transaction_session_timeout",
                                "transaction_timeout")) {
                            try (Statement statement = connection.createStatement();
                                    ResultSet row = statement.executeQuery("show " + setting)) {
                                row.next();
                                found.add(row.getString(1));
                            }
                        }
                        return found;
                    },
                    SqlErrors::ofRead);
            assertThat(values).containsExactly("on", "1500ms", "20s", "20s", "20s");
        } finally {
            sql(name + "on");
        }
    }

    // -----------------------------------------------------------------------------------------------------------------

    private void terminate(String application) throws SQLException {
        rows("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database()"
                + " and application_name like '" + application + "'");
    }

    private void awaitBlocked(int backends) {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> rows(
                                        observer,
                                        "select pid from pg_stat_activity where wait_event_type = 'Lock'"
                                                + " and datname = current_database()")
                                .size()
                        == backends);
    }

    private void sql(String text) throws SQLException {
        try (Statement statement = admin.createStatement()) {
            statement.execute(text);
        }
    }

    private List<String> rows(String query) throws SQLException {
        return rows(admin, query);
    }

    private static List<String> rows(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                all.add(rows.getString(1));
            }
            return all;
        }
    }
}

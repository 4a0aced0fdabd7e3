package dev.threadwright.journal;

import static dev.threadwright.journal.Owner.hash;
import static dev.threadwright.journal.Owner.input;
import static dev.threadwright.journal.Owner.thread;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.sealing.KeyProvider;
import dev.threadwright.sealing.MasterKeyFile;
import dev.threadwright.sealing.SealedException;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.sealing.WrappedKey;
import dev.threadwright.testing.Dump;
import dev.threadwright.testing.TestDatabase;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal that seals does all that a journal does. */
class SealedJournalTest extends JournalContract {

    private static final String MARKER = "quetzalcoatl";

    @TempDir
    static Path directory;

    private static TestDatabase database;
    private static PostgresSettings settings;
    private static MasterKeyFile keys;

    private final Sealing sealing = new Sealing(keys, true, 100);
    private final Sealing others = new Sealing(keys, true, 100);
    private Journal journal;
    private Journal another;
    private Connection admin;

    @BeforeAll
    static void createDatabase() {
        database = TestDatabase.migrated("sealed_journal");
        settings = database.settings();
        MasterKeyFile.add(directory.resolve("keys"), "first");
        keys = MasterKeyFile.read(directory.resolve("keys"));
    }

    @BeforeEach
    void open() throws SQLException {
        admin = DriverManager.getConnection(settings.url(), settings.user(), settings.password());
        sql(
                "truncate partition_claim, consumed_offset, decision, outbox, dead_letter, snapshot, outcome, owed, thread, run,"
                        + " server_setting, server_key, thread_set_aside, thread_key, deleted_thread");
        journal = new PostgresJournal(settings, sealing);
        another = new PostgresJournal(settings, others);
    }

    @AfterEach
    void close() throws SQLException {
        journal.close();
        another.close();
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

    @Test
    void whatThreadsHoldStandsNowhereInTheClear_andIsReadAsItWas() {
        Owner owner = Owner.of(journal, 0);
        owner.draft()
                .decide(input(T, "1", null, Json.object("text", Json.of(MARKER))))
                .snapshot(T)
                .forward(
                        OutboxRow.Kind.FAILED,
                        "t".getBytes(UTF_8),
                        MARKER.getBytes(UTF_8),
                        RawHeaders.of(Map.of("h", MARKER.getBytes(UTF_8))),
                        "it says " + MARKER)
                .forward(
                        OutboxRow.Kind.INVALID, new byte[] {-1}, MARKER.getBytes(UTF_8), RawHeaders.NONE, "no thread's")
                .forward(OutboxRow.Kind.FORWARD, "t2".getBytes(UTF_8), MARKER.getBytes(UTF_8), RawHeaders.NONE, "")
                .commit();
        journal.setAside(new SetAsideThread(T, 0, "0-1-1", OutboxRow.Kind.FAILED, "over " + MARKER), 1);
        assertThat(Dump.of(admin).tablesWith(MARKER)).isEmpty();

        try (Journal later = new PostgresJournal(settings, new Sealing(keys, true, 100))) {
            assertThat(later.load(List.of(T))).containsEntry(T, owner.states.get(T));
            assertThat(later.outcomes(List.of(new OutcomeKey(T, hash("1")))).values())
                    .allSatisfy(row -> assertThat(row.contentHash()).isEqualTo(hash("1")))
                    .allSatisfy(row -> assertThat(row.outcome()).isInstanceOf(Outcome.Started.class))
                    .hasSize(1);
            assertThat(later.publications(0, 0, 10))
                    .extracting(Publication::position)
                    .containsExactly(1L, 2L, 3L, 4L);
            assertThat(later.publications(0, 1, 1)).singleElement().satisfies(published -> {
                OutboxRow row = (OutboxRow) published;
                assertThat(row.value()).isEqualTo(MARKER.getBytes(UTF_8));
                assertThat(row.headers()).isEqualTo(RawHeaders.of(Map.of("h", MARKER.getBytes(UTF_8))));
                assertThat(row.reason()).isEqualTo("it says " + MARKER);
            });
            assertThat(later.setAside(List.of(0), 10))
                    .extracting(SetAsideThread::error)
                    .containsExactly("over " + MARKER);
        }
    }

    @Test
    void aThreadHasOneKey_whoeverWritesOfItFirst() throws Exception {
        Owner owner = Owner.of(journal, 0);
        Owner other = Owner.of(another, 1);
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 20; i++) {
                ThreadKey thread = thread("t" + i);
                byte[] key = thread.thread().getBytes(UTF_8);
                CountDownLatch start = new CountDownLatch(1);
                Future<?> first = both.submit(() -> {
                    start.await();
                    return owner.submit(thread, "1");
                });
                // Whoever a record comes to that is not its owner sets it aside or forwards it.
                Future<?> second = both.submit(() -> {
                    start.await();
                    return other.draft()
                            .forward(OutboxRow.Kind.INVALID, key, key, RawHeaders.NONE, "why")
                            .commit();
                });
                start.countDown();
                first.get();
                second.get();
            }
        } finally {
            both.shutdownNow();
        }
        assertThat(rows("select thread from thread_key group by thread having count(*) > 1"))
                .isEmpty();
        assertThat(rows("select thread from thread_key")).hasSize(20);
        try (Journal later = new PostgresJournal(settings, new Sealing(keys, true, 5))) {
            assertThat(later.publications(0, 0, 100)).hasSize(20).noneMatch(ErasedRow.class::isInstance);
            assertThat(later.publications(1, 0, 100)).hasSize(20).noneMatch(ErasedRow.class::isInstance);
        }
    }

    @Test
    void aKeyIsStoredByTheCommitThatNeedsItFirst_orNotAtAll() throws SQLException {
        Owner owner = Owner.of(journal, 0);
        Owner stale = new Owner(journal, owner.claim);
        owner.submit(thread("a"), "1");
        assertThatThrownBy(() -> stale.submit(thread("b"), "1")).isInstanceOf(FencedException.class);
        assertThat(rows("select thread from thread_key")).containsExactly("a");
    }

    @Test
    void rowsThatWereWrittenInTheClearAreRead_andNewOnesAreSealed_andTheOtherWayRound() throws SQLException {
        try (Journal clear = new PostgresJournal(settings)) {
            Owner before = Owner.of(clear, 0);
            before.draft()
                    .decide(input(T, "1", null, Json.of(MARKER)))
                    .snapshot(T)
                    .commit();
        }
        assertThat(Dump.of(admin).tablesWith(MARKER)).contains("decision", "snapshot", "run");

        Owner owner = Owner.of(journal, 0);
        owner.states.putAll(journal.load(List.of(T)));
        owner.draft()
                .decide(input(T, "2", null, Json.of("second " + MARKER)))
                .snapshot(T)
                .commit();
        assertThat(Dump.of(admin).tablesWith("second " + MARKER)).isEmpty();
        assertThat(rows("select left(events::text, 9) from decision order by first_seq"))
                .hasSize(2)
                .satisfies(forms -> assertThat(forms.getFirst()).startsWith("[{"))
                .satisfies(forms -> assertThat(forms.getLast()).isEqualTo("\"sealed:1"));

        try (Journal off = new PostgresJournal(settings, new Sealing(keys, false, 100))) {
            Owner after = Owner.of(off, 0);
            after.states.putAll(off.load(List.of(T)));
            assertThat(after.states.get(T)).isEqualTo(owner.states.get(T));
            after.submit(T, "3");
            assertThat(rows("select left(events::text, 2) from decision order by first_seq desc limit 1"))
                    .containsExactly("[{");
            assertThat(off.decisions(T, 1, 10)).hasSize(3);
        }
    }

    @Test
    void withoutItsMasterKeyNothingIsTakenForEmptyOrDamaged() throws SQLException {
        Owner.of(journal, 0).submit(T, "1");
        Path file = directory.resolve("other-keys");
        MasterKeyFile.add(file, "second");
        for (Sealing without : List.of(Sealing.none(), new Sealing(MasterKeyFile.read(file), true, 10))) {
            assertThatThrownBy(() -> without.check(admin))
                    .isInstanceOf(SealedException.class)
                    .hasMessageContaining("first");
            try (Journal blind = new PostgresJournal(settings, without)) {
                assertThatThrownBy(() -> blind.load(List.of(T)))
                        .as("waits, and is set aside by nobody")
                        .isInstanceOf(JournalUnavailableException.class)
                        .hasMessageContaining("first");
                assertThatThrownBy(() -> blind.publications(0, 0, 10)).isInstanceOf(JournalUnavailableException.class);
                assertThatThrownBy(() -> blind.outcomes(List.of(new OutcomeKey(T, hash("1")))))
                        .isInstanceOf(JournalUnavailableException.class);
            }
        }
        sealing.check(admin);
    }

    @Test
    void aRowThatStandsInAnothersPlaceIsDamage() throws SQLException {
        Owner owner = Owner.of(journal, 0);
        owner.submit(T, "1");
        owner.submit(T, "2");
        owner.submit(thread("other"), "1");
        Verifier verifier = new Verifier(database.source(), sealing);
        assertThat(verifier.verify(T).findings()).isEmpty();

        sql("update decision set events = (select events from decision where thread = 'other') where thread = 't'"
                + " and first_seq = 1");
        assertThatThrownBy(() -> journal.decisions(T, 1, 10))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("is not what was sealed there");
        assertThat(verifier.verify(T).findings())
                .extracting(Finding::kind)
                .containsExactly(Finding.Kind.ALTERED, Finding.Kind.UNREADABLE);
        sql("delete from thread_key where thread = 'other'");
        try (Journal later = new PostgresJournal(settings, new Sealing(keys, true, 10))) {
            assertThatThrownBy(() -> later.load(List.of(thread("other"))))
                    .isInstanceOf(UnreadableException.class)
                    .hasMessageContaining("it is lost");
        }
    }

    @Test
    void verifyingHasNothingToSayOfWhatIsSealed() {
        Owner owner = Owner.of(journal, 0);
        owner.draft().decide(input(T, "1", null, Json.of(MARKER))).snapshot(T).commit();
        owner.submit(T, "2");
        Verified sound = new Verifier(database.source(), new Sealing(keys, false, 10)).verify(T);
        assertThat(sound.findings()).isEmpty();
        assertThat(sound.events()).isEqualTo(owner.states.get(T).seq());
        assertThatThrownBy(() -> new Verifier(database.source(), Sealing.none()).verify(T))
                .as("no thread is called damaged for want of a master key")
                .isInstanceOf(JournalUnavailableException.class);
    }

    @Test
    void whatIsErasedIsSkippedByThePublisher_andItsCommandsAllCameToNothing() throws SQLException {
        Owner owner = Owner.of(journal, 0);
        owner.submit(T, "1");
        owner.submit(thread("kept"), "1");
        owner.draft()
                .forward(OutboxRow.Kind.FORWARD, "t".getBytes(UTF_8), new byte[] {1}, RawHeaders.NONE, "")
                .commit();
        erase("t");
        sealing.erased(T, 1);

        assertThat(journal.publications(0, 0, 10))
                .extracting(published -> published.getClass().getSimpleName())
                .containsExactly("ErasedRow", "DecisionRow", "ErasedRow");
        assertThat(journal.publications(0, 0, 10))
                .extracting(Publication::position)
                .containsExactly(1L, 2L, 3L);
        assertThat(journal.outcomes(List.of(new OutcomeKey(T, hash("1")))).values())
                .singleElement()
                .satisfies(row -> assertThat(row.outcome()).isInstanceOf(Outcome.Invalid.class))
                .satisfies(row -> assertThat(row.isOf(hash("anything"))).isTrue());
        assertThatThrownBy(() -> journal.decisions(T, 1, 10)).isInstanceOf(UnreadableException.class);
    }

    @Test
    void recordsThatComeForAThreadThatIsErasedHaveANewKey_andWhatBecomesOfCommandsNeedsNone() throws SQLException {
        Owner owner = Owner.of(journal, 0);
        owner.submit(T, "1");
        erase("t");
        // Still in memory, as on a server that has not heard of it.
        Owner.Draft draft = owner.draft();
        draft.outcomes.add(
                new Batch.OutcomeRow(new OutcomeKey(T, hash("2")), hash("content"), new Outcome.Unchanged("gone"), 99));
        sealing.erased(T, 1);
        draft.forward(OutboxRow.Kind.FORWARD, new byte[] {-1}, null, RawHeaders.NONE, "")
                .commit();
        assertThat(rows("select number::text from thread_key where thread = 't'"))
                .containsExactly("1");
        assertThat(rows("select result || ' ' || encode(content_hash, 'hex') from outcome where seq = 99"))
                .as("what was sent cannot be guessed by its hash")
                .containsExactly("{\"type\":\"unchanged\",\"message\":\"gone\"} " + Sealed.ERASED_HASH);

        owner.draft()
                .forward(OutboxRow.Kind.INVALID, "t".getBytes(UTF_8), new byte[] {7}, RawHeaders.NONE, "late")
                .commit();
        assertThat(rows("select number || ' ' || (wrapped is null) from thread_key where thread = 't' order by number"))
                .containsExactly("1 true", "2 false");
        assertThat(((OutboxRow) journal.publications(0, 2, 1).getFirst()).value())
                .isEqualTo(new byte[] {7});
    }

    @Test
    void aServerThatHasNotHeardOfAnErasureAsksBeforeItSealsWhatComesForTheThread() throws SQLException {
        Owner owner = Owner.of(journal, 0);
        byte[] key = "t".getBytes(UTF_8);
        owner.draft()
                .forward(OutboxRow.Kind.INVALID, key, new byte[] {1}, RawHeaders.NONE, "a")
                .commit();
        erase("t");
        // The key is in memory here still.
        owner.draft()
                .forward(OutboxRow.Kind.INVALID, key, new byte[] {2}, RawHeaders.NONE, "b")
                .commit();
        assertThat(journal.publications(0, 0, 10))
                .extracting(published -> published.getClass().getSimpleName())
                .containsExactly("ErasedRow", "OutboxRow");
        erase("t");
        // Then a good record begins the thread, here, where the key of the dead letter is still in memory.
        owner.submit(T, "1");
        assertThat(rows("select number || ' ' || (wrapped is null) from thread_key where thread = 't' order by number"))
                .containsExactly("1 true", "2 true", "3 false");
        assertThat(journal.load(List.of(T))).containsEntry(T, owner.states.get(T));
        assertThat(journal.decisions(T, 1, 10)).hasSize(1);
    }

    @Test
    void whatBecomesOfACommandOnAThreadWhoseKeyIsDamagedIsSealedWithANewOne() throws SQLException {
        Owner owner = Owner.of(journal, 0);
        owner.submit(T, "1");
        sql("update thread_key set wrapped = '\\x00' where thread = 't'");
        sealing.erased(T, 1);
        Owner.Draft draft = owner.draft();
        draft.outcomes.add(
                new Batch.OutcomeRow(new OutcomeKey(T, hash("2")), hash("content"), new Outcome.Unchanged(MARKER), 99));
        draft.forward(OutboxRow.Kind.FORWARD, new byte[] {-1}, null, RawHeaders.NONE, "")
                .commit();
        assertThat(Dump.of(admin).tablesWith(MARKER)).isEmpty();
        assertThat(rows("select number::text from thread_key where thread = 't' order by number"))
                .containsExactly("1", "2");
    }

    @Test
    void aSealedDeadLetterIsMeasuredAsItCame_andWhatIsTooLargeIsKeptWithoutContent() throws SQLException {
        RawHeaders headers = RawHeaders.of(Map.of("h", new byte[100]));
        try (Journal small = new PostgresJournal(settings.withDeadLetterBytes(1_000), sealing)) {
            Owner.of(small, 0)
                    .draft()
                    .forward(OutboxRow.Kind.INVALID, new byte[] {'k'}, new byte[700], headers, "fits")
                    .forward(OutboxRow.Kind.INVALID, new byte[] {'k'}, new byte[1_000], headers, "does not")
                    .forward(OutboxRow.Kind.INVALID, null, null, RawHeaders.NONE, "empty")
                    .commit();
            assertThat(rows("select concat_ws(' ', whole, bytes, octet_length(value), left(headers::text, 8))"
                            + " from dead_letter order by position"))
                    .containsExactly("t 700 733 \"sealed:", "f 1000 []", "t 0 \"sealed:");
            assertThat(((OutboxRow) small.publications(0, 1, 1).getFirst()).value())
                    .hasSize(1_000);
        }
    }

    @Test
    void theViewOfEventsHasAPlaceForEachThatIsSealed() throws SQLException {
        Owner owner = Owner.of(journal, 0);
        owner.submit(T, "1");
        assertThat(rows("select seq || ' ' || event || coalesce(type, '') from event order by seq"))
                .hasSize((int) owner.states.get(T).seq())
                .startsWith("1 \"sealed\"", "2 \"sealed\"");
    }

    /** As one that is reached over a network would be. */
    private static final class Counted implements KeyProvider {
        int asked;
        boolean isAway;

        @Override
        public String describe() {
            return "counted";
        }

        @Override
        public String newest() {
            return keys.newest();
        }

        @Override
        public WrappedKey wrap(byte[] dataKey, byte[] context) {
            ask();
            return keys.wrap(dataKey, context);
        }

        @Override
        public byte[] unwrap(WrappedKey key, byte[] context) {
            ask();
            return keys.unwrap(key, context);
        }

        private void ask() {
            asked++;
            if (isAway) {
                throw new SealedException(SealedException.Reason.UNAVAILABLE, "away for now");
            }
        }
    }

    @Test
    void whoHasTheMasterKeysIsAskedOnceForAThread_asLongAsThereIsRoomForItsKey() {
        Counted provider = new Counted();
        try (Journal counted = new PostgresJournal(settings, new Sealing(provider, true, 2))) {
            Owner owner = Owner.of(counted, 0);
            for (int i = 0; i < 20; i++) {
                owner.submit(T, "i" + i);
                counted.load(List.of(T));
                counted.decisions(T, 1, 100);
            }
            assertThat(provider.asked).isEqualTo(1);
            owner.submit(thread("b"), "1");
            owner.submit(thread("c"), "1");
            assertThat(provider.asked).isEqualTo(3);
            counted.decisions(T, 1, 100);
            assertThat(provider.asked).as("its key had to go").isEqualTo(4);
        }
    }

    @Test
    void whileTheMasterKeysAreAwayNothingIsStoredOrRead_andThenAllGoesOn() {
        Counted provider = new Counted();
        Sealing counted = new Sealing(provider, true, 10);
        try (Journal remote = new PostgresJournal(settings, counted)) {
            Owner owner = Owner.of(remote, 0);
            owner.submit(T, "1");
            provider.isAway = true;
            owner.submit(T, "2");
            assertThatThrownBy(() -> owner.submit(thread("new"), "1"))
                    .isInstanceOf(JournalUnavailableException.class)
                    .hasMessageContaining("away for now");
            counted.erased(T, 1);
            assertThatThrownBy(() -> remote.load(List.of(T))).isInstanceOf(JournalUnavailableException.class);
            provider.isAway = false;
            owner.submit(thread("new"), "1");
            assertThat(remote.load(List.of(T, thread("new")))).isEqualTo(owner.states);
        }
    }

    @Test
    void oneThreadWhoseKeyIsDamagedCostsTheOthersNothing_andWhatComesForItIsSealedAnew() throws SQLException {
        Owner owner = Owner.of(journal, 0);
        owner.submit(T, "1");
        owner.submit(thread("sound"), "1");
        sql("update thread_key set wrapped = '\\x00' where thread = 't'");
        sealing.erased(T, 1);
        sealing.check(admin);
        assertThat(journal.load(List.of(thread("sound")))).hasSize(1);
        assertThatThrownBy(() -> journal.load(List.of(T, thread("sound"))))
                .isInstanceOf(UnreadableException.class)
                .satisfies(e -> assertThat(((UnreadableException) e).thread()).isEqualTo(T));
        journal.setAside(
                new SetAsideThread(T, 0, "0-1-1", OutboxRow.Kind.THREAD_UNREADABLE, "why"), owner.claim.epoch());
        owner.draft()
                .forward(OutboxRow.Kind.THREAD_SET_ASIDE, "t".getBytes(UTF_8), new byte[] {7}, RawHeaders.NONE, "x")
                .commit();
        assertThat(((OutboxRow) journal.publications(0, 2, 1).getFirst()).value())
                .isEqualTo(new byte[] {7});
        assertThat(journal.setAside(List.of(0), 10))
                .extracting(SetAsideThread::error)
                .containsExactly("why");
    }

    private void erase(String thread) throws SQLException {
        sql("update thread_key set wrapped = null, erased_at_ms = 1 where thread = '" + thread + "'");
    }

    private void sql(String text) throws SQLException {
        try (Statement statement = admin.createStatement()) {
            statement.execute(text);
        }
    }

    private List<String> rows(String query) throws SQLException {
        try (Statement statement = admin.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                all.add(rows.getString(1));
            }
            return all;
        }
    }
}

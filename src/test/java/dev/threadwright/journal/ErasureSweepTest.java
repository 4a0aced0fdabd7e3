package dev.threadwright.journal;

import static dev.threadwright.journal.Owner.thread;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.erasure.ErasedKeys;
import dev.threadwright.erasure.Erasure;
import dev.threadwright.erasure.Erasure.Part;
import dev.threadwright.erasure.Erasure.Status;
import dev.threadwright.erasure.ErasureSweep;
import dev.threadwright.erasure.Erasures;
import dev.threadwright.lifetime.Purge;
import dev.threadwright.sealing.MasterKeyFile;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.tables.Tables;
import dev.threadwright.testing.Dump;
import dev.threadwright.testing.TestDatabase;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Erasures on a real journal, step by step, and as a crash leaves them between any two. */
class ErasureSweepTest {

    private static final int PARTITION = 3;
    private static final ThreadKey GONE = thread("gone");
    private static final ThreadKey KEPT = thread("kept");
    private static final String MARKER = "quetzalcoatl";

    @TempDir
    Path directory;

    private final Map<Integer, Long> published = new HashMap<>();
    private final List<ThreadKey> asked = new ArrayList<>();
    private final Set<ThreadKey> refused = new HashSet<>();
    private TestDatabase database;
    private MasterKeyFile keys;
    private Sealing sealing;
    private PostgresJournal journal;
    private Tables tables;
    private Erasures erasures;
    private Owner owner;

    @BeforeEach
    void twoThreads() {
        database = TestDatabase.migrated("erasure_sweep");
        tables = database.tables();
        erasures = new Erasures(tables);
        MasterKeyFile.add(directory.resolve("keys"), "first");
        keys = MasterKeyFile.read(directory.resolve("keys"));
        open(new Sealing(keys, true, 100));
        content(GONE);
        content(KEPT);
        write("insert into thread_metadata (tenant, thread, metadata) values ('default', 'gone', '{\"who\": \"" + MARKER
                + "\"}')");
    }

    private void open(Sealing of) {
        sealing = of;
        journal = new PostgresJournal(database.settings(), sealing);
        owner = Owner.of(journal, PARTITION);
        published.put(PARTITION, owner.position);
    }

    private void content(ThreadKey thread) {
        owner.draft()
                .decide(Owner.input(thread, "a", "delay", Json.object("text", Json.of(MARKER))))
                .snapshot(thread)
                .forward(
                        OutboxRow.Kind.FAILED,
                        thread.thread().getBytes(UTF_8),
                        MARKER.getBytes(UTF_8),
                        RawHeaders.NONE,
                        "over " + MARKER)
                .commit();
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void aThreadInUseIsDeleted_andWhenThatIsPublishedItsKeyIsDestroyed() {
        String wrapped = wrappedKey("gone");
        request("e", GONE);
        assertThat(sweep()).as("its deletion is decided, and not published").isZero();
        assertThat(asked).containsExactly(GONE);
        assertThat(part("e").waitingFor()).contains("not published yet");
        assertThat(part("e").status()).isEqualTo(Status.REQUESTED);
        assertThat(wrappedKey("gone")).isEqualTo(wrapped);

        published.put(PARTITION, owner.position);
        assertThat(sweep()).isEqualTo(1);
        Part proof = part("e");
        assertThat(proof.status()).isEqualTo(Status.ERASED);
        assertThat(proof.keys()).containsExactly(sha256(wrapped));
        assertThat(proof.lastSeq()).isEqualTo(owner.states.get(GONE).seq());
        assertThat(proof.decisions()).isEqualTo(2);
        assertThat(proof.rows()).isGreaterThan(5);
        assertThat(proof.erasedAtMs()).isNotNull();
        assertThat(proof.waitingFor()).isNull();
        assertThat(wrappedKey("gone")).isNull();
        assertThat(count("decision where thread = 'gone'"))
                .as("rows stay until they are purged")
                .isEqualTo(2);
        assertThat(sweep()).as("again").isZero();
        assertThat(asked).hasSize(1);
    }

    @Test
    void whoHasEveryTableAndTheMasterKeyReadsNothingOfIt() throws SQLException {
        erased(GONE);
        request("other", KEPT);
        sweep();
        published.put(PARTITION, owner.position);
        assertThat(sweep()).isEqualTo(1);
        try (Connection connection = database.source().getConnection()) {
            assertThat(Dump.of(connection).tablesWith(MARKER)).isEmpty();
            assertThat(count("thread_metadata")).isZero();
        }
        try (PostgresJournal thief = new PostgresJournal(database.settings(), new Sealing(keys, true, 100))) {
            assertThat(thief.publications(PARTITION, 0, 100)).hasSize(6).allMatch(ErasedRow.class::isInstance);
            assertThat(thief.load(List.of(GONE)).get(GONE).deleted()).isTrue();
        }
    }

    @Test
    void others_areAsTheyWere() {
        erased(GONE);
        assertThat(journal.load(List.of(KEPT))).containsEntry(KEPT, owner.states.get(KEPT));
        assertThat(new Verifier(database.source(), sealing).verify(KEPT).findings())
                .isEmpty();
        assertThat(new Verifier(database.source(), sealing).lostPositions()).isEmpty();
    }

    @Test
    void verifyingTellsErasedFromDamaged() {
        erased(GONE);
        Verifier verifier = new Verifier(database.source(), sealing);
        assertThat(verifier.verify(GONE)).isEqualTo(new Verified(GONE, 0, true, List.of()));
        write("update decision set actor = 'somebody else' where thread = 'gone' and first_seq = 1");
        Verified damaged = verifier.verify(GONE);
        assertThat(damaged.erased()).isTrue();
        assertThat(damaged.findings()).extracting(Finding::kind).containsExactly(Finding.Kind.ALTERED);
    }

    @Test
    void anErasureSurvivesACrashBetweenAnyTwoSteps() {
        request("e", GONE);
        // Asked for deletion, and died before it was decided: asked again when it is due.
        refused.add(GONE);
        sweep();
        assertThat(part("e").waitingFor()).contains("it could not be deleted").contains("refused for now");
        assertThat(part("e").status()).isEqualTo(Status.REQUESTED);
        sweep();
        assertThat(asked).as("not before its time").hasSize(1);
        refused.clear();
        write("update erased_thread set due_at_ms = 0");
        restart();
        sweep();
        assertThat(asked).hasSize(2);
        // Deleted, and died before its key was destroyed.
        restart();
        published.put(PARTITION, owner.position);
        assertThat(wrappedKey("gone")).isNotNull();
        // Destroyed, and died before anybody was told: the proof was committed with it.
        assertThat(sweep()).isEqualTo(1);
        restart();
        assertThat(part("e").status()).isEqualTo(Status.ERASED);
        assertThat(sweep()).isZero();
    }

    @Test
    void itIsDoneByWhoOwnsThePartition_andEveryOtherServerForgetsTheKey() {
        Sealing others = new Sealing(keys, true, 100);
        try (PostgresJournal another = new PostgresJournal(database.settings(), others)) {
            another.load(List.of(GONE, KEPT));
            request("e", GONE);
            ErasureSweep elsewhere = sweep(others, Map.of(PARTITION + 1, 99L));
            assertThat(elsewhere.sweep()).isZero();
            published.put(PARTITION, owner.position);
            assertThat(elsewhere.sweep())
                    .as("it does not know how far that is published")
                    .isZero();
            assertThat(sweep()).isEqualTo(1);
            assertThat(another.publications(PARTITION, 0, 1))
                    .as("its key is in memory there")
                    .singleElement()
                    .isInstanceOf(DecisionRow.class);
            new ErasedKeys(tables, others, Clock.systemUTC()).forget();
            assertThat(another.publications(PARTITION, 0, 1)).singleElement().isInstanceOf(ErasedRow.class);
        }
    }

    @Test
    void aThreadThatIsSetAsideIsErasedAsItIs() {
        // Nobody can read it, so nobody can decide on its deletion.
        write("update decision set events = '\"sealed:1:1:AAAA\"' where thread = 'gone'");
        journal.setAside(
                new SetAsideThread(GONE, PARTITION, "3-1-1", OutboxRow.Kind.THREAD_UNREADABLE, MARKER),
                owner.claim.epoch());
        long seq = owner.states.get(GONE).seq();
        write(
                "insert into owed (due_at_ms, partition, kind, tenant, thread, ref) values (1, 3, 'timer', 'default', 'gone', 'x')");
        request("e", GONE);
        published.put(PARTITION, owner.position);
        assertThat(sweep()).isEqualTo(1);
        assertThat(asked).isEmpty();
        assertThat(part("e").status()).isEqualTo(Status.ERASED);
        assertThat(part("e").lastSeq()).isEqualTo(seq + 1);
        assertThat(journal.setAside(List.of(PARTITION), 10)).isEmpty();
        assertThat(journal.load(List.of(GONE)).get(GONE).deleted()).isTrue();
        assertThat(journal.timers(List.of(PARTITION), Long.MAX_VALUE, 10)).isEmpty();
        Verified verified = new Verifier(database.source(), sealing).verify(GONE);
        assertThat(verified.erased()).isTrue();
        assertThat(verified.findings()).extracting(Finding::kind).containsOnly(Finding.Kind.ALTERED);
        assertThat(purge(Duration.ZERO)).isPositive();
        assertThat(count("decision where thread = 'gone'")).isZero();
    }

    @Test
    void whatWasSetAsideOfAThreadThatNeverWasIsErased() {
        ThreadKey never = thread("never");
        owner.draft()
                .forward(
                        OutboxRow.Kind.INVALID,
                        "never".getBytes(UTF_8),
                        MARKER.getBytes(UTF_8),
                        RawHeaders.NONE,
                        MARKER)
                .commit();
        request("e", never);
        assertThat(sweep()).isEqualTo(1);
        assertThat(part("e").keys()).hasSize(1);
        assertThat(part("e").rows()).isEqualTo(1);
        assertThat(part("e").lastSeq()).isZero();
        assertThat(asked).isEmpty();
    }

    @Test
    void aThreadThatWasDeletedBeforeIsErased_andARecordThatCameForItLaterByAnErasureOfItsOwn() {
        owner.draft().decide(deletion(GONE)).commit();
        published.put(PARTITION, owner.position);
        request("first", GONE);
        assertThat(sweep()).isEqualTo(1);
        owner.draft()
                .forward(
                        OutboxRow.Kind.INVALID, "gone".getBytes(UTF_8), MARKER.getBytes(UTF_8), RawHeaders.NONE, MARKER)
                .commit();
        published.put(PARTITION, owner.position);
        request("second", GONE);
        assertThat(sweep()).isEqualTo(1);
        assertThat(part("second").keys())
                .hasSize(1)
                .doesNotContainAnyElementsOf(part("first").keys());
        assertThat(count("thread_key where thread = 'gone' and wrapped is not null"))
                .isZero();
    }

    @Test
    void whatWasNeverSealedIsTakenAway_andErasedIsSaidWhenItIsGone() throws SQLException {
        journal.close();
        open(Sealing.none());
        ThreadKey clear = thread("clear");
        content(clear);
        request("e", clear);
        published.put(PARTITION, owner.position);
        assertThat(sweep()).isZero();
        published.put(PARTITION, owner.position);
        assertThat(sweep()).isEqualTo(1);
        assertThat(part("e").status()).isEqualTo(Status.PURGING);
        assertThat(part("e").erasedAtMs()).isNull();
        assertThat(purge()).isPositive();
        sweep();
        try (Connection connection = database.source().getConnection()) {
            assertThat(Dump.of(connection).tablesWith(MARKER))
                    .as("the metadata are of another thread")
                    .containsOnly("outbox", "thread_metadata");
        }
        assertThat(part("e").status()).as("the outbox goes in its own time").isEqualTo(Status.PURGING);
        assertThat(part("e").waitingFor()).contains("never encrypted");
        purgeOutbox();
        sweep();
        assertThat(part("e").status()).isEqualTo(Status.ERASED);
        assertThat(part("e").erasedAtMs()).isNotNull();
        assertThat(part("e").waitingFor()).isNull();
        assertThat(part("e").keys()).isEmpty();
        try (Connection connection = database.source().getConnection()) {
            assertThat(Dump.of(connection).tablesWith(MARKER)).containsOnly("thread_metadata");
        }
    }

    @Test
    void whatWasNeverSealedForAThreadThatNeverWasIsInTheOutboxUntilThatIsPurged() {
        journal.close();
        open(Sealing.none());
        owner.draft()
                .forward(
                        OutboxRow.Kind.INVALID,
                        "never".getBytes(UTF_8),
                        MARKER.getBytes(UTF_8),
                        RawHeaders.NONE,
                        MARKER)
                .commit();
        published.put(PARTITION, owner.position);
        request("e", thread("never"));
        assertThat(sweep()).isEqualTo(1);
        assertThat(part("e").status()).isEqualTo(Status.PURGING);
        purgeOutbox();
        sweep();
        assertThat(part("e").status()).isEqualTo(Status.ERASED);
    }

    @Test
    void aThreadOfWhichOnlySomeRowsWereSealedIsPurged() {
        // As it was for a while without encryption: a command came to nothing then, and nothing else.
        write("update outcome set result = '{\"type\":\"unchanged\",\"message\":\"" + MARKER
                + "\"}' where thread = 'gone'");
        request("e", GONE);
        sweep();
        published.put(PARTITION, owner.position);
        assertThat(sweep()).isEqualTo(1);
        assertThat(part("e").status()).isEqualTo(Status.PURGING);
        assertThat(purge()).isPositive();
        sweep();
        assertThat(part("e").status()).isEqualTo(Status.ERASED);
    }

    @Test
    void aPurgeDestroysTheKeyOfWhatItTakesAway_andKeepsTheProof() {
        erased(GONE);
        owner.draft().decide(deletion(KEPT)).commit();
        published.put(PARTITION, owner.position);
        Part proof = part("e");
        assertThat(purge()).isPositive();
        assertThat(count("decision")).isZero();
        assertThat(wrappedKey("kept"))
                .as("copies of its rows are good for nothing now")
                .isNull();
        assertThat(part("e")).isEqualTo(proof);
        Erasure whole = erasures.one("default", "e").await().indefinitely();
        assertThat(whole).isNotNull();
        assertThat(whole.reason()).isEqualTo("because");
        assertThat(whole.requestedBy()).isEqualTo("tester");
    }

    @Test
    void threadsAreFoundByTheirMetadata_soManyAtMost() {
        Erasures.Answer answer = answer(wish("m", List.of(), Json.object("who", Json.of(MARKER))));
        assertThat(((Erasures.Answer.Accepted) answer).erasure().threads())
                .extracting(Part::thread)
                .containsExactly("gone");
        assertThat(answer(wish("n", List.of(), Json.object("who", Json.of(1)))))
                .isInstanceOf(Erasures.Answer.Nothing.class);
        assertThat(answer(wish("o", List.of("gone", "no-such"), null)))
                .isEqualTo(new Erasures.Answer.Unknown("no-such"));
        write("insert into thread_metadata select 'default', 'x' || i, '{\"a\": 1}' from generate_series(0, 1000) i");
        assertThat(answer(wish("p", List.of(), Json.object("a", Json.of(1)))))
                .isInstanceOf(Erasures.Answer.TooMany.class);
        assertThat(count("erasure")).as("nothing of what was refused").isEqualTo(1);
        assertThat(erasures.one("other", "m").await().indefinitely())
                .as("another tenant's")
                .isNull();
    }

    @Test
    void theSameRequestIsOneErasure_andAnotherOneUnderItsIdIsRefused() {
        Json.Obj who = Json.object("who", Json.of(MARKER));
        Erasures.Request request = wish("k", List.of("gone", "kept"), who);
        assertThat(answer(request)).isEqualTo(answer(request));
        assertThat(answer(wish("k", List.of("kept", "gone"), who))).isInstanceOf(Erasures.Answer.Accepted.class);
        assertThat(count("erased_thread")).isEqualTo(2);
        assertThat(List.of(
                        new Erasures.Request(
                                "default", "k", "tester", "key", "something else", List.of("gone", "kept"), who),
                        wish("k", List.of("gone"), who),
                        wish("k", List.of("gone", "kept"), null),
                        wish("k", List.of("gone", "kept"), Json.object("who", Json.of("else")))))
                .allSatisfy(other -> assertThat(answer(other)).isInstanceOf(Erasures.Answer.IdTaken.class));
    }

    @Test
    void theAuditLogSaysOfEachThreadWhoWantedItErased() {
        answer(wish("k", List.of("gone", "kept"), null));
        answer(wish("k", List.of("gone", "kept"), null));
        List<String> entries = tables.writeNow(sql -> sql.query(
                "select concat_ws(' ', tenant, chain, caller, known, act, outcome, thread, target) from audit_entry"
                        + " order by number",
                row -> row.getString(1)));
        assertThat(entries)
                .containsExactly(
                        "default requests tester key thread.erase done gone k",
                        "default requests tester key thread.erase done kept k");
    }

    @Test
    void oneSweepHasSoManyDeleted_andTheNextGoesOn() {
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            owner.submit(thread("m" + i), "1");
            many.add("m" + i);
        }
        answer(wish("m", many, null));
        sweep();
        assertThat(asked).hasSize(50);
        sweep();
        assertThat(asked).hasSize(60).doesNotHaveDuplicates();
        published.put(PARTITION, owner.position);
        assertThat(sweep() + sweep()).isEqualTo(60);
        Erasure done = erasures.one("default", "m").await().indefinitely();
        assertThat(done == null ? null : done.status()).isEqualTo(Status.ERASED);
    }

    @Test
    void oneThreadThatCannotBeErasedCostsTheOthersNothing_andGoesBehindThem() {
        write("create function refuse() returns trigger language plpgsql as $$ begin"
                + " raise exception 'it takes too long' using errcode = 'query_canceled'; end $$");
        write("create trigger refuses before update on thread_key for each row"
                + " when (old.thread = 'gone') execute function refuse()");
        owner.draft().decide(deletion(GONE)).commit();
        owner.draft().decide(deletion(KEPT)).commit();
        published.put(PARTITION, owner.position);
        request("e", GONE);
        request("f", KEPT);
        assertThat(sweep()).isEqualTo(1);
        assertThat(part("f").status()).isEqualTo(Status.ERASED);
        assertThat(part("e").waitingFor()).contains("could not be destroyed").contains("it takes too long");
        assertThat(count("erased_thread where erasure = 'e' and attempts = 1")).isEqualTo(1);
        write("drop trigger refuses on thread_key");
        assertThat(sweep()).isEqualTo(1);
        assertThat(part("e").status()).isEqualTo(Status.ERASED);
    }

    private void erased(ThreadKey thread) {
        request("e", thread);
        sweep();
        published.put(PARTITION, owner.position);
        assertThat(sweep()).isEqualTo(1);
    }

    /** As another process would find it. */
    private void restart() {
        sealing.erased(GONE, 1);
        sealing.erased(KEPT, 1);
        journal.close();
        Map<ThreadKey, dev.threadwright.thread.ThreadState> states = owner.states;
        open(new Sealing(keys, true, 100));
        owner.states.putAll(states);
    }

    private int sweep() {
        return sweep(sealing, published).sweep();
    }

    private ErasureSweep sweep(Sealing of, Map<Integer, Long> own) {
        return new ErasureSweep(
                tables,
                new ErasedKeys(tables, of, Clock.systemUTC()),
                this::delete,
                () -> Map.copyOf(own),
                ThreadRows.noSettings(),
                Clock.systemUTC());
    }

    private CompletionStage<?> delete(ThreadKey thread) {
        asked.add(thread);
        if (refused.contains(thread)) {
            return CompletableFuture.failedFuture(new IllegalStateException("refused for now"));
        }
        owner.draft().decide(deletion(thread)).commit();
        return CompletableFuture.completedFuture(null);
    }

    private static Command deletion(ThreadKey thread) {
        return new Command.DeleteThread(new Command.Header(thread, 1_000, null, "", "thread.delete", "test"), null);
    }

    /** Of what was deleted in 1970, as commands of these tests are, all is old. */
    private long purge() {
        return purge(Duration.ofDays(1));
    }

    private void purgeOutbox() {
        assertThat(new Purge(tables, () -> published, Duration.ofDays(1), Duration.ZERO, Clock.systemUTC()).sweep())
                .isPositive();
    }

    private long purge(Duration keep) {
        return new Purge(tables, () -> published, keep, Duration.ofDays(100_000), Clock.systemUTC()).sweep();
    }

    private static Erasures.Request wish(String id, List<String> threads, Json.@Nullable Obj metadata) {
        return new Erasures.Request("default", id, "tester", "key", "because", threads, metadata);
    }

    private void request(String id, ThreadKey thread) {
        assertThat(answer(wish(id, List.of(thread.thread()), null))).isInstanceOf(Erasures.Answer.Accepted.class);
    }

    private Erasures.Answer answer(Erasures.Request request) {
        return erasures.request(request).await().indefinitely();
    }

    private Part part(String id) {
        Erasure erasure = erasures.one("default", id).await().indefinitely();
        assertThat(erasure).isNotNull();
        return erasure.threads().getFirst();
    }

    private @Nullable String wrappedKey(String thread) {
        return tables.changeNow(sql -> sql.first(
                "select encode(wrapped, 'hex') from thread_key where thread = ?", row -> row.getString(1), thread));
    }

    private static String sha256(String hex) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(HexFormat.of().parseHex(hex)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private long count(String what) {
        return tables.writeNow(sql -> sql.query("select count(*) from " + what, row -> row.getLong(1)))
                .getFirst();
    }

    private void write(String statement) {
        tables.writeNow(sql -> sql.update(statement));
    }
}

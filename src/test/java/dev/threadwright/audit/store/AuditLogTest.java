package dev.threadwright.audit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.audit.Act;
import dev.threadwright.audit.Entry;
import dev.threadwright.audit.Finding;
import dev.threadwright.audit.Finding.Kind;
import dev.threadwright.audit.Head;
import dev.threadwright.audit.Stage;
import dev.threadwright.audit.store.AuditLog.Filter;
import dev.threadwright.audit.store.AuditLog.New;
import dev.threadwright.audit.store.AuditLog.Place;
import dev.threadwright.testing.TestDatabase;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The audit log in Postgres: what is appended stays, and whatever is done to it otherwise is found. */
class AuditLogTest {

    private static final Filter ALL = new Filter(null, null, null, null, null);

    private final TestDatabase database = TestDatabase.migrated("audit_log");
    private final AuditLog log = new AuditLog(database.tables());
    private final AuditVerifier verifier = new AuditVerifier(database.tables());

    private static New entry(String tenant, String caller, String thread) {
        return new New(
                tenant,
                caller,
                "key",
                Act.THREAD_RELEASE,
                Stage.BEGUN,
                thread,
                "ünïcode , 3:x",
                Json.object("n", Json.of(1)));
    }

    private static <T> T now(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(30));
    }

    private long append(String tenant, String caller, String thread) {
        return now(log.append(entry(tenant, caller, thread)));
    }

    private List<Finding> findings() {
        return verifier.pageNow(null, 10_000).findings();
    }

    @Test
    void whatIsAppendedIsReadAndVerified() {
        append("acme", "ann", "t-1");
        append("acme", "ben", "");
        List<Entry> entries = now(log.page("acme", ALL, false, null, 10));
        assertThat(entries)
                .extracting(Entry::tenant, Entry::chain, Entry::number, Entry::caller, Entry::thread)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("acme", "requests", 1L, "ann", "t-1"),
                        org.assertj.core.groups.Tuple.tuple("acme", "requests", 2L, "ben", ""));
        assertThat(entries.getFirst().previous()).isEqualTo(Entry.NO_HASH);
        assertThat(entries.getLast().previous()).isEqualTo(entries.getFirst().hash());
        assertThat(entries.getFirst().detail()).isEqualTo("{\"n\":1}");
        assertThat(entries.getFirst().act()).isEqualTo("thread.release");
        // Postgres has hashed them, and this is Java.
        assertThat(findings()).isEmpty();
        assertThat(verifier.pageNow(null, 10_000).entries()).isEqualTo(2);
        assertThat(now(log.heads("acme")))
                .containsExactly(
                        new Head("acme", "requests", 2, entries.getLast().hash()));
    }

    @Test
    void whoeverAppendsAtOnceGetsNumbersWithoutAGap() throws Exception {
        AuditLog another = new AuditLog(database.tables());
        int each = 40;
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<List<Long>>> work = IntStream.range(0, 8)
                    .<Callable<List<Long>>>mapToObj(i -> () -> IntStream.range(0, each)
                            .mapToObj(n -> now((i % 2 == 0 ? log : another).append(entry("acme", "ann", "t" + i))))
                            .toList())
                    .toList();
            List<Long> numbers = new ArrayList<>();
            for (Future<List<Long>> done : threads.invokeAll(work)) {
                numbers.addAll(done.get());
            }
            assertThat(numbers)
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.rangeClosed(1, 8 * each).boxed().toList());
        }
        assertThat(findings()).isEmpty();
        assertThat(now(log.heads("acme")))
                .singleElement()
                .extracting(Head::number)
                .isEqualTo(8L * each);
    }

    @Test
    void aTransactionThatEndsBadlyLeavesNoGap() {
        append("acme", "ann", "a");
        assertThatThrownBy(() -> database.tables().writeNow(sql -> {
                    AuditLog.append(sql, List.of(entry("acme", "ann", "b")));
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessage("on purpose");
        assertThat(append("acme", "ann", "c")).isEqualTo(2);
        assertThat(findings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update audit_entry set caller = 'ben'",
                "update audit_entry set caller = caller where false",
                "delete from audit_entry",
                "truncate audit_entry",
                "truncate audit_entry, audit_head",
                "delete from audit_head",
                "truncate audit_head",
                "update audit_head set number = 0",
                "update audit_head set number = number + 1",
                "update audit_head set hash = previous from audit_entry",
                "insert into audit_entry select * from audit_entry",
            })
    void nothingElseThanAppendingIsDoneForTheEngineItself(String statement) {
        append("acme", "ann", "a");
        assertThatThrownBy(() -> database.sql(statement)).isInstanceOf(SQLException.class);
        assertThat(findings()).isEmpty();
        assertThat(now(log.page("acme", ALL, false, null, 10))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select append_audit_v1(null, array['acme'], array['requests'], array[''], array[''], array[''], array[''],"
                        + " array[''], array[''], array[''])",
                "insert into audit_entry select * from audit_entry",
            })
    void readersAppendNothing(String statement) {
        append("acme", "ann", "a");
        assertThatThrownBy(() -> now(database.tables().read("acme", sql -> sql.query(statement, row -> true))))
                .isInstanceOf(RuntimeException.class);
        assertThat(now(log.page("acme", ALL, false, null, 10))).hasSize(1);
    }

    @Test
    void aTenantSeesItsOwnAndWhatWasDoneToTheWholeServer() throws SQLException {
        append("acme", "ann", "of acme");
        append("globex", "gus", "of globex");
        append(Entry.SERVER, "root", "of all");
        assertThat(now(log.page("acme", ALL, false, null, 10)))
                .extracting(Entry::thread)
                .containsExactly("of acme", "of all");
        assertThat(now(log.heads("acme"))).extracting(Head::tenant).containsExactly("*", "acme");
        // Not because somebody asked for the tenant alone: others are not there.
        List<String> seen = now(database.tables()
                .read(
                        "acme",
                        sql -> sql.query("select thread from audit_entry order by thread", row -> row.getString(1))));
        assertThat(seen).containsExactly("of acme", "of all");
        disabled("update audit_entry set caller = 'x' where tenant = 'globex'");
        assertThat(now(verifier.page("acme", null, 100)).findings()).isEmpty();
        assertThat(now(verifier.page("globex", null, 100)).findings())
                .singleElement()
                .extracting(Finding::tenant, Finding::number)
                .containsExactly("globex", 1L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tenant",
                "chain",
                "time_ms",
                "caller",
                "known",
                "act",
                "outcome",
                "thread",
                "target",
                "detail",
                "previous",
                "hash"
            })
    void whateverIsAlteredIsFound(String column) throws SQLException {
        for (int i = 0; i < 9; i++) {
            append("acme", "ann", "t" + i);
        }
        String altered = switch (column) {
            case "time_ms" -> "time_ms + 1";
            case "previous", "hash" -> "set_byte(" + column + ", 31, 255 - get_byte(" + column + ", 31))";
            default -> column + " || 'x'";
        };
        disabled("update audit_entry set " + column + " = " + altered + " where number = 5");
        assertThat(findings()).isNotEmpty();
        assertThat(findings().stream().filter(finding -> finding.tenant().equals("acme")))
                .anySatisfy(finding -> assertThat(finding.number()).isEqualTo(5));
    }

    @Test
    void whatIsTakenAwayIsFound() throws SQLException {
        for (int i = 0; i < 9; i++) {
            append("acme", "ann", "t" + i);
        }
        List<Head> before = verifier.headsNow();
        disabled("delete from audit_entry where number = 4");
        assertThat(findings())
                .extracting(Finding::number, Finding::kind)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(4L, Kind.MISSING));
        disabled("delete from audit_entry where number > 6");
        assertThat(findings())
                .extracting(Finding::number, Finding::kind)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(4L, Kind.MISSING),
                        org.assertj.core.groups.Tuple.tuple(7L, Kind.TRUNCATED));
        assertThat(verifier.expectedNow(before))
                .singleElement()
                .extracting(Finding::kind)
                .isEqualTo(Kind.TRUNCATED);
    }

    /** By whoever has all rights, and knows how all this is made: only what is kept elsewhere tells. */
    @Test
    void whatIsCutOffOrWrittenAnewWithItsHeadIsFoundByAnEarlierHead() throws SQLException {
        for (int i = 0; i < 9; i++) {
            append("acme", "ann", "t" + i);
        }
        List<Head> before = verifier.headsNow();
        assertThat(verifier.expectedNow(before)).isEmpty();
        disabled("delete from audit_entry where number > 6");
        disabled("update audit_head set number = 6, hash = (select hash from audit_entry where number = 6)");
        assertThat(findings()).isEmpty();
        assertThat(verifier.expectedNow(before))
                .singleElement()
                .extracting(Finding::number, Finding::kind)
                .containsExactly(9L, Kind.TRUNCATED);
        for (int i = 0; i < 9; i++) {
            append("acme", "ben", "other " + i);
        }
        assertThat(findings()).isEmpty();
        assertThat(verifier.expectedNow(before))
                .singleElement()
                .extracting(Finding::number, Finding::kind)
                .containsExactly(9L, Kind.ALTERED);
        assertThat(now(verifier.expected("acme", before))).hasSize(1);
    }

    @Test
    void aChainWithoutAHeadIsFound() throws SQLException {
        append("acme", "ann", "t");
        disabled("delete from audit_head");
        assertThat(findings()).singleElement().extracting(Finding::number).isEqualTo(1L);
    }

    @Test
    void pagesComeToWhatTheWholeComesTo() throws SQLException {
        for (int i = 0; i < 23; i++) {
            append("acme", "ann", "t" + i);
            append("globex", "gus", "t" + i);
        }
        append(Entry.SERVER, "root", "");
        disabled("delete from audit_entry where number in (7, 13, 14)");
        disabled("update audit_entry set caller = 'ben' where number = 10 and tenant = 'globex'");
        disabled("delete from audit_entry where number > 20 and tenant = 'acme'");
        AuditVerifier.Page whole = verifier.pageNow(null, 10_000);
        assertThat(whole.findings()).hasSize(6);
        assertThat(whole.next()).isNull();
        for (int limit = 1; limit < 30; limit++) {
            List<Finding> findings = new ArrayList<>();
            long entries = 0;
            AuditVerifier.Place at = null;
            do {
                AuditVerifier.Page page = verifier.pageNow(at, limit);
                assertThat(page.entries()).isLessThanOrEqualTo(limit);
                findings.addAll(page.findings());
                entries += page.entries();
                at = page.next();
            } while (at != null);
            assertThat(findings).as("limit %d", limit).isEqualTo(whole.findings());
            assertThat(entries).isEqualTo(whole.entries());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pagesOfAListHaveEachEntryOnce(boolean newestFirst) {
        for (int i = 0; i < 12; i++) {
            append("acme", i % 2 == 0 ? "ann" : "ben", "t" + i % 3);
        }
        append(Entry.SERVER, "root", "");
        List<Entry> whole = now(log.page("acme", ALL, newestFirst, null, 100));
        assertThat(whole).hasSize(13);
        List<Entry> pages = new ArrayList<>();
        Place at = null;
        List<Entry> page;
        do {
            page = now(log.page("acme", ALL, newestFirst, at, 5));
            pages.addAll(page);
            Entry last = pages.getLast();
            at = new Place(last.timeMs(), last.chain(), last.number());
        } while (page.size() == 5);
        assertThat(pages).isEqualTo(whole);
        List<Entry> ordered = newestFirst ? whole.reversed() : whole;
        assertThat(ordered.stream().map(Entry::timeMs)).isSorted();
    }

    @Test
    void aListIsOfWhatIsAskedFor() {
        for (int i = 0; i < 12; i++) {
            append("acme", i % 2 == 0 ? "ann" : "ben", "t" + i % 3);
        }
        Entry fifth = now(log.page("acme", ALL, false, null, 100)).get(4);
        assertThat(now(log.page("acme", new Filter("t1", null, null, null, null), false, null, 100)))
                .hasSize(4)
                .allMatch(entry -> entry.thread().equals("t1"));
        assertThat(now(log.page("acme", new Filter("t1", "ben", null, null, null), false, null, 100)))
                .hasSize(2)
                .allMatch(entry -> entry.caller().equals("ben"));
        assertThat(now(log.page("acme", new Filter(null, null, "thread.delete", null, null), false, null, 100)))
                .isEmpty();
        assertThat(now(log.page("acme", new Filter(null, null, "thread.release", null, null), false, null, 100)))
                .hasSize(12);
        Filter until = new Filter(null, null, null, null, fifth.timeMs());
        Filter since = new Filter(null, null, null, fifth.timeMs(), null);
        List<Entry> before = now(log.page("acme", until, false, null, 100));
        List<Entry> after = now(log.page("acme", since, false, null, 100));
        assertThat(before).allMatch(entry -> entry.timeMs() < fifth.timeMs());
        assertThat(after).contains(fifth).allMatch(entry -> entry.timeMs() >= fifth.timeMs());
        assertThat(Stream.concat(before.stream(), after.stream())).hasSize(12);
    }

    @Test
    void aNameThatPostgresHasNoTextForIsRecordedAsWellAsItCanBe() {
        append("acme", "ann", "a\0b");
        assertThat(now(log.page("acme", ALL, false, null, 10)))
                .singleElement()
                .extracting(Entry::thread)
                .isEqualTo("a\uFFFDb");
        assertThat(findings()).isEmpty();
    }

    /** As somebody would who may change the schema. */
    private void disabled(String statement) throws SQLException {
        database.sql(
                "alter table audit_entry disable trigger all; alter table audit_head disable trigger all; " + statement
                        + "; alter table audit_entry enable trigger all; alter table audit_head enable trigger all");
    }
}

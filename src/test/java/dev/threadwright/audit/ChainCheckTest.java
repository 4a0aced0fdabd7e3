package dev.threadwright.audit;

import static dev.threadwright.testing.Records.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.threadwright.audit.Finding.Kind;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is done to a chain is found, and where it begins. */
class ChainCheckTest {

    private static final int ENTRIES = 20;

    /** As Postgres makes it; that it does is what AuditLogTest is for. */
    private static List<Entry> chain(int count, String detail) {
        List<Entry> chain = new ArrayList<>();
        String previous = Entry.NO_HASH;
        for (int i = 1; i <= count; i++) {
            Entry entry = hashed(new Entry(
                    "acme",
                    "requests",
                    i,
                    1_000 + i,
                    "ann",
                    "key",
                    "verify",
                    "done",
                    "thread " + i,
                    "target",
                    detail,
                    previous,
                    ""));
            chain.add(entry);
            previous = entry.hash();
        }
        return chain;
    }

    private static Entry hashed(Entry entry) {
        return with(entry, "hash", EntryHash.of(entry));
    }

    private static List<Finding> check(List<Entry> chain, Head head) {
        ChainCheck check = ChainCheck.ofAll("acme", "requests");
        chain.forEach(check::add);
        check.end(head);
        return check.findings();
    }

    private static Head head(List<Entry> chain) {
        Entry last = chain.getLast();
        return new Head("acme", "requests", last.number(), last.hash());
    }

    @Test
    void aChainAsItWasWrittenHasNothing() {
        List<Entry> chain = chain(ENTRIES, "{}");
        assertThat(check(chain, head(chain))).isEmpty();
    }

    private record Altered(String field, UnaryOperator<Entry> how) {
        @Override
        public String toString() {
            return field;
        }
    }

    static Stream<Altered> everyField() {
        return Stream.concat(
                Stream.of(Entry.class.getRecordComponents())
                        .map(RecordComponent::getName)
                        .map(name -> new Altered(name, entry -> with(entry, name, other(entry, name)))),
                // What one field loses and the next one gains is an alteration, too.
                Stream.of(new Altered(
                        "where a field ends",
                        e -> with(
                                with(e, "caller", e.caller() + "k"),
                                "known",
                                e.known().substring(1)))));
    }

    private static Object other(Entry entry, String field) {
        return switch (field) {
            case "number" -> entry.number() + 1_000;
            case "timeMs" -> entry.timeMs() + 1;
            case "hash" -> Entry.NO_HASH;
            case "previous" -> "1".repeat(64);
            default -> "other";
        };
    }

    @ParameterizedTest
    @MethodSource("everyField")
    void anAlteredFieldIsFoundWhereItIs(Altered altered) {
        List<Entry> chain = chain(ENTRIES, "{}");
        Head head = head(chain);
        for (int i = 0; i < ENTRIES; i++) {
            List<Entry> one = new ArrayList<>(chain);
            Entry other = altered.how().apply(chain.get(i));
            one.set(i, other);
            List<Finding> findings = check(one, head);
            assertThat(findings.getFirst().number()).isEqualTo(i + 1L);
            assertThat(findings)
                    .extracting(Finding::number, Finding::kind)
                    .contains(tuple(other.number(), Kind.ALTERED));
        }
    }

    @Test
    void anAlteredEntryWithAHashOfItsOwnIsFoundBehindIt() {
        List<Entry> chain = chain(ENTRIES, "{}");
        Head head = head(chain);
        for (int i = 0; i < ENTRIES; i++) {
            Entry e = chain.get(i);
            List<Entry> one = new ArrayList<>(chain);
            one.set(i, hashed(with(e, "caller", "ben")));
            assertThat(check(one, head))
                    .singleElement()
                    .extracting(Finding::number, Finding::kind)
                    .containsExactly((long) Math.min(i + 2, ENTRIES), Kind.UNLINKED);
        }
    }

    @Test
    void aRemovedEntryIsFoundWhereItWas() {
        List<Entry> chain = chain(ENTRIES, "{}");
        Head head = head(chain);
        for (int i = 0; i < ENTRIES; i++) {
            List<Entry> one = new ArrayList<>(chain);
            one.remove(i);
            assertThat(check(one, head))
                    .singleElement()
                    .extracting(Finding::number, Finding::kind)
                    .containsExactly((long) i + 1, i == ENTRIES - 1 ? Kind.TRUNCATED : Kind.MISSING);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void swappedEntriesAreFoundAtTheFirst(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        List<Entry> chain = chain(ENTRIES, "{}");
        int first = random.nextInt(ENTRIES - 1);
        int second = random.nextInt(first + 1, ENTRIES);
        List<Entry> swapped = new ArrayList<>(chain);
        swapped.set(first, with(chain.get(second), "number", first + 1L));
        swapped.set(second, with(chain.get(first), "number", second + 1L));
        assertThat(check(swapped, head(chain)).getFirst().number()).isEqualTo(first + 1L);
    }

    @Test
    void anInsertedEntryIsFoundBehindWhatItFollows() {
        List<Entry> chain = chain(ENTRIES, "{}");
        for (int at = 1; at < ENTRIES; at++) {
            List<Entry> more = new ArrayList<>(chain.subList(0, at));
            Entry e = chain.get(at);
            // Well hashed behind the one before; and those behind it move on by one.
            more.add(hashed(with(with(e, "number", at + 1L), "caller", "ben")));
            for (Entry behind : chain.subList(at, ENTRIES)) {
                more.add(with(behind, "number", behind.number() + 1));
            }
            assertThat(check(more, head(chain)).getFirst().number()).isEqualTo(at + 2L);
        }
    }

    @Test
    void aTruncatedTailIsFoundByTheHead() {
        List<Entry> chain = chain(ENTRIES, "{}");
        assertThat(check(chain.subList(0, 12), head(chain)))
                .singleElement()
                .extracting(Finding::number, Finding::kind)
                .containsExactly(13L, Kind.TRUNCATED);
        assertThat(check(List.of(), head(chain)))
                .singleElement()
                .extracting(Finding::number, Finding::kind)
                .containsExactly(1L, Kind.TRUNCATED);
    }

    /** Nothing in the chain tells, so this is what heads are kept elsewhere for. */
    @Test
    void aChainThatWasWrittenAnewIsFoundByTheHeadAlone() {
        List<Entry> chain = chain(ENTRIES, "{}");
        List<Entry> anew = chain(ENTRIES, "{\"seq\":1}");
        assertThat(check(anew, head(anew))).isEmpty();
        assertThat(check(anew, head(chain)))
                .singleElement()
                .extracting(Finding::number, Finding::kind)
                .containsExactly((long) ENTRIES, Kind.UNLINKED);
    }

    @Test
    void aPageGoesOnWhereTheLastOneEnded() {
        List<Entry> chain = chain(ENTRIES, "{}");
        for (int at = 1; at < ENTRIES; at++) {
            ChainCheck check =
                    ChainCheck.behind("acme", "requests", at, chain.get(at - 1).hash());
            chain.subList(at, ENTRIES).forEach(check::add);
            check.end(head(chain));
            assertThat(check.findings()).isEmpty();
            ChainCheck other = ChainCheck.behind("acme", "requests", at, Entry.NO_HASH);
            chain.subList(at, ENTRIES).forEach(other::add);
            assertThat(other.findings())
                    .singleElement()
                    .extracting(Finding::number, Finding::kind)
                    .containsExactly(at + 1L, Kind.UNLINKED);
        }
    }

    @Test
    void findingsAreBounded() {
        List<Entry> chain = chain(2 * ChainCheck.MAX_FINDINGS, "{}");
        Head head = head(chain);
        chain.replaceAll(entry -> with(entry, "hash", Entry.NO_HASH));
        assertThat(check(chain, head)).hasSize(ChainCheck.MAX_FINDINGS);
    }

    /** docs/audit.md has this, for whoever verifies with something else. */
    @Test
    void theHashIsThatOfThePage() {
        Entry entry = new Entry(
                "default",
                "requests",
                1,
                1_767_225_600_000L,
                "ann",
                "key",
                "thread.release",
                "begun",
                "t-1",
                "",
                "{}",
                Entry.NO_HASH,
                "");
        assertThat(EntryHash.of(entry))
                .isEqualTo(Sha256.of("20:threadwright-audit-1,7:default,8:requests,1:1,13:1767225600000,3:ann,3:key,"
                        + "14:thread.release,5:begun,3:t-1,0:,2:{},64:" + Entry.NO_HASH + ","));
    }

    @Test
    void headsAreTexts() {
        Head head = new Head("acme", "partition-3", 17, "ab".repeat(32));
        assertThat(Head.parse(head.toString())).isEqualTo(head);
        assertThat(Head.parse("acme/partition-3:17")).isNull();
        assertThat(Head.parse("*/server:1:" + "0".repeat(64))).isEqualTo(new Head("*", "server", 1, "0".repeat(64)));
    }

    @Test
    void actsHaveWordsOfTheirOwn() {
        assertThat(Stream.of(Act.values()).map(Act::word).distinct()).hasSize(Act.values().length);
        assertThat(Stream.of(Act.values()))
                .allSatisfy(act -> assertThat(Act.ofWord(act.word())).isEqualTo(act));
        assertThat(Act.DEAD_LETTER_REPLAY.word()).isEqualTo("dead_letter.replay");
    }
}

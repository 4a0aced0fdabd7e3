package dev.threadwright.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.json.JsonText;
import dev.threadwright.tables.Tables;
import dev.threadwright.testing.HeldClock;
import dev.threadwright.testing.TestDatabase;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is kept, for how long, and how it is found; on a real database, by a clock that the test holds. */
class StoreTest {

    private static final String TENANT = "default";
    private static final long MINUTE_MS = 60_000;

    private static Tables tables;

    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private final HeldClock clock = new HeldClock(START);
    private final Store store = new Store(tables, clock.utc());

    @BeforeAll
    static void database() {
        tables = TestDatabase.migrated("store").tables();
    }

    @BeforeEach
    void nothing() {
        tables.writeNow(sql -> sql.update("delete from store_item"));
    }

    @Test
    void aTenantSeesItsItemsAndNoOthers() {
        put(TENANT, "a", "k", "{\"n\":1}", null);
        put("other", "a", "k", "{\"n\":2}", null);

        assertThat(value(TENANT, "a", "k")).isEqualTo("{\"n\":1}");
        assertThat(value("other", "a", "k")).isEqualTo("{\"n\":2}");
        assertThat(found("third", List.of(), "{}", null)).isEmpty();
        assertThat(found(TENANT, List.of(), "{}", null)).containsExactly("k");
        await(store.delete("other", namespace("a"), "k"));
        assertThat(value(TENANT, "a", "k")).isNotNull();
    }

    @Test
    void numbersKeepTheirDigits() {
        put(TENANT, "a", "k", "{\"id\":12345678901234567890.10,\"big\":1e300}", null);

        Json.Obj value = await(store.get(TENANT, namespace("a"), "k", false)).value();

        assertThat(JsonText.write(value)).contains("12345678901234567890.10");
        assertThat(((Json.Num) value.get("big")).value()).isEqualByComparingTo("1e300");
    }

    @Test
    void anItemIsGoneWhenItsTimeIsOverAndSweptLater() {
        put(TENANT, "a", "short", "{}", MINUTE_MS);
        put(TENANT, "a", "long", "{}", 10 * MINUTE_MS);
        put(TENANT, "a", "ever", "{}", null);

        clock.advance(Duration.ofMinutes(1));

        assertThat(value(TENANT, "a", "short")).isNull();
        assertThat(found(TENANT, List.of("a"), "{}", null)).containsExactly("ever", "long");
        assertThat(rows()).isEqualTo(3);
        assertThat(store.sweep()).isEqualTo(1);
        assertThat(store.sweep()).isZero();
        assertThat(rows()).isEqualTo(2);
        clock.advance(Duration.ofMinutes(10));
        assertThat(namespaces(List.of(), List.of(), null)).containsExactly("a");
        await(store.delete(TENANT, namespace("a"), "ever"));
        assertThat(namespaces(List.of(), List.of(), null)).isEmpty();
    }

    @Test
    void aReadThatRefreshesLetsItLiveAsLongAgain() {
        put(TENANT, "a", "k", "{}", 10 * MINUTE_MS);
        clock.advance(Duration.ofMinutes(9));
        await(store.get(TENANT, namespace("a"), "k", true));
        clock.advance(Duration.ofMinutes(9));
        await(store.search(TENANT, namespace("a"), null, null, 10, 0, true));
        clock.advance(Duration.ofMinutes(9));
        await(store.get(TENANT, namespace("a"), "k", false));
        await(store.search(TENANT, namespace("a"), null, null, 10, 0, false));

        clock.advance(Duration.ofMinutes(1));

        assertThat(value(TENANT, "a", "k")).isNull();
    }

    @Test
    void puttingAgainCountsAnewAndWithoutATimeForEver() {
        put(TENANT, "a", "k", "{}", 10 * MINUTE_MS);
        clock.advance(Duration.ofMinutes(9));
        put(TENANT, "a", "k", "{}", 10 * MINUTE_MS);
        clock.advance(Duration.ofMinutes(9));
        put(TENANT, "a", "k", "{}", null);
        clock.advance(Duration.ofDays(400));

        Item item = await(store.get(TENANT, namespace("a"), "k", true));
        assertThat(item.expires()).isFalse();
        assertThat(item.createdAtMs()).isEqualTo(START.toEpochMilli());
    }

    @Test
    void whatIsPutInPlaceOfAnExpiredItemIsNew() {
        put(TENANT, "a", "k", "{}", MINUTE_MS);
        clock.advance(Duration.ofMinutes(2));
        put(TENANT, "a", "k", "{}", null);

        assertThat(await(store.get(TENANT, namespace("a"), "k", true)).createdAtMs())
                .isEqualTo(clock.millis());
    }

    @Test
    void aSweepTakesAnyNumberAway() {
        int count = Store.SWEEP_COUNT + 5;
        tables.writeNow(sql -> sql.update(
                "insert into store_item (created_at_ms, updated_at_ms, expires_at_ms, ttl_ms, tenant, namespace, key,"
                        + " value) select 1, 1, 1, 1, 'default', 'a', n::text, '{}' from generate_series(1, ?) n",
                count));

        assertThat(store.sweep()).isEqualTo(count);
        assertThat(rows()).isZero();
    }

    @Test
    void prefixesAreWholeLabels() {
        for (String path : List.of("a", "a.b", "a.b.c", "a.bb", "a-b", "a/b", "b")) {
            put(TENANT, path, path, "{}", null);
        }

        assertThat(found(TENANT, List.of("a"), "{}", null)).containsExactlyInAnyOrder("a", "a.b", "a.b.c", "a.bb");
        assertThat(found(TENANT, List.of("a", "b"), "{}", null)).containsExactlyInAnyOrder("a.b", "a.b.c");
        assertThat(found(TENANT, List.of(), "{}", null)).hasSize(7);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"colour": "red"}                         | a b
            {"colour": "red", "size": 2}              | b
            {"colour": {"$eq": "red"}}                | a b
            {"colour": {"$ne": "red"}}                | c d
            {"colour": null}                          | d
            {"colour": {"$ne": null}}                 | a b c
            {"size": 1.0}                             | a
            {"size": {"$gt": 1}}                      | b c
            {"size": {"$gte": 2, "$lt": 10}}          | b
            {"size": {"$lte": 1}}                     | a
            {"size": {"$gt": "1"}}                    | d
            {"when": {"$gte": "2026-02-01"}}          | b c
            {"box": {"lid": true}}                    | a
            {"box": {"lid": true, "of": "tin"}}       | a
            {"box": {"lid": true, "of": "oak"}}       | ``
            {"box": {"deep": {"n": {"$lt": 5}}}}      | b
            {"box": {"$eq": {"of": "tin", "lid": true}}} | a
            {"box": {"$eq": {"lid": true}}}           | ``
            {"tags": ["x", "y"]}                      | c
            {"tags": ["x"]}                           | ``
            {"tags": {"0": "x"}}                      | ``
            {"box": {}}                               | d
            {}                                        | a b c d
            """)
    void valuesAreFoundByTheirFields(String filter, String keys) {
        put(
                TENANT,
                "f",
                "a",
                "{\"colour\":\"red\",\"size\":1,\"when\":\"2026-01-01\",\"box\":{\"lid\":true,\"of\":\"tin\"}}",
                null);
        put(
                TENANT,
                "f",
                "b",
                "{\"colour\":\"red\",\"size\":2,\"when\":\"2026-02-01\",\"box\":{\"deep\":{\"n\":4}}}",
                null);
        put(TENANT, "f", "c", "{\"colour\":\"blue\",\"size\":10,\"when\":\"2026-03-01\",\"tags\":[\"x\",\"y\"]}", null);
        put(TENANT, "f", "d", "{\"size\":\"2\",\"box\":{}}", null);

        assertThat(String.join(" ", found(TENANT, List.of("f"), filter, null).reversed()))
                .isEqualTo(keys);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            FOX       | a b
            fox jumps | a
            %         | c
            key       | ``
            7         | ``
            straße    | d
            STRASSE   | ``
            """)
    void wordsAreFoundInTextsAtAnyDepthInAnyCase(String words, String keys) {
        put(TENANT, "w", "a", "{\"text\":\"The fox jumps\"}", null);
        put(TENANT, "w", "b", "{\"list\":[{\"deep\":\"a Fox\"}],\"key\":1}", null);
        put(TENANT, "w", "c", "{\"text\":\"100 %\",\"n\":7}", null);
        put(TENANT, "w", "d", "{\"text\":\"Straße\"}", null);

        assertThat(String.join(" ", found(TENANT, List.of("w"), "{}", words).reversed()))
                .isEqualTo(keys);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a": {"$regex": "x"}}    | unknown operator $regex at a
            {"a": {"b": {"$in": []}}} | unknown operator $in at a.b
            {"a": {"$gt": null}}      | compares a by $gt with what is no number and no text
            {"a": {"$gt": 1, "b": 2}} | unknown operator b at a
            """)
    void whatIsNoConditionIsRefused(String filter, String message) {
        assertThatThrownBy(() -> ItemFilter.of((Json.Obj) JsonText.parse(filter)))
                .hasMessageContaining(message);
    }

    @Test
    void aFilterHasSoManyConditions() {
        StringBuilder filter = new StringBuilder("{\"f\":0");
        for (int i = 1; i < ItemFilter.MAX_CONDITIONS; i++) {
            filter.append(",\"f").append(i).append("\":").append(i);
        }
        assertThat(found(TENANT, List.of(), filter + "}", null)).isEmpty();
        String more = filter + ",\"one\":\"more\"}";
        assertThatThrownBy(() -> ItemFilter.of((Json.Obj) JsonText.parse(more)))
                .hasMessageContaining("more than " + ItemFilter.MAX_CONDITIONS);
    }

    @Test
    void namespacesAreListedByPrefixSuffixAndDepth() {
        for (String path : List.of("u.1.mem", "u.2.mem", "u.2.log", "v.1.mem", "u")) {
            put(TENANT, path, "k", "{}", null);
            put(TENANT, path, "l", "{}", null);
        }

        assertThat(namespaces(List.of(), List.of(), null))
                .containsExactly("u", "u.1.mem", "u.2.log", "u.2.mem", "v.1.mem");
        assertThat(namespaces(List.of("u"), List.of(), null)).containsExactly("u", "u.1.mem", "u.2.log", "u.2.mem");
        assertThat(namespaces(List.of("u", "*"), List.of("mem"), null)).containsExactly("u.1.mem", "u.2.mem");
        assertThat(namespaces(List.of("*", "1"), List.of(), null)).containsExactly("u.1.mem", "v.1.mem");
        assertThat(namespaces(List.of(), List.of("1", "*"), null)).containsExactly("u.1.mem", "v.1.mem");
        assertThat(namespaces(List.of(), List.of("u"), null)).containsExactly("u");
        assertThat(namespaces(List.of("u"), List.of(), 2)).containsExactly("u", "u.1", "u.2");
        assertThat(await(store.namespaces(TENANT, new NamespaceQuery(none(), none(), null, 2, 1))))
                .extracting(Namespace::path)
                .containsExactly("u.1.mem", "u.2.log");
    }

    @Test
    void theLargestNamesFitIntoTheIndex() {
        // Nothing that an index could make smaller.
        StringBuilder random = new StringBuilder();
        new java.util.Random(7)
                .ints(Namespace.MAX_BYTES + Store.MAX_KEY_BYTES, '0', 'z' + 1)
                .forEach(c -> random.append((char) c));
        String key = random.substring(0, Store.MAX_KEY_BYTES);
        String labels = random.substring(Store.MAX_KEY_BYTES).replace('/', 'x');
        List<String> names = List.of(
                labels.substring(0, Namespace.MAX_LABEL_BYTES),
                labels.substring(255, 510),
                labels.substring(510, 765),
                labels.substring(765, 1_020),
                "x");
        assertThatThrownBy(() -> Namespace.ofItem(names)).hasMessageContaining("more than " + Namespace.MAX_BYTES);
        Namespace largest = Namespace.ofItem(names.subList(0, 4));

        await(store.put("t".repeat(255), largest, key, Json.EMPTY_OBJECT, null));

        assertThat(await(store.get("t".repeat(255), largest, key, true)).namespace())
                .isEqualTo(largest);
    }

    private void put(String tenant, String path, String key, String value, Long ttlMs) {
        await(store.put(tenant, Namespace.parse(path), key, (Json.Obj) JsonText.parse(value), ttlMs));
    }

    private String value(String tenant, String path, String key) {
        Item item = await(store.get(tenant, Namespace.parse(path), key, false));
        return item == null ? null : JsonText.write(item.value());
    }

    private List<String> found(String tenant, List<String> prefix, String filter, String words) {
        return await(store.search(
                        tenant,
                        Namespace.prefix(prefix),
                        ItemFilter.of((Json.Obj) JsonText.parse(filter)),
                        words,
                        100,
                        0,
                        false))
                .stream()
                .map(Item::key)
                .toList();
    }

    private List<String> namespaces(List<String> prefix, List<String> suffix, Integer depth) {
        return await(store.namespaces(
                        TENANT, new NamespaceQuery(Namespace.prefix(prefix), Namespace.prefix(suffix), depth, 100, 0)))
                .stream()
                .map(Namespace::path)
                .toList();
    }

    private static Namespace namespace(String label) {
        return Namespace.ofItem(List.of(label));
    }

    private static Namespace none() {
        return Namespace.prefix(List.of());
    }

    private static long rows() {
        return tables.writeNow(sql -> sql.query("select count(*) from store_item", row -> row.getLong(1)))
                .getFirst();
    }

    private static <T> T await(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(10));
    }
}

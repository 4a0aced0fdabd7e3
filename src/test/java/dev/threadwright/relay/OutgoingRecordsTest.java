package dev.threadwright.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.DeadLetterNames;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.EventCodec;
import dev.threadwright.journal.OutboxPlace;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.OutboxRow.Coordinates;
import dev.threadwright.journal.RawHeaders;
import dev.threadwright.testing.AsyncApi;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What goes out is as the AsyncAPI document says. */
class OutgoingRecordsTest {

    private static final Topics TOPICS = new Topics(
            "threadwright.lifecycle",
            "threadwright.events",
            "threadwright.dead-letter",
            "threadwright.commands",
            "actions",
            "positions",
            Map.of("charge", "charges"));
    private static final DeadLetterNames NAMES = new DeadLetterNames();
    private static final ThreadKey THREAD = new ThreadKey("default", "a thread/of mine");
    private static final Identity CAUSE = new Identity("/shop", "i1");

    private final AsyncApi document = AsyncApi.document();

    @BeforeAll
    static void open() {
        NAMES.open(new byte[DeadLetterNames.KEY_BYTES]);
    }

    @Test
    void exactly_the_lifecycle_events_are_messages_of_the_lifecycle_topic() throws IOException {
        Set<String> lifecycle = new TreeSet<>();
        Set<String> events = new TreeSet<>();
        for (Event event : events()) {
            for (ProducerRecord<byte[], byte[]> record : published(event, CAUSE, Integer.MAX_VALUE)) {
                (record.topic().equals("threadwright.lifecycle") ? lifecycle : events).add(EventCodec.typeOf(event));
            }
        }
        assertThat(document.messages("lifecycle")).isEqualTo(lifecycle);
        assertThat(document.messages("events")).isEqualTo(events);
    }

    @Test
    void records_of_every_event_are_as_described() throws IOException {
        for (Event event : events()) {
            for (Identity cause : new Identity[] {CAUSE, null}) {
                for (ProducerRecord<byte[], byte[]> record : published(event, cause, Integer.MAX_VALUE)) {
                    assertThat(problems(record))
                            .as("%s on %s", EventCodec.typeOf(event), record.topic())
                            .isEmpty();
                    assertThat(record.value()).isNotNull();
                }
            }
        }
    }

    @Test
    void what_is_too_large_has_no_value_and_says_where_it_is() throws IOException {
        for (Event event : events()) {
            for (ProducerRecord<byte[], byte[]> record : published(event, CAUSE, 10)) {
                assertThat(record.value()).isNull();
                assertThat(problems(record)).isEmpty();
                assertThat(new String(record.headers().lastHeader("ce_dataref").value(), UTF_8))
                        .startsWith("/threads/a%20thread%2Fof%20mine/events?from=");
            }
        }
    }

    @Test
    void a_header_more_or_a_required_one_less_is_refused() throws IOException {
        for (Event event : events()) {
            for (ProducerRecord<byte[], byte[]> record : published(event, CAUSE, Integer.MAX_VALUE)) {
                Headers more = new RecordHeaders(record.headers()).add("ce_unheard", new byte[] {'1'});
                assertThat(problems(record, more)).isNotEmpty();
                for (Header header : record.headers()) {
                    String name = header.key();
                    boolean optional = name.equals("ce_causationid")
                            || name.equals("ce_runid") && event instanceof Event.StateUpdated;
                    Headers less = new RecordHeaders(record.headers()).remove(name);
                    if (!name.equals("ce_type")) {
                        assertThat(problems(record, less).isEmpty())
                                .as("%s without %s", EventCodec.typeOf(event), name)
                                .isEqualTo(optional);
                    }
                }
            }
        }
    }

    @Test
    void records_of_an_event_of_a_trace_say_so_and_its_data_does_not() throws IOException {
        String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        for (Event event : events()) {
            Recorded recorded = new Recorded(5, 1_700_000_000_123L, event, parent);
            for (ProducerRecord<byte[], byte[]> record : published(recorded, CAUSE, Integer.MAX_VALUE)) {
                assertThat(problems(record)).isEmpty();
                assertThat(new String(
                                record.headers().lastHeader("ce_traceparent").value(), UTF_8))
                        .isEqualTo(parent);
                assertThat(new String(record.value(), UTF_8)).doesNotContain(parent);
            }
            for (ProducerRecord<byte[], byte[]> record : published(event, CAUSE, Integer.MAX_VALUE)) {
                assertThat(record.headers().lastHeader("ce_traceparent")).isNull();
            }
        }
    }

    @Test
    void dead_letters_are_as_described() {
        for (Map<String, byte[]> headers : List.of(Map.<String, byte[]>of(), Map.of("ce_id", bytes("i1")))) {
            ProducerRecord<byte[], byte[]> record =
                    published(outbox(OutboxRow.Kind.INVALID, null, null, headers, "It is not JSON"));
            assertThat(document.headerProblems("dead-letter", "record", record.headers()))
                    .isEmpty();
            for (Header header : record.headers()) {
                Headers less = new RecordHeaders(record.headers()).remove(header.key());
                assertThat(document.headerProblems("dead-letter", "record", less)
                                .isEmpty())
                        .isEqualTo(
                                !header.key().startsWith("tw_") || header.key().equals("tw_source_offset"));
            }
        }
    }

    @Test
    void dead_letters_keep_doubled_headers_in_order_and_say_what_they_are_called() {
        RawHeaders doubled = new RawHeaders(List.of(
                new RawHeaders.Header("h", bytes("1")),
                new RawHeaders.Header("g", null),
                new RawHeaders.Header("h", bytes("2")),
                new RawHeaders.Header("tw_reason", bytes("of a sender"))));
        OutboxRow row = new OutboxRow(
                ThreadKey.DEFAULT_TENANT,
                OutboxRow.Kind.FAILED,
                3,
                12,
                new Coordinates("threadwright.input", 3, 7),
                null,
                null,
                doubled,
                "why",
                9);
        Headers headers = published(row).headers();
        assertThat(headers.headers("h"))
                .extracting(header -> new String(header.value(), UTF_8))
                .containsExactly("1", "2");
        assertThat(headers.lastHeader("g").value()).isNull();
        assertThat(new String(headers.lastHeader("tw_reason").value(), UTF_8)).isEqualTo("why");
        assertThat(new String(headers.lastHeader("tw_dead_letter").value(), UTF_8))
                .isEqualTo(NAMES.of(new OutboxPlace(3, 12)));
        assertThat(new String(headers.lastHeader("tw_kind").value(), UTF_8)).isEqualTo("failed");
    }

    /** What stands where on the topic of all tenants would tell one how much the others do. */
    @Test
    void dead_letters_that_servers_wrote_do_not_say_at_which_offset() {
        OutboxRow own = outbox(OutboxRow.Kind.REFUSED, bytes("t1"), bytes("{}"), Map.of(), "why");
        OutboxRow ofServers = new OutboxRow(
                own.tenant(),
                own.kind(),
                own.partition(),
                own.position(),
                new Coordinates(TOPICS.commands(), 3, 4711),
                own.key(),
                own.value(),
                own.headers(),
                own.reason(),
                own.timeMs());
        assertThat(published(own).headers().lastHeader("tw_source_offset")).isNotNull();
        ProducerRecord<byte[], byte[]> record = published(ofServers);
        assertThat(record.headers().lastHeader("tw_source_topic").value()).isEqualTo(bytes(TOPICS.commands()));
        assertThat(record.headers()).noneMatch(header -> new String(header.value(), UTF_8).contains("4711"));
        assertThat(document.headerProblems("dead-letter", "record", record.headers()))
                .isEmpty();
    }

    /** Else nothing of the loop would be published any more. */
    @Test
    void dead_letters_that_are_larger_than_the_topic_takes_are_cut() {
        int most = 10_000;
        for (int[] sizes :
                new int[][] {{10, 50_000, 10}, {50_000, 10, 10}, {10, 10, 50_000}, {50_000, 50_000, 50_000}}) {
            ProducerRecord<byte[], byte[]> record = new OutgoingRecords(TOPICS, NAMES, 16, most)
                    .of(outbox(
                            OutboxRow.Kind.INVALID,
                            new byte[sizes[0]],
                            new byte[sizes[1]],
                            Map.of("h", new byte[sizes[2]]),
                            "The value is too large"))
                    .getFirst();
            int bytes = record.key().length + record.value().length;
            for (Header header : record.headers()) {
                bytes += header.key().startsWith("tw_") ? 0 : header.value().length;
            }
            assertThat(bytes).isLessThanOrEqualTo(most);
            assertThat(Long.parseLong(
                            new String(record.headers().lastHeader("tw_cut").value(), UTF_8)))
                    .isGreaterThan(50_000);
            assertThat(document.headerProblems("dead-letter", "record", record.headers()))
                    .isEmpty();
            assertThat(new String(
                            record.headers().lastHeader("tw_source_offset").value(), UTF_8))
                    .isEqualTo("7");
        }
        assertThat(published(outbox(OutboxRow.Kind.INVALID, new byte[10], new byte[10_000], Map.of(), "x"))
                        .headers()
                        .lastHeader("tw_cut"))
                .isNull();
    }

    @Test
    void forwards_are_as_described() {
        Map<String, byte[]> origin = Map.of(
                "tw_origin", bytes("threadwright.input-3-7"),
                "tw_time", bytes("1700000000123"),
                "tw_role", bytes("input"));
        ProducerRecord<byte[], byte[]> record =
                published(outbox(OutboxRow.Kind.FORWARD, bytes("t1"), bytes("{\"text\":\"hi\"}"), origin, ""));
        assertThat(record.topic()).isEqualTo(TOPICS.commands());
        assertThat(document.recordProblems("commands", record.headers(), record.value()))
                .isEmpty();
        assertThat(document.recordProblems(
                        "commands", new RecordHeaders(record.headers()).remove("tw_time"), record.value()))
                .isNotEmpty();
    }

    private List<String> problems(ProducerRecord<byte[], byte[]> record) {
        return problems(record, record.headers());
    }

    private List<String> problems(ProducerRecord<byte[], byte[]> record, Headers headers) {
        return document.recordProblems(record.topic().substring("threadwright.".length()), headers, record.value());
    }

    private static List<Event> events() throws IOException {
        List<Event> events = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/golden/events/v1"))) {
            for (Path file : files.toList()) {
                events.add(EventCodec.read(Files.readString(file).strip()));
            }
        }
        events.add(new Event.StateUpdated(null, List.of()));
        return events;
    }

    private static List<ProducerRecord<byte[], byte[]>> published(Event event, Identity cause, int maxDataBytes) {
        return published(new Recorded(5, 1_700_000_000_123L, event), cause, maxDataBytes);
    }

    private static List<ProducerRecord<byte[], byte[]>> published(Recorded recorded, Identity cause, int maxDataBytes) {
        return new OutgoingRecords(TOPICS, NAMES, 16, maxDataBytes)
                .of(new DecisionRow(THREAD, 3, 12, 1_700_000_000_123L, cause, "ann", List.of(recorded)));
    }

    private static OutboxRow outbox(
            OutboxRow.Kind kind, byte[] key, byte[] value, Map<String, byte[]> headers, String reason) {
        return new OutboxRow(
                ThreadKey.DEFAULT_TENANT,
                kind,
                3,
                12,
                new Coordinates("threadwright.input", 3, 7),
                key,
                value,
                RawHeaders.of(headers),
                reason,
                1_700_000_000_123L);
    }

    private static ProducerRecord<byte[], byte[]> published(OutboxRow row) {
        return new OutgoingRecords(TOPICS, NAMES, 16, Integer.MAX_VALUE).of(row).getFirst();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}

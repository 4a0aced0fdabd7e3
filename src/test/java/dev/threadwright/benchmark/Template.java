package dev.threadwright.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * What the server wrote for one input, with holes where the next input differs. The null engine fills them, so that it
 * writes as many rows, records and bytes without knowing what they mean.
 *
 * @param events the decision's events, as stored
 * @param eventCount how many those are
 * @param outcome the outcome, as stored
 */
record Template(
        String events,
        int eventCount,
        String actor,
        String source,
        String outcome,
        String runStatus,
        String workflow,
        String decision,
        @Nullable String output,
        String settings,
        List<Message> messages) {

    /** @param lifecycle whether it is on the lifecycle topic and not on that of the events */
    record Message(boolean lifecycle, int event, List<Entry> headers, String value) {}

    record Entry(String name, String value) {}

    /** The holes, each in braces that no JSON has. */
    static final String THREAD = "«thread»";

    static final String ID = "«id»";
    static final String RUN = "«run»";
    static final String DATA = "«data»";
    static final String TIME = "«time»";
    static final String SEQ = "«seq»";

    /** Reads what became of the input {@code id}, the second on its thread, from where the server put it. */
    static Template of(Servers servers, String thread, String id, String data) throws SQLException {
        try (Connection connection = servers.connect(Lane.SERVER);
                PreparedStatement statement = connection.prepareStatement("""
                        select d.events::text, d.count, d.actor, d.causation_source, o.result::text, r.status,
                               r.workflow, r.decision, r.output::text, t.settings::text, r.run, d.first_seq, d.time_ms
                        from decision d
                             join run r on r.tenant = d.tenant and r.thread = d.thread
                                       and strpos(d.events::text, '"run":"' || r.run || '"') > 0
                             join outcome o on o.tenant = d.tenant and o.thread = d.thread
                                       and strpos(o.result::text, '"run":"' || r.run || '"') > 0
                             join thread t on t.tenant = d.tenant and t.thread = d.thread
                        where d.causation_id = ?
                        """)) {
            statement.setString(1, id);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("The server has not stored " + id);
                }
                Holes holes = new Holes(thread, id, data, row.getString(11), row.getLong(12), row.getLong(13));
                return new Template(
                        holes.in(row.getString(1)),
                        row.getInt(2),
                        row.getString(3),
                        row.getString(4),
                        holes.in(row.getString(5)),
                        row.getString(6),
                        row.getString(7),
                        row.getString(8),
                        row.getString(9) == null ? null : holes.in(row.getString(9)),
                        row.getString(10),
                        messages(servers, id, holes));
            }
        }
    }

    private record Holes(String thread, String id, String data, String run, long firstSeq, long timeMs) {
        String in(String text) {
            return text.replace(data, DATA)
                    .replace(id, ID)
                    .replace(run, RUN)
                    .replace(thread, THREAD)
                    .replace(Instant.ofEpochMilli(timeMs).toString(), TIME);
        }
    }

    private static List<Message> messages(Servers servers, String id, Holes holes) {
        List<TopicPartition> partitions = Stream.of(Lane.SERVER.events(), Lane.SERVER.lifecycle())
                .flatMap(topic -> IntStream.range(0, Servers.PARTITIONS).mapToObj(p -> new TopicPartition(topic, p)))
                .toList();
        List<Message> messages = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers.bootstrap(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    if (id.equals(header(record, "ce_causationid"))) {
                        messages.add(message(record, holes));
                    }
                }
            }
        }
        messages.sort(Comparator.comparingInt(Message::event).thenComparing(Message::lifecycle));
        return messages;
    }

    private static Message message(ConsumerRecord<byte[], byte[]> record, Holes holes) {
        String seq = String.valueOf(header(record, "ce_sequence"));
        List<Entry> headers = new ArrayList<>();
        record.headers().forEach(header -> {
            String value = new String(header.value(), UTF_8);
            headers.add(new Entry(
                    header.key(),
                    switch (header.key()) {
                        case "ce_sequence" -> SEQ;
                        case "ce_id" -> holes.in(value.substring(0, value.length() - seq.length())) + SEQ;
                        default -> holes.in(value);
                    }));
        });
        return new Message(
                record.topic().equals(Lane.SERVER.lifecycle()),
                (int) (Long.parseLong(seq) - holes.firstSeq()),
                headers,
                holes.in(new String(record.value(), UTF_8)));
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    /** Texts with holes, cut once. */
    static final class Text {
        private final List<String> parts = new ArrayList<>();

        Text(String template) {
            int from = 0;
            for (int hole = template.indexOf('«'); hole >= 0; hole = template.indexOf('«', from)) {
                int end = template.indexOf('»', hole) + 1;
                parts.add(template.substring(from, hole));
                parts.add(template.substring(hole, end));
                from = end;
            }
            parts.add(template.substring(from));
        }

        String filled(String thread, String id, String run, String data, String time, long seq) {
            StringBuilder text = new StringBuilder(512);
            for (String part : parts) {
                switch (part) {
                    case THREAD -> text.append(thread);
                    case ID -> text.append(id);
                    case RUN -> text.append(run);
                    case DATA -> text.append(data);
                    case TIME -> text.append(time);
                    case SEQ -> text.append(seq);
                    default -> text.append(part);
                }
            }
            return text.toString();
        }
    }
}

package dev.threadwright.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Poll, commit once, produce, and again: the floor under any engine that keeps and publishes the same. It decides
 * nothing, looks nothing up, fences nobody and drops no duplicate. A process of its own, until it is ended.
 */
final class NullEngine {

    private final Lane lane;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaProducer<byte[], byte[]> producer;
    private final ConsumerGroupMetadata group;
    private final NullStore store;
    private final Template template;
    private final List<MessageForm> messages;
    private final Template.Text events;
    private final Template.Text outcome;
    private final Template.Text output;
    private final Map<String, Long> heads = new HashMap<>();
    private final long[] positions = new long[Servers.PARTITIONS];

    /** An input and what it becomes. */
    record Filled(
            int partition,
            long position,
            long offset,
            String thread,
            long firstSeq,
            String id,
            String run,
            long timeMs,
            String events,
            String outcome,
            String output,
            String data) {}

    private record HeaderForm(String name, Template.Text value) {}

    private record MessageForm(Template.Message message, List<HeaderForm> headers, Template.Text value) {}

    private NullEngine(Lane lane, String bootstrap, Connection connection, Template template) {
        this.lane = lane;
        this.template = template;
        this.store = new NullStore(connection, template, lane.input());
        this.events = new Template.Text(template.events());
        this.outcome = new Template.Text(template.outcome());
        this.output = new Template.Text(String.valueOf(template.output()));
        this.messages = template.messages().stream()
                .map(message -> new MessageForm(
                        message,
                        message.headers().stream()
                                .map(header -> new HeaderForm(header.name(), new Template.Text(header.value())))
                                .toList(),
                        new Template.Text(message.value())))
                .toList();
        this.group = new ConsumerGroupMetadata(lane.name());
        this.consumer = new KafkaConsumer<>(
                consuming(bootstrap, lane), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.producer =
                new KafkaProducer<>(producing(bootstrap, lane), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Arguments: lane, bootstrap servers, JDBC URL, user, password, file of the template. */
    public static void main(String[] arguments) throws Exception {
        Lane lane = arguments[0].equals(Lane.NULL_PLAIN.name()) ? Lane.NULL_PLAIN : Lane.NULL_TRANSACTIONS;
        Template template = new ObjectMapper().readValue(Path.of(arguments[5]).toFile(), Template.class);
        try (Connection connection = NullStore.connect(arguments[2], arguments[3], arguments[4])) {
            new NullEngine(lane, arguments[1], connection, template).run();
        }
    }

    /** As in {@code ops.KafkaClients}. */
    private static Map<String, Object> consuming(String bootstrap, Lane lane) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrap);
        config.put("group.id", lane.name());
        config.put("session.timeout.ms", 10_000);
        config.put("heartbeat.interval.ms", 2_500);
        config.put("enable.auto.commit", false);
        config.put("auto.offset.reset", "earliest");
        config.put("isolation.level", "read_committed");
        config.put("max.poll.records", 2_000);
        config.put("fetch.max.bytes", 16 << 20);
        return config;
    }

    /** As in {@code ops.KafkaClients}. */
    private static Map<String, Object> producing(String bootstrap, Lane lane) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrap);
        config.put("acks", "all");
        config.put("enable.idempotence", true);
        config.put("buffer.memory", 64L << 20);
        config.put("linger.ms", 20);
        config.put("batch.size", 256 * 1024);
        config.put("compression.type", "lz4");
        if (lane.isTransactional()) {
            config.put("transactional.id", lane.name());
        }
        return config;
    }

    private void run() throws SQLException {
        if (lane.isTransactional()) {
            producer.initTransactions();
        }
        consumer.subscribe(List.of(lane.input()));
        while (true) {
            var records = consumer.poll(Duration.ofMillis(100));
            if (!records.isEmpty()) {
                List<Filled> batch = new ArrayList<>(records.count());
                long now = System.currentTimeMillis();
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    batch.add(filled(record, now));
                }
                store.commit(batch);
                produce(batch);
            }
        }
    }

    private Filled filled(ConsumerRecord<byte[], byte[]> record, long now) {
        String thread = new String(record.key(), UTF_8);
        String id = new String(record.headers().lastHeader("ce_id").value(), UTF_8);
        String data = new String(record.value(), UTF_8);
        String run = UUID.randomUUID().toString();
        long firstSeq = heads.getOrDefault(thread, 0L) + 1;
        heads.put(thread, firstSeq + template.eventCount() - 1);
        return new Filled(
                record.partition(),
                ++positions[record.partition()],
                record.offset(),
                thread,
                firstSeq,
                id,
                run,
                now,
                events.filled(thread, id, run, data, "", 0),
                outcome.filled(thread, id, run, data, "", 0),
                output.filled(thread, id, run, data, "", 0),
                data);
    }

    private void produce(List<Filled> batch) {
        if (lane.isTransactional()) {
            producer.beginTransaction();
        }
        Map<TopicPartition, OffsetAndMetadata> reached = new HashMap<>();
        for (Filled filled : batch) {
            String time = Instant.ofEpochMilli(filled.timeMs()).toString();
            byte[] key = filled.thread().getBytes(UTF_8);
            for (MessageForm form : messages) {
                producer.send(record(form, filled, key, time));
            }
            reached.put(
                    new TopicPartition(lane.input(), filled.partition()),
                    new OffsetAndMetadata(filled.offset() + 1, "published:" + filled.position()));
        }
        if (lane.isTransactional()) {
            producer.sendOffsetsToTransaction(reached, group);
            producer.commitTransaction();
        } else {
            producer.flush();
        }
    }

    private ProducerRecord<byte[], byte[]> record(MessageForm form, Filled filled, byte[] key, String time) {
        long seq = filled.firstSeq() + form.message().event();
        RecordHeaders headers = new RecordHeaders();
        for (HeaderForm header : form.headers()) {
            headers.add(header.name(), fill(header.value(), filled, time, seq));
        }
        return new ProducerRecord<>(
                form.message().lifecycle() ? lane.lifecycle() : lane.events(),
                filled.partition(),
                key,
                fill(form.value(), filled, time, seq),
                headers);
    }

    private static byte[] fill(Template.Text text, Filled filled, String time, long seq) {
        return text.filled(filled.thread(), filled.id(), filled.run(), filled.data(), time, seq)
                .getBytes(UTF_8);
    }
}

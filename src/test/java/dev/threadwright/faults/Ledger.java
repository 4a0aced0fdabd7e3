package dev.threadwright.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends inputs, remembers each that Kafka acknowledged, and holds what came out against that. */
final class Ledger implements AutoCloseable {

    private final Cluster cluster;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Map<String, Throwable> refused = new ConcurrentHashMap<>();
    private final AtomicInteger plain = new AtomicInteger();

    Ledger(Cluster cluster) {
        this.cluster = cluster;
        Properties config = new Properties();
        config.put("bootstrap.servers", cluster.bootstrapServers());
        config.put("acks", "all");
        config.put("delivery.timeout.ms", "60000");
        config.put("linger.ms", "2");
        this.producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** An input with an id of its own, as a CloudEvent. */
    void send(String thread, String id, String workflow, String policy, String json) {
        ProducerRecord<byte[], byte[]> record = record(thread, json);
        Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", id,
                        "ce_source", "/faults",
                        "ce_type", "dev.threadwright.user.input.v1",
                        "content-type", "application/json",
                        "ce_workflow", workflow,
                        "ce_policy", policy)
                .forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        producer.send(record, (metadata, failure) -> {
            if (failure == null) {
                acknowledged.add(id);
            } else {
                refused.put(id, failure);
            }
        });
    }

    /** Whatever else a thread may be told. @param extensions without their prefix */
    void command(String thread, String id, String type, String json, Map<String, String> extensions) {
        ProducerRecord<byte[], byte[]> record = record(thread, json);
        Map<String, String> headers = new HashMap<>(Map.of(
                "ce_specversion", "1.0",
                "ce_id", id,
                "ce_source", "/faults",
                "ce_type", "dev.threadwright." + type + ".v1",
                "content-type", "application/json"));
        extensions.forEach((name, value) -> headers.put("ce_" + name, value));
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        producer.send(record, (metadata, failure) -> {
            if (failure != null) {
                refused.put(id, failure);
            }
        });
    }

    /** An input that is known by its coordinates. */
    void sendPlain(String thread, String json) {
        String id = "plain-" + plain.incrementAndGet();
        producer.send(record(thread, json), (metadata, failure) -> {
            if (failure == null) {
                acknowledged.add(metadata.topic() + "-" + metadata.partition() + "-" + metadata.offset());
            } else {
                refused.put(id, failure);
            }
        });
    }

    void send(ProducerRecord<byte[], byte[]> record) {
        producer.send(record);
    }

    private ProducerRecord<byte[], byte[]> record(String thread, String json) {
        return new ProducerRecord<>(cluster.topic("input"), thread.getBytes(UTF_8), json.getBytes(UTF_8));
    }

    void flush() {
        producer.flush();
        assertThat(refused).as("inputs that Kafka did not take").isEmpty();
    }

    int acknowledged() {
        return acknowledged.size();
    }

    /** Waits until every acknowledged input is decided and every run has ended. */
    void awaitDone(Duration atMost) {
        await("every input decided, every run ended")
                .atMost(atMost)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> cluster.count("select count(*) from outcome") >= acknowledged.size()
                        && cluster.count("select count(*) from run where ended_at_ms is null") == 0);
    }

    /** What a reader of committed records sees is the journal, each event once and in order; no input is lost. */
    void assertExactlyOnce() {
        List<ConsumerRecord<byte[], byte[]>> events = journaledAndPublished();
        Map<String, List<Long>> sequences = new TreeMap<>();
        events.forEach(record -> sequences
                .computeIfAbsent(new String(record.key(), UTF_8), key -> new ArrayList<>())
                .add(Long.parseLong(header(record, "ce_sequence"))));
        sequences.forEach((thread, sequence) -> assertThat(sequence)
                .as("events of %s as published", thread)
                .containsExactlyElementsOf(
                        Stream.iterate(1L, n -> n + 1).limit(sequence.size()).toList()));
        assertThat((long) events.size()).as("events published").isEqualTo(journaled());
        assertPublishedAsJournaled(events);

        Map<String, Long> decided = events.stream()
                .filter(record -> isType(record, "input.accepted") || isType(record, "input.rejected"))
                .collect(Collectors.groupingBy(
                        record -> header(record, "ce_causationid"), HashMap::new, Collectors.counting()));
        assertThat(acknowledged.stream().filter(id -> !decided.containsKey(id)).toList())
                .as("inputs lost")
                .isEmpty();
        assertThat(decided.entrySet().stream()
                        .filter(entry -> entry.getValue() > 1)
                        .toList())
                .as("inputs doubled")
                .isEmpty();
        assertLifecycle(events);
    }

    /** What readers of committed records see is the journal, in its order, each event once. */
    void assertPublishedAsJournaled() {
        List<ConsumerRecord<byte[], byte[]>> events = journaledAndPublished();
        assertPublishedAsJournaled(events);
        assertLifecycle(events);
    }

    private void assertPublishedAsJournaled(List<ConsumerRecord<byte[], byte[]>> events) {
        assertThat(inOrder(events))
                .as("events published and journaled")
                .isEqualTo(cluster.query(
                        "select thread || ' ' || seq || ' ' || type from event order by thread collate \"C\", seq"));
    }

    private void assertLifecycle(List<ConsumerRecord<byte[], byte[]>> events) {
        Set<String> types = Set.of(
                "run.started",
                "run.completed",
                "run.failed",
                "run.cancelled",
                "run.timed_out",
                "run.interrupted",
                "run.resumed",
                "interrupt.raised",
                "interrupt.resolved",
                "interrupt.rejected",
                "interrupt.expired",
                "interrupt.answer_rejected",
                "input.rejected",
                "input.queued",
                "input.merged",
                "input.expired");
        List<ConsumerRecord<byte[], byte[]>> expected = events.stream()
                .filter(record -> types.stream().anyMatch(type -> isType(record, type)))
                .toList();
        List<ConsumerRecord<byte[], byte[]>> lifecycle = read("lifecycle", expected.size());
        assertThat(inOrder(lifecycle)).as("lifecycle").isEqualTo(inOrder(expected));
        Map<String, Long> ended = lifecycle.stream()
                .filter(record -> Stream.of("run.completed", "run.failed", "run.cancelled", "run.timed_out")
                        .anyMatch(type -> isType(record, type)))
                .collect(Collectors.groupingBy(record -> header(record, "ce_runid"), Collectors.counting()));
        assertThat(ended.values()).as("endings of each run").containsOnly(1L);
    }

    /** All events, once no more come: the late result of a call that was stopped may be discarded after all else is done. */
    private List<ConsumerRecord<byte[], byte[]>> journaledAndPublished() {
        while (true) {
            long before = journaled();
            List<ConsumerRecord<byte[], byte[]>> events = read("events", before);
            if (journaled() == before) {
                return events;
            }
        }
    }

    private long journaled() {
        return cluster.count("select coalesce(sum(count), 0) from decision");
    }

    /** Everything committed that the topic holds, once there are as many records as expected, and no more follow. */
    List<ConsumerRecord<byte[], byte[]>> read(String what, long expected) {
        Properties config = new Properties();
        config.put("bootstrap.servers", cluster.bootstrapServers());
        config.put("isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(cluster.topic(what)).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
            await("records on " + what)
                    .pollInSameThread()
                    .atMost(Duration.ofSeconds(40))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> {
                        consumer.poll(Duration.ofMillis(200)).forEach(all::add);
                        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
                        return all.size() >= expected
                                && partitions.stream().allMatch(p -> consumer.position(p) >= ends.get(p));
                    });
            return all;
        }
    }

    static String header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }

    private static boolean isType(ConsumerRecord<?, ?> record, String type) {
        return header(record, "ce_type").equals("dev.threadwright." + type + ".v1");
    }

    /** By thread, and of each thread in the order of the topic. */
    private static List<String> inOrder(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<String, List<String>> threads = new TreeMap<>();
        records.forEach(record -> {
            String thread = new String(record.key(), UTF_8);
            String type = header(record, "ce_type");
            threads.computeIfAbsent(thread, key -> new ArrayList<>())
                    .add(thread + " " + header(record, "ce_sequence") + " "
                            + type.substring("dev.threadwright.".length(), type.length() - ".v1".length()));
        });
        return threads.values().stream().flatMap(List::stream).toList();
    }

    @Override
    public void close() {
        producer.close();
    }
}

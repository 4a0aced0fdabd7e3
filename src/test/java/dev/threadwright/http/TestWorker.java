package dev.threadwright.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.threadwright.testing.TestServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A worker that knows nothing but two topics, and answers when it is told to. */
final class TestWorker implements AutoCloseable {

    static final String REQUEST = "dev.threadwright.action.request.v1";
    static final String CANCEL = "dev.threadwright.action.cancel.v1";

    private final List<ConsumerRecord<byte[], byte[]>> seen = new ArrayList<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;

    TestWorker() {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestServers.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", TestServers.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor("threadwright.actions").stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** All that was asked of workers about that thread until now. */
    List<ConsumerRecord<byte[], byte[]>> asked(String thread) {
        return asked(thread::equals);
    }

    /** All that was asked of workers about threads whose ids begin so. */
    List<ConsumerRecord<byte[], byte[]>> askedAboutThreads(String prefix) {
        return asked(thread -> thread.startsWith(prefix));
    }

    private List<ConsumerRecord<byte[], byte[]>> asked(Predicate<String> thread) {
        consumer.poll(Duration.ofMillis(50)).forEach(seen::add);
        return seen.stream()
                .filter(record -> thread.test(new String(record.key(), UTF_8)))
                .toList();
    }

    /** The so-manieth record of that type about that thread. */
    ConsumerRecord<byte[], byte[]> awaitAsked(String thread, String type, int count) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> asked(thread).stream()
                                .filter(record -> header(record, "ce_type").equals(type))
                                .toList(),
                        found -> found.size() >= count)
                .get(count - 1);
    }

    void answer(ConsumerRecord<byte[], byte[]> request, String type, String data) {
        send(
                "threadwright.results",
                new String(request.key(), UTF_8),
                type,
                data,
                Map.of(
                        "ce_id",
                        UUID.randomUUID().toString(),
                        "ce_runid",
                        header(request, "ce_runid"),
                        "ce_actionid",
                        header(request, "ce_actionid"),
                        "ce_attempt",
                        header(request, "ce_attempt")));
    }

    /** Whatever else there is to say about a thread. */
    void send(String topic, String thread, String type, String data, Map<String, String> headers) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, thread.getBytes(UTF_8), data.getBytes(UTF_8));
        Map.of("ce_specversion", "1.0", "ce_source", "/worker", "ce_type", "dev.threadwright." + type + ".v1")
                .forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        producer.send(record);
        producer.flush();
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
    }
}

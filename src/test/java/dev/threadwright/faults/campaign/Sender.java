package dev.threadwright.faults.campaign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes CloudEvents for the servers, past the proxies: what is sent here is no fault's to lose. */
final class Sender implements AutoCloseable {
    private static final int MAX_TRIES = 20;

    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicInteger unsent = new AtomicInteger();
    private volatile boolean closed;

    Sender(String bootstrap) {
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 2, "delivery.timeout.ms", 120_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** @param headers of the CloudEvent, without {@code ce_}, beside those that all have */
    void send(String topic, String key, String json, Map<String, String> headers, Callback answered) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key.getBytes(UTF_8), json.getBytes(UTF_8));
        record.headers().add("ce_specversion", "1.0".getBytes(UTF_8));
        record.headers().add("ce_source", "/faults".getBytes(UTF_8));
        record.headers().add("content-type", "application/json".getBytes(UTF_8));
        headers.forEach((name, value) -> record.headers().add("ce_" + name, value.getBytes(UTF_8)));
        producer.send(record, answered);
    }

    /** Goes on until it is written, at least once. */
    void insist(String topic, String key, String json, Map<String, String> headers) {
        unsent.incrementAndGet();
        insist(topic, key, json, headers, 1);
    }

    private void insist(String topic, String key, String json, Map<String, String> headers, int tries) {
        send(topic, key, json, headers, (metadata, failure) -> {
            if (failure == null) {
                unsent.decrementAndGet();
            } else if (!closed && tries < MAX_TRIES) {
                // Not here: the producer does not send while it calls back.
                Thread.ofVirtual().start(() -> insist(topic, key, json, headers, tries + 1));
            }
        });
    }

    /** What was insisted on and is not written yet. */
    int unsent() {
        return unsent.get();
    }

    @Override
    public void close() {
        closed = true;
        producer.close(java.time.Duration.ofSeconds(2));
    }
}

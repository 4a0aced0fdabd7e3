package dev.threadwright.ingress;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A record on its way in, for tests: each step changes one thing about it. */
final class Sent {

    static final int PARTITIONS = 8;
    static final long TIME_MS = 1_700_000_000_123L;
    static final String THREAD = "t1";

    private String topic = "threadwright.input";
    private Integer partition;
    private long timeMs = TIME_MS;
    private byte[] key = bytes(THREAD);
    private byte[] value;
    private final Headers headers = new RecordHeaders();

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Sent plain(String value) {
        return new Sent().value(value);
    }

    static Sent event(String type, String data) {
        return plain(data)
                .header("content-type", "application/json")
                .ce("specversion", "1.0")
                .ce("id", "i1")
                .ce("source", "/shop")
                .ce("type", "dev.threadwright." + type + ".v1")
                .ce("subject", THREAD);
    }

    static Sent input(String data) {
        return event("user.input", data);
    }

    static Sent structured(String event) {
        return plain(event).header("content-type", "application/cloudevents+json; charset=utf-8");
    }

    static Sent of(ProducerRecord<byte[], byte[]> record) {
        Sent sent = new Sent().topic(record.topic()).key(record.key()).value(record.value());
        sent.partition = record.partition();
        record.headers().forEach(sent.headers::add);
        return sent;
    }

    Sent topic(String name) {
        topic = name;
        return this;
    }

    Sent partition(int number) {
        partition = number;
        return this;
    }

    Sent at(long newTimeMs) {
        timeMs = newTimeMs;
        return this;
    }

    Sent key(String text) {
        return key(bytes(text));
    }

    Sent key(byte[] bytes) {
        key = bytes;
        return this;
    }

    Sent value(String text) {
        return value(text == null ? null : bytes(text));
    }

    Sent value(byte[] bytes) {
        value = bytes;
        return this;
    }

    Sent ce(String name, String text) {
        return header("ce_" + name, text);
    }

    Sent header(String name, String text) {
        return header(name, text == null ? null : bytes(text));
    }

    /** In place of those of that name. */
    Sent header(String name, byte[] bytes) {
        headers.remove(name);
        return also(name, bytes);
    }

    /** Beside those of that name. */
    Sent also(String name, byte[] bytes) {
        headers.add(name, bytes);
        return this;
    }

    Sent without(String name) {
        headers.remove(name);
        return this;
    }

    ConsumerRecord<byte[], byte[]> record() {
        return over(PARTITIONS);
    }

    /** On the one of so many partitions that its key says, unless it was put on another one. */
    ConsumerRecord<byte[], byte[]> over(int partitions) {
        int number = partition != null ? partition : key == null ? 0 : KeyPartitions.of(key, partitions);
        return new ConsumerRecord<>(
                topic,
                number,
                7,
                timeMs,
                TimestampType.LOG_APPEND_TIME,
                key == null ? -1 : key.length,
                value == null ? -1 : value.length,
                key,
                value,
                headers,
                Optional.empty());
    }
}

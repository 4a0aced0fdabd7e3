package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.threadwright.testing.AsyncApi;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import dev.threadwright.testing.TestServers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The AsyncAPI document is served, and is true of the records of a run that asks, waits and ends. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class AsyncApiEndToEndTest {

    private static final String PREFIX = "threadwright.";

    private final AsyncApi document = AsyncApi.document();
    private final String thread = "t-" + UUID.randomUUID();
    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    private KafkaProducer<byte[], byte[]> producer;
    private KafkaConsumer<byte[], byte[]> consumer;

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
        Map<String, Object> config = Map.of("bootstrap.servers", TestServers.bootstrapServers());
        producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", TestServers.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (String channel : List.of("lifecycle", "events", "commands", "dead-letter")) {
            consumer.partitionsFor(PREFIX + channel)
                    .forEach(info -> partitions.add(new TopicPartition(info.topic(), info.partition())));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    @AfterEach
    void close() {
        producer.close();
        consumer.close();
    }

    @Test
    void theDocumentIsServed() throws IOException {
        given().get("/asyncapi")
                .then()
                .statusCode(200)
                .header("content-type", equalTo("application/yaml;charset=UTF-8"))
                .body(equalTo(Files.readString(Path.of("src/main/resources/asyncapi.yaml"))));
    }

    @Test
    void everyRecordOfARunThatAsksAndWaitsIsAsDescribed() {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        given().contentType(ContentType.JSON)
                .header("traceparent", trace)
                .header("tracestate", "vendor=1")
                .body("""
                        {"workflow": "approval", "data": {"item": "bolt", "count": 3, "price": 400}}
                        """)
                .post("/threads/{id}/inputs?wait=decision", thread)
                .then()
                .statusCode(200);
        awaitOn("lifecycle", "run.interrupted");

        send("run.resume", Map.of(), "{\"answer\":{\"approved\":\"perhaps\"}}");
        awaitOn("lifecycle", "interrupt.answer_rejected");
        send("run.resume", Map.of(), "{\"answer\":{\"approved\":true,\"note\":\"for the new shelf\"}}");
        awaitOn("lifecycle", "interrupt.resolved");
        awaitOn("events", "wait.started");
        send("external.event", Map.of("ce_eventtype", "payment.settled"), "{\"amount\":1200}");
        awaitOn("lifecycle", "run.completed");
        send("thread.update", Map.of(), "{\"metadata\":{\"owner\":\"ann\"}}");
        awaitOn("events", "thread.updated");
        send("thread.update", Map.of(), "this is not JSON");
        await().until(() -> !poll("dead-letter").isEmpty());

        assertThat(poll("lifecycle").stream().map(AsyncApiEndToEndTest::type))
                .contains("run.started", "interrupt.raised", "run.interrupted", "interrupt.resolved", "run.resumed");
        assertThat(poll("commands")).isNotEmpty();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            String channel = record.topic().substring(PREFIX.length());
            List<String> problems = channel.equals("dead-letter")
                    ? document.headerProblems(channel, "record", record.headers())
                    : document.recordProblems(channel, record.headers(), record.value());
            assertThat(problems).as("%s", record).isEmpty();
            if (channel.equals("lifecycle") || channel.equals("events")) {
                JsonNode data = AsyncApi.parse(new String(record.value(), UTF_8));
                assertThat(data.path("type").textValue()).isEqualTo(type(record));
                assertThat(header(record, "ce_subject")).isEqualTo(thread);
                assertThat(header(record, "ce_id"))
                        .isEqualTo("default/" + thread + "/" + header(record, "ce_sequence"));
                assertThat(header(record, "ce_runid"))
                        .isEqualTo(data.path("run").textValue());
                // Whoever answers and whatever happens meanwhile sends no trace of its own.
                boolean isOfTheRun = data.has("run")
                        && (!type(record).equals("input.accepted")
                                || data.at("/why/decision").textValue().equals("start"));
                assertThat(header(record, "ce_traceparent"))
                        .as("%s", record)
                        .isEqualTo(isOfTheRun || type(record).equals("thread.created") ? trace : null);
            }
        }
    }

    private void awaitOn(String channel, String type) {
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        poll(channel).stream().anyMatch(record -> type(record).equals(type)));
    }

    /** The records of the thread on a channel so far. */
    private List<ConsumerRecord<byte[], byte[]>> poll(String channel) {
        consumer.poll(Duration.ofMillis(50)).forEach(record -> {
            if (record.key() != null && new String(record.key(), UTF_8).equals(thread)) {
                records.add(record);
            }
        });
        return records.stream()
                .filter(record -> record.topic().equals(PREFIX + channel))
                .toList();
    }

    private void send(String type, Map<String, String> extensions, String data) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(PREFIX + "input", thread.getBytes(UTF_8), data.getBytes(UTF_8));
        Map.of(
                        "ce_specversion",
                        "1.0",
                        "ce_id",
                        UUID.randomUUID().toString(),
                        "ce_source",
                        "/test",
                        "ce_type",
                        "dev.threadwright." + type + ".v1")
                .forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        extensions.forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        producer.send(record);
        producer.flush();
    }

    private static String type(ConsumerRecord<byte[], byte[]> record) {
        String type = header(record, "ce_type");
        return type.substring("dev.threadwright.".length(), type.length() - ".v1".length());
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }
}

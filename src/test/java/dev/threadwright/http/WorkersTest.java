package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.threadwright.testing.AsyncApi;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.TestServers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.time.Duration;
import java.time.Instant;
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

/** Workers elsewhere, who know nothing but two topics. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class WorkersTest {

    private static final String REQUEST = "dev.threadwright.action.request.v1";
    private static final String CANCEL = "dev.threadwright.action.cancel.v1";

    private final AsyncApi document = AsyncApi.document();
    private final String name = "charge-" + UUID.randomUUID();
    private final String thread = "t-" + UUID.randomUUID();
    private final List<ConsumerRecord<byte[], byte[]>> asked = new ArrayList<>();
    private String trace;
    private KafkaProducer<byte[], byte[]> producer;
    private KafkaConsumer<byte[], byte[]> consumer;

    @BeforeEach
    void aWorkerAndAWorkflowThatNeedsIt() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
        Map<String, Object> config = Map.of("bootstrap.servers", TestServers.bootstrapServers());
        producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", TestServers.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor("threadwright.actions").stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        given().contentType("application/yaml")
                .body("""
                        name: %1$s
                        channels: {receipt: last_write_wins}
                        start: pay
                        steps:
                          pay:
                            work: %1$s
                            input: '{"cents": input.cents}'
                            result: {receipt: result.receipt}
                            timeout: 3s
                            retry: {max: 5, base: 1ms, cap: 1ms}
                        """.formatted(name).getBytes(UTF_8))
                .post("/workflows")
                .then()
                .statusCode(201);
    }

    @AfterEach
    void close() {
        producer.close();
        consumer.close();
    }

    @Test
    void aWorkerIsAskedOnceAndItsResultEndsTheRun() {
        start("decision");
        ConsumerRecord<byte[], byte[]> request = awaitAsked(REQUEST, 1);
        assertThat(document.recordProblems("actions", request.headers(), request.value()))
                .isEmpty();
        assertThat(header(request, "ce_actionname")).isEqualTo(name);
        assertThat(request.headers().lastHeader("ce_traceparent")).isNull();
        assertThat(new String(request.key(), UTF_8)).isEqualTo(thread).isEqualTo(header(request, "ce_subject"));
        assertThat(new String(request.value(), UTF_8)).isEqualTo("{\"cents\":350}");
        assertThat(Instant.parse(header(request, "ce_deadline"))).isAfter(Instant.parse(header(request, "ce_time")));
        answer(request, "action.succeeded", "{\"receipt\":\"r-1\"}");
        awaitRun("completed");
        answer(request, "action.succeeded", "{\"receipt\":\"r-2\"}");
        awaitEvent("action.result_discarded");
        given().get("/threads/{id}/state", thread).then().body("values.receipt", equalTo("r-1"));
        assertThat(asked).as("nothing to cancel").hasSize(1);
    }

    @Test
    void aFailureThatPassesIsTriedAgainUnderTheSameNameAndAPermanentOneIsNot() {
        start("decision");
        ConsumerRecord<byte[], byte[]> first = awaitAsked(REQUEST, 1);
        answer(first, "action.failed", "{\"error\":\"busy\"}");
        ConsumerRecord<byte[], byte[]> second = awaitAsked(REQUEST, 2);
        assertThat(header(second, "ce_actionid")).isEqualTo(header(first, "ce_actionid"));
        answer(first, "action.succeeded", "{\"receipt\":\"of the attempt that failed\"}");
        awaitEvent("action.result_discarded");
        answer(second, "action.failed", "{\"error\":\"no such card\",\"kind\":\"permanent\"}");
        awaitRun("failed");
        assertThat(asked).hasSize(2);
    }

    @Test
    void whoSaysNothingIsGivenUpAndWhoGivesSignsOfLifeIsNot() {
        start("decision");
        ConsumerRecord<byte[], byte[]> request = awaitAsked(REQUEST, 1);
        Instant begun = Instant.now();
        // Longer than an attempt has, with a sign of life in each half of it.
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    answer(request, "action.heartbeat", "{}");
                    return Duration.between(begun, Instant.now()).toSeconds() >= 5;
                });
        poll();
        assertThat(asked).hasSize(1);
        awaitEvent("action.extended");
        ConsumerRecord<byte[], byte[]> second = awaitAsked(REQUEST, 2);
        assertThat(header(awaitAsked(CANCEL, 1), "ce_attempt")).isEqualTo("1");
        answer(second, "action.succeeded", "{\"receipt\":\"r-2\"}");
        awaitRun("completed");
    }

    @Test
    void whatNobodyWaitsForIsCancelledAndItsResultDiscarded() {
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        String run = start("decision");
        ConsumerRecord<byte[], byte[]> request = awaitAsked(REQUEST, 1);
        assertThat(document.recordProblems("actions", request.headers(), request.value()))
                .isEmpty();
        assertThat(header(request, "ce_traceparent")).isEqualTo(trace);
        assertThat(header(request, "ce_tracestate")).isEqualTo("vendor=1");
        given().contentType(ContentType.JSON)
                .body("{\"run_id\":\"" + run + "\"}")
                .post("/threads/{id}/cancel?wait=decision", thread)
                .then()
                .statusCode(200);
        ConsumerRecord<byte[], byte[]> cancel = awaitAsked(CANCEL, 1);
        assertThat(document.recordProblems("actions", cancel.headers(), cancel.value()))
                .isEmpty();
        assertThat(header(cancel, "ce_actionid")).isEqualTo(header(request, "ce_actionid"));
        assertThat(header(cancel, "ce_traceparent")).isEqualTo(trace);
        assertThat(header(cancel, "ce_tracestate")).isEqualTo("vendor=1");
        answer(request, "action.succeeded", "{\"receipt\":\"late\"}");
        awaitEvent("action.result_discarded");
    }

    private String start(String wait) {
        Map<String, String> headers = trace == null ? Map.of() : Map.of("traceparent", trace, "tracestate", "vendor=1");
        return given().contentType(ContentType.JSON)
                .headers(headers)
                .body("{\"workflow\":\"" + name + "\",\"data\":{\"cents\":350}}")
                .post("/threads/{id}/inputs?wait=" + wait, thread)
                .then()
                .statusCode(200)
                .extract()
                .path("run_id");
    }

    private void answer(ConsumerRecord<byte[], byte[]> request, String type, String data) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>("threadwright.results", request.key(), data.getBytes(UTF_8));
        Map.of(
                        "ce_specversion",
                        "1.0",
                        "ce_id",
                        UUID.randomUUID().toString(),
                        "ce_source",
                        "/worker",
                        "ce_type",
                        "dev.threadwright." + type + ".v1",
                        "ce_runid",
                        header(request, "ce_runid"),
                        "ce_actionid",
                        header(request, "ce_actionid"),
                        "ce_attempt",
                        header(request, "ce_attempt"))
                .forEach((header, value) -> record.headers().add(header, value.getBytes(UTF_8)));
        producer.send(record);
        producer.flush();
    }

    /** The so-manieth record of that type about this thread. */
    private ConsumerRecord<byte[], byte[]> awaitAsked(String type, int count) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> {
                            poll();
                            return asked.stream()
                                    .filter(record -> header(record, "ce_type").equals(type))
                                    .toList();
                        },
                        found -> found.size() >= count)
                .get(count - 1);
    }

    private void poll() {
        consumer.poll(Duration.ofMillis(50)).forEach(record -> {
            if (new String(record.key(), UTF_8).equals(thread)) {
                asked.add(record);
            }
        });
    }

    private void awaitRun(String status) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> given().get("/threads/{id}", thread).then().body("runs[0].status", equalTo(status)));
    }

    private void awaitEvent(String type) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(given().get("/threads/{id}/events?limit=100", thread)
                                .then()
                                .extract()
                                .jsonPath()
                                .getList("events.type"))
                        .contains(type));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }
}

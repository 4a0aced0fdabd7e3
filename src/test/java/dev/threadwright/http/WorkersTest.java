package dev.threadwright.http;

import static dev.threadwright.http.TestWorker.header;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.threadwright.testing.AsyncApi;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workers elsewhere, who know nothing but two topics. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class WorkersTest {

    private final AsyncApi document = AsyncApi.document();
    private final String name = "charge-" + UUID.randomUUID();
    private final String thread = "t-" + UUID.randomUUID();
    private Map<String, String> trace = Map.of();
    private TestWorker worker;

    @BeforeEach
    void aWorker() {
        Readiness.await();
        worker = new TestWorker();
    }

    @AfterEach
    void close() {
        worker.close();
    }

    @Test
    void aWorkerIsAskedOnceAndItsResultEndsTheRun() {
        start();
        ConsumerRecord<byte[], byte[]> request = worker.awaitAsked(thread, TestWorker.REQUEST, 1);
        assertThat(document.recordProblems("actions", request.headers(), request.value()))
                .isEmpty();
        assertThat(header(request, "ce_actionname")).isEqualTo(name);
        assertThat(request.headers().lastHeader("ce_traceparent")).isNull();
        assertThat(new String(request.key(), UTF_8)).isEqualTo(thread).isEqualTo(header(request, "ce_subject"));
        assertThat(new String(request.value(), UTF_8)).isEqualTo("{\"cents\":350}");
        assertThat(Instant.parse(header(request, "ce_deadline"))).isAfter(Instant.parse(header(request, "ce_time")));
        worker.answer(request, "action.succeeded", "{\"receipt\":\"r-1\"}");
        awaitRun("completed");
        worker.answer(request, "action.succeeded", "{\"receipt\":\"r-2\"}");
        awaitEvent("action.result_discarded");
        given().get("/threads/{id}/state", thread).then().body("values.receipt", equalTo("r-1"));
        assertThat(worker.asked(thread)).as("nothing to cancel").hasSize(1);
    }

    @Test
    void aFailureThatPassesIsTriedAgainUnderTheSameNameAndAPermanentOneIsNot() {
        start();
        ConsumerRecord<byte[], byte[]> first = worker.awaitAsked(thread, TestWorker.REQUEST, 1);
        worker.answer(first, "action.failed", "{\"error\":\"busy\"}");
        ConsumerRecord<byte[], byte[]> second = worker.awaitAsked(thread, TestWorker.REQUEST, 2);
        assertThat(header(second, "ce_actionid")).isEqualTo(header(first, "ce_actionid"));
        worker.answer(first, "action.succeeded", "{\"receipt\":\"of the attempt that failed\"}");
        awaitEvent("action.result_discarded");
        worker.answer(second, "action.failed", "{\"error\":\"no such card\",\"kind\":\"permanent\"}");
        awaitRun("failed");
        assertThat(worker.asked(thread)).hasSize(2);
    }

    @Test
    void whoSaysNothingIsGivenUpAndWhoGivesSignsOfLifeIsNot() {
        start("2s");
        ConsumerRecord<byte[], byte[]> request = worker.awaitAsked(thread, TestWorker.REQUEST, 1);
        Instant begun = Instant.now();
        // Longer than an attempt has, with many signs of life in each half of it.
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    worker.answer(request, "action.heartbeat", "{}");
                    return Duration.between(begun, Instant.now()).toSeconds() >= 3;
                });
        assertThat(worker.asked(thread)).hasSize(1);
        awaitEvent("action.extended");
        ConsumerRecord<byte[], byte[]> second = worker.awaitAsked(thread, TestWorker.REQUEST, 2);
        assertThat(header(worker.awaitAsked(thread, TestWorker.CANCEL, 1), "ce_attempt"))
                .isEqualTo("1");
        worker.answer(second, "action.succeeded", "{\"receipt\":\"r-2\"}");
        awaitRun("completed");
    }

    @Test
    void whatNobodyWaitsForIsCancelledAndItsResultDiscarded() {
        String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        trace = Map.of("traceparent", parent, "tracestate", "vendor=1");
        String run = start();
        ConsumerRecord<byte[], byte[]> request = worker.awaitAsked(thread, TestWorker.REQUEST, 1);
        assertThat(document.recordProblems("actions", request.headers(), request.value()))
                .isEmpty();
        assertThat(header(request, "ce_traceparent")).isEqualTo(parent);
        assertThat(header(request, "ce_tracestate")).isEqualTo("vendor=1");
        given().contentType(ContentType.JSON)
                .body("{\"run_id\":\"" + run + "\"}")
                .post("/threads/{id}/cancel?wait=decision", thread)
                .then()
                .statusCode(200);
        ConsumerRecord<byte[], byte[]> cancel = worker.awaitAsked(thread, TestWorker.CANCEL, 1);
        assertThat(document.recordProblems("actions", cancel.headers(), cancel.value()))
                .isEmpty();
        assertThat(header(cancel, "ce_actionid")).isEqualTo(header(request, "ce_actionid"));
        assertThat(header(cancel, "ce_traceparent")).isEqualTo(parent);
        assertThat(header(cancel, "ce_tracestate")).isEqualTo("vendor=1");
        worker.answer(request, "action.succeeded", "{\"receipt\":\"late\"}");
        awaitEvent("action.result_discarded");
    }

    private String start() {
        return start("1m");
    }

    /** @param timeout of an attempt */
    private String start(String timeout) {
        workflow(timeout);
        return given().contentType(ContentType.JSON)
                .headers(trace)
                .body("{\"workflow\":\"" + name + "\",\"data\":{\"cents\":350}}")
                .post("/threads/{id}/inputs?wait=decision", thread)
                .then()
                .statusCode(200)
                .extract()
                .path("run_id");
    }

    private void workflow(String timeout) {
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
                            timeout: %2$s
                            retry: {max: 5, base: 1ms, cap: 1ms}
                        """.formatted(name, timeout).getBytes(UTF_8))
                .post("/workflows")
                .then()
                .statusCode(201);
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
}

package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import dev.threadwright.testing.VariedServer;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Limits and circuits, as they are configured, with workers who see what they are asked for. */
@QuarkusTest
@TestProfile(VariedServer.class)
@WithTestResource(EmbeddedServersResource.class)
class LimitsTest {

    private static final String LIMITED = VariedServer.LIMITED;
    private static final String FAILING = "failing-card";

    private final String prefix = "t-" + UUID.randomUUID() + "-";
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
    void whatIsLimitedIsListed() {
        given().get("/actions/targets")
                .then()
                .statusCode(200)
                .body("targets.target", hasItems("chat/default", "http/api.example.com", LIMITED));
    }

    @Test
    void oneAfterTheOtherIsAskedFor() {
        register(LIMITED, "{max: 0}");
        for (int i = 0; i < 3; i++) {
            start(LIMITED, i);
        }
        awaitAsked(1);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> given().queryParam("name", LIMITED)
                        .queryParam("status", "held")
                        .get("/actions")
                        .then()
                        .statusCode(200)
                        .body("actions", hasSize(2))
                        .body("actions[0].attempt", equalTo(1)));
        given().get("/actions/targets")
                .then()
                .statusCode(200)
                .body("targets.find { it.target == '" + LIMITED + "' }.held", equalTo(2))
                .body("targets.find { it.target == '" + LIMITED + "' }.under_way", equalTo(1))
                .body("targets.find { it.target == '" + LIMITED + "' }.circuit", equalTo("closed"));
        assertThat(metric("threadwright_actions_held")).isEqualTo(2.0);
        assertThat(asked()).hasSize(1);
        for (int i = 0; i < 3; i++) {
            worker.answer(awaitAsked(i + 1), "action.succeeded", "{}");
        }
        for (int i = 0; i < 3; i++) {
            awaitRun(i, "completed");
        }
        assertThat(asked().stream()
                        .map(record -> new String(record.key(), UTF_8))
                        .distinct())
                .hasSize(3);
    }

    @Test
    void whatFailsTooOftenIsLeftAloneAndTheRunsWaitInsteadOfFailing() {
        register(FAILING, "{max: 1, base: 1ms, cap: 1ms}");
        start(FAILING, 0);
        worker.answer(awaitAsked(1), "action.failed", "{\"error\":\"down\"}");
        worker.answer(awaitAsked(2), "action.failed", "{\"error\":\"down\"}");
        awaitRun(0, "failed");
        awaitCircuit("open", "half_open");
        for (int i = 1; i < 3; i++) {
            start(FAILING, i);
        }
        // Each of these is a probe: with one retry, two that count would end the run.
        for (int i = 3; i < 6; i++) {
            worker.answer(awaitAsked(i), "action.failed", "{\"error\":\"still down\"}");
        }
        for (int i = 1; i < 3; i++) {
            given().get("/threads/{id}", prefix + i).then().body("runs[0].status", equalTo("active"));
        }
        int next = 6;
        while (count("completed") < 2) {
            worker.answer(awaitAsked(next++), "action.succeeded", "{}");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> asked().size() > 5 + count("completed") || count("completed") == 2);
        }
        awaitCircuit("closed");
        assertThat(metric("threadwright_circuits_open")).isZero();
    }

    private int count(String status) {
        int count = 0;
        for (int i = 1; i < 3; i++) {
            String now = given().get("/threads/{id}", prefix + i).path("runs[0].status");
            count += status.equals(now) ? 1 : 0;
        }
        return count;
    }

    private static void awaitCircuit(String... states) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat((String) given().get("/actions/targets")
                                .path("targets.find { it.target == '" + FAILING + "' }.circuit"))
                        .isIn((Object[]) states));
    }

    private static double metric(String name) {
        return given().get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    private static void register(String name, String retry) {
        given().contentType("application/yaml")
                .body("""
                        name: %1$s
                        start: pay
                        steps:
                          pay:
                            work: %1$s
                            timeout: 1m
                            retry: %2$s
                        """.formatted(name, retry).getBytes(UTF_8))
                .post("/workflows")
                .then()
                .statusCode(201);
    }

    private void start(String workflow, int number) {
        given().contentType(ContentType.JSON)
                .body("{\"workflow\":\"" + workflow + "\",\"data\":{}}")
                .post("/threads/{id}/inputs?wait=decision", prefix + number)
                .then()
                .statusCode(200);
    }

    private ConsumerRecord<byte[], byte[]> awaitAsked(int count) {
        return await().atMost(Duration.ofSeconds(30))
                .until(this::asked, found -> found.size() >= count)
                .get(count - 1);
    }

    private List<ConsumerRecord<byte[], byte[]>> asked() {
        return worker.askedAboutThreads(prefix);
    }

    private void awaitRun(int number, String status) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        given().get("/threads/{id}", prefix + number).then().body("runs[0].status", equalTo(status)));
    }
}

package dev.threadwright.ops;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.threadwright.testing.CalledServer;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.VariedServer;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One input's spans, from its request to the records of its run. */
@QuarkusTest
@TestProfile(VariedServer.class)
@WithTestResource(EmbeddedServersResource.class)
class SpansTest {

    /** Each test's own. */
    private final String traceId = UUID.randomUUID().toString().replace("-", "");

    private static final String SENDER = "b7ad6b7169203331";

    @Inject
    InMemorySpanExporter exporter;

    private final String name = "spans-" + UUID.randomUUID();
    private final String thread = "t-" + UUID.randomUUID();
    private CalledServer server;

    /** Where spans go if there are any. */
    @Singleton
    static final class Memory {
        @Produces
        @Singleton
        @Typed(InMemorySpanExporter.class)
        InMemorySpanExporter exporter() {
            return InMemorySpanExporter.create();
        }

        @Produces
        @Singleton
        SpanProcessor processor(InMemorySpanExporter to) {
            return SimpleSpanProcessor.create(to);
        }
    }

    @BeforeEach
    void aWorkflowThatCallsAServer() throws IOException {
        server = CalledServer.of(name);
        exporter.reset();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void oneInputsSpansAreOneTraceWithTheRightParents() {
        input("completed");

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(below(EngineSpans.PUBLISH)
                                .flatMap(span -> span.getAttributes().get(EngineSpans.EVENTS).stream()))
                        .contains("input.accepted", "run.started", "run.completed"));
        SpanData request = below(null)
                .filter(span -> span.getKind() == SpanKind.SERVER)
                .findFirst()
                .orElseThrow();
        assertThat(request.getParentSpanId()).isEqualTo(SENDER);
        SpanData arrival = below(EngineSpans.RECEIVE).findFirst().orElseThrow();
        assertThat(arrival.getParentSpanId()).as("what the arrival is below").isEqualTo(request.getSpanId());
        for (String name : List.of(EngineSpans.DECIDE, EngineSpans.STEP, EngineSpans.PUBLISH)) {
            assertThat(below(name))
                    .as(name)
                    .isNotEmpty()
                    .allSatisfy(span -> assertThat(span.getParentSpanId()).isEqualTo(arrival.getSpanId()));
        }
        SpanData step = below(EngineSpans.STEP).findFirst().orElseThrow();
        assertThat(server.traces()).containsExactly("00-" + traceId + "-" + step.getSpanId() + "-01 null");
        assertThat(below(EngineSpans.DECIDE))
                .allSatisfy(span -> assertThat(span.getLinks()).hasSize(1));
        String stored = "00-" + traceId + "-" + arrival.getSpanId() + "-01";
        given().get("/threads/{id}/events?from=1&limit=100", thread)
                .then()
                .body("events.traceparent.unique()", equalTo(List.of(stored)));
    }

    @Test
    void whatFailsIsSeenToFail() {
        server.answerWith(400);
        input("failed");

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(below(EngineSpans.STEP))
                        .singleElement()
                        .satisfies(step ->
                                assertThat(step.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR)));
        assertThat(below(EngineSpans.DECIDE))
                .anySatisfy(
                        decide -> assertThat(decide.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR));
    }

    private void input(String end) {
        given().header("traceparent", "00-" + traceId + "-" + SENDER + "-01")
                .contentType(ContentType.JSON)
                .body("{\"data\":{},\"workflow\":\"%s\"}".formatted(name))
                .post("/threads/{id}/inputs?wait=completion&timeout=20000", thread)
                .then()
                .statusCode(200)
                .body("run.status", equalTo(end));
    }

    /** Those of the trace; null for all names. */
    private java.util.stream.Stream<SpanData> below(String name) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getTraceId().equals(traceId))
                .filter(span -> name == null || span.getName().equals(name));
    }
}

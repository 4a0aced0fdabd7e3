package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class HttpEndToEndTest {

    @Inject
    Waiters waiters;

    @TestHTTPResource
    URI server;

    private final String thread = "t-" + UUID.randomUUID();

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    @Test
    void anInputWithoutWaitingIsAccepted() {
        json("{'data': {'text': 'hi'}}")
                .header("Idempotency-Key", "k1")
                .post("/threads/{id}/inputs", thread)
                .then()
                .statusCode(202)
                .header("Location", endsWith("/threads/" + thread))
                .body("thread_id", equalTo(thread))
                .body("input.source", equalTo("/http"))
                .body("input.id", equalTo("k1"))
                .body("outcome", nullValue());
        await().untilAsserted(() -> given().get("/threads/{id}", thread)
                .then()
                .statusCode(200)
                .body("status", equalTo("idle"))
                .body("runs", hasSize(1)));
    }

    @Test
    void waitingForTheDecisionTellsTheRunAndWhereItIs() {
        String run = input("{'data': 1}", "decision")
                .statusCode(200)
                .body("outcome", equalTo("started"))
                .body("duplicate", equalTo(false))
                .body("seq", notNullValue())
                .body("run", nullValue())
                .extract()
                .path("run_id");
        given().get("/threads/{id}/runs/{run}", thread, run)
                .then()
                .statusCode(200)
                .body("run_id", equalTo(run))
                .body("workflow", equalTo("echo@1"))
                .body("decision", equalTo("start"));
    }

    @Test
    void waitingForCompletionTellsWhatTheRunWrote() {
        input("{'data': {'text': 'hi', 'n': 12345678901234567890.10}}", "completion")
                .statusCode(200)
                .body("outcome", equalTo("started"))
                .body("run.status", equalTo("completed"))
                .body("run.values.output.text", equalTo("hi"));
    }

    @Test
    void waitingForCompletionTellsWhyTheRunFailed() {
        input("{'data': {'ms': 'soon'}, 'workflow': 'delay'}", "completion")
                .statusCode(200)
                .body("run.status", equalTo("failed"))
                .body("run.error", containsString("data.ms"));
    }

    @Test
    void theSameKeyWithTheSameContentGetsTheFirstOutcomeAndDoesNothing() {
        ValidatableResponse first = json("{'data': {'a': 1, 'b': 2}}")
                .header("Idempotency-Key", "same")
                .post("/threads/{id}/inputs?wait=completion", thread)
                .then()
                .statusCode(200)
                .body("duplicate", equalTo(false));
        json("{'data': {'b': 2, 'a': 1.0}}")
                .header("Idempotency-Key", "same")
                .post("/threads/{id}/inputs?wait=completion", thread)
                .then()
                .statusCode(200)
                .body("duplicate", equalTo(true))
                .body("run_id", equalTo(first.extract().path("run_id")))
                .body("seq", equalTo(first.extract().path("seq")))
                .body("run.status", equalTo("completed"));
        given().get("/threads/{id}", thread).then().body("runs", hasSize(1));
    }

    @Test
    void theSameKeyWithOtherContentIsAConflictAndStaysOne() {
        input("{'data': 1, 'id': 'k'}", "decision").statusCode(200);
        long seq = input("{'data': 2, 'id': 'k'}", "decision")
                .statusCode(409)
                .contentType(Problem.MEDIA_TYPE)
                .body("type", equalTo("urn:threadwright:problem:conflict"))
                .body("reason", equalTo("conflict"))
                .body("duplicate", equalTo(false))
                .extract()
                .jsonPath()
                .getLong("seq");
        input("{'data': 2, 'id': 'k'}", "decision")
                .statusCode(409)
                .body("seq", equalTo((int) seq))
                .body("duplicate", equalTo(true));
    }

    @Test
    void refusalsAreProblemsOfTheirKind() {
        input("{'data': {'ms': 60000}, 'workflow': 'delay'}", "decision").statusCode(200);
        input("{'data': 1, 'policy': 'reject'}", "decision")
                .statusCode(409)
                .body("type", equalTo("urn:threadwright:problem:busy"))
                .body("title", equalTo("The thread is busy"))
                .body("instance", equalTo("/threads/" + thread + "/inputs"));
        input("{'data': 1, 'policy': {'type': 'parallel', 'max': 1}}", "decision")
                .statusCode(429)
                .body("reason", equalTo("max_parallel_runs"));
        input("{'data': 1, 'run_id': 'nobody'}", "decision")
                .statusCode(404)
                .body("type", equalTo("urn:threadwright:problem:run-not-found"));
        input("{'data': 1, 'interrupt_id': '" + "0".repeat(32) + "'}", "decision")
                .statusCode(404)
                .body("type", equalTo("urn:threadwright:problem:interrupt-not-found"));
        input("{'data': 1, 'workflow': 'nowhere'}", "decision")
                .statusCode(422)
                .body("type", equalTo("urn:threadwright:problem:unknown-workflow"));
        input("{'data': 1, 'policy': {'type': 'custom', 'name': 'absent'}}", "decision")
                .statusCode(422)
                .body("reason", equalTo("policy_failed"))
                .body(
                        "detail",
                        startsWith("Policy failed; why is in the event: GET /threads/" + thread + "/events?from="))
                .body("seq", greaterThan(1));
        cancel("{}", "decision").statusCode(200);
    }

    @Test
    void whatIsAddressedToAThreadThatDoesNotExistIsNotFound() {
        input("{'data': 1, 'run_id': 'r'}", "decision")
                .statusCode(404)
                .body("type", equalTo("urn:threadwright:problem:thread-not-found"));
        cancel("{}", "decision").statusCode(404);
        input("{'data': 1, 'workflow': 'nowhere'}", "decision").statusCode(422);
        given().get("/threads/{id}", thread).then().statusCode(404);
    }

    @Test
    void queuedInputsSayTheRunThatTheyWillBe() {
        input("{'data': {'ms': 200}, 'workflow': 'delay'}", "decision").statusCode(200);
        input("{'data': 'second', 'policy': 'queue'}", "completion")
                .statusCode(200)
                .body("outcome", equalTo("queued"))
                .body("run.status", equalTo("completed"))
                .body("run.values.output", equalTo("second"));
    }

    @Test
    void mergedInputsWaitForTheRunThatTookThem() {
        String run = input("{'data': {'ms': 300}, 'workflow': 'delay'}", "decision")
                .extract()
                .path("run_id");
        input("{'data': 'more', 'policy': 'merge'}", "completion")
                .statusCode(200)
                .body("outcome", equalTo("merged"))
                .body("run_id", equalTo(run))
                .body("run.values.merged", contains("more"));
    }

    @Test
    void whenTimeIsUpTheAnswerIsWhatIsKnownAndTheKeyGoesOnWaiting() {
        json("{'data': {'ms': 700}, 'workflow': 'delay', 'id': 'slow'}")
                .post("/threads/{id}/inputs?wait=completion&timeout=250", thread)
                .then()
                .statusCode(202)
                .header("Location", containsString("/runs/"))
                .body("outcome", equalTo("started"))
                .body("run", nullValue());
        input("{'data': {'ms': 700}, 'workflow': 'delay', 'id': 'slow'}", "completion")
                .statusCode(200)
                .body("duplicate", equalTo(true))
                .body("run.status", equalTo("completed"));
    }

    @Test
    void cancellingEndsRunsAndSaysWhich() {
        String run = input("{'data': {'ms': 60000}, 'workflow': 'delay'}", "decision")
                .extract()
                .path("run_id");
        cancel("{'run_id': '" + run + "', 'rollback': true}", "decision")
                .statusCode(200)
                .body("outcome", equalTo("cancelled"))
                .body("runs", contains(run));
        cancel("{'run_id': '" + run + "'}", "decision")
                .statusCode(200)
                .body("outcome", equalTo("unchanged"))
                .body("message", containsString("already cancelled"));
        cancel("{}", "decision").statusCode(200).body("message", equalTo("Nothing was running"));
        input("{'data': 1, 'run_id': '" + run + "'}", "decision")
                .statusCode(409)
                .body("type", equalTo("urn:threadwright:problem:run-ended"));
    }

    @Test
    void cancellingAllNeedsNoBody() throws IOException, InterruptedException {
        String run = input("{'data': {'ms': 60000}, 'workflow': 'delay'}", "decision")
                .extract()
                .path("run_id");
        try (HttpClient client = HttpClient.newHttpClient()) {
            String answer = client.send(
                            HttpRequest.newBuilder(server.resolve("/threads/" + thread + "/cancel?wait=decision"))
                                    .POST(HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            assertThat(answer).contains("\"cancelled\"").contains(run);
        }
    }

    @Test
    void whatIsSetOnAThreadIsReadAgain() {
        json("{'thread_id': '" + thread + "', 'metadata': {'customer': 6, 'kept': true}}")
                .post("/threads")
                .then()
                .statusCode(200);
        json("{'policy': {'type': 'queue', 'max': 3}, 'workflow': 'delay', 'metadata': {'customer': 7}}")
                .patch("/threads/{id}", thread)
                .then()
                .statusCode(200)
                .body("metadata.kept", equalTo(true))
                .body("workflow", equalTo("delay"));
        given().get("/threads/{id}", thread)
                .then()
                .statusCode(200)
                .body("policy.type", equalTo("queue"))
                .body("policy.max", equalTo(3))
                .body("workflow", equalTo("delay"))
                .body("metadata.customer", equalTo(7))
                .body("latest_run", nullValue())
                .body("runs", hasSize(0));
    }

    @Test
    void eventsArePagedFromAnyPlaceEvenWithinADecision() {
        for (int i = 0; i < 3; i++) {
            input("{'data': " + i + ", 'id': 'k" + i + "'}", "completion").statusCode(200);
        }
        List<Integer> seqs = new ArrayList<>();
        Integer next = 1;
        while (next != null) {
            ValidatableResponse page = given().get("/threads/{id}/events?from={from}&limit=2", thread, next)
                    .then()
                    .statusCode(200);
            seqs.addAll(page.extract().path("events.seq"));
            next = page.extract().path("next");
        }
        int head = given().get("/threads/{id}", thread).then().extract().path("seq");
        assertThat(seqs).hasSize(head).isSorted().doesNotHaveDuplicates().startsWith(1);

        given().get("/threads/{id}/events?from=2", thread)
                .then()
                .body("events[0].seq", equalTo(2))
                .body("events[0].type", equalTo("input.accepted"))
                .body("events[0].data.type", equalTo("input.accepted"))
                .body("events[0].causation.id", equalTo("k0"))
                .body("events.actor", everyItem(equalTo("http")))
                .body("next", nullValue());
        given().get("/threads/{id}/events?from={from}", thread, head + 1)
                .then()
                .statusCode(200)
                .body("events", hasSize(0))
                .body("next", nullValue());
    }

    @Test
    void threadIdsMayHoldAnythingThatAPathCanEncode() {
        String strange = "a/b c+ü?" + UUID.randomUUID();
        String location = json("{'data': 1}")
                .post("/threads/{id}/inputs?wait=completion", strange)
                .then()
                .statusCode(200)
                .body("thread_id", equalTo(strange))
                .extract()
                .header("Location");
        given().urlEncodingEnabled(false).get(location).then().statusCode(200).body("thread_id", equalTo(strange));
    }

    @Test
    void aCallerWhoGoesAwayIsForgotten() throws IOException {
        String body = "{\"data\": {\"ms\": 60000}, \"workflow\": \"delay\"}";
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.getOutputStream()
                    .write(("POST /threads/" + thread + "/inputs?wait=completion HTTP/1.1\r\nHost: x\r\n"
                                    + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                    + body)
                            .getBytes(StandardCharsets.US_ASCII));
            await().untilAsserted(() -> assertThat(waiters.size()).isEqualTo(1));
        }
        await().untilAsserted(() -> assertThat(waiters.size()).isZero());
        cancel("{}", "decision").statusCode(200);
    }

    private ValidatableResponse input(String body, String wait) {
        return json(body)
                .post("/threads/{id}/inputs?wait={wait}", thread, wait)
                .then()
                .log()
                .ifValidationFails();
    }

    private ValidatableResponse cancel(String body, String wait) {
        return json(body).post("/threads/{id}/cancel?wait={wait}", thread, wait).then();
    }

    private static RequestSpecification json(String body) {
        return given().contentType(ContentType.JSON).body(body.replace('\'', '"'));
    }
}

package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A journal is followed: what was, what comes, on where it broke off, and to its end. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JournalTailOverHttpTest {

    @TestHTTPResource("/")
    URI server;

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient client = HttpClient.newHttpClient();
    private final String thread = "t-" + UUID.randomUUID();

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    @Test
    void eachEventIsToldOnceAsInThePagesFromTheStartAndWhileItHappens() throws IOException {
        // More than are read at once.
        for (int i = 0; i < 25; i++) {
            say();
        }
        try (SseReader tail = tail("", null)) {
            assertThat(tail.status()).isEqualTo(200);
            assertThat(tail.header("content-type")).startsWith("text/event-stream");
            assertThat(tail.header("cache-control")).isEqualTo("no-store");
            List<JsonNode> before = page(1);
            assertThat(before).hasSizeGreaterThan(100);
            assertSame(tail, before);
            long told = before.size();
            for (int i = 0; i < 3; i++) {
                say();
                List<JsonNode> more = page(told + 1);
                assertThat(more).isNotEmpty();
                assertSame(tail, more);
                told += more.size();
            }
        }
    }

    @Test
    void itGoesOnBehindTheLastEventThatWasSeen() throws IOException {
        say();
        List<JsonNode> all = page(1);
        try (SseReader tail = tail("", "3")) {
            assertSame(tail, all.subList(3, all.size()));
        }
        try (SseReader tail = tail("?after=2", null)) {
            assertSame(tail, all.subList(2, all.size()));
        }
        try (SseReader tail = tail("?from=2", null)) {
            assertSame(tail, all.subList(1, all.size()));
        }
        // What a client saw last wins over what its address says.
        try (SseReader tail = tail("?after=0", "4")) {
            assertSame(tail, all.subList(4, all.size()));
        }
        given().get("/threads/{id}/events?after=2", thread).then().body("events[0].seq", equalTo(3));
    }

    @Test
    void whoWaitsHearsThatTheServerIsThere() {
        say();
        int head = given().get("/threads/{id}/events", thread).then().extract().path("events.size()");
        try (SseReader tail = tail("?after=" + head, null)) {
            SseReader.Frame frame = tail.next();
            assertThat(frame.comments()).containsExactly("heartbeat");
            assertThat(frame.data()).isNull();
            say();
            assertThat(next(tail).id()).isEqualTo(Integer.toString(head + 1));
        }
    }

    @Test
    void itEndsWhenTheThreadIsDeleted() {
        say();
        int head = given().get("/threads/{id}/events", thread).then().extract().path("events.size()");
        try (SseReader tail = tail("?after=" + (head - 1), null)) {
            assertThat(next(tail).id()).isEqualTo(Integer.toString(head));
            given().delete("/threads/{id}", thread).then().statusCode(204);
            assertThat(next(tail)).isNull();
        }
        try (SseReader gone = tail("", null)) {
            assertThat(gone.status()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/json", "application/json, text/event-stream;q=0.5", "application/*"})
    void whoTakesJsonGetsAPage(String accept) {
        say();
        given().accept(accept)
                .get("/threads/{id}/events?limit=2", thread)
                .then()
                .statusCode(200)
                .contentType(ContentType.JSON)
                .body("events", hasSize(2))
                .body("next", equalTo(3));
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        say();
        for (String seq : List.of("x", "-2", "9223372036854775807", "1/0")) {
            try (SseReader refused = tail("", seq)) {
                assertThat(refused.status()).isEqualTo(400);
            }
        }
        given().get("/threads/{id}/events?after=1&from=2", thread)
                .then()
                .statusCode(400)
                .body("detail", containsString("exclude each other"));
        given().get("/threads/{id}/events?after=-1", thread).then().statusCode(400);
        given().accept("text/event-stream")
                .get("/threads/{id}/events", "absent-" + thread)
                .then()
                .statusCode(404)
                .body("type", equalTo("urn:threadwright:problem:thread-not-found"));
        given().accept("text/csv").get("/threads/{id}/events", thread).then().statusCode(406);
        given().post("/threads/{id}/events", thread).then().statusCode(405);
    }

    private void say() {
        given().contentType(ContentType.JSON)
                .body("{\"data\":{\"text\":\"hi\"}}")
                .post("/threads/{id}/inputs?wait=completion", thread)
                .then()
                .statusCode(200);
    }

    private SseReader tail(String query, String lastEventId) {
        return SseReader.get(client, server.resolve("/threads/" + thread + "/events" + query), lastEventId);
    }

    private List<JsonNode> page(long from) throws IOException {
        JsonNode page = json.readTree(given().get("/threads/{id}/events?limit=1000&from=" + from, thread)
                .asByteArray());
        List<JsonNode> events = new ArrayList<>();
        page.path("events").forEach(events::add);
        return events;
    }

    private void assertSame(SseReader tail, List<JsonNode> events) throws IOException {
        for (JsonNode event : events) {
            SseReader.Frame frame = next(tail);
            assertThat(frame.id()).isEqualTo(event.path("seq").asText());
            assertThat(frame.event()).isNull();
            assertThat(json.readTree(frame.data())).isEqualTo(event);
        }
    }

    /** Passing over heartbeats. */
    private static SseReader.Frame next(SseReader tail) {
        SseReader.Frame frame = tail.next();
        while (frame != null && frame.data() == null) {
            frame = tail.next();
        }
        return frame;
    }
}

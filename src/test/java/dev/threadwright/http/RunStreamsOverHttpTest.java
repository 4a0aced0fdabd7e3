package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import dev.threadwright.http.SseReader.Frame;
import dev.threadwright.testing.EmbeddedServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class RunStreamsOverHttpTest extends RunStreamsContract {

    @Test
    void aLegThatStopsForSomebodyEndsWithWhatIsAskedAndTheNextOneHasItsOwnStream() {
        String run = input(
                "{\"data\": {\"item\": \"bolt\", \"count\": 3, \"cents\": 1200}, \"workflow\": \"approval\"}",
                "decision");
        List<Frame> first = read(run, "?stream_mode=values", "-1");
        assertThat(first.getLast().data()).contains("\"__interrupt__\":[{\"id\":\"");
        String interrupt = JsonPath.from(first.getLast().data()).getString("__interrupt__[0].id");
        given().contentType(ContentType.JSON)
                .body("{\"data\": {\"approved\": false}, \"interrupt_id\": \"" + interrupt + "\"}")
                .post("/threads/{id}/inputs?wait=completion", thread)
                .then()
                .statusCode(200);
        assertThat(read(run, "?stream_mode=values", "-1")).isEqualTo(first);
    }

    @Test
    void eventsOfTheNewerProtocolHaveTheSameNumbersForEveryChoice() {
        input(
                "{\"data\": {\"customer\": \"Ada\", \"items\": [{\"name\": \"bolt\", \"price\": 3}]}, \"workflow\":"
                        + " \"report\"}",
                "completion");
        List<Frame> all = events("{\"channels\": [\"lifecycle\", \"updates\", \"values\", \"checkpoints\"]}");
        List<Frame> some = events("{\"channels\": [\"lifecycle\"]}");
        assertThat(all).containsAll(some);
        assertThat(some.getFirst().data()).contains("\"event\":\"running\"");
        assertThat(some).allMatch(frame -> frame.data().contains("\"event_id\":\"synth:"));
        String since = all.get(2).id();
        assertThat(events("{\"channels\": [\"lifecycle\", \"updates\", \"values\", \"checkpoints\"], \"since\": "
                        + since + "}"))
                .isEqualTo(all.subList(3, all.size()));
        assertThat(events("{\"channels\": [\"lifecycle\", \"updates\"], \"namespaces\": [[]], \"depth\": 0}"))
                .allMatch(frame -> frame.data().contains("\"namespace\":[]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "99999999999999999999", "99999999-0", "-2", "1"})
    void anIdOfNothingIsRefused(String id) {
        String run = input("{\"data\": 1, \"workflow\": \"echo\"}", "completion");
        given().header("Last-Event-ID", id)
                .get("/threads/{id}/runs/{run}/stream", thread, run)
                .then()
                .statusCode(422)
                .contentType(Problem.MEDIA_TYPE)
                .body("detail", containsString(id));
    }

    @Test
    void whatThereIsNotIsNotFoundAndUnknownModesAreRefused() {
        given().get("/threads/{id}/runs/{run}/stream", thread, UUID.randomUUID())
                .then()
                .statusCode(404)
                .body("detail", containsString(thread));
        given().get("/threads/{id}/stream", thread).then().statusCode(404);
        String run = input("{\"data\": 1, \"workflow\": \"echo\"}", "completion");
        given().get("/threads/{id}/runs/{run}/stream?stream_mode=all", thread, run)
                .then()
                .statusCode(422);
        given().get("/threads/{id}/stream?stream_mode=all", thread).then().statusCode(422);
        for (String body : List.of("{\"channels\": []}", "{\"channels\": [\"all\"]}", "{}", "{\"channels\": [1]}")) {
            given().contentType(ContentType.JSON)
                    .body(body)
                    .post("/threads/{id}/stream/events", thread)
                    .then()
                    .statusCode(422);
        }
        given().contentType(ContentType.JSON)
                .body("{\"channels\": [\"values\"]}")
                .post("/threads/{id}/stream/events", "absent-" + thread)
                .then()
                .statusCode(404);
    }

    @Test
    void aQuietStreamHasHeartbeatsAndWhoGoesAwayInTheMiddleIsForgotten() {
        String run = input("{\"data\": {\"ms\": 60000}, \"workflow\": \"delay\"}", "decision");
        try (SseReader stream = join(run, "", null)) {
            assertThat(stream.next().event()).isEqualTo("metadata");
            assertThat(stream.next().comments()).containsExactly("heartbeat");
            assertThat(feed.size()).isEqualTo(1);
        }
        await().untilAsserted(() -> assertThat(feed.size()).isZero());
        given().contentType(ContentType.JSON).body("{}").post("/threads/{id}/cancel?wait=decision", thread);
    }

    /** The run is silent for a minute, so that nothing but the connection can tell that nobody listens. */
    @ParameterizedTest
    @ValueSource(strings = {"stream", "wait"})
    void whoLeavesBeforeTheAnswerBeginsIsForgottenAtOnce(String kind) throws IOException {
        int clients = 40;
        byte[] body = "{\"assistant_id\":\"delay\",\"input\":{\"ms\":60000},\"if_not_exists\":\"create\"}"
                .getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < clients; i++) {
            String own = thread + "-" + i;
            String head = "POST /threads/" + own + "/runs/" + kind + " HTTP/1.1\r\nHost: here\r\n"
                    + "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n";
            try (Socket gone = new Socket(server.getHost(), server.getPort())) {
                gone.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                gone.getOutputStream().write(body);
                gone.getOutputStream().flush();
                if (i % 2 == 0) {
                    // Decided, and the answer is on its way or about to be.
                    await().pollInterval(Duration.ofMillis(1)).until(() -> isThere(own));
                }
            }
        }
        await().atMost(Duration.ofSeconds(4))
                .untilAsserted(() -> assertThat(feed.size()).isZero());
        for (int i = 0; i < clients; i++) {
            given().contentType(ContentType.JSON).body("{}").post("/threads/{id}/cancel", thread + "-" + i);
        }
    }

    private static boolean isThere(String thread) {
        return given().get("/threads/{id}", thread).statusCode() == 200;
    }

    private List<Frame> events(String body) {
        List<Frame> events = new ArrayList<>();
        try (SseReader stream = SseReader.post(client, server.resolve("/threads/" + thread + "/stream/events"), body)) {
            Frame last;
            do {
                last = stream.next();
                events.add(last);
            } while (!(last.data().contains("\"completed\"") && last.data().contains("\"namespace\":[]")));
        }
        return events;
    }
}

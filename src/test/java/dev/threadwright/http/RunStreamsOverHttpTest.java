package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.threadwright.http.SseReader.Frame;
import dev.threadwright.stream.ThreadFeed;
import dev.threadwright.testing.EmbeddedServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class RunStreamsOverHttpTest {

    private static final String ALL =
            "?stream_mode=values&stream_mode=updates&stream_mode=tasks&stream_mode=checkpoints"
                    + "&stream_mode=debug&stream_mode=events&stream_mode=messages&stream_mode=messages-tuple"
                    + "&stream_mode=tools&stream_mode=lifecycle";

    @Inject
    ThreadFeed feed;

    @TestHTTPResource("/")
    URI server;

    private final HttpClient client = HttpClient.newHttpClient();
    private final String thread = "stream-" + UUID.randomUUID();

    @BeforeEach
    void ready() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
    }

    @AfterEach
    void nobodyIsLeft() {
        await().untilAsserted(() -> assertThat(feed.size()).isZero());
    }

    @Test
    void aRunIsToldFromItsStartLongAfterItsEnd() {
        String run = input("{\"data\": {\"n\": 1}, \"workflow\": \"echo\"}", "completion");
        input("{\"data\": {\"n\": 2}, \"workflow\": \"echo\"}", "completion");
        try (SseReader stream = join(run, "?stream_mode=values&stream_mode=updates", "-1")) {
            assertThat(stream.status()).isEqualTo(200);
            assertThat(stream.header("content-type")).startsWith("text/event-stream");
            assertThat(stream.header("cache-control")).contains("no-store");
            assertThat(stream.header("content-location")).isEqualTo("/threads/" + thread + "/runs/" + run);
            assertThat(stream.header("location"))
                    .isEqualTo(
                            "/threads/" + thread + "/runs/" + run + "/stream?stream_mode=updates&stream_mode=values");
            List<Frame> frames = stream.rest();
            assertThat(frames).extracting(Frame::event).containsExactly("metadata", "values", "updates", "values");
            assertThat(frames.getFirst().data()).contains(run).contains(thread);
            assertThat(frames.getLast().data()).isEqualTo("{\"output\":{\"n\":1}}");
            assertThat(ids(frames)).doesNotContainNull().doesNotHaveDuplicates();
        }
    }

    @Test
    void aRunIsFollowedWhileItIsAtWorkAndItIsOverWhenTheStreamEnds() {
        String run = input("{\"data\": {\"ms\": 3000}, \"workflow\": \"delay\"}", "decision");
        try (SseReader stream = join(run, "?stream_mode=updates", null)) {
            List<Frame> frames = stream.rest();
            assertThat(frames).extracting(Frame::event).containsExactly("metadata", "updates", "updates");
            given().get("/threads/{id}/runs/{run}", thread, run)
                    .then()
                    .statusCode(200)
                    .body("status", equalTo("success"));
        }
    }

    @Test
    void cuttingAStreamAnywhereAndGoingOnBehindItGivesTheRestWhateverTheModes() {
        String run = input(
                "{\"data\": {\"customer\": \"Ada\", \"items\": [{\"name\": \"bolt\", \"price\": 3}]}, \"workflow\":"
                        + " \"report\"}",
                "completion");
        List<Frame> all = read(run, ALL, "-1");
        assertThat(all.size()).isGreaterThan(20);
        List<Frame> updates = read(run, "?stream_mode=updates", "-1");
        for (int cut = 0; cut < all.size(); cut += 3) {
            String id = all.get(cut).id();
            assertThat(read(run, ALL, id)).isEqualTo(all.subList(cut + 1, all.size()));
            List<String> after = ids(all.subList(cut + 1, all.size()));
            assertThat(read(run, "?stream_mode=updates", id))
                    .isEqualTo(updates.stream()
                            .filter(frame -> after.contains(frame.id()))
                            .toList());
        }
    }

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
    void aThreadIsFollowedAcrossItsRuns() {
        String first = input("{\"data\": {\"n\": 1}, \"workflow\": \"echo\"}", "completion");
        try (SseReader stream =
                SseReader.get(client, server.resolve("/threads/" + thread + "/stream?stream_mode=run_modes"), "-1")) {
            List<Frame> seen = new ArrayList<>();
            while (seen.size() < 3) {
                seen.add(stream.next());
            }
            String second = input("{\"data\": {\"n\": 2}, \"workflow\": \"echo\"}", "completion");
            while (seen.size() < 6) {
                seen.add(stream.next());
            }
            assertThat(seen)
                    .extracting(Frame::event)
                    .containsExactly("metadata", "values", "values", "metadata", "values", "values");
            assertThat(seen.get(0).data()).contains(first);
            assertThat(seen.get(3).data()).contains(second);
        }
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

    @Test
    void twoHundredStreamsAtOnceEachSeeEveryEventOfTheirRunOnce() throws ExecutionException, InterruptedException {
        int streams = 200;
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Frame>>> reading = new ArrayList<>();
            for (int i = 0; i < streams; i++) {
                String own = thread + "-" + i;
                reading.add(readers.submit((Callable<List<Frame>>) () -> {
                    String run = input(
                            own,
                            "{\"data\": {\"plan\": [{\"op\": \"add\", \"by\": 1}, {\"op\": \"add\", \"by\": 2}], \"value\":"
                                    + " 0}, \"workflow\": \"agent-loop\"}",
                            "decision");
                    try (SseReader stream = SseReader.get(
                            client,
                            server.resolve("/threads/" + own + "/runs/" + run + "/stream?stream_mode=updates"),
                            "-1")) {
                        return stream.rest();
                    }
                }));
            }
            Set<String> shapes = new HashSet<>();
            for (Future<List<Frame>> one : reading) {
                List<Frame> frames = one.get();
                assertThat(ids(frames)).doesNotHaveDuplicates();
                shapes.add(frames.stream().skip(1).map(Frame::data).toList().toString());
            }
            assertThat(shapes).hasSize(1);
            assertThat(shapes.iterator().next()).contains("answer");
        }
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

    private List<Frame> read(String run, String query, String lastEventId) {
        try (SseReader stream = join(run, query, lastEventId)) {
            return stream.rest();
        }
    }

    private SseReader join(String run, String query, String lastEventId) {
        return SseReader.get(
                client, server.resolve("/threads/" + thread + "/runs/" + run + "/stream" + query), lastEventId);
    }

    private static List<String> ids(List<Frame> frames) {
        return frames.stream().map(Frame::id).toList();
    }

    private String input(String body, String wait) {
        return input(thread, body, wait);
    }

    private static String input(String thread, String body, String wait) {
        return given().contentType(ContentType.JSON)
                .body(body)
                .post("/threads/{id}/inputs?wait={wait}", thread, wait)
                .then()
                .statusCode(200)
                .extract()
                .path("run_id");
    }
}

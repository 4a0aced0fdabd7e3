package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.threadwright.http.SseReader.Frame;
import dev.threadwright.stream.ThreadFeed;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.http.TestHTTPResource;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
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

/** Runs and threads are followed, whether what they hold is sealed or not. */
abstract class RunStreamsContract {

    private static final String ALL =
            "?stream_mode=values&stream_mode=updates&stream_mode=tasks&stream_mode=checkpoints"
                    + "&stream_mode=debug&stream_mode=events&stream_mode=messages&stream_mode=messages-tuple"
                    + "&stream_mode=tools&stream_mode=lifecycle";

    @Inject
    ThreadFeed feed;

    @TestHTTPResource("/")
    URI server;

    final HttpClient client = HttpClient.newHttpClient();
    final String thread = "stream-" + UUID.randomUUID();

    @BeforeEach
    void ready() {
        Readiness.await();
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

    List<Frame> read(String run, String query, String lastEventId) {
        try (SseReader stream = join(run, query, lastEventId)) {
            return stream.rest();
        }
    }

    SseReader join(String run, String query, String lastEventId) {
        return SseReader.get(
                client, server.resolve("/threads/" + thread + "/runs/" + run + "/stream" + query), lastEventId);
    }

    private static List<String> ids(List<Frame> frames) {
        return frames.stream().map(Frame::id).toList();
    }

    String input(String body, String wait) {
        return input(thread, body, wait);
    }

    static String input(String thread, String body, String wait) {
        return given().contentType(ContentType.JSON)
                .body(body)
                .post("/threads/{id}/inputs?wait={wait}", thread, wait)
                .then()
                .statusCode(200)
                .extract()
                .path("run_id");
    }
}

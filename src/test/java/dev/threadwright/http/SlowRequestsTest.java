package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.LogTail;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.logging.Level;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that begin what they do not end. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class SlowRequestsTest {

    /** More than there are workers by default on a machine of up to 25 cores. */
    private static final int MANY = 250;

    /** As a kubelet's in our manifests, and some more. */
    private static final Duration PATIENCE_OF_PROBES = Duration.ofSeconds(8);

    private static final Duration UNTIL_TIMED_OUT = Duration.ofSeconds(90);

    @TestHTTPResource
    URI server;

    @Inject
    UnfinishedBodies bodies;

    @ConfigProperty(name = "quarkus.http.idle-timeout")
    Duration idleTimeout;

    @ConfigProperty(name = "threadwright.limits.body-bytes")
    long maxBytes;

    private final String path = "/threads/t-" + UUID.randomUUID() + "/inputs";
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void ready() {
        Readiness.await();
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(bodies.bytes()).isZero());
    }

    @Test
    void stalledBodiesKeepNobodyFromBeingAnsweredAndEndWithoutAnError() throws Exception {
        try (LogTail log = LogTail.from(Level.SEVERE)) {
            for (int i = 0; i < MANY; i++) {
                stalled(path, 1_170_000, 20_000);
            }
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(bodies.bytes()).isEqualTo(MANY * 20_000L));
            probe("/q/health/ready");
            probe("/q/health/live");
            wholeIsRead(100_000);
            for (Socket socket : sockets) {
                assertThat(answer(socket))
                        .startsWith("HTTP/1.1 408")
                        .containsIgnoringCase("connection: close")
                        .contains("urn:threadwright:problem:request-timeout");
            }
            assertThat(log.lines()).noneMatch(line -> line.contains(path));
        }
    }

    @Test
    void theOldestOfTooMuchThatIsUnfinishedIsGivenUp() {
        int each = 1_000_000;
        stalled(path, 1_170_000, each);
        // Connections are on several event loops: the first is the oldest once it is there.
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(bodies.bytes()).isEqualTo(each));
        for (int i = 0; i < maxBytes / each; i++) {
            stalled(path, 1_170_000, each);
        }
        assertThat(answer(sockets.getFirst()))
                .startsWith("HTTP/1.1 503")
                .containsIgnoringCase("connection: close")
                .contains("urn:threadwright:problem:overloaded");
        wholeIsRead(each);
        assertThat(bodies.bytes()).isLessThanOrEqualTo(maxBytes);
    }

    @Test
    void whatNobodyReadsMayNotGoOnForEver() {
        assertThat(answer(stalled("/nowhere", 1_170_000, 5))).startsWith("HTTP/1.1 404");
    }

    @Test
    void whoWaitsAsLongAsPossibleIsNotTakenForIdle() {
        assertThat(idleTimeout).isGreaterThan(Duration.ofMillis(WaitQuery.MAX_TIMEOUT_MS));
    }

    /** To its end, where it is wrong; and Kafka has no part in it. */
    private void wholeIsRead(int bytes) {
        given().contentType(ContentType.JSON)
                .body("{\"data\": \"" + "x".repeat(bytes) + "\", \"end\": 1}")
                .post(path)
                .then()
                .statusCode(400)
                .body("detail", containsString("/end is unknown here"));
    }

    private Socket stalled(String to, int length, int sent) {
        try {
            Socket socket = new Socket(server.getHost(), server.getPort());
            sockets.add(socket);
            socket.setSoTimeout((int) UNTIL_TIMED_OUT.toMillis());
            String head = "POST " + to + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                    + length + "\r\n\r\n";
            socket.getOutputStream().write((head + "x".repeat(sent)).getBytes(StandardCharsets.US_ASCII));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that comes until the server ends the connection. */
    private static String answer(Socket socket) {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void probe(String health) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(server.resolve(health))
                    .timeout(PATIENCE_OF_PROBES)
                    .build();
            // Whether Kafka keeps up is not what this is about.
            assertThat(client.send(request, BodyHandlers.discarding()).statusCode())
                    .isIn(200, 503);
        }
    }
}

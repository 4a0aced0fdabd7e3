package dev.threadwright.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.testing.Dump;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that seals what it stores is killed while it works, and while it erases a thread. */
class EncryptionIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int INPUTS = 200;
    private static final String MARKER = "quetzalcoatl-4711";
    private static final String ERASED = "t0";
    private static final List<String> OTHERS = List.of("t1", "t2", "t3", "t4");

    @TempDir
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void killedAtWorkAndWhileItErases_whatIsErasedIsGoneAndAllElseIsReadAsBefore() throws Exception {
        String keys = directory.resolve("master-keys").toString();
        assertThat(ServerProcess.command(Map.of(), "master-key", keys)).startsWith("0: ");
        Map<String, String> sealed = Map.of(
                "threadwright.encryption.enabled", "true",
                "threadwright.encryption.key-file", keys,
                "threadwright.encryption.tick", "100ms");
        try (Cluster cluster = new Cluster("encryption");
                Ledger ledger = new Ledger(cluster)) {
            ServerProcess first = cluster.server("a", sealed).awaitReady();
            IntStream.range(0, INPUTS)
                    .forEach(i -> ledger.send(
                            "t" + i % (1 + OTHERS.size()), "i" + i, "echo", "queue", "{\"text\": \"" + MARKER + "\"}"));
            ledger.flush();
            await("it is at work")
                    .atMost(SOON)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> cluster.count("select count(*) from decision") > 0);
            first.kill();

            ServerProcess second = cluster.server("b", sealed).awaitReady();
            ledger.awaitDone(SOON);
            assertThat(tablesWithTheMarker(cluster)).isEmpty();
            List<String> before =
                    OTHERS.stream().map(thread -> state(second, thread)).toList();
            assertThat(before).allMatch(state -> state.contains(MARKER));
            assertThat(state(second, ERASED)).contains(MARKER);
            String proof = erase(second);
            second.kill();

            ServerProcess third = cluster.server("c", sealed).awaitReady();
            await("it is erased")
                    .atMost(SOON)
                    .until(() -> get(third, proof).body().contains("\"status\":\"erased\""));
            for (String path : List.of("", "/state", "/events", "/history")) {
                assertThat(get(third, "/threads/" + ERASED + path).statusCode())
                        .as(path)
                        .isEqualTo(404);
            }
            assertThat(OTHERS.stream().map(thread -> state(third, thread))).containsExactlyElementsOf(before);
            assertThat(cluster.query("select thread from thread_key where wrapped is null"))
                    .containsExactly(ERASED);
            assertThat(cluster.verify(sealed)).isEqualTo("0: 5 threads verified (1 erased), 0 findings\n");
        }
    }

    private static List<String> tablesWithTheMarker(Cluster cluster) throws Exception {
        try (Connection connection = cluster.connection()) {
            return Dump.of(connection).tablesWith(MARKER);
        }
    }

    private String state(ServerProcess server, String thread) {
        HttpResponse<String> state = get(server, "/threads/" + thread + "/state");
        assertThat(state.statusCode()).as(state.body()).isEqualTo(200);
        return state.body();
    }

    private HttpResponse<String> get(ServerProcess server, String path) {
        return send(HttpRequest.newBuilder(URI.create(server.url() + path)));
    }

    /** Where it is told how far that is. */
    private String erase(ServerProcess server) {
        HttpResponse<String> answer =
                send(HttpRequest.newBuilder(URI.create(server.url() + "/threads/" + ERASED + "/erase"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"reason\": \"somebody asked\"}")));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return URI.create(answer.headers().firstValue("Location").orElseThrow()).getPath();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.timeout(SOON).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}

package dev.threadwright;

import dev.threadwright.embedded.EmbeddedServers;
import io.quarkus.runtime.Quarkus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A run of the server with Kafka, Postgres and data of its own, which are gone afterwards: it ends when it is ready and has
 * answered. For a JVM that writes down what it learns of it, so that the starts to come are quick ({@code -XX:AOTCacheOutput}).
 */
final class Rehearsal {
    static final String NAME = "rehearse";

    private static final String DATA_SOURCE = "quarkus.datasource.jdbc.url";

    private static final Duration READY_WITHIN = Duration.ofSeconds(180);
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(35);
    private static final long LOOK_MS = 50;

    /** How often what a first caller has to wait for is asked of it. */
    private static final int INPUTS = 10;

    private static final String JSON = "application/json";

    /** It has expressions, schemas, tools and people in it, so that all is learned that compiling a workflow needs. */
    private static final String DOCUMENT = "/workflows/examples/agent.yaml";

    private final Path data;
    private final String url;

    private volatile boolean wentWell;

    private Rehearsal(Path data, String url) {
        this.data = data;
        this.url = url;
    }

    /**
     * From now on the configuration names no Kafka and no Postgres, whatever it was.
     *
     * @return why that cannot be
     */
    static List<String> leaveOthersAlone() {
        System.setProperty(EmbeddedServers.KAFKA_BOOTSTRAP_KEY, "");
        System.setProperty(EmbeddedServers.POSTGRES_URL_KEY, "");
        return StartupConfig.isSet(StartupConfig.read(), DATA_SOURCE)
                ? List.of(DATA_SOURCE + " is set, and a rehearsal leaves other databases alone")
                : List.of();
    }

    static Rehearsal prepared() {
        try {
            Path data = Files.createTempDirectory("threadwright-rehearsal");
            int port = freePort();
            System.setProperty(EmbeddedServers.DATA_DIRECTORY_KEY, data.toString());
            System.setProperty(EmbeddedServers.POSTGRES_PORT_KEY, Integer.toString(freePort()));
            System.setProperty(EmbeddedServers.KAFKA_PORT_KEY, Integer.toString(freePort()));
            System.setProperty("quarkus.http.host", "127.0.0.1");
            System.setProperty("quarkus.http.port", Integer.toString(port));
            return new Rehearsal(data, "http://127.0.0.1:" + port);
        } catch (IOException e) {
            throw new UncheckedIOException("Nowhere to rehearse", e);
        }
    }

    /** Beside the server, which it ends: with status 0 if all went well. */
    void begin() {
        Thread.ofPlatform().name("rehearsal").daemon().start(() -> {
            wentWell = rehearsed();
            Quarkus.asyncExit(wentWell ? 0 : 1);
        });
    }

    /** Not when it was ended before. */
    boolean wentWell() {
        return wentWell;
    }

    private boolean rehearsed() {
        try (HttpClient http = HttpClient.newHttpClient()) {
            awaitReady(http);
            for (int i = 0; i < INPUTS; i++) {
                ask(http, "/threads/rehearsal-" + i + "/inputs?wait=completion", JSON, "{\"data\":{\"text\":\"hi\"}}");
            }
            ask(http, "/workflows/validate", "application/yaml", document());
            return true;
        } catch (IOException | IllegalStateException e) {
            System.err.println("threadwright: the rehearsal failed: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private void ask(HttpClient http, String path, String type, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(ANSWERED_WITHIN)
                .header("content-type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        int status = http.send(request, BodyHandlers.discarding()).statusCode();
        if (status != 200) {
            throw new IllegalStateException("POST " + path + " was answered with " + status);
        }
    }

    private static String document() throws IOException {
        try (InputStream document = Rehearsal.class.getResourceAsStream(DOCUMENT)) {
            if (document == null) {
                throw new IllegalStateException("The server lacks its example " + DOCUMENT);
            }
            return new String(document.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void awaitReady(HttpClient http) throws InterruptedException {
        HttpRequest readiness = HttpRequest.newBuilder(URI.create(url + "/q/health/ready"))
                .timeout(ANSWERED_WITHIN)
                .build();
        long end = System.nanoTime() + READY_WITHIN.toNanos();
        while (System.nanoTime() < end) {
            try {
                if (http.send(readiness, BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // It does not listen yet.
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
        }
        throw new IllegalStateException("The server was not ready within " + READY_WITHIN.toSeconds() + " s");
    }

    /** When the servers have ended. */
    void forget() {
        if (!Files.exists(data)) {
            return;
        }
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            System.err.println("threadwright: the rehearsal left " + data + " behind: " + e.getMessage());
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}

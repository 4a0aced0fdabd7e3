package dev.threadwright.faults;

import dev.threadwright.testing.TestServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the JVM has learnt from one start of the packaged server, so that the others are quick: classes that are loaded and
 * linked (JEP 483, 514). What runs is the package all the same, and the JVM does without where the cache does not fit it.
 */
final class AotCache {

    private static @Nullable String option;

    private AotCache() {}

    /** The option of a JVM that runs the package. The first one to ask, of all processes, makes the cache. */
    static synchronized String ofThePackage() {
        if (option == null) {
            option = "-XX:AOTCache=" + made();
        }
        return option;
    }

    private static Path made() {
        try {
            Path cache = ServerProcess.directory()
                    .resolve("server-" + Runtime.version().feature() + ".aot")
                    .toAbsolutePath();
            try (FileChannel lock = FileChannel.open(
                    cache.resolveSibling("aot.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                lock.lock();
                if (!Files.exists(cache) || Files.getLastModifiedTime(cache).compareTo(newestOfThePackage()) < 0) {
                    Path fresh = cache.resolveSibling("fresh.aot");
                    Files.deleteIfExists(fresh);
                    learn(fresh);
                    Files.move(fresh, cache, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                }
            }
            return cache;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static FileTime newestOfThePackage() throws IOException {
        try (Stream<Path> files = Files.walk(ServerProcess.packaged())) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .map(file -> file.toFile().lastModified())
                    .max(Long::compare)
                    .map(FileTime::fromMillis)
                    .orElseThrow(() -> new IllegalStateException("There is no " + ServerProcess.packaged()));
        }
    }

    /** One server, with Postgres and Kafka of its own, that has decided something and ends in order. */
    private static void learn(Path to) throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("threadwright-aot");
        Map<String, String> configuration = Map.of(
                "threadwright.data.directory",
                data.toString(),
                "threadwright.embedded.postgres.port",
                Integer.toString(TestServers.freePort()),
                "threadwright.embedded.kafka.port",
                Integer.toString(TestServers.freePort()));
        try (ServerProcess server = ServerProcess.start("aot", configuration, Map.of(), "-XX:AOTCacheOutput=" + to);
                HttpClient http = HttpClient.newHttpClient()) {
            server.awaitReady();
            HttpResponse<String> decided = http.send(
                    HttpRequest.newBuilder(URI.create(server.url() + "/threads/t/inputs?wait=completion"))
                            .header("content-type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString("{\"data\": 1}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (decided.statusCode() != 200 || server.terminate() != 0 || !Files.exists(to)) {
                throw new IllegalStateException("No cache: " + decided.body() + "\n" + server.log());
            }
        } finally {
            try (Stream<Path> files = Files.walk(data)) {
                files.sorted(java.util.Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }
}

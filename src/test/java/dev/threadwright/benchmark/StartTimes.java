package dev.threadwright.benchmark;

import dev.threadwright.embedded.EmbeddedServers;
import dev.threadwright.testing.TestServers;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How long {@code bin/threadwright} takes from its first line until {@code /q/health/ready} is 200: with servers of its own,
 * on no data and on what it kept; and against servers that run, whose schema and topics are there, as does the package that is in
 * the image. Each has been used before.
 */
public final class StartTimes {
    /** Each look costs the server some work as soon as it listens. */
    private static final long LOOK_MS = 20;

    private static final long READY_WITHIN_SECONDS = 180;
    private static final int FIRST_ROUNDS = 3;

    private static final Way SCRIPT = new Way(List.of("bin/threadwright"), List.of());

    /** What the image's build makes, and what it tells the JVM. */
    private static final Path IMAGE = Path.of("target", "image");

    private static final Path OPTIONS = Path.of("docker", "java.options");
    private static final String CACHE = "threadwright.aot";
    private static final String CACHE_OPTION = "-XX:AOTCache=";
    private static final int MAX_ROUNDS = 50;

    /** So many that none of the 16 partitions is left out but by a rare chance. */
    private static final int INPUTS = 64;

    /** What is said before and after the configuration. */
    private record Way(List<String> before, List<String> after) {}

    /** @param cpuMs of all its threads until then; not that of Postgres */
    private record Start(long httpMs, long readyMs, long cpuMs) {}

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path directory;
    private final List<String> more;
    private final int port = TestServers.freePort();

    private StartTimes(Path directory, List<String> more) {
        this.directory = directory;
        this.more = more;
    }

    /** Arguments: how often each is measured, and what {@code bin/threadwright} is told besides ({@code -XX:...}). */
    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length == 0 ? FIRST_ROUNDS : Integer.parseInt(arguments[0]);
        if (rounds < 1 || rounds > MAX_ROUNDS) {
            System.err.println("bin/start-times [rounds, 1 to " + MAX_ROUNDS + "] [-X...]");
            System.exit(2);
        }
        Path directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "start-times-");
        try {
            new StartTimes(directory, List.of(arguments).subList(Math.min(1, arguments.length), arguments.length))
                    .measure(rounds);
        } finally {
            delete(directory);
        }
    }

    private void measure(int rounds) throws IOException, InterruptedException {
        System.out.printf(
                "%d cores, load %.1f, JDK %s%n%n",
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                System.getProperty("java.version"));
        System.out.println("| start | ready, best | median | worst | HTTP, best | CPU until ready, best |");
        System.out.println("| --- | ---: | ---: | ---: | ---: | ---: |");
        List<Start> fresh = new ArrayList<>();
        List<Start> kept = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            Path data = directory.resolve("data-" + round);
            List<String> own = List.of(
                    "-Dthreadwright.data.directory=" + data,
                    "-Dthreadwright.embedded.postgres.port=" + TestServers.freePort(),
                    "-Dthreadwright.embedded.kafka.port=" + TestServers.freePort());
            fresh.add(start(SCRIPT, own));
            kept.add(start(SCRIPT, own));
            delete(data);
        }
        print("servers of its own, no data", fresh);
        print("servers of its own, data kept", kept);

        EmbeddedServers.Settings settings = new EmbeddedServers.Settings(
                directory.resolve("servers"), true, TestServers.freePort(), true, TestServers.freePort());
        try (EmbeddedServers servers = EmbeddedServers.start(settings)) {
            List<String> others = List.of(
                    "-Dthreadwright.identity.enabled=false",
                    "-Dkafka.bootstrap.servers=" + servers.bootstrapServers(),
                    "-Dthreadwright.postgres.url=" + servers.jdbcUrl(),
                    "-Dthreadwright.postgres.username=" + servers.user(),
                    "-Dthreadwright.postgres.password=" + servers.password());
            Way image = image();
            start(SCRIPT, others);
            List<Start> running = new ArrayList<>();
            List<Start> inImage = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                running.add(start(SCRIPT, others));
                inImage.add(start(image, others));
            }
            print("servers that run", running);
            print("servers that run, the image's package", inImage);
        }
    }

    /** How the image starts its package, in whose place stands the one that was built; with a cache as the image's build makes it. */
    private Way image() throws IOException, InterruptedException {
        if (!Files.exists(IMAGE.resolve(CACHE))) {
            train();
        }
        List<String> command = new ArrayList<>(
                List.of(ProcessHandle.current().info().command().orElseThrow(), CACHE_OPTION + IMAGE.resolve(CACHE)));
        Files.readAllLines(OPTIONS).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#") && !line.startsWith(CACHE_OPTION))
                .forEach(command::add);
        return new Way(command, List.of("-jar", IMAGE.resolve("quarkus-run.jar").toString()));
    }

    private void train() throws IOException, InterruptedException {
        Files.copy(OPTIONS, IMAGE.resolve(OPTIONS.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        Path log = directory.resolve("train.log");
        ProcessBuilder training = new ProcessBuilder(
                        "docker/train.sh",
                        "target/quarkus-app",
                        IMAGE.toString(),
                        directory.resolve("train").toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        training.environment()
                .putAll(Map.of(
                        "JAVA_HOME", System.getProperty("java.home"),
                        "TRAIN_HTTP", Integer.toString(port),
                        "TRAIN_POSTGRES", Integer.toString(TestServers.freePort()),
                        "TRAIN_KAFKA", Integer.toString(TestServers.freePort())));
        if (training.start().waitFor() != 0) {
            throw new IllegalStateException("The training run failed:\n" + Files.readString(log));
        }
    }

    private Start start(Way way, List<String> configuration) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(way.before());
        command.add("-Dquarkus.http.port=" + port);
        command.addAll(configuration);
        command.addAll(more);
        command.addAll(way.after());
        File log = directory.resolve("log").toFile();
        long begunNanos = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        try {
            @Nullable Long httpMs = null;
            while (TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begunNanos) < READY_WITHIN_SECONDS) {
                int status = readiness();
                long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
                if (status != 0 && httpMs == null) {
                    httpMs = ms;
                }
                if (status == 200 && httpMs != null) {
                    long cpuMs = process.info()
                            .totalCpuDuration()
                            .map(Duration::toMillis)
                            .orElse(0L);
                    use();
                    return new Start(httpMs, ms, cpuMs);
                }
                if (process.waitFor(LOOK_MS, TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
            throw new IllegalStateException("It did not get ready:\n" + Files.readString(log.toPath()));
        } finally {
            // The script becomes the server.
            process.destroy();
            process.waitFor();
        }
    }

    /** The next start finds something on each partition. */
    private void use() throws IOException, InterruptedException {
        for (int i = 0; i < INPUTS; i++) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(
                                    "http://127.0.0.1:" + port + "/threads/start-" + i + "/inputs?wait=completion"))
                            .header("content-type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString("{\"data\": {\"text\": \"hello\"}}"))
                            .build(),
                    BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(
                        "An input was answered with " + answer.statusCode() + ": " + answer.body());
            }
        }
    }

    /** The status; 0 if nobody answers. */
    private int readiness() throws InterruptedException {
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/health/ready"))
                                    .timeout(Duration.ofSeconds(5))
                                    .build(),
                            BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    private static void print(String what, List<Start> starts) {
        List<Long> ready = starts.stream().map(Start::readyMs).sorted().toList();
        System.out.printf(
                "| %s | %.2f s | %.2f s | %.2f s | %.2f s | %.2f s |%n",
                what,
                ready.getFirst() / 1e3,
                ready.get(ready.size() / 2) / 1e3,
                ready.getLast() / 1e3,
                starts.stream().mapToLong(Start::httpMs).min().orElseThrow() / 1e3,
                starts.stream().mapToLong(Start::cpuMs).min().orElseThrow() / 1e3);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

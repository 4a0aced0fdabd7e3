package dev.threadwright.faults;

import static org.awaitility.Awaitility.await;

import dev.threadwright.testing.TestServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged server as a process of its own, to be hurt by real signals. */
public final class ServerProcess implements AutoCloseable {

    private static final int CANNOT_BE_DONE = 2;

    private static final Duration READY_WITHIN = Duration.ofSeconds(180);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String name;
    private final Process process;
    private final int port;
    private final Path log;

    private ServerProcess(String name, Process process, int port, Path log) {
        this.name = name;
        this.process = process;
        this.port = port;
        this.log = log;
    }

    static ServerProcess start(String name, Map<String, String> configuration) {
        return start(name, configuration, Map.of());
    }

    public static ServerProcess start(String name, Map<String, String> configuration, Map<String, String> environment) {
        int port = TestServers.freePort();
        Map<String, String> all = new HashMap<>(configuration);
        all.put("quarkus.http.port", Integer.toString(port));
        all.put("threadwright.instance.name", name);
        try {
            Path log = directory().resolve(name + "-" + System.nanoTime() + ".log");
            ProcessBuilder builder = new ProcessBuilder(command(all, AotCache.ofThePackage()))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            return new ServerProcess(name, builder.start(), port, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command of the packaged server; its status and what it prints, or why it cannot be done. */
    static String command(Map<String, String> configuration, String word, String... arguments)
            throws InterruptedException {
        return command(configuration, AotCache.ofThePackage(), word, arguments);
    }

    /** @param aot what it has to do with ahead-of-time caches */
    static String command(Map<String, String> configuration, List<String> aot, String word, String... arguments)
            throws InterruptedException {
        List<String> command = command(configuration, aot);
        command.add(word);
        command.addAll(List.of(arguments));
        try {
            Path complaints = Files.createTempFile(directory(), word, ".err");
            Process process = new ProcessBuilder(command)
                    .redirectError(complaints.toFile())
                    .start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            return status + ": " + (status == CANNOT_BE_DONE ? Files.readString(complaints) : out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path directory() throws IOException {
        return Files.createDirectories(Path.of("target", "faults"));
    }

    /** Where the packaged server is. */
    static Path packaged() {
        return Path.of(System.getProperty("threadwright.package", "target/quarkus-app"));
    }

    static List<String> command(Map<String, String> configuration, List<String> aot) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                // Most are killed before a better compiler would have paid off, and many share few processors.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                // What it notes about single classes of its cache is not what the server says.
                "-Xlog:aot*=error",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(aot);
        configuration.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-jar", packaged().resolve("quarkus-run.jar").toString()));
        return command;
    }

    public ServerProcess awaitReady() {
        await(name + " is ready; its log is " + log)
                .atMost(READY_WITHIN)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException(name + " has ended with " + process.exitValue() + ": " + log());
                    }
                    return isReady();
                });
        return this;
    }

    public boolean isReady() {
        return readiness().startsWith("200");
    }

    /** Status and body of the readiness check; empty if nobody answers. */
    public String readiness() {
        try {
            HttpResponse<String> response = HTTP.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/health/ready"))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return response.statusCode() + " " + response.body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException(name + " does not end; its log is " + log);
        }
        return process.exitValue();
    }

    /** Ends at once, without a word. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitExit();
    }

    /** Asks to end in order, and does not wait for it. */
    void end() {
        process.destroy();
    }

    /** Asks to end in order. */
    public int terminate() throws InterruptedException {
        process.destroy();
        return awaitExit();
    }

    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void signal(String signal) {
        try {
            int code = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -" + signal + " ended with " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws InterruptedException {
        if (process.isAlive()) {
            kill();
        }
    }
}

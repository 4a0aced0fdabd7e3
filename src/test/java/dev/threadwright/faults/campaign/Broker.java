package dev.threadwright.faults.campaign;

import dev.threadwright.embedded.ChildBroker;
import dev.threadwright.testing.TestServers;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The Kafka broker as a process of its own. Each server reaches it by a listener of its own, through a proxy. */
final class Broker implements AutoCloseable {

    /** A listener for one server: where the broker listens, and where that server is sent. */
    record Way(String name, int port, int proxyPort) {}

    private final Path directory;
    private final Path log;
    private final int port = TestServers.freePort();
    private final List<Way> ways;
    private @Nullable Process process;

    Broker(Path directory, Path log, List<Way> ways) {
        this.directory = directory;
        this.log = log;
        this.ways = List.copyOf(ways);
    }

    /** Where nothing stands in between. */
    String bootstrap() {
        return "127.0.0.1:" + port;
    }

    boolean isRunning() {
        return process != null && process.isAlive();
    }

    void start() throws IOException {
        Files.createDirectories(directory);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-cp",
                System.getProperty("java.class.path"),
                ChildBroker.class.getName(),
                directory.toString(),
                Integer.toString(port)));
        for (Way way : ways) {
            command.addAll(List.of(way.name(), Integer.toString(way.port()), Integer.toString(way.proxyPort())));
        }
        Process started = new ProcessBuilder(command).start();
        process = started;
        BoundedLog.keep(started.getErrorStream(), log);
        BufferedReader output = started.inputReader();
        for (String line = output.readLine(); !"started".equals(line); line = output.readLine()) {
            if (line == null) {
                throw new IOException("The broker did not start; its log is " + log);
            }
        }
        BoundedLog.keep(started.getInputStream(), log);
    }

    /** Ends at once, without a word. */
    void kill() throws InterruptedException {
        end(false);
    }

    /** Asks to end in order. */
    void stop() throws InterruptedException {
        end(true);
    }

    private void end(boolean inOrder) throws InterruptedException {
        Process running = process;
        if (running == null) {
            return;
        }
        if (inOrder) {
            running.destroy();
            if (running.waitFor(30, TimeUnit.SECONDS)) {
                return;
            }
        }
        running.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}

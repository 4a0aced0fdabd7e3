package dev.threadwright.faults;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One of the example workers as a process of its own, started as docs/workers.md says. */
final class WorkerProcess implements AutoCloseable {

    private static final Path JAVA_EXAMPLE = Path.of("examples", "workers", "java", "ChargeCard.java");

    private final Process process;
    private final Path log;

    private WorkerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** @param installed the example with its packages */
    static WorkerProcess javascript(Path installed, String name, Map<String, String> environment) {
        Path script = installed.resolve("charge-card.mjs");
        return start(name, List.of("node", script.toAbsolutePath().toString()), environment);
    }

    static WorkerProcess java(String name, Map<String, String> environment) {
        String packaged = System.getProperty("threadwright.package", "target/quarkus-app");
        return start(
                name,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        Path.of(packaged, "lib", "main") + File.separator + "*",
                        JAVA_EXAMPLE.toString()),
                environment);
    }

    private static WorkerProcess start(String name, List<String> command, Map<String, String> environment) {
        try {
            Path directory = Files.createDirectories(Path.of("target", "faults"));
            Path log = directory.resolve("worker-" + name + "-" + System.nanoTime() + ".log");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            return new WorkerProcess(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends at once, without a word. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitExit();
    }

    /** Asks to end in order. */
    int terminate() throws InterruptedException {
        process.destroy();
        return awaitExit();
    }

    private int awaitExit() throws InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("The worker does not end; its log is " + log);
        }
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        if (process.isAlive()) {
            kill();
        }
    }
}

package dev.threadwright.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A program in a process group of its own, as a terminal has one for each command; to be told to end at some moment. */
final class ProcessGroup implements AutoCloseable {

    private static final Duration WITHIN = Duration.ofSeconds(120);

    private final Process process;
    private final Path log;

    private ProcessGroup(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** @param log where its output goes, of both kinds */
    static ProcessGroup start(Path directory, Path log, List<String> command) throws IOException {
        // What a shell starts in the background ignores SIGINT, and so does all that it starts: tests of a build's
        // among it.
        List<String> grouped = new ArrayList<>(List.of("env", "--default-signal=INT,QUIT,HUP,TERM", "setsid"));
        grouped.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(grouped)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return new ProcessGroup(builder.start(), log);
    }

    /** Of a program that is still at it. */
    void awaitThat(String sign, Callable<Boolean> isThere) {
        await(sign)
                .atMost(WITHIN)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> {
                    assertThat(process.isAlive()).as(log()).isTrue();
                    return isThere.call();
                });
    }

    /** SIGINT as a terminal sends it, to all processes of the group; SIGTERM to the program alone. */
    void signal(String signal) throws IOException, InterruptedException {
        String whom = (signal.equals("INT") ? "-" : "") + process.pid();
        assertThat(new ProcessBuilder("kill", "-" + signal, "--", whom).start().waitFor())
                .isZero();
    }

    /** Its status. */
    int awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(WITHIN.toSeconds(), TimeUnit.SECONDS))
                .as(log())
                .isTrue();
        return process.exitValue();
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that work in it, as Postgres and its programs do. One that has ended, and that nobody has asked for, works nowhere. */
    static List<String> below(Path directory) {
        return ProcessHandle.allProcesses()
                .filter(process -> worksBelow(process, directory))
                .map(process -> process.info().commandLine().orElse("") + " " + process.pid())
                .toList();
    }

    private static boolean worksBelow(ProcessHandle process, Path directory) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd"))
                    .startsWith(directory);
        } catch (IOException gone) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

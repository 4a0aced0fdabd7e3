package dev.threadwright.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.testing.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a process with servers of its own is told to end in the middle of: it leaves nothing that runs. */
class ProcessEndIT {

    private static final Map<String, Integer> STATUS = Map.of("INT", 130, "TERM", 143);

    /** A data directory, what is in it, what is in that, and once more. */
    private static final int DEPTH = 4;

    @TempDir
    Path directory;

    private final Map<String, String> configuration = new HashMap<>();

    @BeforeEach
    void configure() throws IOException {
        directory = directory.toRealPath();
        configuration.put(
                "threadwright.data.directory", directory.resolve("data").toString());
        configuration.put("threadwright.embedded.postgres.port", Integer.toString(TestServers.freePort()));
        configuration.put("threadwright.embedded.kafka.port", Integer.toString(TestServers.freePort()));
        configuration.put("quarkus.http.port", Integer.toString(TestServers.freePort()));
        // Of a rehearsal, which has a directory of its own.
        configuration.put("java.io.tmpdir", directory.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "postgres/unpacking*,             TERM",
        "postgres/cluster.unfinished,     TERM",
        "postgres/cluster.unfinished,     INT",
        "postgres/cluster/postmaster.pid, TERM",
        "postgres/cluster/postmaster.pid, INT",
        "kafka/logs/meta.properties,      TERM"
    })
    void aServerThatIsToldToEndWhileItsServersStartLeavesNoneAndStartsAgain(String sign, String signal)
            throws Exception {
        try (ProcessGroup process = start()) {
            awaitSign(process, "data/" + sign);
            process.signal(signal);
            assertThat(process.awaitEnd()).as(process.log()).isEqualTo(STATUS.get(signal));
            assertThat(ProcessGroup.below(directory)).isEmpty();
            assertThat(process.log()).doesNotContain("could not", "Exception");
        }
        try (ServerProcess again = ServerProcess.start("ended-and-again", configuration)) {
            again.awaitReady();
            assertThat(again.terminate()).isZero();
        }
        assertThat(ProcessGroup.below(directory)).isEmpty();
    }

    @Test
    void aServerThatIsToldToEndWhileItStartsOnItsServersStopsThem() throws Exception {
        try (ProcessGroup process = start()) {
            process.awaitThat("it says something", () -> process.log().contains("INFO"));
            process.signal("TERM");
            assertThat(process.awaitEnd()).as(process.log()).isIn(0, STATUS.get("TERM"));
            assertThat(ProcessGroup.below(directory)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify", "audit verify", "rewrap", "recover --all"})
    void aCommandThatIsToldToEndWhileItsServersStartLeavesNone(String words) throws Exception {
        try (ProcessGroup process = start(words.split(" "))) {
            awaitSign(process, "data/postgres/cluster/postmaster.pid");
            process.signal("TERM");
            assertThat(process.awaitEnd()).as(process.log()).isEqualTo(STATUS.get("TERM"));
            assertThat(ProcessGroup.below(directory)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "postgres/cluster.unfinished,     TERM",
        "postgres/cluster/postmaster.pid, INT",
        "kafka/logs/meta.properties,      TERM"
    })
    void aRehearsalThatIsToldToEndLeavesNothing(String sign, String signal) throws Exception {
        try (ProcessGroup process = start("rehearse")) {
            awaitSign(process, "threadwright-rehearsal*/" + sign);
            process.signal(signal);
            assertThat(process.awaitEnd()).as(process.log()).isEqualTo(STATUS.get(signal));
            assertThat(ProcessGroup.below(directory)).isEmpty();
            try (Stream<Path> left = Files.list(directory)) {
                assertThat(left.map(Path::getFileName).map(Path::toString))
                        .noneMatch(name -> name.startsWith("threadwright-rehearsal"));
            }
        }
    }

    @Test
    void whatIsRefusedEndsBeforeAnythingStarts() throws Exception {
        configuration.put("quarkus.http.host", "0.0.0.0");
        try (ProcessGroup process = start()) {
            assertThat(process.awaitEnd()).as(process.log()).isOne();
            assertThat(process.log()).contains("threadwright: cannot start. quarkus.http.host lets other machines in");
            assertThat(directory.resolve("data")).doesNotExist();
        }
    }

    private ProcessGroup start(String... words) throws IOException {
        List<String> command = new ArrayList<>(ServerProcess.command(configuration, List.of()));
        command.addAll(List.of(words));
        return ProcessGroup.start(Path.of("").toAbsolutePath(), directory.resolve("log"), command);
    }

    private void awaitSign(ProcessGroup process, String glob) {
        PathMatcher sign = directory.getFileSystem().getPathMatcher("glob:" + directory + "/" + glob);
        process.awaitThat(glob, () -> isThere(sign));
    }

    /** Among what comes and goes. */
    private boolean isThere(PathMatcher sign) throws IOException {
        List<Path> left = new ArrayList<>(List.of(directory));
        while (!left.isEmpty()) {
            Path next = left.removeLast();
            if (sign.matches(next)) {
                return true;
            }
            if (Files.isDirectory(next) && next.getNameCount() - directory.getNameCount() < DEPTH) {
                try (Stream<Path> files = Files.list(next)) {
                    left.addAll(files.toList());
                } catch (NoSuchFileException e) {
                    // Gone meanwhile, or there under another name the next time.
                }
            }
        }
        return false;
    }
}

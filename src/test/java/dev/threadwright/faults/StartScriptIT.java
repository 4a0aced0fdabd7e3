package dev.threadwright.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code bin/threadwright} where there is nothing yet but the package, or not even that. */
class StartScriptIT {

    @TempDir
    Path home;

    private Path target;

    @BeforeEach
    void copy() throws IOException {
        home = home.toRealPath();
        target = Files.createDirectories(home.resolve("target"));
        for (String file : List.of("bin/threadwright", ".mvn/wrapper/jdk.sh")) {
            Path copy = home.resolve(file);
            Files.createDirectories(copy.resolveSibling("."));
            Files.copy(Path.of(file), copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.createSymbolicLink(
                target.resolve("quarkus-app"), ServerProcess.packaged().toRealPath());
    }

    /** Or JUnit warns of it. */
    @AfterEach
    void unlink() throws IOException {
        Files.deleteIfExists(target.resolve("quarkus-app"));
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void toldToEndInARehearsalItEndsThatAndLeavesNothing(String signal, int status) throws Exception {
        try (ProcessGroup process = start("rehearse")) {
            process.awaitThat("Postgres starts", this::isPostgresThere);
            process.signal(signal);
            assertThat(process.awaitEnd()).as(process.log()).isEqualTo(status);
            assertThat(ours()).isEmpty();
            assertThat(ProcessGroup.below(home)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void toldToEndWhileItBuildsItEndsTheBuild(String signal, int status) throws Exception {
        Files.createDirectories(home.resolve("src/main"));
        Files.createFile(home.resolve("pom.xml"));
        Files.delete(target.resolve("quarkus-app"));
        Path build = Files.writeString(home.resolve("mvnw"), "#!/bin/sh\n: > building; exec sleep 300\n");
        Files.setPosixFilePermissions(build, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (ProcessGroup process = start()) {
            process.awaitThat("the build", () -> Files.exists(home.resolve("building")));
            process.signal(signal);
            assertThat(process.awaitEnd()).as(process.log()).isEqualTo(status);
            assertThat(ours()).isEmpty();
            assertThat(ProcessGroup.below(home)).isEmpty();
        }
    }

    @Test
    void whatWillNotStartIsNotRehearsedFor() throws Exception {
        try (ProcessGroup process = start("-Dthreadwright.partitions=0", "-Dthreadwright.instance.name=a b")) {
            assertThat(process.awaitEnd()).as(process.log()).isOne();
            assertThat(process.log())
                    .contains("threadwright.partitions is 0; it is at least 1")
                    .doesNotContain("rehears");
            assertThat(ours()).isEmpty();
        }
    }

    @Test
    void whatSomebodyElseRehearsesIsNotRehearsedBesideThat() throws Exception {
        Process other = new ProcessBuilder("bash", "-c", "exec -a bin/threadwright sleep 300").start();
        Path lock = Files.createSymbolicLink(target.resolve("threadwright.lock"), Path.of("" + other.pid()));
        try (ProcessGroup process = start("rehearse")) {
            assertThat(process.awaitEnd()).as(process.log()).isOne();
            assertThat(process.log()).contains("process " + other.pid() + " rehearses just now");
            assertThat(Files.isSymbolicLink(lock)).isTrue();
        } finally {
            other.destroyForcibly().waitFor();
        }
        // Whose number is now nobody's.
        Files.createDirectories(target.resolve("threadwright." + other.pid()).resolve("threadwright-rehearsal1"));
        try (ProcessGroup process = start("-Dthreadwright.partitions=0")) {
            assertThat(process.awaitEnd()).as(process.log()).isOne();
            assertThat(process.log()).contains("threadwright.partitions is 0").doesNotContain("just now");
            assertThat(Files.exists(lock, LinkOption.NOFOLLOW_LINKS)).isFalse();
            assertThat(ours()).isEmpty();
        }
    }

    @Test
    void aLockWhoseNumberIsAnotherProgramsByNowHoldsNobody() throws Exception {
        Process other = new ProcessBuilder("sleep", "300").start();
        Path lock = Files.createSymbolicLink(target.resolve("threadwright.lock"), Path.of("" + other.pid()));
        try (ProcessGroup process = start("-Dthreadwright.partitions=0")) {
            assertThat(process.awaitEnd()).as(process.log()).isOne();
            assertThat(process.log()).contains("threadwright.partitions is 0").doesNotContain("just now");
            assertThat(Files.exists(lock, LinkOption.NOFOLLOW_LINKS)).isFalse();
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    private ProcessGroup start(String... words) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(home.resolve("bin/threadwright").toString()));
        command.addAll(List.of(words));
        return ProcessGroup.start(home, home.resolve("log"), command);
    }

    private boolean isPostgresThere() throws IOException {
        for (Path work : ours()) {
            try (Stream<Path> rehearsals = Files.isDirectory(work) ? Files.list(work) : Stream.empty()) {
                if (rehearsals.anyMatch(data -> Files.exists(data.resolve("postgres/cluster/postmaster.pid")))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** What of the script's is in its directory. */
    private List<Path> ours() throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.getFileName().toString().startsWith("threadwright"))
                    .toList();
        }
    }
}

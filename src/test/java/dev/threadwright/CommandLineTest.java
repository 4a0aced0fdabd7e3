package dev.threadwright;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.ops.AuditCommand;
import dev.threadwright.ops.MasterKeyCommand;
import dev.threadwright.ops.RecoverCommand;
import dev.threadwright.ops.VerifyCommand;
import dev.threadwright.thread.ThreadKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    @TempDir
    Path directory;

    /** What processes find in theirs, besides. */
    private final Map<String, String> environment = new HashMap<>();

    private record Ended(int status, String out, String err) {}

    @Test
    void nothingRunsTheServerAndVerifyTakesWhatFollows() {
        assertThat(CommandLine.of()).isEqualTo(new CommandLine.Serve());
        assertThat(CommandLine.of("verify")).isEqualTo(new CommandLine.Verify(new VerifyCommand.Wanted(null)));
        assertThat(CommandLine.of("rewrap")).isEqualTo(new CommandLine.Rewrap());
        assertThat(CommandLine.of("master-key", "--name=n", "f"))
                .isEqualTo(new CommandLine.MasterKey(new MasterKeyCommand.Wanted("n", Path.of("f"))));
        assertThat(CommandLine.of("verify", "a/b/c"))
                .isEqualTo(new CommandLine.Verify(new VerifyCommand.Wanted(new ThreadKey("a", "b/c"))));
        assertThat(CommandLine.of("audit", "head")).isEqualTo(new CommandLine.Audit(new AuditCommand.Wanted.Heads()));
        assertThat(CommandLine.of("recover", "--partition=3", "--republish"))
                .isEqualTo(new CommandLine.Recover(new RecoverCommand.Wanted(List.of(3), true, false)));
        assertThat(CommandLine.of("rehearse")).isEqualTo(new CommandLine.Rehearse());
        for (String word : List.of("help", "--help", "-h")) {
            assertThat(CommandLine.of(word)).isEqualTo(new CommandLine.Help());
        }
    }

    @Test
    void helpIsPrintedAndNothingStarts() throws Exception {
        assertThat(run("help")).isEqualTo(new Ended(0, CommandLine.USAGE, ""));
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bogus", "--port=8081"})
    void whatIsUnknownIsSaidAndNothingStarts(String word) throws Exception {
        Ended ended = run(word, "more");
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).startsWith("threadwright: there is no command " + word + "\n" + CommandLine.USAGE);
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            verify --all                      | usage: threadwright verify [thread
            recover                           | usage: threadwright recover (--all
            recover --all --partition=1       | usage: threadwright recover (--all
            recover --all --verbose           | usage: threadwright recover (--all
            audit                             | usage: threadwright audit head
            audit verify --expect=nowhere     | There is no file nowhere
            rewrap all                        | threadwright: all is one word too many
            rehearse now                      | threadwright: now is one word too many
            key a.b                           | usage: threadwright key [name]
            master-key                        | usage: threadwright master-key [--name
            """)
    void whatACommandCannotBeAskedForIsRefusedOnStderrAndNothingStarts(String words, String message) throws Exception {
        Ended ended = run(words.split(" "));
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).startsWith(message);
        assertThat(ended.out()).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aRehearsalLeavesADatabaseThatIsConfiguredAlone() throws Exception {
        Ended ended = run(List.of("-Dquarkus.datasource.jdbc.url=jdbc:postgresql://127.0.0.1:1/other"), "rehearse");
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err())
                .contains("  quarkus.datasource.jdbc.url is set, and a rehearsal leaves other databases alone");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aConfigurationThatCannotBeIsRefusedWithAllThatIsWrongAndNothingStarts() throws Exception {
        Ended ended = run(List.of("-Dthreadwright.partitions=0", "-Dthreadwright.webhooks.timeout=2m"));
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err())
                .contains("threadwright: cannot start, because of its configuration")
                .contains("  threadwright.partitions is 0; it is at least 1")
                .contains("  threadwright.webhooks.timeout is PT2M; it is from PT0.001S to PT1M");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void theConfigurationIsLookedAtWithoutAStart() throws Exception {
        assertThat(run("check")).isEqualTo(new Ended(0, "", ""));
        environment.put("THREADWRIGHT_PARTITION", "8");
        assertThat(run("check"))
                .isEqualTo(new Ended(
                        0,
                        "",
                        "Environment variable THREADWRIGHT_PARTITION is no key of this server; keys are in"
                                + " docs/configuration.md\n"));
        environment.clear();
        Ended wrong = run(List.of("-Dthreadwright.partitions=many"), "check");
        assertThat(wrong.status()).isOne();
        assertThat(wrong.err())
                .contains("  threadwright.partitions is many; it is a whole number of at most 2147483647 (set as"
                        + " -Dthreadwright.partitions)")
                .doesNotContain("Exception");
        Ended open = run(List.of("-Dquarkus.http.host=0.0.0.0"), "check");
        assertThat(open.status()).isOne();
        assertThat(open.err()).contains("quarkus.http.host lets other machines in");
        assertThat(directory).isEmptyDirectory();
    }

    /** 1 would say that there is something to do. */
    @ParameterizedTest
    @CsvSource({
        "audit verify, -Dthreadwright.partitions=0, threadwright.partitions is 0; it is at least 1",
        "rewrap, -Dquarkus.datasource.jdbc.url=jdbc:postgresql://127.0.0.1:1/other, threadwright.postgres.url is not set"
    })
    void aCommandThatCannotBeDoneForItsConfigurationSaysSoByItsStatus(String command, String option, String words)
            throws Exception {
        Ended ended = run(List.of(option), command.split(" "));
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).contains("  " + words).doesNotContain("Exception");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aMasterKeyIsMadeWithoutAServer() throws Exception {
        Ended made = run("master-key", "--name=first", "keys");
        assertThat(made.status()).isZero();
        assertThat(made.out()).contains("Master key first is the newest of keys");
        assertThat(Files.readString(directory.resolve("keys"))).matches("first [A-Za-z0-9+/]{43}=\n");
        Ended again = run("master-key", "--name=first", "keys");
        assertThat(again.status()).isEqualTo(2);
        assertThat(again.err()).contains("has a key first already");
    }

    private Ended run(String... words) throws IOException, InterruptedException {
        return run(List.of(), words);
    }

    /** A process of its own, because it ends. */
    private Ended run(List<String> options, String... words) throws IOException, InterruptedException {
        List<String> command = Stream.of(
                        List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                                .toString()),
                        options,
                        List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()),
                        List.of(words))
                .flatMap(List::stream)
                .toList();
        Path err = Path.of(directory + ".err");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), out, Files.readString(err));
    }
}

package dev.threadwright.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.audit.Act;
import dev.threadwright.audit.Stage;
import dev.threadwright.audit.store.AuditLog;
import dev.threadwright.tables.Tables;
import dev.threadwright.testing.TestDatabase;
import dev.threadwright.testing.TestServers;
import dev.threadwright.workflow.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class AuditCommandTest {

    @TempDir
    Path directory;

    /** Of a database that is away, until a test takes one. */
    private DataSource source = away();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void headsArePrintedAndTheLogIsHeldAgainstThem() throws IOException, SQLException {
        TestDatabase database = TestDatabase.migrated("audit_command");
        source = database.source();
        append("acme", 3);
        append("globex", 2);
        assertThat(run("head")).isZero();
        String heads = printed();
        assertThat(heads.lines())
                .hasSize(2)
                .allMatch(line -> line.matches("(acme/requests:3|globex/requests:2):[0-9a-f]{64}"));
        Path kept = Files.writeString(directory.resolve("heads"), heads);
        append("acme", 1);
        assertThat(run("verify", "--expect=" + kept)).isZero();
        assertThat(printed()).isEqualTo("6 entries verified, 0 findings\n");

        database.sql("alter table audit_entry disable trigger all; alter table audit_head disable trigger all");
        database.sql("update audit_entry set caller = 'nobody' where tenant = 'globex' and number = 1");
        assertThat(run("verify")).isOne();
        assertThat(printed())
                .isEqualTo("globex/requests at 1: ALTERED: It is not as it was written: its hash does not match\n"
                        + "6 entries verified, 1 finding\n");
        database.sql("delete from audit_entry where tenant = 'acme' and number > 2");
        database.sql(
                "update audit_head set number = 2, hash = (select hash from audit_entry where tenant = 'acme' and number = 2)"
                        + " where tenant = 'acme'");
        assertThat(run("verify", "--expect=" + kept)).isOne();
        assertThat(printed())
                .startsWith("acme/requests at 3: TRUNCATED: The chain had this entry, and has it no more\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tail", "verify --all", "head more", "verify --expect=x more"})
    void whatIsNotUnderstoodIsSaid(String arguments) {
        assertThatThrownBy(() -> run(arguments.isEmpty() ? new String[0] : arguments.split(" ")))
                .isInstanceOf(WrongArgumentsException.class)
                .hasMessageStartingWith("usage: threadwright audit head");
    }

    @Test
    void headsThatCannotBeReadAreNotTakenForNone() throws IOException {
        Path empty = Files.writeString(directory.resolve("empty"), "\n");
        Path wrong = Files.writeString(directory.resolve("wrong"), "acme/requests:3\n");
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
        Map.of(
                        directory.resolve("nowhere"),
                        "There is no file " + directory.resolve("nowhere"),
                        directory,
                        "The file " + directory + " cannot be read: ",
                        binary,
                        "The file " + binary + " is no text",
                        empty,
                        empty + " has no line of audit head",
                        wrong,
                        wrong + ": this is no line of audit head: acme/requests:3")
                .forEach((file, words) -> assertThatThrownBy(() -> run("verify", "--expect=" + file))
                        .isInstanceOf(WrongArgumentsException.class)
                        .hasMessageStartingWith(words)
                        .hasMessageNotContaining("Exception"));
    }

    @Test
    void aDatabaseThatIsAwayIsSaid() {
        assertThat(run("head")).isEqualTo(2);
        assertThat(complained()).startsWith("The audit log cannot be read: ");
    }

    private static DataSource away() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl("jdbc:postgresql://127.0.0.1:" + TestServers.freePort() + "/away");
        return source;
    }

    private void append(String tenant, int count) {
        AuditLog log = new AuditLog(new Tables(source));
        for (int i = 0; i < count; i++) {
            log.append(new AuditLog.New(tenant, "ann", "key", Act.AUDIT_READ, Stage.LOOKED, "", "", Json.EMPTY_OBJECT))
                    .await()
                    .atMost(Duration.ofSeconds(20));
        }
    }

    private int run(String... arguments) {
        return new AuditCommand(
                        source,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(AuditCommand.wanted(List.of(arguments)));
    }

    private String printed() {
        assertThat(err.size()).isZero();
        return text(out);
    }

    /** To whom nothing is said that a file would be kept of. */
    private String complained() {
        assertThat(out.size()).isZero();
        return text(err);
    }

    private static String text(ByteArrayOutputStream stream) {
        String text = stream.toString(StandardCharsets.UTF_8);
        stream.reset();
        return text;
    }
}

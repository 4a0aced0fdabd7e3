package dev.threadwright.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.audit.Act;
import dev.threadwright.audit.Stage;
import dev.threadwright.audit.store.AuditLog;
import dev.threadwright.journal.JournalSchema;
import dev.threadwright.journal.PostgresSettings;
import dev.threadwright.tables.Tables;
import dev.threadwright.testing.TestServers;
import dev.threadwright.workflow.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class AuditCommandTest {

    @TempDir
    Path directory;

    private final PGSimpleDataSource database = new PGSimpleDataSource();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @BeforeEach
    void migrated() {
        String url = TestServers.createDatabase("audit_command");
        JournalSchema.migrate(PostgresSettings.of(url, TestServers.user(), TestServers.password()));
        database.setUrl(url);
        database.setUser(TestServers.user());
        database.setPassword(TestServers.password());
    }

    @Test
    void headsArePrintedAndTheLogIsHeldAgainstThem() throws IOException, SQLException {
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

        sql("alter table audit_entry disable trigger all; alter table audit_head disable trigger all");
        sql("update audit_entry set caller = 'nobody' where tenant = 'globex' and number = 1");
        assertThat(run("verify")).isOne();
        assertThat(printed())
                .isEqualTo("globex/requests at 1: ALTERED: It is not as it was written: its hash does not match\n"
                        + "6 entries verified, 1 finding\n");
        sql("delete from audit_entry where tenant = 'acme' and number > 2");
        sql(
                "update audit_head set number = 2, hash = (select hash from audit_entry where tenant = 'acme' and number = 2)"
                        + " where tenant = 'acme'");
        assertThat(run("verify", "--expect=" + kept)).isOne();
        assertThat(printed())
                .startsWith("acme/requests at 3: TRUNCATED: The chain had this entry, and has it no more\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tail", "verify --all", "head more", "verify --expect=x more"})
    void whatIsNotUnderstoodIsSaid(String arguments) {
        assertThat(run(arguments.isEmpty() ? new String[0] : arguments.split(" ")))
                .isEqualTo(2);
        assertThat(printed()).startsWith("usage: threadwright audit head");
    }

    @Test
    void headsThatCannotBeReadAreNotTakenForNone() throws IOException {
        Path empty = Files.writeString(directory.resolve("empty"), "\n");
        Path wrong = Files.writeString(directory.resolve("wrong"), "acme/requests:3\n");
        assertThat(run("verify", "--expect=" + directory.resolve("nowhere"))).isEqualTo(2);
        assertThat(run("verify", "--expect=" + empty)).isEqualTo(2);
        assertThat(run("verify", "--expect=" + wrong)).isEqualTo(2);
        assertThat(printed())
                .contains("Cannot read ")
                .contains(empty + " has no line of audit head")
                .contains(wrong + ": this is no line of audit head: acme/requests:3");
    }

    @Test
    void aDatabaseThatIsAwayIsSaid() {
        database.setPortNumbers(new int[] {TestServers.freePort()});
        assertThat(run("head")).isEqualTo(2);
        assertThat(printed()).startsWith("The audit log cannot be read: ");
    }

    private void append(String tenant, int count) {
        AuditLog log = new AuditLog(new Tables(database));
        for (int i = 0; i < count; i++) {
            log.append(new AuditLog.New(tenant, "ann", "key", Act.AUDIT_READ, Stage.LOOKED, "", "", Json.EMPTY_OBJECT))
                    .await()
                    .atMost(Duration.ofSeconds(20));
        }
    }

    private int run(String... arguments) {
        return new AuditCommand(database, new PrintStream(out, true, StandardCharsets.UTF_8)).run(List.of(arguments));
    }

    private String printed() {
        String text = out.toString(StandardCharsets.UTF_8);
        out.reset();
        return text;
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement executed = connection.createStatement()) {
            executed.execute(statement);
        }
    }
}

package dev.threadwright.ops;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.sealing.Sealing;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class VerifyCommandTest {

    @Inject
    DataSource dataSource;

    private final String thread = "c-" + UUID.randomUUID();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void aThread() {
        Readiness.await();
        given().contentType(ContentType.JSON)
                .body("{\"data\": {\"text\": \"hi\"}}")
                .post("/threads/{id}/inputs?wait=completion", thread)
                .then()
                .statusCode(200);
    }

    @Test
    void oneThreadOrAllAreVerified_andTheStatusSaysWhetherAllIsSound() throws SQLException {
        assertThat(verify("default/" + thread)).isZero();
        assertThat(printed()).isEqualTo("1 thread verified, 0 findings\n");
        verify();
        int before = findings(); // Other tests have left theirs in the same database.

        sql("update decision set actor = 'nobody' where thread = '" + thread + "'");
        assertThat(verify(thread)).isOne();
        assertThat(printed())
                .isEqualTo(
                        "default/" + thread + " at 1: ALTERED: The decision is not as it was written: its checksum does"
                                + " not match\n1 thread verified, 1 finding\n");
        sql("delete from decision where thread = '" + thread + "'");
        sql("delete from thread where thread = '" + thread + "'");
        assertThat(verify()).as("a thread that is gone as a whole").isOne();
        assertThat(printed()).containsPattern("Partition \\d+ has used \\d+ positions, and holds rows for \\d+\n");
        assertThat(findings()).isGreaterThanOrEqualTo(Math.max(1, before));
    }

    @Test
    void wrongArgumentsAndUnknownThreadsAreSaid() {
        assertThat(verify("nobody-" + thread)).isEqualTo(2);
        assertThat(complained()).isEqualTo("There is no thread \"nobody-" + thread + "\" of tenant \"default\"\n");
        assertThat(verify("no/body/" + thread)).isEqualTo(2);
        assertThat(complained())
                .startsWith("There is no thread \"body/" + thread + "\" of tenant \"no\"\n")
                .endsWith("write default/a/b for the thread a/b\n");
        for (List<String> wrong : List.of(List.of("--all"), List.of("a", "b"))) {
            assertThatThrownBy(() -> VerifyCommand.wanted(wrong))
                    .isInstanceOf(WrongArgumentsException.class)
                    .hasMessageStartingWith("usage: threadwright verify");
        }
    }

    private int verify(String... arguments) {
        out.reset();
        err.reset();
        return new VerifyCommand(
                        dataSource,
                        Sealing.none(),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(VerifyCommand.wanted(List.of(arguments)));
    }

    private int findings() {
        Matcher number = Pattern.compile("verified, (\\d+) finding").matcher(printed());
        assertThat(number.find()).isTrue();
        return Integer.parseInt(number.group(1));
    }

    /** To whom nothing is said that is a result. */
    private String complained() {
        assertThat(out.size()).isZero();
        return err.toString(StandardCharsets.UTF_8);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement prepared = connection.createStatement()) {
            prepared.executeUpdate(statement);
        }
    }
}

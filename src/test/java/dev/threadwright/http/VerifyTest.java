package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.lessThan;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scenario 55, on a real journal. Whatever a test damages it takes away again. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class VerifyTest {

    @Inject
    DataSource dataSource;

    private final String thread = "v-" + UUID.randomUUID();

    @BeforeEach
    void aThreadWithARun() {
        Readiness.await();
        run("{\"data\": {\"items\": [{\"name\": \"bolt\", \"price\": 3}]}, \"workflow\": \"fan-out\"}");
        run("{\"data\": {\"text\": \"hi\"}}");
    }

    @Test
    void aSoundThreadIsSound() {
        verify().body("sound", equalTo(true)).body("events", greaterThan(10)).body("findings", empty());
        given().get("/threads/{id}/verify", "nobody-" + thread).then().statusCode(404);
    }

    @Test
    void anAlteredEventIsReported() throws SQLException {
        String text = "replace(events::text, '\"text\":\"hi\"', '\"text\":\"ho\"')::json";
        assertThat(sql("update decision set events = " + text + " where thread = ? and events::text like '%\"hi\"%'"))
                .isPositive();
        verify().body("sound", equalTo(false)).body("findings.kind", hasItem("altered"));
        forget();
    }

    @Test
    void aMissingEventIsReported() throws SQLException {
        sql("delete from decision where thread = ? and first_seq > 1 and first_seq = "
                + "(select min(first_seq) from decision d where d.thread = decision.thread and d.first_seq > 1)");
        verify().body("findings.kind", contains("gap"));
        forget();
    }

    @Test
    void aMissingEndIsReported() throws SQLException {
        sql("delete from decision where thread = ? and first_seq = "
                + "(select max(first_seq) from decision d where d.thread = decision.thread)");
        verify().body("findings.kind", hasItem("gap"));
        forget();
    }

    @Test
    void anEventOfAnUnknownVersionIsReported() throws SQLException {
        String text = "replace(events::text, '{\"type\":\"run.started\"', '{\"type\":\"run.started\",\"v\":99')::json";
        sql("update decision set events = " + text + " where thread = ?");
        verify().body("findings.kind", hasItem("unreadable"));
        forget();
    }

    @Test
    void aDifferenceFromWhatReadersSeeIsReported() throws SQLException {
        sql("update thread set active_runs = 3 where thread = ?");
        verify().body("findings.kind", contains("difference"))
                .body("findings.message", contains("Readers see 3 as its unfinished runs, and the journal folds to 0"));
        forget();
    }

    @Test
    void whoSendsToADamagedThreadIsToldAtOnceAndOthersOfItsPartitionGoOn() throws SQLException {
        sql("update thread set seq = seq - 1 where thread = ?");
        given().contentType(ContentType.JSON)
                .body("{\"data\": {\"text\": \"too late\"}}")
                .post("/threads/{id}/inputs?wait=decision&timeout=60000", thread)
                .then()
                .statusCode(500)
                .time(lessThan(50_000L))
                .body("type", equalTo("urn:threadwright:problem:set-aside"))
                .body("detail", containsString("cannot be read: its journal ends at"))
                .body("thread_id", equalTo(thread));
        verify().body("sound", equalTo(false));
        for (int i = 0; i < 40; i++) {
            given().contentType(ContentType.JSON)
                    .body("{\"data\": {\"text\": \"next\"}}")
                    .post("/threads/{id}/inputs?wait=completion", thread + "-" + i)
                    .then()
                    .statusCode(200);
        }
        forget();
    }

    @Test
    void aSnapshotThatTheJournalDoesNotFoldToIsReported() throws SQLException {
        for (int i = 0; i < 130; i++) {
            run("{\"data\": {\"text\": \"filler\"}}");
        }
        verify().body("sound", equalTo(true)).body("events", greaterThan(500));
        assertThat(
                        sql(
                                "update snapshot set state = replace(state::text, '\"filler\"', '\"other\"')::json where thread = ?"))
                .isOne();
        verify().body("findings.kind", contains("difference"));
        forget();
    }

    @Test
    void allThreadsAreVerifiedPageByPage() {
        List<String> unsound = new ArrayList<>();
        int threads = 0;
        String after = null;
        do {
            var page = given().queryParam("limit", 3)
                    .queryParams(after == null ? java.util.Map.of() : java.util.Map.of("after", after))
                    .get("/verify")
                    .then()
                    .statusCode(200)
                    .extract()
                    .jsonPath();
            threads += page.getInt("threads");
            unsound.addAll(page.getList("unsound.thread"));
            after = page.getString("next");
        } while (after != null);
        assertThat(threads).isPositive();
        assertThat(unsound).isEmpty();
    }

    private ValidatableResponse verify() {
        return given().get("/threads/{id}/verify", thread).then().statusCode(200);
    }

    private void run(String body) {
        given().contentType(ContentType.JSON)
                .body(body)
                .post("/threads/{id}/inputs?wait=completion", thread)
                .then()
                .statusCode(200);
    }

    private void forget() throws SQLException {
        sql("delete from decision where thread = ?");
        sql("delete from thread where thread = ?");
        sql("delete from snapshot where thread = ?");
    }

    private int sql(String statement) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement prepared = connection.prepareStatement(statement)) {
            prepared.setString(1, thread);
            return prepared.executeUpdate();
        }
    }
}

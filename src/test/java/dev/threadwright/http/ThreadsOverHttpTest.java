package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.threadwright.query.ThreadSearch;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Threads as the agent contract has them: made, changed, found, deleted; their states and history. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class ThreadsOverHttpTest {

    private final String thread = "t-" + UUID.randomUUID();
    private final String mark = UUID.randomUUID().toString();

    @Inject
    DataSource dataSource;

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    @Test
    void theSameKeyMakesOneThread() {
        String first = json("{}")
                .header("Idempotency-Key", mark)
                .post("/threads")
                .then()
                .statusCode(200)
                .extract()
                .path("thread_id");
        String second = json("{}")
                .header("Idempotency-Key", mark)
                .post("/threads")
                .then()
                .statusCode(200)
                .extract()
                .path("thread_id");
        assertThat(second).isEqualTo(first);
        json("{'metadata': {'other': 1}}")
                .header("Idempotency-Key", mark)
                .post("/threads")
                .then()
                .statusCode(409)
                .body("type", equalTo("urn:threadwright:problem:conflict"));
    }

    @Test
    void aStateHasThoseOfTheGraphsThatItsTasksRunIfThatIsAskedFor() {
        for (String workflow : List.of("""
                {'name': 'state-innermost', 'channels': {'seen': 'append', 'answer': 'last_write_wins'},
                 'start': 'see', 'steps': {
                   'see': {'set': {'seen': '1'}, 'next': 'ask'},
                   'ask': {'interrupt': 'approval_required', 'payload': '1', 'result': {'answer': 'result'}}}}""", """
                {'name': 'state-inner', 'channels': {}, 'start': 'down',
                 'steps': {'down': {'workflow': 'state-innermost@1'}}}""", """
                {'name': 'state-outer', 'channels': {}, 'start': 'sub',
                 'steps': {'sub': {'workflow': 'state-inner@1'}}}""")) {
            json(workflow).post("/workflows").then().statusCode(anyOf(is(200), is(201)));
        }
        String thread = "nested-" + mark;
        json("{'assistant_id': 'state-outer', 'input': {}, 'if_not_exists': 'create'}")
                .post("/threads/{id}/runs/wait", thread)
                .then()
                .statusCode(200);

        given().get("/threads/{id}/state", thread)
                .then()
                .statusCode(200)
                .body("tasks[0].checkpoint.checkpoint_ns", startsWith("sub:"))
                .body("tasks[0].state", nullValue());
        String namespace = given().get("/threads/{id}/state?subgraphs=true", thread)
                .then()
                .statusCode(200)
                .body("tasks[0].interrupts.size()", equalTo(1))
                .body("tasks[0].state.next", equalTo(List.of("down")))
                .body("tasks[0].state.tasks[0].interrupts.size()", equalTo(1))
                .body("tasks[0].state.tasks[0].state.values.seen", equalTo(List.of(1)))
                .body("tasks[0].state.tasks[0].state.next", equalTo(List.of("ask")))
                .body("tasks[0].state.tasks[0].state.metadata.step", equalTo(1))
                .body("tasks[0].state.tasks[0].state.tasks[0].interrupts.size()", equalTo(1))
                .body("tasks[0].state.tasks[0].state.tasks[0].state", nullValue())
                .body("interrupts.size()", equalTo(1))
                .extract()
                .path("tasks[0].state.tasks[0].state.checkpoint.checkpoint_ns");
        assertThat(namespace).matches("sub:[^|]+\\|down:[^|]+");
        assertThat(given().get("/threads/{id}/state?subgraphs=true", thread).<String>path("interrupts[0].namespace[1]"))
                .isEqualTo(namespace.substring(namespace.indexOf('|') + 1));
    }

    @Test
    void aThreadThatIsRefusedIsNotThere() {
        json("{'thread_id': '" + thread + "', 'workflow': 'nowhere'}")
                .post("/threads")
                .then()
                .statusCode(422)
                .body("detail", equalTo("Unknown workflow \"nowhere\""));
        given().get("/threads/{id}", thread).then().statusCode(404);
    }

    @Test
    void metadataAreSearchedWithWhatTheyContain() {
        create("{'who': {'name': 'Ada', 'tags': ['a', 'b']}, 'mark': '" + mark + "'}");
        search("{'metadata': {'who': {'tags': ['b']}, 'mark': '" + mark + "'}}").body("thread_id", contains(thread));
        search("{'metadata': {'who': {'tags': ['c']}, 'mark': '" + mark + "'}}").body("thread_id", empty());
        json("{'metadata': {'who': null}}")
                .patch("/threads/{id}", thread)
                .then()
                .body("metadata.who", nullValue());
        search("{'metadata': {'who': null, 'mark': '" + mark + "'}}").body("thread_id", contains(thread));
    }

    @Test
    void pagesSayWhereTheNextOneBegins() {
        for (int i = 0; i < 3; i++) {
            json("{'metadata': {'mark': '" + mark + "'}}")
                    .post("/threads")
                    .then()
                    .statusCode(200);
        }
        search("{'metadata': {'mark': '" + mark + "'}, 'limit': 2}")
                .body("thread_id", hasSize(2))
                .header("X-Pagination-Next", equalTo("2"));
        search("{'metadata': {'mark': '" + mark + "'}, 'limit': 2, 'offset': 2}")
                .body("thread_id", hasSize(1))
                .header("X-Pagination-Next", nullValue());
    }

    @Test
    void valuesOfTooManyThreadsAreNotComputed() throws SQLException {
        rows("insert into thread select 1, 0, 0, 0, 0, 0, 0, 'idle', 'default', '" + mark + "-' || n, null,"
                + " '{\"metadata\":{}}' from generate_series(0, " + ThreadSearch.MAX_SCANNED + ") n");
        rows("insert into thread_metadata select 'default', '" + mark + "-' || n, '{\"mark\": \"" + mark + "\"}'"
                + " from generate_series(0, " + ThreadSearch.MAX_SCANNED + ") n");
        try {
            String asked = "{'metadata': {'mark': '" + mark + "'}, 'values': {'output': 1}}";
            json(asked)
                    .post("/threads/search")
                    .then()
                    .statusCode(422)
                    .body("detail", containsString("More than " + ThreadSearch.MAX_SCANNED + " threads"))
                    .body("detail", containsString("narrow the search by metadata, ids or status"));
            json(asked).post("/threads/count").then().statusCode(422);
            json("{'metadata': {'mark': '" + mark + "'}}")
                    .post("/threads/count")
                    .then()
                    .body(equalTo(Integer.toString(ThreadSearch.MAX_SCANNED + 1)));
        } finally {
            rows("delete from thread where thread like '" + mark + "-%'");
            rows("delete from thread_metadata where thread like '" + mark + "-%'");
        }
    }

    @Test
    void valuesAreFoundOnStatesOfNow() {
        input("{'data': {'mark': '" + mark + "'}, 'workflow': 'echo'}");
        search("{'values': {'output': {'mark': '" + mark + "'}}, 'ids': ['" + thread
                        + "'], 'select': ['thread_id', 'values']}")
                .body("[0].values.output.mark", equalTo(mark));
        search("{'values': {'output': {'mark': 'other'}}, 'ids': ['" + thread + "']}")
                .body("thread_id", empty());
    }

    @Test
    void historyIsPagedByAllThreeFormsOfBefore() {
        input("{'data': 1, 'workflow': 'echo'}");
        List<String> all = json("{}")
                .post("/threads/{id}/history", thread)
                .then()
                .statusCode(200)
                .body("metadata.source", contains("loop", "loop", "input"))
                .extract()
                .path("checkpoint.checkpoint_id");
        for (String before : List.of(
                "'" + all.getFirst() + "'",
                "{'checkpoint_id': '" + all.getFirst() + "'}",
                "{'configurable': {'checkpoint_id': '" + all.getFirst() + "'}}")) {
            json("{'before': " + before + "}")
                    .post("/threads/{id}/history", thread)
                    .then()
                    .body("checkpoint.checkpoint_id", equalTo(all.subList(1, 3)));
        }
        given().get("/threads/{id}/history?limit=1&before=" + all.get(1), thread)
                .then()
                .body("checkpoint.checkpoint_id", contains(all.get(2)));
        json("{'checkpoint': {'checkpoint_ns': 'sub:1'}}")
                .post("/threads/{id}/history", thread)
                .then()
                .body("$", empty());
    }

    @Test
    void runsThatWereRolledBackHaveNoHistory() {
        input("{'data': 1, 'workflow': 'echo'}");
        String run = json("{'data': {'ms': 60000}, 'workflow': 'delay'}")
                .post("/threads/{id}/inputs?wait=decision", thread)
                .then()
                .statusCode(200)
                .extract()
                .path("run_id");
        json("{'run_id': '" + run + "', 'rollback': true}")
                .post("/threads/{id}/cancel?wait=decision", thread)
                .then()
                .statusCode(200);
        json("{}")
                .post("/threads/{id}/history", thread)
                .then()
                .body("metadata.run_id", not(contains(run)))
                .body("$", hasSize(3));
        given().get("/threads/{id}/state", thread)
                .then()
                .body("values.output", equalTo(1))
                .body("next", empty());
    }

    @Test
    void whatWasChangedIsNamedByItsCheckpointHoweverOftenItIsSent() {
        input("{'data': 1, 'workflow': 'echo'}");
        String first = write("{'values': [{'output': 2}, {'output': 3}]}", "k1")
                .extract()
                .path("checkpoint.checkpoint_id");
        input("{'data': 4, 'workflow': 'echo'}");
        String again = write("{'values': [{'output': 2}, {'output': 3}]}", "k1")
                .extract()
                .path("checkpoint.checkpoint_id");
        assertThat(again).isEqualTo(first);
        given().get("/threads/{id}/state/{checkpoint}", thread, first)
                .then()
                .body("values.output", equalTo(3))
                .body("metadata.source", equalTo("update"));
    }

    @Test
    void nobodyReadsADeletedThread() {
        input("{'data': {'item': 'bolt', 'count': 3}, 'workflow': 'approval'}");
        json("{'metadata': {'mark': '" + mark + "'}}")
                .patch("/threads/{id}", thread)
                .then()
                .statusCode(200);
        String run = given().get("/threads/{id}", thread).then().extract().path("latest_run");
        String interrupt = given().get("/threads/{id}", thread).then().extract().path("pending_interrupts[0]");
        String checkpoint =
                given().get("/threads/{id}/state", thread).then().extract().path("checkpoint.checkpoint_id");

        given().delete("/threads/{id}", thread).then().statusCode(204);

        for (String path : List.of(
                "",
                "/state",
                "/state/" + checkpoint,
                "/history",
                "/events",
                "/checkpoints",
                "/checkpoints/" + checkpoint,
                "/runs",
                "/runs/" + run)) {
            given().get("/threads/" + thread + path).then().statusCode(404);
        }
        given().get("/interrupts/{id}", interrupt).then().statusCode(404);
        given().get("/interrupts?status=all&thread_id={id}", thread).then().body("interrupts", empty());
        search("{'ids': ['" + thread + "']}").body("$", empty());
        search("{'metadata': {'mark': '" + mark + "'}}").body("$", empty());
        json("{}").post("/threads/{id}/copy", thread).then().statusCode(404);
        json("{'values': {}}").post("/threads/{id}/state", thread).then().statusCode(404);
        json("{'thread_id': '" + thread + "', 'checkpoint_id': '" + checkpoint + "'}")
                .post("/threads/{id}/fork?wait=decision", "fork-" + mark)
                .then()
                .statusCode(404);
        json("{'thread_id': '" + thread + "'}")
                .post("/threads")
                .then()
                .statusCode(409)
                .body("detail", containsString("was deleted"));
        json("{'data': 1}")
                .post("/threads/{id}/inputs?wait=decision", thread)
                .then()
                .statusCode(404)
                .body("detail", containsString("was deleted"));
        given().delete("/threads/{id}", thread).then().statusCode(404);
    }

    private void create(String metadata) {
        json("{'thread_id': '" + thread + "', 'metadata': " + metadata + "}")
                .post("/threads")
                .then()
                .statusCode(200);
    }

    private ValidatableResponse search(String body) {
        return json(body).post("/threads/search").then().statusCode(200);
    }

    private void input(String body) {
        json(body).post("/threads/{id}/inputs?wait=completion", thread).then().statusCode(not(equalTo(500)));
    }

    private ValidatableResponse write(String body, String key) {
        return json(body)
                .header("Idempotency-Key", key)
                .post("/threads/{id}/state", thread)
                .then()
                .statusCode(200);
    }

    private void rows(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static RequestSpecification json(String body) {
        return given().contentType(ContentType.JSON).body(body.replace('\'', '"'));
    }
}

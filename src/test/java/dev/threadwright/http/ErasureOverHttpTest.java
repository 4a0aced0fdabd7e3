package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;

import dev.threadwright.journal.Batch;
import dev.threadwright.query.DecisionReads;
import dev.threadwright.query.OutcomeReads;
import dev.threadwright.testing.Dump;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import dev.threadwright.testing.TestServers;
import dev.threadwright.thread.ThreadKey;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Everything that a thread can hold, erased on a server that runs. */
@QuarkusTest
@TestProfile(SealedServer.class)
@WithTestResource(EmbeddedServersResource.class)
class ErasureOverHttpTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String REASON = "{'reason': 'Request 2026-118'}";

    @Inject
    DataSource database;

    /** Stands in all that the thread is given. */
    private final String marker = "quetzal" + UUID.randomUUID().toString().replace("-", "");

    private final String thread = "t-" + UUID.randomUUID();

    @Inject
    OutcomeReads outcomes;

    @Inject
    DecisionReads decisions;

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    @Test
    void whatCannotBeOpenedCostsTheOthersWhoAreReadWithItNothing() throws SQLException {
        List<ThreadKey> threads = List.of(new ThreadKey("default", thread), new ThreadKey("default", thread + "-2"));
        for (ThreadKey one : threads) {
            json("{'data': 1}")
                    .post("/threads/{id}/inputs?wait=completion", one.thread())
                    .then()
                    .statusCode(200);
        }
        Batch.OutcomeKey kept = outcomeOf(threads.get(1));
        List<Batch.OutcomeKey> both = List.of(outcomeOf(threads.getFirst()), kept);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("update outcome set result = '\"sealed:1:1:AAAA\"' where thread = '" + thread + "'");
            statement.execute("update decision set events = '\"sealed:1:9:AAAA\"' where thread = '" + thread + "'");
        }
        assertThat(outcomes.find(both, List.of()).await().atMost(PATIENCE).outcomes())
                .extracting(Batch.OutcomeRow::key)
                .containsExactly(kept);
        List<DecisionReads.News> news = decisions
                .news(
                        "default",
                        threads.stream()
                                .map(one -> new DecisionReads.Known(one, 0))
                                .toList())
                .await()
                .atMost(PATIENCE);
        assertThat(news)
                .filteredOn(DecisionReads.News.Unreadable.class::isInstance)
                .isNotEmpty()
                .allMatch(one -> one.thread().equals(threads.getFirst()));
        assertThat(news)
                .filteredOn(DecisionReads.News.Decided.class::isInstance)
                .isNotEmpty()
                .allMatch(one -> one.thread().equals(threads.get(1)));
    }

    private Batch.OutcomeKey outcomeOf(ThreadKey of) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select encode(hash, 'hex') from outcome where thread = '" + of.thread() + "'")) {
            assertThat(row.next()).isTrue();
            return new Batch.OutcomeKey(of, row.getString(1));
        }
    }

    @Test
    void nothingOfAThreadIsInTheClearButItsMetadata_andWhenItIsErasedNothingIsLeft() throws Exception {
        fill(thread);
        assertThat(tables()).containsExactly("thread", "thread_metadata");

        String id = erase(thread).statusCode(202).extract().path("erasure_id");
        awaitErased(id)
                .body("status", equalTo("erased"))
                .body("reason", equalTo("Request 2026-118"))
                .body("requested_by", equalTo("http"))
                .body("requested_at", notNullValue())
                .body("threads.thread_id", contains(thread))
                .body("threads[0].keys", hasSize(1))
                .body("threads[0].keys[0].length()", equalTo(64))
                .body("threads[0].decisions", greaterThan(4))
                .body("threads[0].rows", greaterThan(12))
                .body("threads[0].erased_at", notNullValue());
        assertThat(tables()).isEmpty();
        assertThat(count("decision where thread = '" + thread + "'"))
                .as("its rows are still there")
                .isGreaterThan(4);
        assertThat(count("thread_key where thread = '" + thread + "' and wrapped is not null"))
                .isZero();

        for (String path : List.of("", "/state", "/history", "/events", "/runs", "/checkpoints", "/stream")) {
            given().get("/threads/" + thread + path).then().statusCode(404);
        }
        given().get("/interrupts?status=all&thread_id={id}", thread).then().body("interrupts", empty());
        json("{'data': 1}")
                .post("/threads/{id}/inputs?wait=decision", thread)
                .then()
                .statusCode(404);
        for (String text : List.of(marker, "something else")) {
            json(input(text))
                    .header("Idempotency-Key", "key-" + thread)
                    .post("/threads/{id}/inputs?wait=decision", thread)
                    .then()
                    .statusCode(404);
        }
        given().get("/threads/{id}/verify", thread)
                .then()
                .statusCode(200)
                .body("erased", equalTo(true))
                .body("sound", equalTo(true));
        given().get("/dead-letters?thread_id={id}", thread)
                .then()
                .statusCode(200)
                .body("dead_letters.reason", everyItem(equalTo("It was erased with its thread")))
                .body("dead_letters", hasSize(1));
        String letter = given().get("/dead-letters?thread_id={id}", thread).path("dead_letters[0].dead_letter_id");
        given().get("/dead-letters/{id}", letter)
                .then()
                .statusCode(200)
                .body("whole", equalTo(false))
                .body("content.value", equalTo(null));
        json("{}")
                .post("/dead-letters/{id}/replay", letter)
                .then()
                .statusCode(422)
                .body("detail", containsString("erased"));
    }

    @Test
    void aThreadAtWorkIsErased_andTheSameRequestIsTheSameErasure() {
        json("{'data': {'ms': 600000}, 'workflow': 'delay'}")
                .post("/threads/{id}/inputs?wait=decision", thread)
                .then()
                .statusCode(200);
        String key = UUID.randomUUID().toString();
        String id = json(REASON)
                .header("Idempotency-Key", key)
                .post("/threads/{id}/erase", thread)
                .then()
                .statusCode(202)
                .header("Location", containsString("/erasures/"))
                .extract()
                .path("erasure_id");
        awaitErased(id);
        json(REASON)
                .header("Idempotency-Key", key)
                .post("/threads/{id}/erase", thread)
                .then()
                .statusCode(202)
                .body("erasure_id", equalTo(id))
                .body("status", equalTo("erased"));
        json("{'reason': 'another'}")
                .header("Idempotency-Key", key)
                .post("/threads/{id}/erase", thread)
                .then()
                .statusCode(409);
    }

    @Test
    void whoeverSomebodyIsIsErasedFromAllTheirThreads_andOthersAreNot() throws Exception {
        for (int i = 0; i < 3; i++) {
            fill(thread + "-" + i);
        }
        String other = "other-" + thread;
        json("{'data': {'text': 'another-" + marker.substring(7) + "'}, 'workflow': 'echo'}")
                .post("/threads/{id}/inputs?wait=completion", other)
                .then()
                .statusCode(200);
        String id = json("{'metadata': {'who': '" + marker + "'}, 'reason': 'all of them'}")
                .post("/erasures")
                .then()
                .statusCode(202)
                .body("threads", hasSize(3))
                .extract()
                .path("erasure_id");
        awaitErased(id).body("threads.status", everyItem(equalTo("erased")));
        assertThat(tables()).isEmpty();
        given().get("/threads/{id}/state", other)
                .then()
                .statusCode(200)
                .body("values.output.text", equalTo("another-" + marker.substring(7)));
    }

    @Test
    void aThreadThatIsSetAsideIsErased() throws SQLException {
        json("{'data': {'text': '" + marker + "'}, 'workflow': 'echo'}")
                .post("/threads/{id}/inputs?wait=completion", thread)
                .then()
                .statusCode(200);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("insert into thread_set_aside (since_ms, partition, tenant, thread, id, cause, error)"
                    + " select 1, partition, tenant, thread, 'x', 'failed', 'why' from thread where thread = '" + thread
                    + "'");
        }
        awaitErased(erase(thread).statusCode(202).extract().path("erasure_id"));
        given().get("/set-aside/{id}", thread).then().statusCode(404);
        given().get("/threads/{id}", thread).then().statusCode(404);
        assertThat(tables()).isEmpty();
    }

    @Test
    void whatCannotBeErasedIsSaid() {
        erase("no-such-" + thread).statusCode(404).body("type", equalTo("urn:threadwright:problem:thread-not-found"));
        json("{}").post("/threads/{id}/erase", thread).then().statusCode(422).body("detail", notNullValue());
        json("{'reason': '  '}").post("/threads/{id}/erase", thread).then().statusCode(422);
        json("{'reason': 'x', 'force': true}")
                .post("/threads/{id}/erase", thread)
                .then()
                .statusCode(422);
        json(REASON).post("/erasures").then().statusCode(422);
        json("{'reason': 'x', 'metadata': {}}").post("/erasures").then().statusCode(422);
        json("{'reason': 'x', 'metadata': {'who': '" + marker + "'}}")
                .post("/erasures")
                .then()
                .statusCode(404);
        given().get("/erasures/{id}", UUID.randomUUID())
                .then()
                .statusCode(404)
                .body("type", equalTo("urn:threadwright:problem:erasure-not-found"));
    }

    /** Runs, a question, a state and a fork of it, a request for a run, a snapshot's worth of nothing, and a dead letter. */
    private void fill(String id) throws Exception {
        json("{'thread_id': '" + id + "', 'metadata': {'who': '" + marker + "'}}")
                .post("/threads")
                .then()
                .statusCode(200);
        json(input(marker))
                .header("Idempotency-Key", "key-" + id)
                .post("/threads/{id}/inputs?wait=completion", id)
                .then()
                .statusCode(200)
                .body("run.values.output.text", equalTo(marker));
        json("{'assistant_id': 'echo', 'input': {'text': '" + marker + "'}, 'metadata': {'note': '" + marker + "'}}")
                .post("/threads/{id}/runs/wait", id)
                .then()
                .statusCode(200);
        json("{'data': {'item': '" + marker + "', 'count': 3}, 'workflow': 'approval'}")
                .post("/threads/{id}/inputs?wait=completion", id)
                .then()
                .statusCode(202);
        String interrupt = given().get("/threads/{id}", id).path("pending_interrupts[0]");
        given().get("/interrupts/{id}", interrupt).then().statusCode(200).body("payload", notNullValue());
        json("{'values': {'output': '" + marker + "'}}")
                .post("/threads/{id}/state", id)
                .then()
                .statusCode(200);
        given().get("/threads/{id}/history", id).then().statusCode(200).body("size()", greaterThan(2));
        given().get("/threads/{id}/events", id).then().statusCode(200).body("events.size()", greaterThan(5));
        json("{'values': {'output': '" + marker + "'}}")
                .post("/threads/search")
                .then()
                .statusCode(200);
        deadLetter(id);
    }

    private static String input(String text) {
        return "{'data': {'text': '" + text + "'}, 'workflow': 'echo'}";
    }

    private void deadLetter(String id) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestServers.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>("threadwright.input", id.getBytes(UTF_8), marker.getBytes(UTF_8));
            record.headers().add("ce_specversion", "9.9".getBytes(UTF_8)).add("note", marker.getBytes(UTF_8));
            producer.send(record).get(30, TimeUnit.SECONDS);
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        given().get("/dead-letters?thread_id={id}", id).then().body("dead_letters", hasSize(1)));
        String letter = given().get("/dead-letters?thread_id={id}", id).path("dead_letters[0].dead_letter_id");
        given().get("/dead-letters/{id}", letter).then().body("content.value.text", equalTo(marker));
    }

    private static ValidatableResponse erase(String id) {
        return json(REASON).post("/threads/{id}/erase", id).then();
    }

    private static ValidatableResponse awaitErased(String id) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        given().get("/erasures/{id}", id).then().statusCode(200).body("status", equalTo("erased")));
        return given().get("/erasures/{id}", id).then();
    }

    private List<String> tables() throws SQLException {
        try (Connection connection = database.getConnection()) {
            return Dump.of(connection).tablesWith(marker);
        }
    }

    private long count(String what) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from " + what)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static RequestSpecification json(String body) {
        return given().contentType(ContentType.JSON).body(body.replace('\'', '"'));
    }
}

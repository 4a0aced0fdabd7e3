package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.threadwright.journal.DeadLetterNames;
import dev.threadwright.journal.OutboxPlace;
import dev.threadwright.testing.Readiness;
import dev.threadwright.testing.TestServers;
import io.agroal.api.AgroalDataSource;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was set aside is found, looked at and sent again, whether what it holds is sealed or not. */
abstract class DeadLettersContract {

    static final String INPUT = "threadwright.input";
    static final String PROBLEM = "urn:threadwright:problem:";

    @Inject
    AgroalDataSource database;

    @Inject
    DeadLetterNames names;

    private final String thread = "t-" + UUID.randomUUID();
    private KafkaProducer<byte[], byte[]> producer;

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestServers.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @AfterEach
    void close() {
        producer.close();
    }

    @Test
    void aRecordIsShownAsItCameAndSentAgainAsItWas() {
        send(record(new byte[] {(byte) 0xFF, 0}, "ce_specversion", "9.9", "h", "1", "n", null, "h", "2"));
        String id = awaitLetters(1).getFirst();
        assertThat(id).matches(DeadLetterView.ID);

        given().get("/dead-letters?topic={topic}&thread_id={thread}&kind=invalid&replayed=false", INPUT, thread)
                .then()
                .statusCode(200)
                .body("dead_letters.dead_letter_id", contains(id))
                .body("dead_letters[0]", not(hasKey("content")))
                .body("dead_letters[0]", not(hasKey("replay")))
                .body("next", nullValue());
        given().get("/dead-letters/{id}", id)
                .then()
                .statusCode(200)
                .body("kind", equalTo("invalid"))
                .body("reason", notNullValue())
                .body("thread_id", equalTo(thread))
                .body("source.topic", equalTo(INPUT))
                .body("source.partition", notNullValue())
                .body("source.offset", notNullValue())
                .body("source.time", notNullValue())
                .body("dead_at", notNullValue())
                .body("bytes", equalTo(2))
                .body("whole", equalTo(true))
                .body("content.key.text", equalTo(thread))
                .body("content.value.base64", equalTo("/wA="))
                .body("content.value", not(hasKey("text")))
                .body("content.headers.name", contains("ce_specversion", "h", "n", "h"))
                .body("content.headers.text", contains("9.9", "1", null, "2"))
                .body("content.headers[2]", not(hasKey("base64")));

        replay(id, null, "")
                .statusCode(200)
                .body("dead_letter_id", equalTo(id))
                .body("topic", equalTo(INPUT))
                .body("replay.number", equalTo(1))
                .body("replay.status", equalTo("sent"))
                .body("replay.by", equalTo("http"))
                .body("replay.at", notNullValue())
                .body("duplicate", equalTo(false));
        given().get("/dead-letters/{id}", id).then().body("replay.status", equalTo("sent"));

        // It is as wrong as before: a letter of its own, which says what it was.
        List<String> both = awaitLetters(2);
        assertThat(both.getLast()).isEqualTo(id);
        given().get("/dead-letters/{id}", both.getFirst())
                .then()
                .body("content.value.base64", equalTo("/wA="))
                .body("content.headers.name", contains("ce_specversion", "h", "n", "h", "tw_replay_of"))
                .body("content.headers[4].text", equalTo(id))
                .body("$", not(hasKey("replay")));
        given().get("/dead-letters?thread_id={thread}&replayed=true", thread)
                .then()
                .body("dead_letters.dead_letter_id", contains(id));
    }

    @Test
    void theSameKeySendsItOnce() {
        send(record("no JSON".getBytes(UTF_8), "ce_specversion", "9.9"));
        String id = awaitLetters(1).getFirst();
        replay(id, "k1", "{}").statusCode(200).body("duplicate", equalTo(false));
        replay(id, "k1", "{}").statusCode(200).body("duplicate", equalTo(true)).body("replay.number", equalTo(1));
        replay(id, "k1", "{\"force\": true}").statusCode(409).body("type", equalTo(PROBLEM + "conflict"));
        replay(id, "k2", "{}").statusCode(409).body("type", equalTo(PROBLEM + "already-replayed"));
        awaitLetters(2);
        replay(id, "k".repeat(256), "{}").statusCode(400);
    }

    @Test
    void aCorrectedRecordIsDecided() {
        send(record(
                "{\"text\":".getBytes(UTF_8),
                "ce_specversion",
                "1.0",
                "ce_id",
                "i1",
                "ce_source",
                "/test",
                "ce_type",
                "dev.threadwright.user.input.v1"));
        String id = awaitLetters(1).getFirst();
        replay(id, null, "{\"value\": {\"text\": \"{\\\"text\\\":\\\"hi\\\"}\"}}")
                .statusCode(200);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> given().get("/threads/{id}", thread)
                        .then()
                        .statusCode(200)
                        .body("runs.status", contains("completed")));
        given().get("/threads/{id}/events", thread).then().body("events[0].causation.id", equalTo("i1"));
        awaitLetters(1);
    }

    /** The cause is a workflow that is registered later. It keeps its id, so it can have one effect. */
    @Test
    void aRefusedCloudEventTakesEffectOnceWhenItsCauseIsGone_howeverOftenItIsSentAgain() {
        String workflow = "later-" + UUID.randomUUID();
        send(record("{\"text\":\"hi\"}".getBytes(UTF_8), forWorkflow(workflow)));
        String id = awaitLetters(1).getFirst();
        given().get("/dead-letters/{id}", id)
                .then()
                .body("kind", equalTo("refused"))
                .body("reason", containsString("Unknown workflow \"" + workflow));
        replay(id, null, "{}").statusCode(200);
        awaitLetters(2);
        given().get("/threads/{id}", thread).then().statusCode(404);

        register(workflow);
        replay(id, null, "{\"force\": true}").statusCode(200).body("replay.number", equalTo(2));
        awaitOneRun();
        replay(id, null, "{\"force\": true}").statusCode(200).body("replay.number", equalTo(3));
        awaitNothingElse();
        given().get("/threads/{id}/events", thread)
                .then()
                .body(
                        "events.findAll { it.type == 'input.accepted' && it.causation.id == 'refused-1' }.causation.id",
                        contains("refused-1"));
        awaitLetters(2);
    }

    /** A server sent it on to where its key belongs, and it was refused there. */
    @Test
    void aRefusedRecordThatHadBeenForwardedIsSentAgainAndMayBeCorrected() {
        String workflow = "later-" + UUID.randomUUID();
        String[] headers = forWorkflow(workflow);
        int partitions = producer.partitionsFor(INPUT).size();
        int elsewhere =
                (dev.threadwright.ingress.KeyPartitions.of(thread.getBytes(UTF_8), partitions) + 1) % partitions;
        ProducerRecord<byte[], byte[]> astray =
                new ProducerRecord<>(INPUT, elsewhere, thread.getBytes(UTF_8), "{\"text\":\"hi\"}".getBytes(UTF_8));
        record(null, headers).headers().forEach(astray.headers()::add);
        send(astray);
        String id = awaitLetters(1).getFirst();
        given().get("/dead-letters/{id}", id)
                .then()
                .body("kind", equalTo("refused"))
                .body("source.topic", equalTo("threadwright.commands"))
                .body("source", not(hasKey("offset")));

        replay(id, null, "{\"value\": {\"text\": \"{\\\"text\\\":\\\"corrected\\\"}\"}}")
                .statusCode(200)
                .body("topic", equalTo(INPUT));
        String again = awaitLetters(2).getFirst();
        given().get("/dead-letters/{id}", again)
                .then()
                .body("kind", equalTo("refused"))
                .body("source.topic", equalTo(INPUT))
                .body("content.value.text", equalTo("{\"text\":\"corrected\"}"))
                .body("content.headers.name", not(org.hamcrest.Matchers.hasItem("tw_origin")));

        register(workflow);
        replay(id, null, "{\"force\": true}").statusCode(200).body("topic", equalTo("threadwright.commands"));
        awaitOneRun();
        replay(id, null, "{\"force\": true}").statusCode(200);
        awaitNothingElse();
    }

    private String[] forWorkflow(String workflow) {
        return new String[] {
            "ce_specversion", "1.0",
            "ce_id", "refused-1",
            "ce_source", "/test",
            "ce_type", "dev.threadwright.user.input.v1",
            "ce_workflow", workflow
        };
    }

    private static void register(String workflow) {
        given().contentType(ContentType.JSON)
                .body("{\"name\": \"%s\", \"start\": \"a\", \"steps\": {\"a\": {\"sleep\": \"1s\"}}}"
                        .formatted(workflow))
                .post("/workflows")
                .then()
                .statusCode(201);
    }

    private void awaitOneRun() {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> given().get("/threads/{id}", thread)
                        .then()
                        .statusCode(200)
                        .body("runs.status", contains("completed")));
    }

    /** What came behind it on its partition is done, and it still is the only one. */
    private void awaitNothingElse() {
        given().contentType(ContentType.JSON)
                .body("{\"data\": 1, \"workflow\": \"echo\"}")
                .post("/threads/{id}/inputs?wait=completion", thread)
                .then()
                .statusCode(200);
        ProducerRecord<byte[], byte[]> last = record("2".getBytes(UTF_8));
        send(last);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> given().get("/threads/{id}", thread)
                        .then()
                        .body("runs.status", contains("completed", "completed", "completed")));
    }

    @Test
    void aRecordWithoutAKeyIsGivenOne() {
        String mark = UUID.randomUUID().toString();
        ProducerRecord<byte[], byte[]> keyless =
                new ProducerRecord<>(INPUT, 3, null, ("\"" + mark + "\"").getBytes(UTF_8));
        keyless.headers().add("mark", mark.getBytes(UTF_8));
        long offset = send(keyless).offset();
        // By where it came from: of a server that seals, what it holds cannot be looked for.
        OutboxPlace place = await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> place("select partition, position from dead_letter where key is null"
                                + " and source_topic = '" + INPUT + "' and source_partition = 3 and source_offset = "
                                + offset),
                        found -> found != null);
        String id = names.of(place);
        given().get("/dead-letters/{id}", id)
                .then()
                .body("content.key", nullValue())
                .body("$", not(hasKey("thread_id")));
        replay(id, null, "{\"key\": {\"text\": \"" + thread + "\"}, \"headers\": []}")
                .statusCode(200);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> given().get("/threads/{id}", thread).then().statusCode(200));
    }

    @Test
    void aRecordWithoutAValueIsSentAgainWithoutOne() {
        send(record(null));
        String id = awaitLetters(1).getFirst();
        replay(id, null, "").statusCode(200);
        given().get("/dead-letters/{id}", awaitLetters(2).getFirst())
                .then()
                .body("content.value", nullValue())
                .body("bytes", equalTo(0))
                .body("content.headers.name", contains("tw_replay_of"));
    }

    /** Damage that is noticed by the store: a row that a decision would change is not there. */
    @Test
    void aThreadThatCannotGoOnIsSetAside_itsPartitionGoesOn_andItGoesOnWhenItIsRepairedAndReleased() {
        String run = started("delay", "{\"ms\": 3600000, \"text\": \"long\"}");
        update("create table saved_run as select * from run where thread = '" + thread + "'");
        try {
            update("delete from run where thread = '" + thread + "'");
            input("first")
                    .statusCode(500)
                    .body("type", equalTo(PROBLEM + "set-aside"))
                    .body("detail", containsString("A change to a run that is not there"));
            input("second").statusCode(500).body("detail", containsString("Its thread is set aside"));

            given().get("/set-aside/{id}", thread)
                    .then()
                    .statusCode(200)
                    .body("thread_id", equalTo(thread))
                    .body("cause", equalTo("not_stored"))
                    .body("error", containsString("A change to a run that is not there"))
                    .body("since", notNullValue());
            given().get("/set-aside?limit=1000")
                    .then()
                    .statusCode(200)
                    .body("threads.thread_id", org.hamcrest.Matchers.hasItem(thread));
            given().get("/threads/{id}", thread).then().body("set_aside.cause", equalTo("not_stored"));
            given().get("/q/health/ready")
                    .then()
                    .statusCode(200)
                    .body("checks.find { it.name == 'engine' }.data.'threads-set-aside'", notNullValue());
            assertThat(metric("threadwright_threads_set_aside")).isPositive();
            for (int i = 0; i < 20; i++) {
                given().contentType(ContentType.JSON)
                        .body("{\"data\": 1}")
                        .post("/threads/{id}/inputs?wait=completion", thread + "-" + i)
                        .then()
                        .statusCode(200);
            }
            assertThat(awaitLetters(2)).hasSize(2);
            given().get("/dead-letters?thread_id={thread}&order=oldest", thread)
                    .then()
                    .body("dead_letters.kind", contains("not_stored", "thread_set_aside"));

            // Too early: as before, and what came behind keeps its place.
            release().statusCode(200).body("replayed", equalTo(2)).body("left", equalTo(false));
            awaitLetters(4);
            given().get("/dead-letters?thread_id={thread}&order=oldest&replayed=false", thread)
                    .then()
                    .body("dead_letters.kind", contains("not_stored", "thread_set_aside"));

            update("insert into run select * from saved_run");
            release().statusCode(200).body("thread_id", equalTo(thread)).body("replayed", equalTo(2));
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> given().get("/threads/{id}", thread)
                            .then()
                            .body("runs.status", contains("completed", "completed", "cancelled"))
                            .body("runs[0].values.output.text", equalTo("second"))
                            .body("runs[2].run_id", equalTo(run))
                            .body("$", not(hasKey("set_aside"))));
            awaitLetters(4);
        } finally {
            update("drop table saved_run");
        }
        release().statusCode(404).body("type", equalTo(PROBLEM + "not-set-aside"));
        given().get("/set-aside/{id}", thread).then().statusCode(404);
    }

    @Test
    void aThreadThatIsReleasedBeforeItsRepairIsSetAsideAgain_andGoesOnInOrderAfterIt() {
        damaged();
        input("first").statusCode(500).body("type", equalTo(PROBLEM + "set-aside"));
        input("second").statusCode(500).body("type", equalTo(PROBLEM + "set-aside"));
        given().get("/set-aside/{id}", thread).then().statusCode(200).body("cause", equalTo("thread_unreadable"));

        release().statusCode(200).body("replayed", equalTo(2)).body("left", equalTo(false));
        awaitLetters(4);
        given().get("/set-aside/{id}", thread).then().statusCode(200).body("cause", equalTo("thread_unreadable"));
        given().get("/threads/{id}", thread).then().body("set_aside.cause", equalTo("thread_unreadable"));

        repair();
        release().statusCode(200).body("replayed", equalTo(2)).body("left", equalTo(false));
        awaitGoneOn("second", "completed", "completed", "completed");
        release().statusCode(404).body("type", equalTo(PROBLEM + "not-set-aside"));
        awaitLetters(4);
    }

    @Test
    void aReleaseWithoutItsLettersSaysThatTheyAreLeft_andSoDoesTheNext() {
        damaged();
        input("first").statusCode(500).body("type", equalTo(PROBLEM + "set-aside"));
        release("false").statusCode(200).body("replayed", equalTo(0)).body("left", equalTo(true));
        // No record came, and its owner looks nevertheless.
        awaitSetAside();
        input("second").statusCode(500).body("type", equalTo(PROBLEM + "set-aside"));

        repair();
        release().statusCode(200).body("replayed", equalTo(1)).body("left", equalTo(true));
        awaitGoneOn("second", "completed", "completed");
    }

    /** It is noticed when the thread is read: its row says that there is less than there is. */
    private void damaged() {
        started("delay", "{\"ms\": 1, \"text\": \"sound\"}");
        awaitOneRun();
        update("update thread set seq = seq - 1 where thread = '" + thread + "'");
    }

    private void repair() {
        update("update thread set seq = seq + 1 where thread = '" + thread + "'");
    }

    private void awaitGoneOn(String newest, String... runs) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> given().get("/threads/{id}", thread)
                        .then()
                        .body("runs.status", contains(runs))
                        .body("runs[0].values.output.text", equalTo(newest))
                        .body("$", not(hasKey("set_aside"))));
    }

    /** What it fails over came from the server itself, and not by Kafka. */
    @Test
    void aThreadThatFailsOverAResultOfTheServerIsReleasedWithoutAnyLetter() {
        started("delay", "{\"ms\": 1500, \"text\": \"soon\"}");
        update("create table saved_run as select * from run where thread = '" + thread + "'");
        try {
            update("delete from run where thread = '" + thread + "'");
            awaitSetAside();
            update("insert into run select * from saved_run");
            release().statusCode(200).body("replayed", equalTo(0));
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> given().get("/threads/{id}", thread)
                            .then()
                            .body("runs.status", contains("completed"))
                            .body("runs[0].values.output.text", equalTo("soon")));
        } finally {
            update("drop table saved_run");
        }
    }

    private String started(String workflow, String data) {
        return given().contentType(ContentType.JSON)
                .body("{\"workflow\": \"" + workflow + "\", \"data\": " + data + "}")
                .post("/threads/{id}/inputs?wait=decision", thread)
                .then()
                .statusCode(200)
                .extract()
                .path("run_id");
    }

    private ValidatableResponse input(String text) {
        return given().contentType(ContentType.JSON)
                .header("Idempotency-Key", text)
                .body("{\"data\": {\"text\": \"" + text + "\"}}")
                .post("/threads/{id}/inputs?wait=decision", thread)
                .then();
    }

    private ValidatableResponse release() {
        return release("true");
    }

    private ValidatableResponse release(String replay) {
        return given().post("/set-aside/{id}/release?replay={replay}", thread, replay)
                .then();
    }

    private void awaitSetAside() {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> given().get("/set-aside/{id}", thread).then().statusCode(200));
    }

    private static double metric(String name) {
        return given().get("/q/metrics")
                .then()
                .extract()
                .asString()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void pagesGoOnWhereTheyEndedInEitherOrder() {
        String topic = "topic-" + thread;
        List<String> oldestFirst = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            // Two of the same moment.
            oldestFirst.add(insert(topic, i == 0 ? "refused" : "failed", true, 1_000 + i / 2));
        }
        assertThat(pages(topic, "oldest")).containsExactlyInAnyOrderElementsOf(oldestFirst);
        assertThat(pages(topic, "newest"))
                .containsExactlyElementsOf(pages(topic, "oldest").reversed());
        given().get("/dead-letters?topic={topic}&kind=refused", topic)
                .then()
                .body("dead_letters.dead_letter_id", contains(oldestFirst.getFirst()));
        given().get("/dead-letters?topic={topic}&kind=invalid", topic).then().body("dead_letters", empty());
    }

    private static List<String> pages(String topic, String order) {
        List<String> all = new ArrayList<>();
        String after = "";
        do {
            var page = given().get("/dead-letters?limit=2&topic=" + topic + "&order=" + order + after)
                    .then()
                    .statusCode(200)
                    .extract();
            List<String> ids = page.path("dead_letters.dead_letter_id");
            assertThat(ids).hasSizeLessThanOrEqualTo(2);
            all.addAll(ids);
            after = page.path("next") == null ? null : "&after=" + page.path("next");
        } while (after != null);
        return all;
    }

    List<String> awaitLetters(int count) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> given().get("/dead-letters?thread_id={thread}", thread)
                                .then()
                                .statusCode(200)
                                .extract()
                                .<List<String>>path("dead_letters.dead_letter_id"),
                        ids -> ids.size() == count);
    }

    static ValidatableResponse replay(String id, String key, String body) {
        var request = given().contentType(ContentType.JSON).body(body);
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        return request.post("/dead-letters/{id}/replay", id).then();
    }

    ProducerRecord<byte[], byte[]> record(byte[] value, String... headers) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(INPUT, thread.getBytes(UTF_8), value);
        for (int i = 0; i < headers.length; i += 2) {
            record.headers().add(headers[i], headers[i + 1] == null ? null : headers[i + 1].getBytes(UTF_8));
        }
        return record;
    }

    RecordMetadata send(ProducerRecord<byte[], byte[]> record) {
        Future<RecordMetadata> sent = producer.send(record);
        producer.flush();
        return sent.resultNow();
    }

    String insert(String topic, String kind, boolean whole, long deadAtMs) {
        int partition = 0;
        long position = ThreadLocalRandom.current().nextLong(1L << 40, 1L << 50);
        update(
                "insert into dead_letter (dead_at_ms, position, source_offset, source_time_ms, partition, source_partition,"
                        + " bytes, whole, tenant, kind, source_topic, reason, headers, key, value) values (" + deadAtMs
                        + ", "
                        + position + ", 1, 1, " + partition + ", 0, 1, " + whole + ", 'default', '" + kind + "', '"
                        + topic
                        + "', 'why', '[]', 'k', 'v')");
        return names.of(new OutboxPlace(partition, position));
    }

    void update(String sql) {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private OutboxPlace place(String sql) {
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            return rows.next() ? new OutboxPlace(rows.getInt(1), rows.getLong(2)) : null;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}

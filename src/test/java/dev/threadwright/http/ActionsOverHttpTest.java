package dev.threadwright.http;

import static dev.threadwright.http.TestWorker.header;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Actions that are not done: found, looked at, and settled by hand. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class ActionsOverHttpTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String PROBLEM = "urn:threadwright:problem:";

    private final String name = "charge-" + UUID.randomUUID();
    private final String thread = "t-" + UUID.randomUUID();
    private TestWorker worker;

    @BeforeEach
    void aWorkerAndAWorkflowThatNeedsIt() {
        Readiness.await();
        worker = new TestWorker();
        given().contentType("application/yaml")
                .body("""
                        name: %1$s
                        channels: {receipt: last_write_wins, problem: last_write_wins}
                        start: pay
                        steps:
                          pay:
                            work: %1$s
                            input: '{"cents": input.cents}'
                            result: {receipt: result.receipt}
                            timeout: 1h
                            retry: {max: 5, base: 1h, cap: 1h}
                            on_error: sorry
                          sorry: {set: {problem: item.error}}
                        """.formatted(name).getBytes(UTF_8))
                .post("/workflows")
                .then()
                .statusCode(201);
    }

    @AfterEach
    void close() {
        worker.close();
    }

    // Looking

    @Test
    void whatIsNotDoneIsListedUntilItIsDone() {
        Instant before = Instant.now().minusSeconds(60);
        String run = start(thread);
        ConsumerRecord<byte[], byte[]> request = worker.awaitAsked(thread, TestWorker.REQUEST, 1);
        JsonPath page = list("name", name).extract().jsonPath();
        assertThat(page.getList("actions")).hasSize(1);
        assertThat(page.getMap("actions[0]"))
                .containsEntry("action_id", header(request, "ce_actionid"))
                .containsEntry("thread_id", thread)
                .containsEntry("run_id", run)
                .containsEntry("step", "pay")
                .containsEntry("name", name)
                .containsEntry("remote", true)
                .containsEntry("attempt", 1)
                .containsEntry("status", "outstanding")
                .containsEntry("due", header(request, "ce_deadline"))
                .doesNotContainKey("input");
        assertThat(Instant.parse(page.getString("actions[0].since"))).isBetween(before, Instant.now());
        assertThat(page.getString("next")).isNull();

        worker.answer(request, "action.succeeded", "{\"receipt\":\"r-1\"}");
        awaitRun("completed");
        list("name", name).body("actions", empty()).body("next", nullValue());
    }

    @Test
    void itIsFoundByThreadNameStatusAndAge() {
        List<String> threads = threeOutstanding();
        worker.answer(
                worker.awaitAsked(threads.get(1), TestWorker.REQUEST, 1), "action.failed", "{\"error\":\"busy\"}");
        awaitEvent(threads.get(1), "action.retry_scheduled");

        list("name", name).body("actions.thread_id", equalTo(threads));
        list("thread_id", threads.get(2)).body("actions.thread_id", contains(threads.get(2)));
        list("name", name, "status", "outstanding").body("actions.thread_id", contains(threads.get(0), threads.get(2)));
        list("name", name, "status", "retrying")
                .body("actions.thread_id", contains(threads.get(1)))
                .body("actions[0].attempt", equalTo(1))
                .body("actions[0].due", notNullValue());
        list("name", name, "status", "uncertain").body("actions", empty());
        list("name", name, "thread_id", threads.get(1), "status", "outstanding").body("actions", empty());
        list("thread_id", "somebody-else").body("actions", empty());

        list("name", name, "older_than", "3600").body("actions", empty());
        await("they grow older")
                .atMost(SOON)
                .untilAsserted(() -> list("name", name, "older_than", "1").body("actions.thread_id", equalTo(threads)));
    }

    @Test
    void pagesFollowEachOtherFromTheOldestOn() {
        List<String> threads = threeOutstanding();
        List<String> found = new ArrayList<>();
        String next = null;
        do {
            JsonPath page = (next == null
                            ? list("name", name, "limit", "2")
                            : list("name", name, "limit", "2", "after", next))
                    .extract()
                    .jsonPath();
            found.addAll(page.getList("actions.thread_id"));
            next = page.getString("next");
            assertThat(found).hasSize(next == null ? 3 : 2);
        } while (next != null);
        assertThat(found).isEqualTo(threads);
    }

    @Test
    void oneIsShownWithWhatIsAsked_whileAnAttemptIsUnderWay() {
        start(thread);
        ConsumerRecord<byte[], byte[]> request = worker.awaitAsked(thread, TestWorker.REQUEST, 1);
        String id = header(request, "ce_actionid");
        given().get("/actions/{id}", id)
                .then()
                .statusCode(200)
                .body("action_id", equalTo(id))
                .body("status", equalTo("outstanding"))
                .body("input.cents", equalTo(350));
        worker.answer(request, "action.failed", "{\"error\":\"busy\"}");
        awaitEvent(thread, "action.retry_scheduled");
        given().get("/actions/{id}", id)
                .then()
                .statusCode(200)
                .body("status", equalTo("retrying"))
                .body("$", not(hasKey("input")));
    }

    @ParameterizedTest
    @CsvSource({
        "status, lost",
        "older_than, -1",
        "older_than, soon",
        "limit, 0",
        "limit, 101",
        "after, somewhere",
        "after, MQ"
    })
    void whatCannotBeAskedForIsSaid(String parameter, String value) {
        given().queryParam(parameter, value)
                .get("/actions")
                .then()
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("type", equalTo(PROBLEM + "invalid-request"))
                .body("detail", notNullValue());
    }

    @Test
    void aNameThatNothingCanHaveIsRefused_andAnEmptyOneIsNone() {
        given().queryParam("name", "a\0b")
                .get("/actions")
                .then()
                .statusCode(400)
                .body("type", equalTo(PROBLEM + "invalid-request"));
        start(thread);
        list("name", "", "thread_id", thread).body("actions.name", contains(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-action", "0198a5c0-0000-7000-8000-000000000001-1", "%00", "a%2Fb"})
    void anUnknownOneIsNotFound_whateverIsWantedOfIt(String id) {
        given().urlEncodingEnabled(false).get("/actions/" + id).then().statusCode(404);
        for (String what : List.of("retry {}", "complete {\"result\":1}", "fail {\"error\":\"x\"}")) {
            String[] parts = what.split(" ", 2);
            given().urlEncodingEnabled(false)
                    .contentType(ContentType.JSON)
                    .body(parts[1])
                    .post("/actions/" + id + "/" + parts[0])
                    .then()
                    .statusCode(404)
                    .contentType(Problem.MEDIA_TYPE)
                    .body("type", equalTo(PROBLEM + "action-not-found"));
        }
    }

    // Settling

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "complete | ''                               | is missing",
                "complete | {}                               | result",
                "complete | {\"result\": 1, \"error\": \"x\"} | error",
                "complete | [1]                              | object",
                "complete | {\"result\":                     | read",
                "fail     | ''                               | is missing",
                "fail     | {}                               | error",
                "fail     | {\"error\": \"\"}                | error",
                "fail     | {\"error\": 7}                   | error",
                "retry    | {\"attempt\": 2}                 | attempt",
                "retry    | {\"id\": 1}                      | id",
            })
    void aBodyThatIsWrongIsRefusedWithItsPlace_andNothingChanges(String what, String body, String said) {
        start(thread);
        String id = header(worker.awaitAsked(thread, TestWorker.REQUEST, 1), "ce_actionid");
        settle(id, what, null, body)
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("type", equalTo(PROBLEM + "invalid-request"))
                .body("detail", containsString(said));
        given().get("/actions/{id}", id).then().body("status", equalTo("outstanding"));
    }

    @Test
    void onlyJsonIsRead() {
        start(thread);
        String id = header(worker.awaitAsked(thread, TestWorker.REQUEST, 1), "ce_actionid");
        given().contentType("text/plain")
                .body("{\"result\": 1}")
                .post("/actions/{id}/complete", id)
                .then()
                .statusCode(415);
    }

    @Test
    void aRetryGivesUpTheAttemptUnderWay_whoseResultComesTooLate() {
        start(thread);
        ConsumerRecord<byte[], byte[]> first = worker.awaitAsked(thread, TestWorker.REQUEST, 1);
        String id = header(first, "ce_actionid");
        settle(id, "retry", null, "")
                .statusCode(200)
                .body("outcome", equalTo("applied"))
                .body("thread_id", equalTo(thread));
        ConsumerRecord<byte[], byte[]> second = worker.awaitAsked(thread, TestWorker.REQUEST, 2);
        assertThat(header(second, "ce_actionid")).isEqualTo(id);
        assertThat(header(second, "ce_attempt")).isEqualTo("2");
        assertThat(header(worker.awaitAsked(thread, TestWorker.CANCEL, 1), "ce_attempt"))
                .isEqualTo("1");
        assertThat(worker.asked(thread).stream().map(record -> header(record, "ce_attempt")))
                .as("the cancellation before the next request")
                .containsExactly("1", "1", "2");
        list("name", name).body("actions.attempt", contains(2)).body("actions.status", contains("outstanding"));

        worker.answer(first, "action.succeeded", "{\"receipt\":\"late\"}");
        awaitEvent(thread, "action.result_discarded");
        worker.answer(second, "action.succeeded", "{\"receipt\":\"r-2\"}");
        awaitRun("completed");
        assertValue("receipt", "r-2");
        assertActor("action.retried", "http");
    }

    @Test
    void aRetryDoesNotWaitForTheTimeOfTheNextAttempt() {
        start(thread);
        ConsumerRecord<byte[], byte[]> first = worker.awaitAsked(thread, TestWorker.REQUEST, 1);
        worker.answer(first, "action.failed", "{\"error\":\"busy\"}");
        awaitEvent(thread, "action.retry_scheduled");
        settle(header(first, "ce_actionid"), "retry", null, "{}").statusCode(200);
        ConsumerRecord<byte[], byte[]> second = worker.awaitAsked(thread, TestWorker.REQUEST, 2);
        assertThat(header(second, "ce_attempt")).isEqualTo("2");
        assertThat(worker.asked(thread))
                .as("nobody is at work on the first one")
                .hasSize(2);
    }

    @Test
    void nothingOfARunBeginsWhileItIsPaused() {
        String run = start(thread);
        String id = header(worker.awaitAsked(thread, TestWorker.REQUEST, 1), "ce_actionid");
        given().contentType(ContentType.JSON)
                .body("{\"run_id\":\"" + run + "\"}")
                .post("/threads/{id}/pause?wait=decision", thread)
                .then()
                .statusCode(200);
        settle(id, "retry", null, "")
                .statusCode(409)
                .contentType(Problem.MEDIA_TYPE)
                .body("type", equalTo(PROBLEM + "not-waiting"));
        settle(id, "complete", null, "{\"result\":{\"receipt\":\"by hand\"}}").statusCode(200);
    }

    @Test
    void aResultGivenByHandMovesTheRun_andTheWorkerIsToldToStop() {
        start(thread);
        ConsumerRecord<byte[], byte[]> request = worker.awaitAsked(thread, TestWorker.REQUEST, 1);
        settle(header(request, "ce_actionid"), "complete", null, "{\"result\":{\"receipt\":\"by hand\"}}")
                .statusCode(200)
                .body("outcome", equalTo("applied"));
        awaitRun("completed");
        assertValue("receipt", "by hand");
        assertActor("action.succeeded", "http");
        assertThat(header(worker.awaitAsked(thread, TestWorker.CANCEL, 1), "ce_actionid"))
                .isEqualTo(header(request, "ce_actionid"));
        worker.answer(request, "action.succeeded", "{\"receipt\":\"late\"}");
        awaitEvent(thread, "action.result_discarded");
        assertValue("receipt", "by hand");
        list("name", name).body("actions", empty());
    }

    @Test
    void aFailureByHandIsForGood_andFollowsTheErrorEdge() {
        start(thread);
        ConsumerRecord<byte[], byte[]> request = worker.awaitAsked(thread, TestWorker.REQUEST, 1);
        settle(header(request, "ce_actionid"), "fail", null, "{\"error\":\"The card is stolen\"}")
                .statusCode(200);
        awaitRun("completed");
        assertValue("problem", "The card is stolen");
        assertActor("action.failed", "http");
        worker.awaitAsked(thread, TestWorker.CANCEL, 1);
        assertThat(events(thread)).as("it is not tried again").doesNotContain("action.retry_scheduled");
    }

    @Test
    void theSameKeyGetsTheFirstOutcome_andDoesNothingAgain() {
        start(thread);
        String id = header(worker.awaitAsked(thread, TestWorker.REQUEST, 1), "ce_actionid");
        settle(id, "retry", "k1", "").statusCode(200).body("duplicate", equalTo(false));
        settle(id, "retry", "k1", "").statusCode(200).body("duplicate", equalTo(true));
        settle(id, "fail", "k1", "{\"error\":\"x\"}").statusCode(409).body("type", equalTo(PROBLEM + "conflict"));
        assertThat(events(thread).stream().filter("action.retried"::equals)).hasSize(1);
        list("name", name).body("actions.attempt", everyItem(equalTo(2)));
    }

    @Test
    void whatIsSettledAnswersTheSameAgainToWhoNamesItsThread() {
        start(thread);
        String id = header(worker.awaitAsked(thread, TestWorker.REQUEST, 1), "ce_actionid");
        String body = "{\"result\":{\"receipt\":\"by hand\"}}";
        settleOn(thread, id, "complete", "k1", body).statusCode(200).body("duplicate", equalTo(false));
        awaitRun("completed");
        settleOn(thread, id, "complete", "k1", body)
                .statusCode(200)
                .body("duplicate", equalTo(true))
                .body("outcome", equalTo("applied"));
        settle(id, "complete", "k1", body).statusCode(404);
        settleOn(thread, id, "complete", "k2", body)
                .statusCode(404)
                .body("type", equalTo(PROBLEM + "action-not-found"));
        settleOn("t-" + UUID.randomUUID(), id, "complete", "k1", body).statusCode(404);
        settleOn(thread, "none", "complete", "k1", body).statusCode(404);
        settleOn("", id, "complete", "k3", body).statusCode(404);
        assertThat(events(thread).stream().filter("action.succeeded"::equals)).hasSize(1);
    }

    @Test
    void overKafkaTheyAreSettled_too() {
        start(thread);
        ConsumerRecord<byte[], byte[]> first = worker.awaitAsked(thread, TestWorker.REQUEST, 1);
        settleOverKafka(first, "{\"retry\":true}");
        worker.awaitAsked(thread, TestWorker.REQUEST, 2);
        assertActor("action.retried", "kafka");
        settleOverKafka(first, "{\"result\":{\"receipt\":\"from afar\"}}");
        awaitRun("completed");
        assertValue("receipt", "from afar");
        assertActor("action.succeeded", "kafka");

        settleOverKafka(first, "{\"error\":\"too late\"}");
        awaitEvent(thread, "input.rejected");
        given().get("/threads/{id}/events?limit=100", thread)
                .then()
                .body("events.findAll { it.type == 'input.rejected' }.data.reason", contains("unknown_action"));
    }

    @Test
    void aFailureOverKafkaFollowsTheErrorEdge_too() {
        start(thread);
        settleOverKafka(worker.awaitAsked(thread, TestWorker.REQUEST, 1), "{\"error\":\"stolen\"}");
        awaitRun("completed");
        assertValue("problem", "stolen");
    }

    /** Their threads, in the order in which they were asked for. */
    private List<String> threeOutstanding() {
        List<String> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String one = thread + "-" + i;
            start(one);
            worker.awaitAsked(one, TestWorker.REQUEST, 1);
            threads.add(one);
        }
        return threads;
    }

    private String start(String id) {
        return given().contentType(ContentType.JSON)
                .body("{\"workflow\":\"" + name + "\",\"data\":{\"cents\":350}}")
                .post("/threads/{id}/inputs?wait=decision", id)
                .then()
                .statusCode(200)
                .extract()
                .path("run_id");
    }

    private static ValidatableResponse list(String... parameters) {
        var request = given();
        for (int i = 0; i < parameters.length; i += 2) {
            request.queryParam(parameters[i], parameters[i + 1]);
        }
        return request.get("/actions").then().statusCode(200);
    }

    private static ValidatableResponse settle(String action, String what, String key, String body) {
        return settleOn(null, action, what, key, body);
    }

    private static ValidatableResponse settleOn(String thread, String action, String what, String key, String body) {
        var request = given().contentType(ContentType.JSON);
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        if (!body.isEmpty()) {
            request.body(body);
        }
        if (thread != null) {
            request.queryParam("thread_id", thread);
        }
        return request.post("/actions/{id}/{what}?wait=decision", action, what).then();
    }

    private void settleOverKafka(ConsumerRecord<byte[], byte[]> request, String data) {
        worker.send(
                "threadwright.input",
                thread,
                "action.settle",
                data,
                Map.of(
                        "ce_id",
                        UUID.randomUUID().toString(),
                        "ce_runid",
                        header(request, "ce_runid"),
                        "ce_actionid",
                        header(request, "ce_actionid")));
    }

    private void awaitRun(String status) {
        await().atMost(SOON)
                .untilAsserted(() -> given().get("/threads/{id}", thread).then().body("runs.status", contains(status)));
    }

    private static void awaitEvent(String thread, String type) {
        await().atMost(SOON).untilAsserted(() -> assertThat(events(thread)).contains(type));
    }

    private static List<String> events(String thread) {
        return given().get("/threads/{id}/events?limit=100", thread)
                .then()
                .extract()
                .jsonPath()
                .getList("events.type");
    }

    private void assertActor(String event, String actor) {
        given().get("/threads/{id}/events?limit=100", thread)
                .then()
                .body("events.findAll { it.type == '" + event + "' }.actor", contains(actor));
    }

    private void assertValue(String channel, String value) {
        given().get("/threads/{id}/state", thread).then().body("values." + channel, equalTo(value));
    }
}

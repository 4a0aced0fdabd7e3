package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stopping, holding and steering runs. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class RunCommandsOverHttpTest {

    private final String thread = "t-" + UUID.randomUUID();

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    @Test
    void aRunStopsBeforeAStepAndGoesOnWhenItIsTold() {
        String run = post("/inputs", "{'data': {}, 'workflow': 'three-steps', 'interrupt_before': 'b'}", "completion")
                .statusCode(202)
                .body("run.status", equalTo("paused"))
                .extract()
                .path("run_id");
        values().body("checkpoints[0].next", contains("b")).body("checkpoints[0].values.trace", contains(1));
        post("/resume", "{'continue': true, 'run_id': '" + run + "'}", "completion")
                .statusCode(200)
                .body("outcome", equalTo("resumed"))
                .body("run_id", equalTo(run))
                .body("run.status", equalTo("completed"))
                .body("run.values.trace", contains(1, 2, 3));
    }

    @Test
    void everyStepMayBeAStopAndEachResumeSaysWhereTheNextOneIs() {
        post("/inputs", "{'data': {}, 'workflow': 'three-steps', 'interrupt_after': ['a', 'b']}", "completion")
                .statusCode(202);
        values().body("checkpoints[0].next", contains("b"));
        // The new leg has its own breakpoints, and not those of the one before.
        post("/resume", "{'continue': true, 'interrupt_before': '*'}", "completion")
                .statusCode(202)
                .body("run.status", equalTo("paused"));
        values().body("checkpoints[0].next", contains("b"));
        post("/resume", "{'continue': true, 'interrupt_before': ['c']}", "completion")
                .statusCode(202);
        values().body("checkpoints[0].next", contains("c"));
        post("/resume", "{'continue': true}", "completion").statusCode(200).body("run.values.trace", hasSize(3));
    }

    @Test
    void aPausedRunTakesChangesAndGoesElsewhere() {
        post("/inputs", "{'data': {'amount': 5}, 'workflow': 'three-steps', 'interrupt_before': ['b']}", "completion");
        post("/resume", "{'update': {'amount': 2}}", "decision").statusCode(200).body("outcome", equalTo("applied"));
        values().body("checkpoints[0].values.amount", equalTo(7)).body("checkpoints[0].next", contains("b"));
        post("/resume", "{'replace': {'amount': 1, 'trace': ['x']}, 'goto': 'c'}", "completion")
                .statusCode(200)
                .body("run.status", equalTo("completed"))
                .body("run.values.amount", equalTo(1))
                .body("run.values.trace", contains("x", 2));
    }

    @Test
    void anOperatorHoldsARunAndLetsItGo() {
        String run = post("/inputs", "{'data': {'ms': 100}, 'workflow': 'delay'}", "decision")
                .extract()
                .path("run_id");
        String body = "{'run_id': '" + run + "'}";
        post("/pause", body, "decision").statusCode(200).body("outcome", equalTo("applied"));
        post("/pause", body, "decision").statusCode(200).body("outcome", equalTo("unchanged"));
        await().untilAsserted(() ->
                given().get("/threads/{id}/events", thread).then().body("events.type", hasItem("action.succeeded")));
        run(run).body("state", equalTo("paused"));
        post("/unpause", body, "decision").statusCode(200).body("outcome", equalTo("applied"));
        await().untilAsserted(() -> run(run).body("state", equalTo("completed")));
        post("/unpause", body, "decision").statusCode(409).body("type", equalTo("urn:threadwright:problem:run-ended"));
        post("/pause", "{'run_id': 'nobody'}", "decision")
                .statusCode(404)
                .body("type", equalTo("urn:threadwright:problem:run-not-found"));
    }

    @Test
    void whoeverWaitsForAHeldRunIsTold() {
        String run = post("/inputs", "{'data': {'ms': 60000}, 'workflow': 'delay', 'id': 'k'}", "decision")
                .extract()
                .path("run_id");
        post("/pause", "{'run_id': '" + run + "'}", "completion").statusCode(200);
        // Whether it came before may not be found out in time.
        await().untilAsserted(
                        () -> post("/inputs", "{'data': {'ms': 60000}, 'workflow': 'delay', 'id': 'k'}", "completion")
                                .statusCode(202)
                                .body("duplicate", equalTo(true))
                                .body("run.status", equalTo("paused")));
        post("/cancel", "{}", "decision").statusCode(200);
    }

    @Test
    void aSteeredRunTakesItIn() {
        String run = post("/inputs", "{'data': {'ms': 500}, 'workflow': 'delay'}", "decision")
                .extract()
                .path("run_id");
        post("/steer", "{'run_id': '" + run + "', 'data': {'text': 'in French'}}", "completion")
                .statusCode(200)
                .body("outcome", equalTo("merged"))
                .body("run_id", equalTo(run))
                .body("run.values.merged.text", contains("in French"));
        given().get("/threads/{id}/events", thread).then().body("events.type", hasItem("run.steered"));
        int seq = given().get("/threads/{id}", thread).then().extract().path("seq");
        post("/steer", "{'run_id': '" + run + "', 'data': 1}", "decision")
                .statusCode(409)
                .body("type", equalTo("urn:threadwright:problem:run-ended"));
        post("/steer", "{'run_id': 'nobody', 'data': 1}", "decision").statusCode(404);
        given().get("/threads/{id}", thread)
                .then()
                .body("seq", equalTo(seq + 2))
                .body("active_runs", equalTo(0));
    }

    @Test
    void aThreadIsCompactedWhileItIsIdle() {
        StringBuilder messages = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            messages.append(i == 0 ? "" : ",").append("{'id': 'm").append(i).append("', 'text': 'x'}");
        }
        post("/inputs", "{'data': {'messages': [" + messages + "]}, 'workflow': 'talk'}", "completion")
                .statusCode(200);
        json("{'workflow': 'talk'}").patch("/threads/{id}", thread).then().statusCode(200);
        String run = post("/compact", "{'keep': 2, 'reason': 'Too long'}", "completion")
                .statusCode(200)
                .body("outcome", equalTo("started"))
                .body("run.status", equalTo("completed"))
                .extract()
                .path("run_id");
        values().body("checkpoints[0].source", equalTo("compaction"))
                .body("checkpoints[0].values.messages.id", contains("m3", "m4"));
        run(run).body("decision", equalTo("compaction"));
        // Without a body, what is usual.
        given().contentType(ContentType.JSON)
                .post("/threads/{id}/compact?wait=completion", thread)
                .then()
                .statusCode(200);
        post("/inputs", "{'data': {'ms': 60000}, 'workflow': 'delay'}", "decision")
                .statusCode(200);
        post("/compact", "{}", "decision").statusCode(409).body("type", equalTo("urn:threadwright:problem:busy"));
        post("/cancel", "{}", "decision").statusCode(200);
    }

    @Test
    void aWaitForAnEventIsNoStopForSomebody() {
        String run = json("{'data': {}, 'workflow': 'ask-event'}")
                .post("/threads/{id}/inputs?wait=completion&timeout=300", thread)
                .then()
                .statusCode(202)
                .body("run", nullValue())
                .extract()
                .path("run_id");
        run(run).body("state", equalTo("waiting_event"));
        post("/inputs", "{'type': 'external.event', 'event_type': 'PAID', 'data': {'amount': 3}}", "completion")
                .statusCode(200)
                .body("outcome", equalTo("resumed"))
                .body("run.values.amount", equalTo(3));
    }

    @Test
    void aHeldRunTakesAnswersAndGoesOnWithThemLater() {
        String run = post("/inputs", "{'data': {}, 'workflow': 'ask-twice'}", "completion")
                .extract()
                .path("run_id");
        String body = "{'run_id': '" + run + "'}";
        post("/pause", body, "decision").statusCode(200);
        runs().body("runs.status", contains("paused"));
        post("/resume", "{'answer': {'ok': true}}", "completion")
                .statusCode(202)
                .body("run.status", equalTo("paused"));
        steps().body("interrupts", hasSize(0));
        post("/unpause", body, "decision").statusCode(200);
        steps().body("interrupts.step", contains("second"));
        runs().body("runs.status", contains("waiting_user"));
    }

    @Test
    void whatARunAskedEndsWithIt() {
        post("/inputs", "{'data': {}, 'workflow': 'ask-twice'}", "completion").statusCode(202);
        String asked = steps().extract().path("interrupts[0].interrupt_id");
        post("/inputs", "{'data': 1, 'policy': 'interrupt'}", "completion").statusCode(200);
        given().get("/interrupts/{id}", asked)
                .then()
                .body("status", equalTo("expired"))
                .body("expiry", equalTo("superseded"));
        post("/resume", "{'answer': {'ok': true}, 'interrupt_id': '" + asked + "'}", "decision")
                .statusCode(409)
                .body("type", equalTo("urn:threadwright:problem:interrupt-expired"));
    }

    @Test
    void whoeverIsSentElsewhereDoesNotWaitForTheAnswer() {
        String run = post("/inputs", "{'data': {}, 'workflow': 'ask-twice'}", "completion")
                .extract()
                .path("run_id");
        String asked = steps().extract().path("interrupts[0].interrupt_id");
        post("/resume", "{'goto': 'second', 'replace': {'one': {'ok': 'skipped'}}}", "completion")
                .statusCode(202)
                .body("run_id", equalTo(run))
                .body("run.status", equalTo("waiting_user"));
        given().get("/interrupts/{id}", asked).then().body("status", equalTo("expired"));
        // Answers and goto together: the answered step ends first, and what it would lead to is replaced.
        post("/resume", "{'answer': {'ok': true}, 'goto': 'first'}", "completion")
                .statusCode(202)
                .body("run.status", equalTo("waiting_user"));
        steps().body("interrupts.step", contains("first"));
        values().body("checkpoints[0].values.one.ok", equalTo("skipped"))
                .body("checkpoints[0].values.two.ok", equalTo(true));
    }

    @Test
    void nothingIsThereToBeHeldOnAThreadThatDoesNotExist() {
        for (String path : new String[] {"/pause", "/unpause"}) {
            post(path, "{'run_id': 'r'}", "decision")
                    .statusCode(404)
                    .body("type", equalTo("urn:threadwright:problem:thread-not-found"));
        }
        post("/steer", "{'run_id': 'r', 'data': 1}", "decision").statusCode(404);
        post("/compact", "{}", "decision").statusCode(404).body("detail", containsString(thread));
    }

    private ValidatableResponse steps() {
        return given().get("/interrupts?thread_id={id}", thread).then().statusCode(200);
    }

    private ValidatableResponse values() {
        return given().get("/threads/{id}/checkpoints?limit=1", thread).then().statusCode(200);
    }

    /** Whole ones, which resumes are parts of. */
    private ValidatableResponse runs() {
        return given().get("/threads/{id}", thread).then().statusCode(200);
    }

    private ValidatableResponse run(String run) {
        return given().get("/threads/{id}/runs/{run}", thread, run).then().statusCode(200);
    }

    private ValidatableResponse post(String path, String body, String wait) {
        return json(body)
                .post("/threads/{id}" + path + "?timeout=10000&wait={wait}", thread, wait)
                .then()
                .log()
                .ifValidationFails();
    }

    private static RequestSpecification json(String body) {
        return given().contentType(ContentType.JSON).body(body.replace('\'', '"'));
    }
}

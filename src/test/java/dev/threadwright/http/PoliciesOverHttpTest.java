package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a caller sees of each policy, while a run is under way that would last for a minute. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class PoliciesOverHttpTest {

    private final String thread = "p-" + UUID.randomUUID();

    private String running = "";

    @BeforeEach
    void aRunIsUnderWay() {
        Readiness.await();
        running = input("{'data': {'ms': 60000}, 'workflow': 'delay'}", "decision")
                .statusCode(200)
                .body("outcome", equalTo("started"))
                .extract()
                .path("run_id");
    }

    @AfterEach
    void nothingIsLeftRunning() {
        post("/threads/{id}/cancel?wait=decision", "{}", thread).statusCode(200);
    }

    @Test
    void interruptIsTheDefaultAndCancelsWhatRuns() {
        interrupts("{'data': 'new', 'workflow': 'echo'}", "interrupt_and_start_new");
        run(running)
                .body("status", equalTo("interrupted"))
                .body("state", equalTo("cancelled"))
                .body("ended_at", notNullValue());
    }

    @Test
    void rollbackCancelsWhatRunsAndTakesItBack() {
        interrupts("{'data': 'new', 'workflow': 'echo', 'policy': 'rollback'}", "rollback");
        given().get("/threads/{id}/runs/{run}", thread, running).then().statusCode(404);
    }

    private void interrupts(String body, String decision) {
        String next = input(body, "completion")
                .statusCode(200)
                .body("outcome", equalTo("started"))
                .body("run.status", equalTo("completed"))
                .body("run.values.output", equalTo("new"))
                .extract()
                .path("run_id");
        run(next)
                .body("decision", equalTo(decision))
                .body("status", equalTo("success"))
                .body("state", equalTo("completed"));
        thread().body("status", equalTo("idle"))
                .body("active_runs", equalTo(0))
                .body("latest_run", equalTo(next))
                .body("runs", hasSize(2));
    }

    @Test
    void parallelRunsBesideUntilThereAreTooMany() {
        String beside = input(
                        "{'data': {'ms': 60000}, 'workflow': 'delay', 'policy': {'type': 'parallel', 'max': 2}}",
                        "decision")
                .statusCode(200)
                .body("outcome", equalTo("started"))
                .extract()
                .path("run_id");
        run(running).body("status", equalTo("running")).body("state", equalTo("active"));
        run(beside).body("state", equalTo("active")).body("decision", equalTo("parallel"));
        thread().body("status", equalTo("busy")).body("active_runs", equalTo(2));
        input("{'data': 1, 'policy': {'type': 'parallel', 'max': 2}}", "decision")
                .statusCode(429)
                .header("Retry-After", notNullValue())
                .body("type", equalTo("urn:threadwright:problem:limit-reached"))
                .body("reason", equalTo("max_parallel_runs"))
                .body("detail", equalTo("Maximum parallel runs (2) reached"));
    }

    @Test
    void queuedInputsWaitUntilTheQueueIsFull() {
        String policy = "'policy': {'type': 'queue', 'max': 1}";
        String queued = input("{'data': 1, " + policy + "}", "decision")
                .statusCode(200)
                .body("outcome", equalTo("queued"))
                .extract()
                .path("run_id");
        run(queued)
                .body("status", equalTo("pending"))
                .body("state", equalTo("queued"))
                .body("decision", equalTo("queue"));
        thread().body("queued_runs", equalTo(1)).body("active_runs", equalTo(1));
        input("{'data': 2, " + policy + "}", "decision")
                .statusCode(429)
                .body("reason", equalTo("queue_full"))
                .body("detail", equalTo("Queue is full"));
    }

    @Test
    void mergedInputsJoinTheRun() {
        input("{'data': 'more', 'policy': 'merge'}", "decision")
                .statusCode(200)
                .body("outcome", equalTo("merged"))
                .body("run_id", equalTo(running));
        thread().body("runs", hasSize(1)).body("active_runs", equalTo(1));
    }

    @Test
    void rejectChangesNothing() {
        input("{'data': 1, 'policy': 'reject'}", "decision")
                .statusCode(409)
                .body("type", equalTo("urn:threadwright:problem:busy"))
                .body("reason", equalTo("busy"))
                .body("detail", equalTo("Thread is busy"));
        thread().body("runs", hasSize(1)).body("active_runs", equalTo(1));
    }

    @Test
    void thePolicySetOnTheThreadHoldsWhereAnInputHasNone() {
        given().contentType(ContentType.JSON)
                .body("{\"policy\": \"reject\"}")
                .patch("/threads/{id}", thread)
                .then()
                .statusCode(200);
        input("{'data': 1}", "decision").statusCode(409).body("reason", equalTo("busy"));
        input("{'data': 1, 'policy': 'merge'}", "decision").statusCode(200).body("outcome", equalTo("merged"));
    }

    private ValidatableResponse thread() {
        return given().get("/threads/{id}", thread).then().statusCode(200);
    }

    private ValidatableResponse run(String run) {
        return given().get("/threads/{id}/runs/{run}", thread, run).then().statusCode(200);
    }

    private ValidatableResponse input(String body, String wait) {
        return post("/threads/{id}/inputs?wait={wait}", body, thread, wait);
    }

    private static ValidatableResponse post(String path, String body, Object... parameters) {
        return given().contentType(ContentType.JSON)
                .body(body.replace('\'', '"'))
                .post(path, parameters)
                .then()
                .log()
                .ifValidationFails();
    }
}

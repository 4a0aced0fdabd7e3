package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.not;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The example {@code agent}, with a model that asks for what it is told to ask for. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class AgentOverHttpTest {

    private static final String REFUND = "Call refund{'number': 'A-17', 'cents': 1200}";

    private final String thread = "agent-" + UUID.randomUUID();

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    @Test
    void whatIsAllowedIsDoneAndTheModelGoesOnWithIt() {
        say("Call find_order{'number': 'A-17'}")
                .statusCode(200)
                .body("run.status", equalTo("completed"))
                .body("run.values.messages.type", contains(null, "ai", "tool", "ai"))
                .body("run.values.messages[2].status", equalTo("success"));

        events().body(
                        "events.findAll { it.type == 'action.requested' }.data.handler",
                        contains("chat", "find_order", "chat"))
                .body(
                        "events.findAll { it.type == 'action.succeeded' }.data.result.usage.total_tokens",
                        hasItems(3, 7));
    }

    @Test
    void aRefundWaitsForAnApprovalAndIsMadeOnce() {
        say(REFUND).statusCode(202).body("run.status", equalTo("waiting_user"));
        events().body("events.data.handler", not(hasItem("refund")));

        answer("{\"answer\": {\"approved\": true}}").body("run.status", equalTo("completed"));

        events().body("events.findAll { it.data.handler == 'refund' }.size()", equalTo(1))
                .body("events.findAll { it.data.handler == 'refund' }.data.idempotent", contains(false));
    }

    @Test
    void whatIsDeclinedIsNotDoneAndTheModelIsTold() {
        say(REFUND).statusCode(202);

        answer("{\"answer\": {\"approved\": false}}")
                .body("run.status", equalTo("completed"))
                .body("run.values.messages[3].content", equalTo("I was told \"Declined: nobody approved of it\""));

        events().body("events.data.handler", not(hasItem("refund")));
    }

    @Test
    void whatIsNotAllowedIsDeniedAndTheModelIsTold() {
        say("Call delete_order{'number': 'A-17'}")
                .statusCode(200)
                .body("run.status", equalTo("completed"))
                .body("run.values.messages[2].content", equalTo("Error: \"delete_order\" is not allowed here"));

        events().body("events.findAll { it.type == 'action.denied' }.data.name", contains("delete_order"));
    }

    private ValidatableResponse say(String text) {
        return given().contentType(ContentType.JSON)
                .body("{\"workflow\": \"agent\", \"data\": {\"text\": \"" + text + "\"}}")
                .post("/threads/{id}/inputs?wait=completion", thread)
                .then();
    }

    private ValidatableResponse answer(String answer) {
        return given().contentType(ContentType.JSON)
                .body(answer)
                .post("/threads/{id}/resume?wait=completion", thread)
                .then()
                .statusCode(200);
    }

    private ValidatableResponse events() {
        return given().get("/threads/{id}/events?from=1", thread).then().statusCode(200);
    }
}

package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that once were taken for something else, or for the server's fault. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class WhatCannotBeMeantTest {

    private final String thread = "t-" + UUID.randomUUID();

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    @Test
    void aRunThatWasDeletedSinceIsNotThereForWhoAsksForItAgain() {
        String key = UUID.randomUUID().toString();
        String body = "{\"assistant_id\":\"echo\",\"input\":{},\"if_not_exists\":\"create\"}";
        String run = json(body)
                .header("Idempotency-Key", key)
                .post("/threads/{id}/runs", thread)
                .then()
                .statusCode(200)
                .extract()
                .path("run_id");
        given().get("/threads/{id}/runs/{run}/join", thread, run).then().statusCode(200);
        given().delete("/threads/{id}/runs/{run}", thread, run).then().statusCode(204);
        for (String route : new String[] {"", "/wait", "/stream"}) {
            json(body)
                    .header("Idempotency-Key", key)
                    .post("/threads/{id}/runs" + route, thread)
                    .then()
                    .statusCode(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".", ".."})
    void aThreadThatNoAddressCouldNameIsNotMade(String id) {
        json("{\"thread_id\":\"" + id + "\"}")
                .post("/threads")
                .then()
                .statusCode(400)
                .body("detail", containsString("no address could name it"));
    }

    @Test
    void theTailBeginsBehindAnEventThatThereIsOrWithTheFirst() {
        json("{\"assistant_id\":\"echo\",\"input\":{},\"if_not_exists\":\"create\"}")
                .post("/threads/{id}/runs/wait", thread)
                .then()
                .statusCode(200);
        given().header("accept", "text/event-stream")
                .header("Last-Event-ID", "500")
                .get("/threads/{id}/events", thread)
                .then()
                .statusCode(422)
                .body("detail", equalTo("There is no event 500 of thread " + thread));
    }

    @Test
    void numbersThatTheDatabaseWouldWriteOutCountAsLongAsThatIs() {
        StringBuilder many = new StringBuilder("1e999");
        for (int i = 0; i < 2_000; i++) {
            many.append(",1e999");
        }
        json("{\"namespace\":[\"n\"],\"key\":\"k\",\"value\":{\"v\":[" + many + "]}}")
                .put("/store/items")
                .then()
                .statusCode(413);
        json("{\"namespace\":[\"n\"],\"key\":\"k\",\"value\":{\"v\":[1e999,-0.00001,12345]}}")
                .put("/store/items")
                .then()
                .statusCode(204);
    }

    @Test
    void aWorkflowHasNoNulInItsName() {
        given().urlEncodingEnabled(false).get("/workflows/%00").then().statusCode(400);
        given().urlEncodingEnabled(false).get("/workflows/x%00/1").then().statusCode(400);
    }

    @Test
    void twoKeysAreNone() {
        json("{\"assistant_id\":\"echo\",\"input\":{},\"if_not_exists\":\"create\"}")
                .header("Idempotency-Key", "a", "b")
                .post("/threads/{id}/runs", thread)
                .then()
                .statusCode(400)
                .body("detail", containsString("is there 2 times"));
    }

    @Test
    void aParameterIsNotCalledABody() {
        json("{}")
                .post("/threads/{id}/runs/{run}/cancel?action=nope", thread, UUID.randomUUID())
                .then()
                .statusCode(422)
                .body("detail", equalTo("Query parameter action must be interrupt or rollback, not nope"));
    }

    private static RequestSpecification json(String body) {
        return given().contentType(ContentType.JSON).body(body);
    }
}

package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import dev.threadwright.journal.OutboxPlace;
import dev.threadwright.testing.EmbeddedServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What was set aside is found, looked at and sent again: once, unless somebody insists. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class DeadLettersOverHttpTest extends DeadLettersContract {

    @Test
    void aSecondReplayIsRefusedUnlessItIsForced() {
        send(record("no JSON".getBytes(UTF_8), "ce_specversion", "9.9"));
        String id = awaitLetters(1).getFirst();
        replay(id, null, "{}").statusCode(200);
        replay(id, null, "{\"force\": false}")
                .statusCode(409)
                .contentType(Problem.MEDIA_TYPE)
                .body("type", equalTo(PROBLEM + "already-replayed"))
                .body("detail", containsString("\"force\": true"))
                .body("replay.number", equalTo(1))
                .body("replay.status", equalTo("sent"));
        awaitLetters(2);
        replay(id, null, "{\"force\": true}").statusCode(200).body("replay.number", equalTo(2));
        awaitLetters(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET  | /set-aside?after=x          | 400",
                "GET  | /set-aside?limit=0          | 400",
                "GET  | /set-aside/%00              | 400",
                "GET  | /set-aside/nobody           | 404",
                "POST | /set-aside/nobody/release   | 404",
                "POST | /set-aside/t/release?replay=maybe | 400",
                "PUT  | /set-aside/t                | 405"
            })
    void questionsAboutThreadsThatAreSetAsideAreChecked(String method, String path, int status) {
        given().urlEncodingEnabled(false)
                .request(method, path)
                .then()
                .statusCode(status)
                .contentType(Problem.MEDIA_TYPE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | The body must be a JSON object",
                "{\"forse\": true} | /forse is unknown here",
                "{\"force\": 1} | /force must be true or false",
                "{\"value\": \"x\"} | /value must be null or an object with text or base64",
                "{\"value\": {}} | /value must have text or base64",
                "{\"value\": {\"base64\": \"!\"}} | /value/base64 is not base64",
                "{\"value\": {\"text\": \"a\", \"base64\": \"YQ==\", \"x\": 1}} | /value/x is unknown here",
                "{\"value\": {\"text\": \"b\", \"base64\": \"YQ==\"}} | /value has a text and base64 that differ",
                "{\"headers\": {}} | /headers must be a list",
                "{\"headers\": [{\"text\": \"a\"}]} | /headers/0 must be an object with a name",
                "{\"headers\": [{\"name\": \"a\"}, {\"name\": \"tw_actor\", \"text\": \"b\"}]} | /headers/1/name begins with tw_"
            })
    void whatIsWrongWithARequestIsToldWithItsPlace(String body, String detail) {
        String id = insert("made-up", "kind", true, 1);
        replay(id, null, body)
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("type", equalTo(PROBLEM + "invalid-request"))
                .body("detail", containsString(detail));
    }

    @Test
    void whatCannotOrMustNotBeSentAgainIsRefused() {
        replay(insert("topic-that-went", "failed", true, 1), null, "")
                .statusCode(422)
                .body("type", equalTo(PROBLEM + "not-replayable"))
                .body("detail", containsString("topic-that-went"))
                .body("detail", containsString("threadwright.topics"));
        replay(insert(INPUT, "invalid", false, 2), null, "{\"value\": {\"text\": \"x\"}}")
                .statusCode(422)
                .body("detail", containsString("threadwright.dead-letters.body-bytes"));
        String ofServers = insert("threadwright.commands", "failed", true, 3);
        replay(ofServers, null, "{\"value\": {\"text\": \"x\"}}")
                .statusCode(422)
                .body("detail", containsString("in somebody's name"));
        // None of that counts as a replay.
        given().get("/dead-letters/{id}", ofServers).then().body("$", not(hasKey("replay")));
    }

    @Test
    void aReplayThatNobodyKnowsTheEndOfIsNotRepeatedBlindly() {
        // Not so old that a sweep takes it meanwhile.
        String id = insert(INPUT, "invalid", true, System.currentTimeMillis());
        OutboxPlace place = names.place(id);
        String ofIt = " where partition = " + place.partition() + " and position = " + place.position();
        update("update dead_letter set replays = 1, replay_status = 'sending', replayed_at_ms = 1, replayed_by = 'ann',"
                + " replay_key = 'k'" + ofIt);
        for (String key : new String[] {null, "other"}) {
            replay(id, key, "{}")
                    .statusCode(409)
                    .body("type", equalTo(PROBLEM + "already-replayed"))
                    .body("detail", containsString("by ann"))
                    .body("replay.status", equalTo("sending"));
        }
        update("update dead_letter set replay_status = 'failed'" + ofIt);
        replay(id, null, "{}").statusCode(200).body("replay.number", equalTo(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"3-12", "x", "0", "00000000000000000000000000000000", "%s"})
    void whatIsNotThereIsUnknown(String form) {
        String id = form.formatted(names.of(new OutboxPlace(3, Long.MAX_VALUE)));
        for (ValidatableResponse response :
                List.of(given().get("/dead-letters/{id}", id).then(), replay(id, null, "{}"))) {
            response.statusCode(404)
                    .contentType(Problem.MEDIA_TYPE)
                    .body("type", equalTo(PROBLEM + "dead-letter-not-found"));
        }
    }

    @Test
    void otherMethodsAreRefused() {
        given().delete("/dead-letters/1-1").then().statusCode(405).header("Allow", containsString("GET"));
        given().contentType(ContentType.JSON)
                .body("{}")
                .post("/dead-letters")
                .then()
                .statusCode(405);
        given().get("/dead-letters/1-1/replay").then().statusCode(405).header("Allow", containsString("POST"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "after=x",
                "after=bi0xLTItMw", // n-1-2-3, of the other order
                "after=by0xLTItMw", // o-1-2-3, which has no letter's name
                "limit=0",
                "limit=1001",
                "limit=many",
                "kind=forward",
                "kind=INVALID",
                "thread_id=%00",
                "replayed=maybe",
                "order=random"
            })
    void questionsThatMeanNothingAreRefused(String query) {
        given().urlEncodingEnabled(false)
                .get("/dead-letters?" + query + "&order=oldest")
                .then()
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("type", equalTo(PROBLEM + "invalid-request"));
    }
}

package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.http.Method;
import io.restassured.response.ValidatableResponse;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Crons as they are made, changed and found; that they fire is elsewhere. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class CronsTest {

    private static final String YEARLY = "0 0 1 1 *";

    private final String mark = UUID.randomUUID().toString();

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    @Test
    void whatRunsAreCreatedWithIsThePayload() {
        send(
                        "POST",
                        "/runs/crons",
                        "{\"assistant_id\":\"echo\",\"schedule\":\"0 0 1 1 *\",\"input\":{\"n\":1.50},\"config\":{\"tags\":[]},"
                                + "\"stream_mode\":[\"values\"],\"multitask_strategy\":\"enqueue\",\"interrupt_before\":\"*\","
                                + "\"webhook\":null,\"on_run_completed\":\"keep\",\"metadata\":{\"mark\":\"%s\"}}"
                                        .formatted(mark))
                .statusCode(200)
                .body("thread_id", nullValue())
                .body("timezone", nullValue())
                .body("user_id", nullValue())
                .body("end_time", nullValue())
                .body("enabled", equalTo(true))
                .body("on_run_completed", equalTo("keep"))
                .body("metadata.mark", equalTo(mark))
                .body(
                        "payload",
                        equalTo(Map.of(
                                "input",
                                Map.of("n", 1.5f),
                                "config",
                                Map.of("tags", java.util.List.of()),
                                "stream_mode",
                                java.util.List.of("values"),
                                "multitask_strategy",
                                "enqueue",
                                "interrupt_before",
                                "*")));
    }

    @Test
    void aCronThatIsOffIsNotDueUntilItIsOnAgain() {
        String id = made("");
        send("PATCH", "/runs/crons/" + id, "{\"enabled\":false}")
                .statusCode(200)
                .body("enabled", equalTo(false))
                .body("next_run_date", nullValue())
                .body("schedule", equalTo(YEARLY));
        send("PATCH", "/runs/crons/" + id, "{\"enabled\":true,\"timezone\":\"Asia/Tokyo\"}")
                .statusCode(200)
                .body("next_run_date", containsString("-12-31T15:00:00Z"));
    }

    @Test
    void anEndIsPutAndTakenBackAndEndsTheCronWhenItHasCome() {
        String id = made("");
        send("PATCH", "/runs/crons/" + id, "{\"end_time\":\"%s\"}".formatted(Instant.now()))
                .statusCode(200)
                .body("end_time", not(nullValue()))
                .body("next_run_date", nullValue());
        send("PATCH", "/runs/crons/" + id, "{\"input\":{\"n\":2}}")
                .body("end_time", not(nullValue()))
                .body("payload.input.n", equalTo(2));
        send("PATCH", "/runs/crons/" + id, "{\"end_time\":null}")
                .statusCode(200)
                .body("end_time", nullValue())
                .body("next_run_date", containsString("-01-01T00:00:00Z"))
                .body("payload.input.n", equalTo(2));
        send("PATCH", "/runs/crons/" + id, "{\"end_time\":\"2099-01-31T12:00:00\"}")
                .body("end_time", equalTo("2099-01-31T12:00:00Z"));
    }

    @Test
    void aCronOfAThreadNamesIt() {
        String thread = "t-" + mark;
        send(
                        "POST",
                        "/threads/" + thread + "/runs/crons",
                        "{\"assistant_id\":\"echo\",\"schedule\":\"%s\"}".formatted(YEARLY))
                .statusCode(404)
                .body("detail", equalTo("Thread " + thread + " does not exist"));
        given().contentType(ContentType.JSON)
                .body("{\"data\": 1}")
                .post("/threads/{id}/inputs?wait=completion", thread)
                .then()
                .statusCode(200);
        String id = send(
                        "POST",
                        "/threads/" + thread + "/runs/crons",
                        "{\"assistant_id\":\"echo\",\"schedule\":\"%s\"}".formatted(YEARLY))
                .statusCode(200)
                .body("thread_id", equalTo(thread))
                .extract()
                .path("cron_id");
        send("POST", "/runs/crons/search", "{\"thread_id\":\"%s\"}".formatted(thread))
                .body("cron_id", contains(id));
    }

    @Test
    void cronsAreFoundByTheirAssistantsNameAndGoWithTheirAssistant() {
        String assistant =
                send("POST", "/assistants", "{\"graph_id\":\"echo\"}").extract().path("assistant_id");
        String ofOwn = send(
                        "POST",
                        "/runs/crons",
                        "{\"assistant_id\":\"%s\",\"schedule\":\"%s\"}".formatted(assistant, YEARLY))
                .statusCode(200)
                .extract()
                .path("cron_id");
        String ofEcho = made("");
        String query = "{\"assistant_id\":\"%s\",\"metadata\":{\"mark\":\"%s\"}}";
        send("POST", "/runs/crons/search", query.formatted("echo", mark)).body("cron_id", contains(ofEcho));
        send("POST", "/runs/crons/count", query.formatted("none", mark)).body(equalTo("0"));

        send("DELETE", "/assistants/" + assistant, null).statusCode(204);

        send("DELETE", "/runs/crons/" + ofOwn, null).statusCode(404);
        send("DELETE", "/runs/crons/" + ofEcho, null).statusCode(204);
    }

    @Test
    void pagesAreInOrder() {
        String a = made(",\"enabled\":false");
        String b = made(",\"end_time\":\"2099-01-01T00:00:00Z\"");
        String query =
                "{\"metadata\":{\"mark\":\"%s\"},\"sort_by\":\"%s\",\"sort_order\":\"%s\",\"limit\":%d,\"offset\":%d}";
        send("POST", "/runs/crons/search", query.formatted(mark, "created_at", "asc", 10, 0))
                .body("cron_id", contains(a, b));
        send("POST", "/runs/crons/search", query.formatted(mark, "created_at", "desc", 1, 1))
                .body("cron_id", contains(a));
        // What has none comes last, whichever way.
        for (String order : new String[] {"asc", "desc"}) {
            send("POST", "/runs/crons/search", query.formatted(mark, "end_time", order, 10, 0))
                    .body("cron_id", contains(b, a));
        }
        send("POST", "/runs/crons/search", "{\"metadata\":{\"mark\":\"%s\"},\"enabled\":true}".formatted(mark))
                .body("$", hasSize(1));
        assertThat(a).isNotEqualTo(b);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            POST  | /runs/crons        | {"assistant_id": "echo"}                                          | 422 | /schedule is missing
            POST  | /runs/crons        | {"schedule": "* * * * *"}                                         | 422 | /assistant_id is missing
            POST  | /runs/crons        | {"schedule": "* * * * *", "assistant_id": "none"}                 | 404 | Assistant none does not exist
            POST  | /runs/crons        | {"schedule": "* * *", "assistant_id": "echo"}                     | 422 | /schedule must be five fields
            POST  | /runs/crons        | {"schedule": "0 0 30 2 *", "assistant_id": "echo"}                | 422 | never comes
            POST  | /runs/crons        | {"schedule": "* * * * *", "assistant_id": "echo", "timezone": "+01:00"} | 422 | /timezone must be the name
            POST  | /runs/crons        | {"schedule": "* * * * *", "assistant_id": "echo", "end_time": "soon"} | 422 | /end_time must be a time
            POST  | /runs/crons        | {"schedule": "* * * * *", "assistant_id": "echo", "end_time": "2020-01-01T00:00:00Z"} | 422 | /end_time is over before
            POST  | /runs/crons        | {"schedule": "* * * * *", "assistant_id": "echo", "enabled": "yes"} | 422 | /enabled must be true or false
            POST  | /runs/crons        | {"schedule": "* * * * *", "assistant_id": "echo", "on_run_completed": "x"} | 422 | /on_run_completed must be one of delete, keep
            POST  | /runs/crons        | {"schedule": "* * * * *", "assistant_id": "echo", "config": []}   | 422 | /config must be an object
            POST  | /runs/crons        | {"schedule": "* * * * *", "assistant_id": "echo", "stream_mode": 1} | 422 | /stream_mode must be a list
            POST  | /runs/crons        | {"schedule": "* * * * *", "assistant_id": "echo", "multitask_strategy": "x"} | 422 | /multitask_strategy must be one of
            POST  | /runs/crons        | {"schedule": "* * * * *", "assistant_id": "echo", "endTime": "x"} | 422 | it is called end_time
            PATCH | /runs/crons/none   | {"assistant_id": "echo"}                                          | 422 | /assistant_id is unknown here
            PATCH | /runs/crons/none   | {"enabled": true}                                                 | 404 | Cron none does not exist
            DELETE| /runs/crons/none   |                                                                   | 404 | Cron none does not exist
            POST  | /runs/crons/search | {"sort_by": "schedule"}                                           | 422 | /sort_by must be one of
            POST  | /runs/crons/count  | {"enabled": true}                                                 | 422 | /enabled is unknown here
            """)
    void refusalsSayWhatIsWrongAndWhere(String method, String path, String body, int status, String message) {
        send(method, path, body)
                .statusCode(status)
                .contentType(Problem.MEDIA_TYPE)
                .body("detail", containsString(message));
    }

    private String made(String more) {
        return send(
                        "POST",
                        "/runs/crons",
                        "{\"assistant_id\":\"echo\",\"schedule\":\"%s\",\"metadata\":{\"mark\":\"%s\"}%s}"
                                .formatted(YEARLY, mark, more))
                .statusCode(200)
                .extract()
                .path("cron_id");
    }

    private static ValidatableResponse send(String method, String path, String body) {
        var request = given();
        if (body != null) {
            request.contentType(ContentType.JSON).body(body);
        }
        return request.request(Method.valueOf(method), path).then();
    }
}

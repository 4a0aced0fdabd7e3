package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import dev.threadwright.testing.CalledServer;
import dev.threadwright.testing.EmbeddedServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From the request that starts a run to the request that a step of it makes. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class TracesOverHttpTest {

    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String NONE = "null null";

    private final String name = "traced-" + UUID.randomUUID();
    private final String thread = UUID.randomUUID().toString();
    private CalledServer server;

    @BeforeEach
    void aWorkflowThatCallsAServer() throws IOException {
        server = CalledServer.of(name);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void what_an_input_asks_for_is_asked_in_its_trace() {
        input(given().header("traceparent", PARENT).header("tracestate", "a=1").header("tracestate", "b=2"));

        assertThat(server.traces()).containsExactly(PARENT + " a=1,b=2");
        given().get("/threads/{id}/verify", thread).then().body("sound", equalTo(true));
        events().body("events.traceparent", everyItem(equalTo(PARENT)))
                .body("events.data.traceparent", everyItem(nullValue()))
                .body("events.find { it.type == 'input.accepted' }.data.input.trace.parent", equalTo(PARENT))
                .body("events.find { it.type == 'input.accepted' }.data.input.trace.state", equalTo("a=1,b=2"));
        assertThat(given().get("/verify/{id}", thread).statusCode()).isIn(200, 404);
    }

    @Test
    void without_a_trace_nothing_is_sent_or_kept() {
        input(given());

        assertThat(server.traces()).containsExactly(NONE);
        events().body("events.any { it.containsKey('traceparent') }", equalTo(false))
                .body("events.data.input.trace", everyItem(nullValue()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "00-00000000000000000000000000000000-b7ad6b7169203331-01"})
    void a_malformed_trace_is_none_and_no_error(String parent) {
        input(given().header("traceparent", parent).header("tracestate", "a=1"));

        assertThat(server.traces()).containsExactly(NONE);
    }

    @Test
    void two_traces_are_none() {
        input(given().header("traceparent", PARENT).header("traceparent", PARENT));

        assertThat(server.traces()).containsExactly(NONE);
    }

    /** The request after it on the same connection is another. */
    @Test
    void a_trace_is_of_one_request() {
        input(given().header("traceparent", PARENT));
        input(given());

        assertThat(server.traces()).containsExactly(PARENT + " null", NONE);
    }

    @Test
    void runs_of_assistants_are_in_the_trace_of_their_request() {
        String assistant = given().contentType(ContentType.JSON)
                .body("{\"graph_id\":\"%s\"}".formatted(name))
                .post("/assistants")
                .then()
                .statusCode(200)
                .extract()
                .path("assistant_id");
        for (String named : List.of(name, assistant)) {
            run("/threads/" + thread + "/runs/wait", named);
            run("/runs/wait", named);
            given().header("traceparent", PARENT)
                    .contentType(ContentType.JSON)
                    .body("{\"assistant_id\":\"%s\",\"input\":{},\"stream_mode\":\"values\"}".formatted(named))
                    .post("/threads/{id}/runs/stream", thread)
                    .then()
                    .statusCode(200);
        }
        assertThat(server.traces()).hasSize(6).containsOnly(PARENT + " null");
        events().body("events.traceparent", hasItem(PARENT)).body("events.traceparent", not(hasItem(nullValue())));
    }

    private void run(String path, String assistant) {
        given().header("traceparent", PARENT)
                .contentType(ContentType.JSON)
                .body("{\"assistant_id\":\"%s\",\"input\":{},\"if_not_exists\":\"create\"}".formatted(assistant))
                .post(path)
                .then()
                .statusCode(200);
    }

    private void input(RequestSpecification request) {
        request.contentType(ContentType.JSON)
                .body("{\"data\":{},\"workflow\":\"%s\"}".formatted(name))
                .post("/threads/{id}/inputs?wait=completion&timeout=20000", thread)
                .then()
                .statusCode(200)
                .body("run.status", equalTo("completed"));
    }

    private ValidatableResponse events() {
        return given().get("/threads/{id}/events?from=1&limit=100", thread)
                .then()
                .statusCode(200);
    }
}

package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.threadwright.callback.Callbacks;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps whose requests only start work elsewhere: a real HTTP server takes them, and calls back. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class CallbacksOverHttpTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TestHTTPResource
    URI here;

    @Inject
    Callbacks callbacks;

    private final String name = "w-" + UUID.randomUUID();
    private final String thread = UUID.randomUUID().toString();
    private final List<String> urls = new CopyOnWriteArrayList<>();
    private final List<String> keys = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private volatile int status = 202;
    private volatile boolean callsBackFirst;
    private HttpServer server;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
        Readiness.await();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    /** Says the address again, as many servers do when they refuse something. */
    private void answer(HttpExchange exchange) throws IOException {
        String url = exchange.getRequestHeaders().getFirst("x-callback");
        bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        keys.add(exchange.getRequestHeaders().getFirst("idempotency-key"));
        if (callsBackFirst) {
            back(url, "{\"film\": 1}").statusCode(200);
        }
        urls.add(url);
        byte[] body = ("I was asked to tell " + url).getBytes(UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String path(String url) {
        assertThat(url).startsWith(EmbeddedServersResource.PUBLIC_URL + "/callbacks/");
        return url.substring(EmbeddedServersResource.PUBLIC_URL.length());
    }

    private static String token(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }

    private static ValidatableResponse back(String url, String body) {
        return given().urlEncodingEnabled(false)
                .contentType(ContentType.JSON)
                .body(body)
                .post(path(url))
                .then();
    }

    private static ValidatableResponse refused(ValidatableResponse response, String url, int status, String type) {
        String body = response.statusCode(status)
                .contentType(Problem.MEDIA_TYPE)
                .body("type", equalTo("urn:threadwright:problem:" + type))
                .extract()
                .asString();
        assertThat(body).doesNotContain(token(url));
        return response;
    }

    private void register(String more) {
        given().contentType("application/yaml")
                .body("""
                        name: %s
                        channels: {film: last_write_wins, whole: last_write_wins}
                        start: render
                        steps:
                          render:
                            http: POST http://127.0.0.1:%d/films
                            body: '{"title": input.title, "hook": callback.url}'
                            callback: {header: X-Callback}
                            result: {film: result.body, whole: result}
                            %s
                        """.formatted(name, server.getAddress().getPort(), more).getBytes(UTF_8))
                .post("/workflows")
                .then()
                .statusCode(201);
    }

    private String start() {
        return given().contentType(ContentType.JSON)
                .body("{\"data\": {\"title\": \"It\"}, \"workflow\": \"%s\"}".formatted(name))
                .post("/threads/{id}/inputs?wait=decision&timeout=30000", thread)
                .then()
                .statusCode(200)
                .extract()
                .path("run_id");
    }

    private ValidatableResponse run(String run) {
        return given().get("/threads/{id}/runs/{run}", thread, run).then().statusCode(200);
    }

    private void awaitRun(String run, String status) {
        await().atMost(PATIENCE).until(() -> status.equals(run(run).extract().path("state")));
    }

    private String url(int number) {
        await().atMost(PATIENCE).until(() -> urls.size() >= number);
        return urls.get(number - 1);
    }

    private String journal() {
        return given().get("/threads/{id}/events?limit=1000", thread)
                .then()
                .statusCode(200)
                .extract()
                .asString();
    }

    private long count(String type) {
        List<String> types = given().get("/threads/{id}/events?limit=1000", thread)
                .then()
                .statusCode(200)
                .extract()
                .path("events.type");
        return types.stream().filter(type::equals).count();
    }

    private void awaitAccepted(int times) {
        await().atMost(PATIENCE).until(() -> count("action.accepted") == times);
    }

    private void assertNothingTellsTheAddresses() {
        String journal = journal();
        assertThat(urls).isNotEmpty().allSatisfy(url -> assertThat(journal).doesNotContain(token(url)));
    }

    @Test
    void a_callback_is_the_result_and_the_same_again_is_answered_alike() {
        register("");
        String run = start();
        String url = url(1);
        awaitAccepted(1);
        assertThat(bodies).containsExactly("{\"title\":\"It\",\"hook\":\"" + url + "\"}");
        run(run).body("state", equalTo("active"));
        given().get("/actions?thread_id={id}", thread)
                .then()
                .body("actions[0].status", equalTo("outstanding"))
                .body("actions[0].name", equalTo("http"));

        String said = "{\"film\": \"f-1\", \"minutes\": 93, \"told\": \"" + url + "\"}";
        String first = back(url, said)
                .statusCode(200)
                .body("outcome", equalTo("applied"))
                .extract()
                .asString();
        awaitRun(run, "completed");
        run(run).body("values.film.film", equalTo("f-1"))
                .body("values.whole.body.minutes", equalTo(93))
                .body("values.whole.status", nullValue());
        String again = back(url, "{\"told\": \"" + url + "\",\"minutes\":93,\"film\":\"f-1\"}")
                .statusCode(200)
                .extract()
                .asString();
        assertThat(again).isEqualTo(first);
        refused(back(url, "{\"film\": \"f-2\"}"), url, 409, "callback-used");
        refused(back(url + "/failure", "{\"error\": \"no\"}"), url, 409, "callback-used");
        run(run).body("values.film.film", equalTo("f-1"));
        assertThat(count("action.succeeded")).isOne();
        assertThat(count("action.result_discarded")).isZero();
        assertNothingTellsTheAddresses();
    }

    /** Whatever the request is answered with then. */
    @ParameterizedTest
    @ValueSource(ints = {202, 400, 503})
    void a_callback_may_come_before_the_answer_and_counts_once(int answered) {
        callsBackFirst = true;
        status = answered;
        register("retry: {max: 2, base: 1ms, cap: 1ms}");
        String run = start();
        awaitRun(run, "completed");
        run(run).body("values.film.film", equalTo(1));
        url(1);
        assertThat(count("action.succeeded")).isOne();
        assertThat(count("action.failed") + count("action.retry_scheduled")).isZero();
        assertThat(urls).hasSize(1);
        assertNothingTellsTheAddresses();
    }

    @Test
    void what_was_altered_forged_or_is_too_old_calls_nobody_back() {
        register("");
        String run = start();
        String url = url(1);
        awaitAccepted(1);
        char last = url.charAt(url.length() - 1);
        String altered = url.substring(0, url.length() - 1) + (last == 'A' ? 'B' : 'A');
        refused(back(altered, "1"), altered, 404, "callback-not-found");
        String prefix = EmbeddedServersResource.PUBLIC_URL + "/callbacks/";
        refused(back(prefix + "nonsense", "1"), prefix + "nonsense", 404, "callback-not-found");
        refused(back(altered + "/failure", "{\"error\": \"no\"}"), altered, 404, "callback-not-found");
        String old = callbacks
                .url(new ThreadKey("default", thread), new RunId(run), new ActionId(run + "-1"), 1, 1)
                .value();
        refused(back(old, "1"), old, 410, "callback-over").body("detail", equalTo("The callback's time is over"));
        String elsewhere = callbacks
                .url(new ThreadKey("other", thread), new RunId(run), new ActionId(run + "-1"), 1, Long.MAX_VALUE)
                .value();
        // It is signed, so there is a server that has the tenant, or there will be one.
        refused(back(elsewhere, "1"), elsewhere, 503, "undecided").header("Retry-After", notNullValue());
        String nowhere = callbacks
                .url(
                        new ThreadKey("default", "absent-" + thread),
                        new RunId(run),
                        new ActionId(run + "-1"),
                        1,
                        Long.MAX_VALUE)
                .value();
        refused(back(nowhere, "1"), nowhere, 410, "callback-over");
        refused(given().urlEncodingEnabled(false).get(path(url)).then(), url, 405, "method-not-allowed");
        refused(given().urlEncodingEnabled(false).get(path(url) + "/x").then(), url, 404, "not-found");
        run(run).body("state", equalTo("active"));
        back(url, "1").statusCode(200);
        awaitRun(run, "completed");
    }

    @Test
    void after_a_cancellation_nobody_waits_and_it_is_recorded() {
        register("");
        String run = start();
        String url = url(1);
        awaitAccepted(1);
        given().contentType(ContentType.JSON)
                .body("{\"run_id\": \"" + run + "\"}")
                .post("/threads/{id}/cancel?wait=decision", thread)
                .then()
                .statusCode(200);
        refused(back(url, "1"), url, 410, "callback-over");
        refused(back(url, "1"), url, 410, "callback-over");
        assertThat(count("action.result_discarded")).as("the same twice").isOne();
        assertNothingTellsTheAddresses();
    }

    @Test
    void of_an_attempt_that_was_given_up_it_is_recorded_and_the_next_ones_counts() {
        register("");
        String run = start();
        String first = url(1);
        awaitAccepted(1);
        given().contentType(ContentType.JSON)
                .post("/actions/{id}/retry?wait=decision", run + "-1")
                .then()
                .statusCode(200);
        String second = url(2);
        assertThat(second).isNotEqualTo(first);
        assertThat(keys.stream().distinct()).hasSize(1);
        refused(back(first, "1"), first, 410, "callback-over");
        assertThat(count("action.result_discarded")).isOne();
        run(run).body("state", equalTo("active"));
        back(second, "2").statusCode(200);
        awaitRun(run, "completed");
        run(run).body("values.film", equalTo(2));
    }

    @Test
    void a_failure_is_tried_again_with_another_address_if_it_passes_and_fails_the_step_if_not() {
        register("retry: {max: 1, base: 1ms, cap: 1ms}");
        String run = start();
        String first = url(1);
        back(first + "/failure", "{\"error\": \"full\", \"kind\": \"rate_limited\", \"retry_after_ms\": 5}")
                .statusCode(200);
        String second = url(2);
        back(first + "/failure", "{\"error\": \"full\", \"kind\": \"rate_limited\", \"retry_after_ms\": 5}")
                .statusCode(200);
        refused(back(first, "1"), first, 409, "callback-used");
        back(second + "/failure", "{\"error\": \"No such film\", \"kind\": \"permanent\"}")
                .statusCode(200);
        awaitRun(run, "failed");
        run(run).body("error", equalTo("No such film"));
        assertThat(count("action.retry_scheduled")).isOne();
        assertThat(keys).hasSize(2);
        assertNothingTellsTheAddresses();
    }

    @Test
    void without_a_callback_in_time_the_attempt_is_over_and_what_comes_late_is_recorded() {
        register("timeout: 1s\n    retry: {max: 0}");
        String run = start();
        String url = url(1);
        awaitRun(run, "failed");
        run(run).body("error", containsString("No result within 1000 ms"));
        refused(back(url, "1"), url, 410, "callback-over");
        assertThat(count("action.result_discarded")).isOne();
    }

    @Test
    void an_answer_that_refuses_is_an_error_that_does_not_tell_the_address() {
        status = 422;
        register("");
        String run = start();
        awaitRun(run, "failed");
        run(run).body("error", containsString("answered 422: I was asked to tell "))
                .body("error", containsString("/callbacks/[secret callback]"));
        assertThat(count("action.accepted")).isZero();
        assertNothingTellsTheAddresses();
    }

    @Test
    void a_body_is_any_json_or_none_and_nothing_else() throws Exception {
        register("");
        String run = start();
        String url = url(1);
        refused(
                given().urlEncodingEnabled(false)
                        .contentType("text/plain")
                        .body("done")
                        .post(path(url))
                        .then(),
                url,
                415,
                "unsupported-media-type");
        refused(back(url, "{"), url, 400, "invalid-request");
        refused(back(url, "{\"a\": 1, \"a\": 2}"), url, 400, "invalid-request");
        refused(back(url, "\"" + "x".repeat(1 << 20) + "\""), url, 413, "too-large");
        for (String failure : List.of("{}", "[]", "{\"error\": 1}", "{\"error\": \"no\", \"kind\": \"odd\"}")) {
            refused(back(url + "/failure", failure), url, 400, "invalid-request");
        }
        refused(
                given().urlEncodingEnabled(false)
                        .contentType(ContentType.JSON)
                        .post(path(url) + "/failure")
                        .then(),
                url,
                400,
                "invalid-request");
        // As curl -X POST does: the client of the other tests always says what it sends, even nothing.
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest nothing = HttpRequest.newBuilder(here.resolve(path(url).substring("/".length())))
                    .POST(BodyPublishers.noBody())
                    .build();
            assertThat(client.send(nothing, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
        }
        awaitRun(run, "completed");
        run(run).body("values.film", nullValue());
    }
}

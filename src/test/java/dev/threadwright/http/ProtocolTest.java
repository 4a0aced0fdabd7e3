package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import dev.threadwright.http.SseReader.Frame;
import dev.threadwright.stream.ThreadFeed;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The newer protocol: commands over HTTP and WebSockets, and events over the latter. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class ProtocolTest {

    private static final String ECHO = "{\"assistant_id\": \"echo\", \"input\": {\"n\": 1}}";
    private static final String APPROVAL =
            "{\"assistant_id\": \"approval\", \"input\": {\"item\": \"bolt\", \"count\": 3, \"price\": 400}}";
    private static final String REPORT =
            "{\"assistant_id\": \"report\", \"input\": {\"customer\": \"Ada\", \"items\": [{\"name\": \"bolt\", \"price\":"
                    + " 3}]}}";
    private static final String CHANNELS =
            "{\"channels\": [\"lifecycle\", \"values\", \"updates\", \"checkpoints\", \"tasks\", \"input\"]}";
    private static final String TWO_QUESTIONS = """
            {"name": "protocol-two-questions",
             "channels": {"first": "last_write_wins", "second": "last_write_wins"},
             "start": ["ask_first", "ask_second"],
             "steps": {
               "ask_first": {"interrupt": "approval_required", "payload": "{\\"ask\\": \\"first\\"}",
                             "result": {"first": "result"}},
               "ask_second": {"interrupt": "approval_required", "payload": "{\\"ask\\": \\"second\\"}",
                              "result": {"second": "result"}}}}
            """;

    @Inject
    ThreadFeed feed;

    @Inject
    EventSockets sockets;

    @ConfigProperty(name = "threadwright.limits.event-sockets")
    int maxSockets;

    @TestHTTPResource("/")
    URI server;

    private final HttpClient client = HttpClient.newHttpClient();
    private final String thread = "protocol-" + UUID.randomUUID();

    @BeforeEach
    void ready() {
        Readiness.await();
    }

    @AfterEach
    void nobodyIsLeft() {
        await().untilAsserted(() -> {
            assertThat(feed.size()).isZero();
            assertThat(sockets.size()).isZero();
        });
    }

    @Test
    void aRunIsStartedOnAThreadThatItMakes() {
        JsonPath first = send("run.start", ECHO);
        assertThat(first.getString("type")).isEqualTo("success");
        assertThat(first.getInt("id")).isEqualTo(7);
        assertThat(first.getLong("meta.applied_through_seq")).isEqualTo(99_999);
        untilStatus(first.getString("result.run_id"), "success");
        JsonPath second = send("run.start", ECHO);
        assertThat(second.getLong("meta.applied_through_seq"))
                .isGreaterThan(100_000)
                .matches(seq -> seq % 100_000 == 99_999);
        untilStatus(second.getString("result.run_id"), "success");
    }

    @Test
    void aRunBeginsAtTheCheckpointOfItsConfigAndCanBeRefusedWhileTheThreadIsBusy() {
        untilStatus(send("run.start", ECHO).getString("result.run_id"), "success");
        String checkpoint = send("state.get", "{\"namespace\": []}").getString("result.checkpoint.id");
        JsonPath forked = send(
                "run.start",
                "{\"assistant_id\": \"delay\", \"input\": {\"ms\": 60000}, \"config\": {\"configurable\": {\"checkpoint_id\":"
                        + " \"" + checkpoint + "\"}}, \"metadata\": {\"a\": 1}}");
        String run = forked.getString("result.run_id");
        untilStatus(run, "running");
        given().get("/threads/{id}/runs/{run}", thread, run)
                .then()
                .body("metadata.a", equalTo(1))
                .body("kwargs.checkpoint.checkpoint_id", equalTo(checkpoint));
        JsonPath refused =
                send("run.start", "{\"assistant_id\": \"echo\", \"input\": {}, \"multitaskStrategy\": \"reject\"}");
        assertThat(refused.getString("type")).isEqualTo("error");
        assertThat(refused.getString("error")).isEqualTo("invalid_argument");
        assertThat(refused.getString("problem")).isEqualTo("urn:threadwright:problem:busy");
        assertThat(refused.getString("reason")).isEqualTo("busy");
        given().post("/threads/{id}/runs/{run}/cancel?wait=1", thread, run)
                .then()
                .statusCode(204);
    }

    @Test
    void aQuestionIsAnsweredByItsIdOnceByTheAssistantThatAsks() {
        untilStatus(send("run.start", APPROVAL).getString("result.run_id"), "success");
        String asked = interrupts().getFirst();
        String answer = "{\"namespace\": [], \"interrupt_id\": \"" + asked + "\", \"response\": {\"approved\": false}}";
        JsonPath answered = send("input.respond", answer);
        assertThat(answered.getString("type")).isEqualTo("success");
        assertThat(answered.getMap("result")).isEmpty();
        await().untilAsserted(() -> assertThat(send("state.get", "{\"namespace\": [], \"keys\": [\"status\"]}")
                        .getMap("result.values"))
                .hasSize(1)
                .containsEntry("status", "declined"));
        assertThat(send("input.respond", answer).getString("error")).isEqualTo("no_such_interrupt");
        given().get("/threads/{id}/runs", thread)
                .then()
                .body("size()", equalTo(2))
                .body("assistant_id.unique().size()", equalTo(1));
    }

    @Test
    void severalQuestionsAreAnsweredAtOnce() {
        given().contentType(ContentType.JSON)
                .body(TWO_QUESTIONS)
                .post("/workflows")
                .then()
                .statusCode(201);
        JsonPath started = send("run.start", "{\"assistant_id\": \"protocol-two-questions\", \"input\": {}}");
        untilStatus(started.getString("result.run_id"), "success");
        List<String> asked = interrupts();
        assertThat(asked).hasSize(2);
        String responses = String.join(
                ",",
                asked.stream()
                        .map(id -> "{\"namespace\": [], \"interrupt_id\": \"" + id + "\", \"response\": 1}")
                        .toList());
        assertThat(send("input.respond", "{\"responses\": [" + responses + "]}").getString("type"))
                .isEqualTo("success");
        await().untilAsserted(() -> assertThat(
                        send("state.get", "{\"namespace\": []}").getMap("result.values"))
                .containsEntry("first", 1)
                .containsEntry("second", 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "run.start | {} | invalid_argument",
                "run.start | {\"assistant_id\": \"absent\", \"input\": {}} | invalid_argument",
                "run.start | {\"assistant_id\": \"echo\", \"what\": 1} | invalid_argument",
                "run.start | {\"assistant_id\": \"echo\", \"config\": 1} | invalid_argument",
                "run.start | {\"assistant_id\": \"echo\", \"multitask_strategy\": \"all\"} | invalid_argument",
                "input.respond | {} | invalid_argument",
                "input.respond | {\"responses\": []} | invalid_argument",
                "input.respond | {\"responses\": [1]} | invalid_argument",
                "input.respond | {\"namespace\": [], \"interrupt_id\": \"a\"} | invalid_argument",
                "input.respond | {\"namespace\": [], \"interrupt_id\": \"a\", \"response\": 1} | no_such_interrupt",
                "input.respond | {\"interrupt_id\": \"00000000000000000000000000000000\", \"response\": 1} | no_such_interrupt",
                "state.get | {\"namespace\": []} | invalid_argument",
                "state.get | {\"namespace\": [\"price:1\"]} | no_such_namespace",
                "state.get | {\"keys\": 1} | invalid_argument",
                "input.inject | {} | not_supported",
                "state.fork | {} | not_supported",
                "state.listCheckpoints | {} | not_supported",
                "agent.getTree | {} | not_supported",
                "subscription.subscribe | {\"channels\": [\"values\"]} | not_supported",
                "run.fly | {} | unknown_command",
            })
    void whatCannotBeDoneIsRefusedWithACodeAndWords(String method, String params, String error) {
        JsonPath refused = send(method, params);
        assertThat(refused.getString("type")).isEqualTo("error");
        assertThat(refused.getInt("id")).isEqualTo(7);
        assertThat(refused.getString("error")).isEqualTo(error);
        assertThat(refused.getString("message")).isNotBlank();
        given().get("/threads/{id}", thread).then().statusCode(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "{}",
                "{\"id\": \"a\", \"method\": \"run.start\"}",
                "{\"id\": -1, \"method\": \"run.start\"}",
                "{\"id\": 1.5, \"method\": \"run.start\"}",
                "{\"id\": 1}",
                "{\"id\": 1, \"method\": 1}",
                "{\"id\": 1, \"method\": \"run.start\", \"params\": []}",
                "{\"id\": 1, \"method\": \"run.start\", \"params\": {\"a\": \"\\u0000\"}}",
            })
    void whatIsNoCommandIsABadRequest(String body) {
        given().contentType(ContentType.JSON)
                .body(body)
                .post("/threads/{id}/commands", thread)
                .then()
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("error", equalTo("invalid_argument"))
                .body("message", notNullValue())
                .body("detail", notNullValue());
    }

    @Test
    void aSocketTellsWhatAStreamTellsFromTheStartOfTheThread() {
        try (SocketReader socket = socket()) {
            String subscription =
                    socket.command("subscription.subscribe", CHANNELS).getString("result.subscription_id");
            assertThat(subscription).isNotBlank();
            String run = socket.command("run.start", REPORT).getString("result.run_id");
            socket.await(text -> isEnd(text, run));
            List<String> streamed = streamed(run);
            assertThat(socket.events()).isEqualTo(streamed);
            try (SocketReader late = socket()) {
                late.command("subscription.subscribe", CHANNELS);
                late.await(text -> isEnd(text, run));
                assertThat(late.events()).isEqualTo(streamed);
            }
            assertThat(feed.size()).isPositive();
        }
    }

    @Test
    void whatIsSubscribedToCanBeChosenAndEnded() {
        try (SocketReader socket = socket()) {
            String run = socket.command("run.start", REPORT).getString("result.run_id");
            String id = socket.command(
                            "subscription.subscribe",
                            "{\"channels\": [\"lifecycle\"], \"namespaces\": [[]], \"depth\": 0}")
                    .getString("result.subscription_id");
            socket.await(text -> isEnd(text, run));
            assertThat(socket.events()).hasSize(2).allMatch(event -> event.contains("\"namespace\":[]"));
            String named = "{\"subscription_id\": \"" + id + "\"}";
            assertThat(socket.command("subscription.unsubscribe", named).getString("type"))
                    .isEqualTo("success");
            assertThat(socket.command("subscription.unsubscribe", named).getString("error"))
                    .isEqualTo("no_such_subscription");
            await().untilAsserted(() -> assertThat(feed.size()).isZero());
            assertThat(socket.command("subscription.unsubscribe", "{}").getString("error"))
                    .isEqualTo("invalid_argument");
            assertThat(socket.command("subscription.subscribe", "{\"channels\": [\"all\"]}")
                            .getString("error"))
                    .isEqualTo("invalid_argument");
            assertThat(socket.command("run.fly", "{}").getString("error")).isEqualTo("unknown_command");
        }
    }

    @Test
    void eventsComeInOrderOnceAndForNewSubscriptionsFromTheStart() {
        try (SocketReader socket = socket()) {
            socket.send("subscription.subscribe", "{\"channels\": [\"lifecycle\"]}");
            socket.send("subscription.subscribe", "{\"channels\": [\"values\", \"lifecycle\"]}");
            String run = socket.command("run.start", REPORT).getString("result.run_id");
            socket.await(text -> isEnd(text, run));
            List<Long> told = numbers(socket.events());
            assertThat(told).isSorted().doesNotHaveDuplicates();
            socket.command("subscription.subscribe", "{\"channels\": [\"updates\"]}");
            String second = socket.command("run.start", REPORT).getString("result.run_id");
            socket.await(text -> isEnd(text, second));
            List<Long> since = numbers(socket.events())
                    .subList(told.size(), socket.events().size());
            assertThat(since).isSorted().doesNotContainAnyElementsOf(told);
            assertThat(since.getFirst()).isLessThan(told.getLast());
        }
    }

    @Test
    void aSocketHasOnlySoManySubscriptions() {
        try (SocketReader socket = socket()) {
            for (int i = 0; i < EventSocket.MAX_SUBSCRIPTIONS; i++) {
                socket.send("subscription.subscribe", CHANNELS);
            }
            JsonPath refused = socket.command("subscription.subscribe", CHANNELS);
            assertThat(refused.getString("error")).isEqualTo("invalid_argument");
            assertThat(refused.getString("message")).contains("" + EventSocket.MAX_SUBSCRIPTIONS);
            await().untilAsserted(() -> assertThat(feed.size()).isEqualTo(1));
            socket.command("subscription.unsubscribe", "{\"subscription_id\": \"1\"}");
            assertThat(socket.command("subscription.subscribe", CHANNELS).getString("type"))
                    .isEqualTo("success");
        }
    }

    @Test
    void moreCommandsThanAreDoneAtOnceAreAllAnswered() {
        try (SocketReader socket = socket()) {
            int last = 0;
            for (int i = 0; i < 3 * EventSocket.MAX_UNANSWERED; i++) {
                last = socket.send("state.get", "{\"namespace\": []}");
            }
            List<JsonPath> answers = socket.answers(last);
            assertThat(answers)
                    .extracting(answer -> answer.getInt("id"))
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.rangeClosed(1, last).boxed().toList());
            assertThat(answers).extracting(answer -> answer.getString("error")).containsOnly("invalid_argument");
        }
    }

    @Test
    void whoReadsNothingForAWhileIsToldEverythingAndWhoNeverReadsIsForgottenWhenGone() {
        int runs = 5;
        try (SocketReader idle = SocketReader.openIdle(client, address(thread));
                SocketReader never = SocketReader.openIdle(client, address(thread));
                SocketReader socket = socket()) {
            idle.send("subscription.subscribe", CHANNELS);
            never.send("subscription.subscribe", CHANNELS);
            socket.send("subscription.subscribe", CHANNELS);
            String last = "";
            for (int i = 0; i < runs; i++) {
                last = socket.command("run.start", REPORT).getString("result.run_id");
            }
            String end = last;
            socket.await(text -> isEnd(text, end));
            assertThat(idle.events()).isEmpty();
            idle.readAll();
            idle.await(text -> isEnd(text, end));
            assertThat(idle.events()).isEqualTo(socket.events());
        }
    }

    @Test
    void aQuietSocketIsPinged() {
        try (SocketReader socket = socket()) {
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(socket.pings()).isPositive());
        }
    }

    @Test
    void aMessageMayBeAsLargeAsABodyAndWhatIsNoCommandIsSaidSo() {
        try (SocketReader socket = socket()) {
            String text = "x".repeat(1_000_000);
            JsonPath started = socket.command(
                    "run.start", "{\"assistant_id\": \"echo\", \"input\": {\"text\": \"" + text + "\"}}");
            assertThat(started.getString("type")).isEqualTo("success");
            socket.sendText("{");
            assertThat(socket.await(answer -> answer.contains("\"id\":null"))).contains("invalid_argument");
        }
    }

    @Test
    void refusalsCloseTheSocketWithTheStatusThatHttpWouldHave() {
        try (SocketReader socket = SocketReader.open(client, address("x".repeat(1_000)))) {
            assertThat(socket.closed()).isEqualTo(4400);
        }
        untilStatus(send("run.start", ECHO).getString("result.run_id"), "success");
        try (SocketReader socket = socket()) {
            socket.command("subscription.subscribe", CHANNELS);
            given().delete("/threads/{id}", thread).then().statusCode(204);
            assertThat(socket.closed()).isEqualTo(4404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {CHANNELS, "{\"channels\": [\"values\"], \"since\": 99999999}"})
    void subscribingToADeletedThreadClosesTheSocket(String wanted) {
        untilStatus(send("run.start", ECHO).getString("result.run_id"), "success");
        given().delete("/threads/{id}", thread).then().statusCode(204);
        try (SocketReader socket = socket()) {
            socket.send("subscription.subscribe", wanted);
            assertThat(socket.closed()).isEqualTo(4404);
        }
    }

    @Test
    void thereAreOnlySoManySocketsAtOnce() {
        List<SocketReader> all = new ArrayList<>();
        try {
            for (int i = 0; i < maxSockets; i++) {
                all.add(socket());
            }
            await().untilAsserted(() -> assertThat(sockets.size()).isEqualTo(maxSockets));
            try (SocketReader refused = socket()) {
                assertThat(refused.closed()).isEqualTo(4503);
            }
        } finally {
            all.forEach(SocketReader::close);
        }
    }

    @Test
    void whatDoesNotAskForAnUpgradeIsNotOneAndPagesOfOthersAreRefused() {
        given().get("/threads/{id}/stream/events", thread).then().statusCode(405);
        assertThatThrownBy(() -> client.newWebSocketBuilder()
                        .header("Origin", "https://elsewhere.example")
                        .buildAsync(address(thread), new java.net.http.WebSocket.Listener() {})
                        .join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        refused ->
                                assertThat(refused.getResponse().statusCode()).isEqualTo(403));
    }

    private static List<Long> numbers(List<String> events) {
        return events.stream().map(event -> JsonPath.from(event).getLong("seq")).toList();
    }

    private static boolean isEnd(String text, String run) {
        return text.contains("\"event_id\":\"synth:" + run)
                && text.contains("\"completed\"")
                && text.contains("\"namespace\":[]");
    }

    private List<String> streamed(String run) {
        List<String> events = new ArrayList<>();
        try (SseReader stream =
                SseReader.post(client, server.resolve("/threads/" + thread + "/stream/events"), CHANNELS)) {
            for (Frame frame = stream.next(); frame != null; frame = stream.next()) {
                events.add(frame.data());
                if (isEnd(frame.data(), run)) {
                    return events;
                }
            }
        }
        return events;
    }

    private SocketReader socket() {
        return SocketReader.open(client, address(thread));
    }

    private URI address(String id) {
        return URI.create("ws://" + server.getAuthority() + "/threads/" + id + "/stream/events");
    }

    private List<String> interrupts() {
        return given().get("/threads/{id}/state", thread).then().extract().path("tasks.interrupts.flatten().id");
    }

    private void untilStatus(String run, String status) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> given().get("/threads/{id}/runs/{run}", thread, run)
                        .then()
                        .body("status", equalTo(status)));
    }

    private JsonPath send(String method, String params) {
        return given().contentType(ContentType.JSON)
                .body("{\"id\": 7, \"method\": \"" + method + "\", \"params\": " + params + "}")
                .post("/threads/{id}/commands", thread)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }
}

package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs whose steps call a real HTTP server. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class HttpStepsTest {

    private static final String SECRET = EmbeddedServersResource.SECRET;

    private final String name = "w-" + UUID.randomUUID();
    private final String thread = UUID.randomUUID().toString();
    private final List<String> keys = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Deque<Integer> statuses = new ArrayDeque<>();
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

    /** Echoes the secret, as many servers do when they refuse one. */
    private synchronized void answer(HttpExchange exchange) throws IOException {
        String authorization = exchange.getRequestHeaders().getFirst("authorization");
        keys.add(exchange.getRequestHeaders().getFirst("idempotency-key"));
        authorizations.add(String.valueOf(authorization));
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        int status = statuses.isEmpty() ? 200 : statuses.removeFirst();
        byte[] body =
                "{\"id\": \"ch_1\", \"for\": \"%s\"}".formatted(authorization).getBytes(UTF_8);
        exchange.getResponseHeaders().set("content-type", "application/json");
        if (status == 429) {
            exchange.getResponseHeaders().set("retry-after", "0");
        }
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void register() {
        given().contentType("application/yaml")
                .body("""
                        name: %s
                        channels: {cents: last_write_wins, receipt: last_write_wins, answer: last_write_wins}
                        start: charge
                        steps:
                          charge:
                            http: POST http://127.0.0.1:%d/orders/{id}/charges
                            path: {id: input.id}
                            headers: {authorization: {secret: payments, prefix: "Bearer "}}
                            body: '{"cents": state.cents}'
                            result: {receipt: result.body.id, answer: result}
                            retry: {max: 2, base: 10ms, cap: 20ms}
                        """.formatted(name, server.getAddress().getPort()).getBytes(UTF_8))
                .post("/workflows")
                .then()
                .statusCode(201);
    }

    private ValidatableResponse run() {
        return given().contentType(ContentType.JSON)
                .body("{\"data\": {\"id\": \"o/1\", \"cents\": 250}, \"workflow\": \"%s\"}".formatted(name))
                .post("/threads/{id}/inputs?wait=completion&timeout=20000", thread)
                .then()
                .statusCode(200);
    }

    private String journal() {
        return given().get("/threads/{id}/events", thread)
                .then()
                .statusCode(200)
                .extract()
                .asString();
    }

    @Test
    void a_step_sends_a_request_and_goes_on_with_its_answer() {
        register();
        run().body("run.status", equalTo("completed"))
                .body("run.values.receipt", equalTo("ch_1"))
                .body("run.values.answer.status", equalTo(200))
                .body("run.values.answer.headers.content-type", equalTo("application/json"));
        assertThat(requests).containsExactly("POST /orders/o%2F1/charges {\"cents\":250}");
    }

    @Test
    void what_passes_is_tried_again_under_the_same_key() {
        register();
        statuses.addAll(List.of(503, 429));
        run().body("run.status", equalTo("completed")).body("run.values.receipt", equalTo("ch_1"));
        assertThat(keys).hasSize(3);
        assertThat(keys.stream().distinct()).hasSize(1).doesNotContainNull();
    }

    @Test
    void what_does_not_pass_is_not_tried_again_and_says_why() {
        register();
        statuses.add(402);
        run().body("run.status", equalTo("failed"))
                .body("run.error", containsString("POST http://127.0.0.1:"))
                .body("run.error", containsString("/orders/o%2F1/charges answered 402: "))
                .body("run.error", containsString("Bearer [secret payments]"))
                .body("run.error", not(containsString(SECRET)));
        assertThat(requests).hasSize(1);
    }

    @Test
    void a_secret_is_sent_and_stands_nowhere_in_the_journal() {
        register();
        statuses.add(500);
        run().body("run.status", equalTo("completed"))
                .body("run.values.answer.body.for", equalTo("Bearer [secret payments]"));
        assertThat(authorizations).containsOnly("Bearer " + SECRET);
        assertThat(journal()).doesNotContain(SECRET).contains("\"secret\":\"payments\"", "Bearer [secret payments]");
    }

    @Test
    void a_connection_that_is_cut_wherever_it_is_is_tried_again_under_the_same_key_and_one_answer_counts()
            throws Exception {
        String whole =
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{\"id\": \"ch_1\"}";
        // Before a word, within the status line, within the headers, before the body, within it; then nothing for too
        // long.
        List<Integer> cuts = List.of(0, 7, 30, whole.indexOf("\r\n\r\n") + 4, whole.length() - 1);
        List<String> heard = new CopyOnWriteArrayList<>();
        List<Socket> open = new CopyOnWriteArrayList<>();
        try (ServerSocket cutting = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> {
                for (int i = 0; !cutting.isClosed(); i++) {
                    try {
                        Socket socket = cutting.accept();
                        open.add(socket);
                        String asked = requestOn(socket);
                        heard.add(asked);
                        if (i < cuts.size()) {
                            socket.getOutputStream()
                                    .write(whole.substring(0, cuts.get(i)).getBytes(UTF_8));
                            socket.getOutputStream().flush();
                            // A reset, as of a host that is gone, and not the end of an answer.
                            socket.setSoLinger(true, 0);
                            socket.close();
                        } else if (i > cuts.size()) {
                            socket.getOutputStream().write(whole.getBytes(UTF_8));
                            socket.close();
                        }
                    } catch (IOException closed) {
                        return;
                    }
                }
            });
            given().contentType("application/yaml")
                    .body("""
                            name: %s
                            channels: {receipt: last_write_wins}
                            start: charge
                            steps:
                              charge:
                                http: POST http://127.0.0.1:%d/charges
                                body: '{"cents": 1}'
                                result: {receipt: result.body.id}
                                timeout: 1s
                                retry: {max: 8, base: 10ms, cap: 20ms}
                            """.formatted(name, cutting.getLocalPort()).getBytes(UTF_8))
                    .post("/workflows")
                    .then()
                    .statusCode(201);
            run().body("run.status", equalTo("completed")).body("run.values.receipt", equalTo("ch_1"));
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        // And more, if this machine takes longer than a second to answer.
        assertThat(heard).hasSizeGreaterThanOrEqualTo(cuts.size() + 2);
        assertThat(heard.stream()
                        .map(asked -> asked.lines()
                                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("idempotency-key:"))
                                .findFirst()
                                .orElse("none"))
                        .distinct())
                .hasSize(1)
                .doesNotContain("none");
        assertThat(given().get("/threads/{id}/events?limit=100", thread)
                        .jsonPath()
                        .getList("events.type"))
                .containsOnlyOnce("action.requested", "action.succeeded")
                .doesNotContain("action.failed", "action.result_discarded");
    }

    /** Until its body is there, as its length says. */
    private static String requestOn(Socket socket) throws IOException {
        StringBuilder asked = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (true) {
            int next = in.read();
            if (next < 0) {
                return asked.toString();
            }
            asked.append((char) next);
            int body = asked.indexOf("\r\n\r\n");
            if (body >= 0 && asked.length() >= body + 4 + "{\"cents\":1}".length()) {
                return asked.toString();
            }
        }
    }
}

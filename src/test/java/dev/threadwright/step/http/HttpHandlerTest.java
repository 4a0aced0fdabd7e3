package dev.threadwright.step.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.threadwright.callback.CallbackKey;
import dev.threadwright.callback.Callbacks;
import dev.threadwright.json.JsonText;
import dev.threadwright.outbound.AddressRange;
import dev.threadwright.outbound.Destinations;
import dev.threadwright.outbound.HostNames;
import dev.threadwright.outbound.PinnedClient;
import dev.threadwright.secret.Secrets;
import dev.threadwright.step.RateLimitedException;
import dev.threadwright.step.StepContext;
import dev.threadwright.step.StepRefusedException;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.WorkflowRef;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The handler of HTTP steps, and a real HTTP server that it sends to. */
class HttpHandlerTest {

    private static final int MAX_BYTES = 1_000;
    private static final long NOW_MS = 1_700_000_000_000L;
    private static final String SECRET = "sk-\"4711\"/a+b";
    private static final List<AddressRange> LOOPBACK = List.of(AddressRange.of("127.0.0.1/32"));

    private static Vertx vertx;

    private final List<Map<String, String>> received = new CopyOnWriteArrayList<>();
    private final CountDownLatch slow = new CountDownLatch(1);
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<String> lookedUp = new CopyOnWriteArrayList<>();

    private int status = 200;
    private Map<String, String> answerHeaders = Map.of();
    private byte[] answer = new byte[0];
    private @Nullable Redirects redirects;

    private HttpServer server;
    private List<String> allowHosts = List.of("http://*", "http://127.0.0.1", "http://pinned.example");
    private @Nullable String publicUrl = "https://threads.example/tw/";
    private HttpLimits limits = new HttpLimits(MAX_BYTES, 2, 20_000);
    private List<AddressRange> allowed = LOOPBACK;
    private Map<String, String> names = Map.of("pinned.example", "127.0.0.1");

    /** Where a path leads; null for nowhere. */
    private interface Redirects {
        @Nullable String location(String path);
    }

    @BeforeAll
    static void openVertx() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void closeVertx() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @BeforeEach
    void openServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void closeServer() throws Exception {
        slow.countDown();
        server.stop(0);
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString();
        Map<String, String> request = exchange.getRequestHeaders().entrySet().stream()
                .collect(Collectors.toMap(
                        header -> header.getKey().toLowerCase(),
                        header -> header.getValue().getFirst()));
        request.put(":path", path);
        request.put(":method", exchange.getRequestMethod());
        request.put(":body", new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        received.add(request);
        String location = redirects == null ? null : redirects.location(path);
        if (location != null) {
            exchange.getResponseHeaders().set("location", location);
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
            return;
        }
        answerHeaders.forEach(exchange.getResponseHeaders()::set);
        if (path.equals("/gone")) {
            exchange.close();
        } else if (path.equals("/silent")) {
            hold();
        } else if (path.equals("/slow")) {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('a');
            exchange.getResponseBody().flush();
            hold();
        } else if (path.equals("/endless")) {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                while (slow.getCount() > 0) {
                    body.write(new byte[8_192]);
                }
            }
        } else {
            boolean isEmpty = answer.length == 0 || exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(redirects == null ? status : 200, isEmpty ? -1 : answer.length);
            if (!isEmpty) {
                exchange.getResponseBody().write(answer);
            }
            exchange.close();
        }
    }

    private void hold() {
        try {
            slow.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    private int port() {
        return server.getAddress().getPort();
    }

    private void answers(int with, Map<String, String> headers, String body) {
        status = with;
        answerHeaders = headers;
        answer = body.getBytes(StandardCharsets.UTF_8);
    }

    private List<InetAddress> lookUp(String host) throws UnknownHostException {
        lookedUp.add(host);
        String literal = names.getOrDefault(host, host);
        try {
            return List.of(Inet4Address.ofPosixLiteral(literal));
        } catch (IllegalArgumentException e) {
            // Not IPv4; IPv6 is tried below.
        }
        try {
            return List.of(InetAddress.ofLiteral(literal));
        } catch (IllegalArgumentException e) {
            throw new UnknownHostException(host);
        }
    }

    private HttpHandler handler(HostNames hostNames) {
        PinnedClient client = new PinnedClient(vertx, 8, 8_192, 5_000);
        open.add(client);
        return new HttpHandler(
                new Secrets(
                        key -> key.equals("threadwright.secrets.payments") ? Optional.of(SECRET) : Optional.empty(),
                        null),
                callbacks(),
                new Courier(
                        AllowedHosts.of(allowHosts),
                        new Destinations("The request's", allowed, hostNames),
                        client,
                        limits),
                () -> NOW_MS);
    }

    private Callbacks callbacks() {
        Callbacks callbacks = new Callbacks(publicUrl);
        callbacks.open(new CallbackKey("a key of 32 bytes, or rather more".getBytes(StandardCharsets.UTF_8)));
        return callbacks;
    }

    private Json.Obj send(String request) throws InterruptedException {
        return (Json.Obj) handler(this::lookUp).handle(context(request));
    }

    private Throwable failure(String request) {
        return catchThrowable(() -> send(request));
    }

    private Json.Obj get(String path) throws InterruptedException {
        return send("{\"method\":\"GET\",\"url\":\"" + url(path) + "\"}");
    }

    private Throwable failureOf(String method, String url) {
        return failure("{\"method\":\"" + method + "\",\"url\":\"" + url + "\"}");
    }

    private static StepContext context(String input) {
        return new StepContext(
                new ThreadKey("default", "t"),
                new RunId("r"),
                new WorkflowRef("w", 1),
                "charge",
                "action-1",
                1,
                JsonText.parse(input),
                Channels.EMPTY,
                Json.EMPTY_OBJECT,
                new StepContext.Cancellation() {
                    @Override
                    public boolean isCancelled() {
                        return false;
                    }

                    @Override
                    public void onCancel(Runnable action) {
                        // Nobody cancels but by interrupting.
                    }
                },
                progress -> {});
    }

    // --- What a callback ends ----------------------------------------------------------------------------------------

    private static final String STARTS = """
            {"method": "POST", "url": "%s/callback-1?to=callback-1", "headers": {"x-callback": "callback-1",
             "authorization": {"secret": "payments"}}, "body": {"callback-1": ["<callback-1>", 1, null, true]},
             "callback": {"placeholder": "callback-1"}}
            """;

    private static boolean isAccepted(StepContext context) {
        return context.isAccepted();
    }

    private String callbackUrl() {
        StepContext context = context("{}");
        return callbacks()
                .url(context.thread(), context.run(), new ActionId("action-1"), 1, context.deadlineMs())
                .value();
    }

    @Test
    void a_callbacks_url_is_put_in_when_the_request_is_sent_and_encoded_within_another() throws InterruptedException {
        answers(202, Map.of(), "");
        StepContext context = context(STARTS.formatted(url("/films")));

        assertThat(handler(this::lookUp).handle(context)).isEqualTo(Json.NULL);

        String expected = callbackUrl();
        String encoded = URLEncoder.encode(expected, StandardCharsets.UTF_8);
        assertThat(expected).startsWith("https://threads.example/tw/callbacks/").doesNotContain("//callbacks");
        assertThat(isAccepted(context)).isTrue();
        assertThat(received)
                .singleElement()
                .satisfies(request -> assertThat(request)
                        .containsEntry(":path", "/films/" + encoded + "?to=" + encoded)
                        .containsEntry("x-callback", expected)
                        .containsEntry("authorization", SECRET)
                        .containsEntry(":body", "{\"" + expected + "\":[\"<" + expected + ">\",1,null,true]}"));
    }

    @Test
    void any_answer_but_2xx_accepts_nothing_and_tells_the_url_to_nobody() {
        String token = callbackUrl().substring(callbackUrl().lastIndexOf('/') + 1);
        for (int refusal : List.of(304, 400, 404, 409, 429, 500, 503)) {
            answers(refusal, Map.of(), refusal == 304 ? "" : "no " + callbackUrl() + " here");
            StepContext context = context(STARTS.formatted(url("/films")));

            Throwable failure = catchThrowable(() -> handler(this::lookUp).handle(context));

            assertThat(failure)
                    .as("%d", refusal)
                    .isInstanceOf(
                            refusal >= 500 || refusal == 429 ? UnansweredException.class : StepRefusedException.class)
                    .hasMessageContaining("answered " + refusal)
                    .hasMessageNotContaining(token);
            assertThat(isAccepted(context)).isFalse();
        }
    }

    @Test
    void what_starts_work_may_answer_with_more_than_anybody_reads() throws InterruptedException {
        answers(200, Map.of("content-type", "application/json"), "x".repeat(MAX_BYTES + 1));
        StepContext context = context(STARTS.formatted(url("/films")));
        handler(this::lookUp).handle(context);
        assertThat(isAccepted(context)).isTrue();
    }

    @Test
    void nothing_is_sent_where_nobody_could_call_back() {
        publicUrl = null;
        assertThat(failure(STARTS.formatted(url("/films"))))
                .isInstanceOf(StepRefusedException.class)
                .hasMessageContaining("threadwright.callbacks.public-url");
        assertThat(received).isEmpty();
    }

    // --- What is sent, and what comes back ---------------------------------------------------------------------------

    @Test
    void a_request_is_sent_as_asked_and_its_answer_is_the_result() throws InterruptedException {
        answers(
                201,
                Map.of("content-type", "application/json; charset=utf-8", "x-request-id", "7", "set-cookie", "a=b"),
                "{\"id\":\"ch_1\",\"cents\":12345678901234567890}");

        Json.Obj result = send("""
                {"method": "POST", "url": "%s", "headers": {"X-Customer": "ann",
                 "authorization": {"secret": "payments", "prefix": "Bearer "}}, "body": {"cents": 100}}
                """.formatted(url("/orders/1/charges?verbose=true")));

        assertThat(result.get("status")).isEqualTo(Json.of(201));
        assertThat(result.get("body")).isEqualTo(JsonText.parse("{\"id\":\"ch_1\",\"cents\":12345678901234567890}"));
        Json.Obj headers = (Json.Obj) result.get("headers");
        assertThat(headers.get("x-request-id")).isEqualTo(Json.of("7"));
        assertThat(headers.fields()).doesNotContainKeys("set-cookie", "content-length", "connection");
        assertThat(received).hasSize(1);
        assertThat(received.getFirst())
                .containsEntry(":method", "POST")
                .containsEntry(":path", "/orders/1/charges?verbose=true")
                .containsEntry(":body", "{\"cents\":100}")
                .containsEntry("content-type", "application/json")
                .containsEntry("content-length", "13")
                .containsEntry("x-customer", "ann")
                .containsEntry("authorization", "Bearer " + SECRET)
                .containsEntry("idempotency-key", "action-1")
                .containsEntry("user-agent", "threadwright")
                .containsEntry("host", "127.0.0.1:" + port());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            application/json             | {"a": [1, null]}    | {"a": [1, null]}
            application/problem+json     | {"title": "no"}     | {"title": "no"}
            application/json             | ``                  | null
            text/plain                   | hello               | "hello"
            text/html; charset=utf-8     | <p>é</p>            | "<p>é</p>"
            application/xml              | <a/>                | "<a/>"
            text/plain; charset=us-ascii | é                   | {"base64": "w6k="}
            text/plain; charset=nonsense | x                   | "x"
            application/octet-stream     | abc                 | {"base64": "YWJj"}
            image/png                    | abc                 | {"base64": "YWJj"}
            """)
    void a_body_is_read_as_its_content_type_says(String type, String body, String expected)
            throws InterruptedException {
        answers(200, Map.of("content-type", type), body);
        assertThat(get("/").get("body")).isEqualTo(JsonText.parse(expected));
    }

    @Test
    void what_is_packed_stays_packed() throws InterruptedException {
        answers(200, Map.of("content-type", "application/json", "content-encoding", "gzip"), "abc");
        assertThat(get("/").get("body")).isEqualTo(JsonText.parse("{\"base64\": \"YWJj\"}"));
    }

    @Test
    void a_byte_order_mark_before_json_is_passed_over() throws InterruptedException {
        answers(200, Map.of("content-type", "application/json"), "\ufeff{\"a\": 1}");
        assertThat(get("/").get("body")).isEqualTo(JsonText.parse("{\"a\": 1}"));
    }

    @Test
    void json_in_utf_16_fails_for_good() {
        answers(200, Map.of("content-type", "application/json"), "");
        answer = "{\"a\": 1}".getBytes(StandardCharsets.UTF_16LE);
        assertThat(failureOf("GET", url("/a")))
                .isInstanceOf(StepRefusedException.class)
                .hasMessageContaining("it looks like UTF-16 or UTF-32");
    }

    @Test
    void json_that_is_none_fails_for_good() {
        answers(200, Map.of("content-type", "application/json"), "<html>");
        assertThat(failureOf("GET", url("/a?key=1")))
                .isInstanceOf(StepRefusedException.class)
                .hasMessageStartingWith("GET " + url("/a") + " answered 200 with application/json that is none: ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            application/json                  | {"a": 1}                        | {"a":1}
            application/vnd.api+json          | [true]                          | [true]
            text/plain                        | "hello"                         | hello
            application/x-www-form-urlencoded | {"a": "1 2", "b": 3, "c": null} | a=1+2&b=3
            application/x-www-form-urlencoded | "a=1"                           | a=1
            """)
    void a_body_is_sent_as_its_content_type_says(String type, String body, String expected)
            throws InterruptedException {
        send("{\"method\":\"PUT\",\"url\":\"%s\",\"headers\":{\"Content-Type\":\"%s\"},\"body\":%s}"
                .formatted(url("/"), type, body));
        assertThat(received.getFirst()).containsEntry(":body", expected).containsEntry("content-type", type);
    }

    @Test
    void methods_without_a_body_have_none() throws InterruptedException {
        for (String method : List.of("GET", "HEAD", "OPTIONS", "DELETE", "POST")) {
            send("{\"method\":\"%s\",\"url\":\"%s\"}".formatted(method, url("/")));
        }
        assertThat(received).extracting(one -> one.get(":body")).containsOnly("");
        assertThat(received.getFirst()).doesNotContainKey("content-length");
        assertThat(received.getLast()).containsEntry("content-length", "0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "nothing"                                                                | needs a method and a url
            {"method": "TRACE", "url": "http://h/"}                                  | there is no method "TRACE"
            {"method": "GET", "url": "http://h/", "body": 1}                         | GET has no body
            {"method": "GET", "url": "http://h/", "headers": {"Host": "x"}}          | the header "Host" belongs to the connection
            {"method": "GET", "url": "http://h/", "headers": {"a b": "x"}}           | the header "a b" is no name of a header
            {"method": "GET", "url": "http://h/", "headers": {"a": "x\\r\\nb: y"}}   | the header "a" has characters that a header cannot have
            {"method": "GET", "url": "http://h/", "headers": {"a": 1}}               | the header "a" is neither a text nor a secret
            {"method": "GET", "url": "http://h/", "headers": {"a": {"secret": "x"}}} | There is no secret "x": set threadwright.secrets.x, or put a file of that name into threadwright.secrets.directory
            {"method": "PUT", "url": "http://h/", "headers": {"content-type": "text/plain"}, "body": {}} | must be a text; content-type says text/plain
            {"method": "GET", "url": "ftp://h/"}                                     | must begin with https:// or http://
            {"method": "GET", "url": "http://ann:pw@h/"}                             | must hold no user and password
            """)
    void what_cannot_be_sent_fails_for_good(String request, String message) {
        assertThat(failure(request)).isInstanceOf(StepRefusedException.class).hasMessageContaining(message);
        assertThat(received).isEmpty();
    }

    @Test
    void headers_are_bounded() {
        String many = java.util.stream.IntStream.rangeClosed(0, RequestRules.MAX_HEADERS)
                .mapToObj(i -> "\"h" + i + "\":\"\"")
                .collect(Collectors.joining(","));
        assertThat(failure("{\"method\":\"GET\",\"url\":\"http://h/\",\"headers\":{" + many + "}}"))
                .hasMessageContaining("51 headers; at most 50");
        String longest = "x".repeat(RequestRules.MAX_HEADER_LENGTH + 1);
        assertThat(failure("{\"method\":\"GET\",\"url\":\"http://h/\",\"headers\":{\"a\":\"" + longest + "\"}}"))
                .hasMessageContaining("has 8193 characters; a header has at most 8192");
    }

    // --- What an answer means ----------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            400 | -                             | refused
            401 | -                             | refused
            403 | -                             | refused
            404 | -                             | refused
            408 | -                             | refused
            409 | -                             | refused
            409 | 5                             | refused
            422 | -                             | refused
            429 | -                             | passing
            429 | 7                             | 7000
            429 | 0                             | 0
            429 | soon                          | passing
            429 | Tue, 14 Nov 2023 22:13:25 GMT | 5000
            429 | Tue, 14 Nov 2023 22:13:15 GMT | 0
            500 | -                             | passing
            500 | 5                             | passing
            501 | -                             | passing
            502 | -                             | passing
            503 | -                             | passing
            503 | 3                             | 3000
            504 | -                             | passing
            301 | -                             | refused
            300 | -                             | refused
            """)
    void a_status_says_whether_it_passes(int code, @Nullable String retryAfter, String expected) {
        answers(code, retryAfter == null ? Map.of() : Map.of("retry-after", retryAfter), "because\n of  it");

        Throwable failure = failureOf("POST", url("/charges?key=1"));

        switch (expected) {
            case "refused" -> assertThat(failure).isInstanceOf(StepRefusedException.class);
            case "passing" -> assertThat(failure).isInstanceOf(UnansweredException.class);
            default ->
                assertThat(failure)
                        .isInstanceOfSatisfying(
                                RateLimitedException.class,
                                limited -> assertThat(limited.retryAfter())
                                        .isEqualTo(Duration.ofMillis(Long.parseLong(expected))));
        }
        assertThat(failure).hasMessage("POST " + url("/charges") + " answered " + code + ": because of it");
    }

    @Test
    void what_an_error_says_is_quoted_and_cut() {
        answers(404, Map.of(), "x".repeat(HttpResult.MAX_EXCERPT + 1));
        assertThat(failureOf("GET", url("/")))
                .hasMessage("GET " + url("/") + " answered 404: " + "x".repeat(HttpResult.MAX_EXCERPT) + "…");
        answers(500, Map.of(), "x".repeat(MAX_BYTES + 1));
        assertThat(failureOf("GET", url("/"))).isInstanceOf(UnansweredException.class);
    }

    @Test
    void an_answer_that_nothing_has_changed_is_a_result() throws InterruptedException {
        answers(304, Map.of("etag", "\"1\""), "");
        assertThat(get("/").get("status")).isEqualTo(Json.of(304));
    }

    @Test
    void a_connection_that_fails_passes() throws IOException {
        assertThat(failureOf("GET", url("/gone")))
                .isInstanceOf(UnansweredException.class)
                .hasMessageContaining("Connection was closed");
        int nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
        }
        assertThat(failureOf("GET", "http://127.0.0.1:" + nobody + "/"))
                .isInstanceOf(UnansweredException.class)
                .hasMessageContaining("Connection refused");
        assertThat(failureOf("GET", "http://nobody.example/"))
                .isInstanceOf(UnansweredException.class)
                .hasMessage("GET http://nobody.example/: its host cannot be found: nobody.example");
    }

    // --- Limits ------------------------------------------------------------------------------------------------------

    @Test
    void a_body_has_a_largest_size() throws InterruptedException {
        answers(200, Map.of("content-type", "text/plain"), "x".repeat(MAX_BYTES));
        assertThat(get("/").get("body")).isEqualTo(Json.of("x".repeat(MAX_BYTES)));
        answers(200, Map.of("content-type", "text/plain"), "x".repeat(MAX_BYTES + 1));
        assertThat(failureOf("GET", url("/")))
                .isInstanceOf(StepRefusedException.class)
                .hasMessage("GET " + url("/")
                        + " answered 200 with more than 1000 bytes (threadwright.http-steps.max-response-bytes)");
    }

    @Test
    void a_body_without_end_is_cut_off_and_its_connection_closed() {
        assertThat(failureOf("GET", url("/endless"))).hasMessageContaining("answered 200 with more than 1000 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/silent", "/slow"})
    void what_takes_too_long_passes(String path) {
        limits = new HttpLimits(MAX_BYTES, 2, 300);
        assertThat(failureOf("GET", url(path)))
                .isInstanceOf(UnansweredException.class)
                .hasMessageContaining("No answer in ");
    }

    @Test
    void limits_have_bounds() {
        assertThat(catchThrowable(() -> new HttpLimits(0, 0, 1))).hasMessageContaining("max-response-bytes");
        assertThat(catchThrowable(() -> new HttpLimits(1, -1, 1))).hasMessageContaining("max-redirects");
        assertThat(catchThrowable(() -> new HttpLimits(1, HttpLimits.MAX_REDIRECTS + 1, 1)))
                .hasMessageContaining("max-redirects");
        assertThat(catchThrowable(() -> new HttpLimits(1, 0, 0))).hasMessageContaining("timeout");
        assertThat(catchThrowable(() -> new HttpLimits(1, 0, HttpLimits.MAX_TIMEOUT_MS + 1)))
                .hasMessageContaining("timeout");
    }

    @Test
    void a_call_that_is_cancelled_gives_its_connection_back() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        HttpHandler handler = handler(this::lookUp);
        Thread call = Thread.ofVirtual()
                .start(() -> thrown.set(catchThrowable(
                        () -> handler.handle(context("{\"method\":\"GET\",\"url\":\"" + url("/slow") + "\"}")))));
        await().until(() -> !received.isEmpty());

        call.interrupt();

        call.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }

    // --- Where it may go ---------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "10.0.0.1",
                "100.64.0.1",
                "127.0.0.1",
                "127.1.2.3",
                "168.63.129.16",
                "169.254.169.254",
                "172.16.0.1",
                "192.168.1.1",
                "224.0.0.1",
                "255.255.255.255",
                "2130706433",
                "0x7f000001",
                "0177.0.0.1",
                "[::]",
                "[::1]",
                "[::ffff:127.0.0.1]",
                "[::ffff:a9fe:a9fe]",
                "[::7f00:1]",
                "[64:ff9b::a9fe:a9fe]",
                "[2002:7f00:1::]",
                "[fc00::1]",
                "[fd00:ec2::254]",
                "[fe80::1]",
                "[ff02::1]",
                "inside.example",
                "mapped.example",
                "metadata.example."
            })
    void what_is_not_public_is_refused_however_it_is_written(String host) {
        allowed = List.of();
        names = Map.of(
                "inside.example", "10.1.2.3",
                "mapped.example", "::ffff:169.254.169.254",
                "metadata.example.", "fd00:ec2::254");
        assertThat(failureOf("GET", "http://" + host + ":" + port() + "/"))
                .isInstanceOf(StepRefusedException.class)
                .hasMessageContaining("which is not a public address (threadwright.http-steps.allow-addresses)");
        assertThat(received).isEmpty();
    }

    @Test
    void a_name_is_looked_up_once_and_the_connection_goes_to_what_was_found() throws InterruptedException {
        HttpHandler handler = handler(host -> {
            lookedUp.add(host);
            // Whoever asks again is led elsewhere.
            return List.of(InetAddress.ofLiteral(lookedUp.size() == 1 ? "127.0.0.1" : "169.254.169.254"));
        });
        handler.handle(context("{\"method\":\"GET\",\"url\":\"http://pinned.example:" + port() + "/\"}"));
        assertThat(lookedUp).containsExactly("pinned.example");
        assertThat(received).extracting(one -> one.get("host")).containsExactly("pinned.example:" + port());
    }

    @Test
    void a_host_that_is_not_allowed_is_not_even_looked_up() {
        allowHosts = List.of("*", "http://api.example.com", "*.example.org");
        for (String url : List.of("http://other.example/", "http://example.com/", "http://x.example.org/")) {
            assertThat(failureOf("GET", url))
                    .isInstanceOf(StepRefusedException.class)
                    .hasMessageContaining("threadwright.http-steps.allow-hosts does not allow http://");
        }
        assertThat(lookedUp).isEmpty();
    }

    @Test
    void a_secret_goes_to_hosts_alone_that_are_named() {
        allowHosts = List.of("http://*");
        assertThat(failure("{\"method\":\"GET\",\"url\":\"%s\",\"headers\":{\"a\":{\"secret\":\"payments\"}}}"
                        .formatted(url("/"))))
                .isInstanceOf(StepRefusedException.class)
                .hasMessageContaining("the secret \"payments\" is sent to hosts alone that"
                        + " threadwright.http-steps.allow-hosts names, and http://127.0.0.1:" + port() + " is none");
        assertThat(received).isEmpty();
    }

    // --- Redirects ---------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"301,GET", "302,GET", "303,HEAD", "307,GET", "308,GET", "307,POST", "308,PUT"})
    void a_redirect_is_followed_where_nothing_is_done_twice(int code, String method) throws InterruptedException {
        status = code;
        redirects = path -> path.equals("/from/here") ? "there?a=1" : null;
        send("{\"method\":\"%s\",\"url\":\"%s\",\"headers\":{\"a\":{\"secret\":\"payments\"}}%s}"
                .formatted(method, url("/from/here"), method.startsWith("P") ? ",\"body\":1" : ""));
        assertThat(received).extracting(one -> one.get(":path")).containsExactly("/from/here", "/from/there?a=1");
        assertThat(received.getLast())
                .containsEntry(":method", method)
                .containsEntry(":body", method.startsWith("P") ? "1" : "")
                .containsEntry("a", SECRET)
                .containsEntry("idempotency-key", "action-1");
    }

    @ParameterizedTest
    @CsvSource({"301,POST", "302,POST", "303,POST", "302,DELETE"})
    void a_redirect_of_what_changes_something_is_not_followed(int code, String method) {
        status = code;
        redirects = path -> "/elsewhere";
        assertThat(failureOf(method, url("/")))
                .isInstanceOf(StepRefusedException.class)
                .hasMessage(method + " " + url("/") + " answered " + code);
        assertThat(received).hasSize(1);
    }

    @Test
    void redirects_are_counted() throws InterruptedException {
        status = 302;
        redirects = path -> path.equals("/2") ? null : "/" + (Integer.parseInt(path.substring(1)) + 1);
        assertThat(get("/0").get("status")).isEqualTo(Json.of(200));
        redirects = path -> "/" + (Integer.parseInt(path.substring(1)) + 1);
        assertThat(failureOf("GET", url("/0")))
                .isInstanceOf(StepRefusedException.class)
                .hasMessage(
                        "GET " + url("/2") + " answered 302 after 2 redirects (threadwright.http-steps.max-redirects)");
    }

    @Test
    void secrets_and_logins_do_not_follow_to_another_server() throws InterruptedException {
        status = 307;
        redirects = path -> switch (path) {
            case "/a" -> "http://pinned.example:" + port() + "/b";
            case "/b" -> url("/c");
            default -> null;
        };
        send("""
                {"method": "GET", "url": "%s", "headers": {"x-key": {"secret": "payments"},
                 "authorization": "Basic YTpi", "cookie": "a=b", "x-customer": "ann"}}
                """.formatted(url("/a")));
        assertThat(received.get(0)).containsKeys("x-key", "authorization", "cookie", "x-customer");
        assertThat(received.get(1)).containsKeys("x-customer").doesNotContainKeys("x-key", "authorization", "cookie");
        assertThat(received.get(2)).as("nor back").doesNotContainKeys("x-key", "authorization", "cookie");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            http://10.0.0.1/             | which is not a public address
            http://[::ffff:a9fe:a9fe]/   | which is not a public address
            //inside.example/            | which is not a public address
            https://inside.example/      | allow-hosts does not allow https://inside.example
            file:///etc/passwd           | The redirect's address must begin with https:// or http://
            http://ann:pw@127.0.0.1/     | The redirect's address must hold no user and password
            http://[                     | answered 302
            """)
    void a_redirect_is_checked_like_the_first_request(String location, String message) {
        names = Map.of("inside.example", "10.1.2.3");
        status = 302;
        redirects = path -> location;
        assertThat(failureOf("GET", url("/")))
                .isInstanceOf(StepRefusedException.class)
                .hasMessageContaining(message);
        assertThat(received).hasSize(1);
    }

    // --- Secrets -----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/plain", "application/octet-stream"})
    void a_secret_that_comes_back_is_taken_out_of_the_result(String type) throws InterruptedException {
        String echo = JsonText.write(Json.object("echo", Json.of("Bearer " + SECRET)));
        answers(200, Map.of("content-type", type, "x-echo", SECRET), echo);
        Json result = send("{\"method\":\"GET\",\"url\":\"%s\",\"headers\":{\"a\":{\"secret\":\"payments\"}}}"
                .formatted(url("/")));
        String text = JsonText.write(result);
        if (((Json.Obj) result).get("body") instanceof Json.Obj body && body.get("base64") instanceof Json.Text bytes) {
            text += new String(java.util.Base64.getDecoder().decode(bytes.value()), StandardCharsets.UTF_8);
        }
        assertThat(text).doesNotContain("4711").contains("[secret payments]");
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 500, 302})
    void a_secret_that_comes_back_is_taken_out_of_an_error(int code) {
        answers(code, Map.of(), "x".repeat(HttpResult.MAX_EXCERPT - 5) + SECRET);
        Throwable failure = failure("{\"method\":\"POST\",\"url\":\"%s\",\"headers\":{\"a\":{\"secret\":\"payments\"}}}"
                .formatted(url("/" + java.net.URLEncoder.encode(SECRET, StandardCharsets.UTF_8))));
        assertThat(received.getFirst()).containsEntry("a", SECRET);
        assertThat(failure.getMessage())
                .doesNotContain("4711")
                .doesNotContain("sk-")
                .contains("[secret payments]");
        assertThat(failure).hasNoCause();
    }
}

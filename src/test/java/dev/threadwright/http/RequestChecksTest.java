package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.LogTail;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.http.Method;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused at the door, with what the caller is told about it. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class RequestChecksTest {

    /** Also of a thread that is not there yet. */
    private static final String TELLS_FOR_EVER = "/threads/{thread_id}/progress";

    @TestHTTPResource
    URI server;

    @ConfigProperty(name = "quarkus.http.limits.max-body-size")
    MemorySize maxBodySize;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {                                                          |               | line 1, column 2
            {"data": 1} 2                                              |               | something follows
            {"data": 1, "data": 2}                                     |               | Duplicate field
            [1]                                                        |               | must be a JSON object
            {}                                                         | /data         | is missing
            {"data": null}                                             | /data         | is null
            {"data": 1, "polcy": "queue"}                              | /polcy        | is unknown here
            {"data": 1, "a/b.c": 1}                                    | /a~1b.c       | is unknown here
            {"data": 1, "type": "user_input"}                          | /type         | must be user.input or external.event
            {"data": 1, "type": 7}                                     | /type         | must be a string
            {"data": 1, "event_type": "paid"}                          | /event_type   | external.event
            {"data": 1, "workflow": ""}                                | /workflow     | not empty
            {"data": 1, "run_id": null}                                | /run_id       | must be a string
            {"data": 1, "interrupt_id": "nothing"}                     | /interrupt_id | hexadecimal
            {"data": 1, "interrupt_before": []}                        | /interrupt_before | names no step
            {"data": 1, "interrupt_after": ["a", 1]}                   | /interrupt_after  | the name of a step
            {"data": 1, "interrupt_after": "a,b"}                      | /interrupt_after  | none with a comma
            {"data": 1, "policy": "sometimes"}                         | /policy       | unknown policy
            {"data": 1, "policy": {"type": "queue", "max": 0}}         | /policy/max   | 0
            {"data": 1, "policy": {"type": "rules", "rules": [{"when": "data ==", "then": "queue"}], "otherwise": "queue"}} | /policy/rules/0/when | line 1, column 8
            {"data": 1e9999}                                           |               | exponent
            {"data": 1, "source": "not a uri"}                         | /source       | must be a URI
            {"data": 1, "source": "/kafka/threadwright.input"}         | /source       | /kafka/
            {"data": 1e1001}                                           |               | exponent is beyond 1000
            {"data": 1, "source": "a\\u0000b"}                         | /source       | holds U+0000
            {"data": 1, "workflow": "a\\u0000b"}                       | /workflow     | holds U+0000
            {"data": 1, "run_id": "a\\tb"}                             | /run_id       | holds U+0009
            {"data": 1, "type": "external.event", "event_type": "\\u0000"} | /event_type | holds U+0000
            {"data": 1, "interrupt_before": ["a", "b\\u0000"]}         | /interrupt_before | holds U+0000
            {"data": 1, "policy": {"type": "queue", "behind": "x"}}    | /policy/behind | unfinished, open or active
            {"data": 1, "id": "other"}                                 | /id           | Idempotency-Key
            """)
    void badInputs(String body, String pointer, String message) {
        ValidatableResponse answer = given().contentType(ContentType.JSON)
                .header("Idempotency-Key", "key")
                .body(body)
                .post("/threads/t/inputs")
                .then()
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("type", equalTo("urn:threadwright:problem:invalid-request"))
                .body("title", notNullValue())
                .body("status", equalTo(400))
                .body("instance", equalTo("/threads/t/inputs"))
                .body("detail", containsString(message));
        if (pointer != null) {
            answer.body("errors[0].pointer", equalTo(pointer)).body("errors[0].detail", containsString(message));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PATCH | /threads/t                     | {}                     | 400 | changes nothing
            PATCH | /threads/t                     | {"metadata": []}       | 422 | /metadata must be an object
            PATCH | /threads/t                     | {"metadata": {"a": "\\u0000"}} | 422 | /metadata/a holds U+0000
            PATCH | /threads/t                     | {"data": 1}            | 422 | /data is unknown here
            PATCH | /threads/absent                | {"metadata": {}}       | 404 | Thread absent does not exist
            PATCH | /threads/t                     | {"ttl": {"ttl": 0}}    | 422 | /ttl must have ttl, a whole number of minutes from 1 to 5256000
            PATCH | /threads/t                     | {"ttl": {"ttl": 1, "strategy": "keep_latest"}} | 422 | not supported
            GET   | /threads/t?include=all         |                        | 400 | include may be ttl, not all
            POST  | /threads                       | []                     | 422 | must be a JSON object
            POST  | /threads                       | {"if_exists": "maybe"} | 422 | /if_exists must be one of raise, do_nothing
            POST  | /threads                       | {"supersteps": [{}]}   | 422 | /supersteps/0/updates is missing: it must be a list
            POST  | /threads                       | {"supersteps": [{"updates": [{"command": {"resume": 1}}]}]} | 422 | /supersteps/0/updates/0/command/resume answers nothing
            POST  | /threads                       | {"supersteps": [{"updates": [{"command": {"goto": {"node": "a", "input": 1}}}]}]} | 422 | /supersteps/0/updates/0/command/goto gives a step an input
            POST  | /threads                       | {"supersteps": [{"updates": [{"command": {"update": [1]}}]}]} | 422 | /supersteps/0/updates/0/command/update must be an object of channels
            POST  | /threads                       | {"supersteps": [{"updates": [{"asNode": "a"}]}]} | 422 | /supersteps/0/updates/0/asNode is unknown here: it is called as_node
            POST  | /threads/search                | {"limit": 1001}        | 422 | /limit must be a whole number from 1 to 1000
            POST  | /threads/search                | {"status": "lost"}     | 422 | /status must be one of idle, busy, interrupted, error
            POST  | /threads/search                | {"sort_by": "colour"}  | 422 | /sort_by must be one of thread_id, created_at
            POST  | /threads/search                | {"select": ["soul"]}   | 422 | /select names what there is not
            POST  | /threads/search                | {"extract": {"a": "values..b"}} | 422 | /extract must have paths
            POST  | /threads/prune                 | {"thread_ids": [], "strategy": "keep_latest"} | 422 | not supported
            POST  | /threads/prune                 | {}                     | 422 | /thread_ids is missing
            POST  | /threads/t/state               | {"values": 1}          | 422 | /values must be an object of channels
            POST  | /threads/t/state               | {"values": {}, "checkpoint": {"checkpoint_ns": "a:b", "checkpoint_id": "c"}} | 422 | of a subgraph
            POST  | /threads/t/state               | {"values": {}, "checkpoint_id": "\\n"} | 422 | /checkpoint_id holds U+000A
            POST  | /threads/t/state               | {"values": {}, "checkpoint": {"checkpoint_id": "\\n"}} | 422 | /checkpoint holds U+000A
            POST  | /threads/t/runs                | {"assistant_id": "echo", "checkpoint_id": "\\n"} | 422 | /checkpoint_id holds U+000A
            POST  | /threads/t/restore             | {"checkpoint_id": "\\u0000"} | 400 | /checkpoint_id holds U+0000
            POST  | /threads/t/state/checkpoint    | {"checkpoint": {}}     | 422 | /checkpoint must have a checkpoint_id
            POST  | /threads/t/history             | {"limit": 0}           | 422 | /limit must be a whole number from 1 to 1000
            POST  | /threads/t/history             | {"select": ["soul"]}   | 422 | /select names "soul"
            POST  | /threads/absent/history        | {}                     | 404 | Thread absent does not exist
            GET   | /threads/absent/state          |                        | 404 | Thread absent does not exist
            GET   | /threads/absent/state/c        |                        | 404 | Thread absent does not exist
            POST  | /threads/absent/copy           |                        | 404 | Thread absent does not exist
            POST  | /threads/absent/state          | {"values": {}}         | 404 | Thread absent does not exist
            DELETE| /threads/absent                |                        | 404 | Thread absent does not exist
            POST  | /threads/t/cancel              | {"rollback": "yes"}    | 400 | /rollback must be true or false
            POST  | /threads/t/cancel              | {"cutoff": 1}          | 400 | /cutoff is unknown here
            PATCH | /threads/t                     | {"approvals": []}      | 422 | /approvals must be an object
            POST  | /threads/t/resume              | {}                     | 400 | does nothing
            POST  | /threads/t/resume              | {"run_id": "r"}        | 400 | does nothing
            POST  | /threads/t/resume              | {"continue": false}    | 400 | does nothing
            POST  | /threads/t/resume              | {"continue": "yes"}    | 400 | /continue must be true or false
            POST  | /threads/t/resume              | {"answer": 1, "interrupt_id": "x"}   | 400 | /interrupt_id must be 32
            POST  | /threads/t/resume              | {"continue": true, "interrupt_id": "00000000000000000000000000000000"} | 400 | /answer is missing
            POST  | /threads/t/resume              | {"update": {}}         | 400 | /update must be an object of channels
            POST  | /threads/t/resume              | {"replace": [1]}       | 400 | /replace must be an object of channels
            POST  | /threads/t/resume              | {"goto": []}           | 400 | /goto names no step
            POST  | /threads/t/resume              | {"goto": {"to": 1}}    | 400 | /goto must be the name of a step
            POST  | /threads/t/resume              | {"answer": 1, "goto_input": 1}       | 400 | /goto_input goes with goto
            POST  | /threads/t/resume              | {"answer": 1, "interrupt_before": 1} | 400 | /interrupt_before must be
            POST  | /threads/t/resume              | {"answers": 1}         | 400 | /answers is unknown here
            POST  | /threads/t/steer               | {"data": 1}            | 400 | /run_id is missing
            POST  | /threads/t/steer               | {"run_id": "r"}        | 400 | /data is missing
            POST  | /threads/t/steer               | {"run_id": "", "data": 1} | 400 | /run_id must be a string
            POST  | /threads/t/pause               | {}                     | 400 | /run_id is missing
            POST  | /threads/t/unpause             | {"run_id": 1}          | 400 | /run_id must be a string
            POST  | /threads/t/compact             | {"keep": -1}           | 400 | /keep must be a whole number
            POST  | /threads/t/compact             | {"keep": 1.5}          | 400 | /keep must be a whole number
            POST  | /threads/t/compact             | {"reason": 1}          | 400 | /reason must be a string
            GET   | /interrupts?limit=101          |                        | 400 | limit must be a whole number from 1 to 100
            GET   | /interrupts?status=open        |                        | 400 | status must be pending
            GET   | /interrupts?after=bm90aGluZw   |                        | 400 | after must be
            GET   | /interrupts?after=!            |                        | 400 | after must be
            GET   | /interrupts?run_id=%00         |                        | 400 | run_id is empty or holds
            GET   | /interrupts?thread_id=%00      |                        | 400 | The thread id holds U+0000
            GET   | /threads/t/runs/%00            |                        | 400 | run_id holds U+0000
            DELETE | /threads/t/runs/%00           |                        | 400 | run_id holds U+0000
            GET   | /interrupts/nothing            |                        | 404 | Interrupt nothing does not exist
            GET   | /dead-letters/nothing          |                        | 404 | Dead letter nothing does not exist
            GET   | /erasures/nothing              |                        | 404 | Erasure nothing does not exist
            GET   | /assistants/nothing            |                        | 404 | Assistant nothing does not exist
            POST  | /runs                          | {"assistant_id": "nothing"} | 404 | Assistant nothing does not exist
            POST  | /threads/absent/runs/crons     | {"assistant_id": "echo", "schedule": "* * * * *"} | 404 | Thread absent does not exist
            POST  | /threads/t/inputs?wait=maybe   | {"data": 1}            | 400 | wait must be decision or completion
            POST  | /threads/t/inputs?wait=decision&timeout=0      | {"data": 1} | 400 | from 1 to 300000
            POST  | /threads/t/inputs?wait=decision&timeout=300001 | {"data": 1} | 400 | from 1 to 300000
            POST  | /threads/%00/inputs            | {"data": 1}            | 400 | The thread id holds U+0000
            POST  | /threads/a;b=c/inputs          | {"data": 1}            | 400 | write one that belongs to an id as %3B
            GET   | /threads/a;b=c                 |                        | 400 | semicolon
            GET   | /threads/t/runs/r;x            |                        | 400 | semicolon
            POST  | /threads/%FF/inputs            | {"data": 1}            | 400 | not percent-encoded UTF-8
            GET   | /threads/%C3                   |                        | 400 | not percent-encoded UTF-8
            GET   | /threads/%ED%A0%80             |                        | 400 | not percent-encoded UTF-8
            GET   | /verify?after=%FF              |                        | 400 | not percent-encoded UTF-8
            GET   | /threads/a%3Bb=c               |                        | 404 | Thread a;b=c does not exist
            GET   | /threads/%E2%82%AC%25          |                        | 404 | Thread €% does not exist
            GET   | /threads/t/events?from=0       |                        | 400 | from must be a whole number from 1
            GET   | /threads/t/events?from=x       |                        | 400 | from must be a whole number from 1
            GET   | /threads/t/events?limit=1001   |                        | 400 | from 1 to 1000
            GET   | /threads/absent                |                        | 404 | Thread absent does not exist
            GET   | /threads/absent/events         |                        | 404 | Thread absent does not exist
            GET   | /threads/absent/runs/r         |                        | 404 | Thread absent has no run r
            GET   | /threads/absent/runs/r/stream  |                        | 404 | Thread absent has no run r
            GET   | /runs/r/stream                 |                        | 404 | Run r does not exist
            GET   | /workflows/report/x            |                        | 400 | In the path, version must be a whole number from 1
            GET   | /nowhere                       |                        | 404 | nothing at /nowhere
            GET   | /threads/t/nowhere             |                        | 404 | nothing at
            GET   | /threads/t/runs?limit=0        |                        | 422 | limit must be a whole number from 1 to 1000
            GET   | /threads/t/runs?offset=-1      |                        | 422 | offset must be a whole number from 0
            GET   | /threads/t/history?limit=0     |                        | 422 | limit must be a whole number from 1 to 1000
            PUT   | /threads/t                     |                        | 405 | method
            GET   | /threads/t/inputs              |                        | 405 | method
            GET   | /threads/a%2Fb/inputs          |                        | 405 | method
            PUT   | /threads/t/runs                |                        | 405 | method
            PUT   | /threads/search                |                        | 405 | method
            PATCH | /runs/batch                    |                        | 405 | method
            PUT   | /threads/t/runs/crons          |                        | 405 | method
            POST  | /threads/t/runs/r/stream       |                        | 405 | method
            POST  | /runs/r/stream                 |                        | 405 | method
            DELETE| /ok                            |                        | 405 | method
            """)
    void badRequests(String method, String path, String body, int status, String message) {
        var request = given().urlEncodingEnabled(false);
        if (body != null) {
            request.contentType(ContentType.JSON).body(body);
        }
        request.request(Method.valueOf(method), path)
                .then()
                .statusCode(status)
                .contentType(Problem.MEDIA_TYPE)
                .body("status", equalTo(status))
                .body("detail", containsString(message));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /threads/\u00e4    | percent-encode them
            /threads/100%/runs | 400 Bad Request
            """)
    void addressesThatNoClientShouldSend(String path, String message) throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 400").contains(message);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            HTTP/1.1 | Accept: */*
            HTTP/1.0 | Accept: */*
            HTTP/1.1 | Host: a b
            """)
    void requestsThatDoNotSayWhomTheyAreFor(String version, String header) throws IOException {
        try (LogTail log = LogTail.from(Level.SEVERE);
                Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.getOutputStream()
                    .write(("GET /threads/t " + version + "\r\n" + header + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .contains(" 400 ")
                    .containsIgnoringCase("content-type: application/problem+json")
                    .contains("Header Host is missing");
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void mediaTypesThatAreNotSpoken() {
        given().contentType("text/plain")
                .body("hi")
                .post("/threads/t/inputs")
                .then()
                .statusCode(415)
                .contentType(Problem.MEDIA_TYPE)
                .body("detail", equalTo("Send the body as application/json, and say so in the Content-Type header"));
        given().contentType("text/plain")
                .body("hi")
                .post("/workflows")
                .then()
                .statusCode(415)
                .body("detail", containsString("application/json or application/yaml"));
        given().accept("image/png")
                .get("/threads/t")
                .then()
                .statusCode(406)
                .contentType(Problem.MEDIA_TYPE)
                .body("type", equalTo("urn:threadwright:problem:not-acceptable"));
    }

    @Test
    void bodiesThatAreTooLargeOrTooDeep() {
        tooLarge("{\"data\": \"" + "x".repeat((1 << 20) + 1) + "\"}", "The data is too large: ");
        tooLarge("{\"data\": \"" + "x".repeat((1 << 20) + CommandBody.MAX_BYTES_BESIDE_DATA) + "\"}", "The body");
        given().contentType(ContentType.JSON)
                .body("{\"data\": " + "[".repeat(100) + "]".repeat(100) + "}")
                .post("/threads/t/inputs")
                .then()
                .statusCode(400)
                .body("detail", containsString("depth"));
        given().contentType(ContentType.JSON)
                .body("{\"data\": 1}")
                .post("/threads/{id}/inputs", "x".repeat(256))
                .then()
                .statusCode(400)
                .body("detail", containsString("at most 255"));
        given().contentType(ContentType.JSON)
                .header("Idempotency-Key", "k".repeat(256))
                .body("{\"data\": 1}")
                .post("/threads/t/inputs")
                .then()
                .statusCode(400)
                .body("detail", containsString("Header Idempotency-Key is too long: 256 characters, at most 255"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"source", "workflow", "run_id", "id", "interrupt_before", "interrupt_after"})
    void fieldsThatAreTooLongAreNamed(String field) {
        tooLong("inputs", "{\"data\": 1, \"%s\": \"%s\"}".formatted(field, "x".repeat(256)), "/" + field, 256);
    }

    @Test
    void stepsThatAreTooLongTogetherAreNamed() {
        String steps = "[\"" + "x".repeat(127) + "\", \"" + "y".repeat(128) + "\"]";
        tooLong("inputs", "{\"data\": 1, \"interrupt_before\": " + steps + "}", "/interrupt_before", 256);
        tooLong("fork", "{\"thread_id\": \"" + "x".repeat(300) + "\"}", "/thread_id", 300);
        tooLong("restore", "{\"checkpoint_id\": \"" + "x".repeat(300) + "\"}", "/checkpoint_id", 300);
    }

    private static void tooLong(String command, String body, String pointer, int characters) {
        given().contentType(ContentType.JSON)
                .body(body)
                .post("/threads/t/" + command)
                .then()
                .statusCode(400)
                .body("errors[0].pointer", equalTo(pointer))
                .body("detail", containsString("is too long: " + characters + " characters, at most 255"));
    }

    /** What is read must be what was sent: a lenient reader would keep U+FFFD, or a character that nobody wrote. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/threads/t/inputs",
                "/threads/t/state",
                "/threads/t/runs",
                "/threads/search",
                "/dead-letters/nothing/replay",
                "/workflows",
                "/workflows/validate"
            })
    void bodiesThatAreNotUtf8(String path) throws IOException, InterruptedException {
        byte[] overlong = "{\"data\": \"__\"}".getBytes(StandardCharsets.US_ASCII);
        overlong[10] = (byte) 0xC0;
        overlong[11] = (byte) 0xA2;
        assertThat(answer(path, overlong)).contains("400").contains("is not UTF-8: byte 0xC0 at offset 10");
        if (!path.startsWith("/workflows")) {
            byte[] utf16 = "{\"data\": \"\ud800\"}".getBytes(StandardCharsets.UTF_16LE);
            assertThat(answer(path, utf16)).contains("400").contains("looks like UTF-16 or UTF-32");
        }
    }

    private String answer(String path, byte[] body) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(server.resolve(path))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() + " " + answer.body();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /threads/t/runs?limit=x    | Query parameter limit must be a whole number from 1 to 1000
            /threads/t/runs?offset=-1  | Query parameter offset must be a whole number from 0 to
            /threads/t/runs?status=x   | Query parameter status must be one of
            /threads/t/runs?select=x   | Query parameter select names what there is not
            /threads/t/history?limit=x | Query parameter limit must be a whole number from 1 to 1000
            """)
    void queryParametersOfTheAgentContract(String path, String message) {
        given().get(path)
                .then()
                .statusCode(422)
                .body("detail", startsWith(message))
                .body("$", not(hasKey("errors")));
    }

    /** The server does not read what it will not take, so a client may not get to send it all. */
    @Test
    void bodiesThatAreNotEvenRead() throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.getOutputStream()
                    .write(("POST /threads/t/inputs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: 99999999\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.1 413")
                    .containsIgnoringCase("content-type: application/problem+json")
                    .contains("urn:threadwright:problem:too-large");
        }
    }

    /** Nobody says how long it is, so it is read until it is too long. */
    @Test
    void bodiesOfUnknownLengthThatAreTooLarge() throws IOException {
        try (LogTail log = LogTail.from(Level.WARNING)) {
            String answer = answerToTooLong();
            org.jboss.logging.Logger.getLogger(getClass()).warn("All of the log");
            assertThat(answer)
                    .startsWith("HTTP/1.1 413")
                    .containsIgnoringCase("content-type: application/problem+json")
                    .containsIgnoringCase("connection: close")
                    .contains("urn:threadwright:problem:too-large")
                    .contains("\"instance\":\"/threads/t/inputs\"");
            assertThat(log.lines()).containsExactly("All of the log");
        }
    }

    private String answerToTooLong() throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            OutputStream to = socket.getOutputStream();
            to.write(("POST /threads/t/inputs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            byte[] chunk = ("10000\r\n" + "x".repeat(1 << 16) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            for (long sent = 0; sent <= maxBodySize.asLongValue(); sent += 1 << 16) {
                to.write(chunk);
            }
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void bodiesOfUnknownLengthThatAreNot() throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            String data = "x".repeat(100_000);
            socket.getOutputStream()
                    .write(("POST /threads/chunked/inputs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                    + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    + Integer.toHexString(data.length() + 12) + "\r\n{\"data\": \"" + data + "\"}\r\n"
                                    + "0\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 202");
        }
    }

    @Test
    void theOpenApiDocumentDescribesEveryOperation() {
        Map<String, Map<String, Map<String, Object>>> paths = given().accept(ContentType.JSON)
                .get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .body("components.schemas.Problem.required", notNullValue())
                .body("components.schemas.InputRequest.required", equalTo(List.of("data")))
                .body("components.schemas.InputRequest.properties", hasKey("event_type"))
                .body("components.schemas.CommandAnswer.properties", hasKey("run_id"))
                .body("components.schemas", not(hasKey("Json")))
                // Either would forbid a policy that is just a name.
                .body("components.schemas.Policy", not(hasKey("type")))
                .body("components.schemas.InputRequest.properties.policy", not(hasKey("type")))
                .body("paths.'/threads/{thread_id}/cancel'.post.requestBody.required", not(equalTo(true)))
                .body("paths.'/threads/{thread_id}/compact'.post.requestBody.required", not(equalTo(true)))
                .body("components.schemas.ResumeRequest.properties", hasKey("goto"))
                .body("components.schemas.ResumeRequest.properties", hasKey("continue"))
                .body("components.schemas.ResumeRequest.properties.interrupt_before", not(hasKey("type")))
                .body("paths.'/threads/{thread_id}/events'.get.responses.'200'.content", hasKey("text/event-stream"))
                .body("paths.'/threads/{thread_id}/events'.get.responses.'200'.content", hasKey("application/json"))
                .body("paths.'/dead-letters/{dead_letter_id}/replay'.post.requestBody.required", not(equalTo(true)))
                .body("components.schemas.ReplayRequest.properties", hasKey("force"))
                .body("components.schemas.DeadLetter.properties", hasKey("dead_letter_id"))
                .body("components.schemas.DeadLettersPage.properties", hasKey("dead_letters"))
                .body("components.schemas.StepNames", not(hasKey("type")))
                .body("components.schemas.StepNameList.items.type", equalTo("string"))
                .extract()
                .path("paths");
        assertThat(paths.keySet())
                .contains(
                        "/threads/{thread_id}",
                        "/threads/{thread_id}/inputs",
                        "/threads/{thread_id}/cancel",
                        "/threads/{thread_id}/events",
                        "/dead-letters",
                        "/dead-letters/{dead_letter_id}",
                        "/dead-letters/{dead_letter_id}/replay",
                        "/threads/{thread_id}/resume",
                        "/threads/{thread_id}/steer",
                        "/threads/{thread_id}/pause",
                        "/threads/{thread_id}/unpause",
                        "/threads/{thread_id}/compact",
                        "/interrupts",
                        "/interrupts/{interrupt_id}",
                        "/interrupts/{interrupt_id}/resolve",
                        "/interrupts/{interrupt_id}/reject",
                        "/threads/{thread_id}/runs/{run_id}");
        assertThat(paths.values().stream()
                        .flatMap(path -> path.values().stream())
                        .filter(Map.class::isInstance)
                        .map(operation -> operation.get("operationId")))
                .contains("createThread", "searchThreads", "writeState", "searchHistory")
                .contains("submitInput", "updateThread", "cancelRuns", "getThread", "getRun", "getEvents")
                .doesNotHaveDuplicates();
    }

    @Test
    void theOpenApiDocumentTellsOfBodiesThatDoNotComeInTime() {
        given().accept(ContentType.JSON)
                .get("/q/openapi?format=json")
                .then()
                .body(
                        "paths.'/threads/{thread_id}/inputs'.post.responses.'408'.'$ref'",
                        equalTo("#/components/responses/RequestTimeout"))
                .body("components.responses.RequestTimeout.content", hasKey("application/problem+json"))
                .body("paths.'/threads/{thread_id}'.get.responses", not(hasKey("408")));
    }

    /** Resource classes share paths, and Quarkus asks only those that fit best. */
    @Test
    void everyOperationOfTheOpenApiDocumentCanBeReached() {
        Map<String, Map<String, Object>> paths = given().accept(ContentType.JSON)
                .get("/q/openapi?format=json")
                .then()
                .extract()
                .path("paths");
        paths.forEach((path, operations) -> {
            String address = path.replaceAll("\\{[^}]*}", "absent");
            for (Method method : Method.values()) {
                if (operations.containsKey(method.name().toLowerCase(Locale.ROOT)) && !path.equals(TELLS_FOR_EVER)) {
                    given().contentType(ContentType.JSON)
                            .body("[")
                            .request(method, address)
                            .then()
                            .body(not(containsString("There is nothing at")))
                            .statusCode(not(equalTo(405)));
                }
            }
        });
    }

    private static void tooLarge(String body, String message) {
        given().contentType(ContentType.JSON)
                .body(body)
                .post("/threads/t/inputs")
                .then()
                .statusCode(413)
                .contentType(Problem.MEDIA_TYPE)
                .body("detail", containsString(message));
    }
}

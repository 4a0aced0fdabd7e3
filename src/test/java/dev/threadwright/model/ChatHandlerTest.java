package dev.threadwright.model;

import static dev.threadwright.testing.ModelServer.DONE;
import static dev.threadwright.testing.ModelServer.call;
import static dev.threadwright.testing.ModelServer.finish;
import static dev.threadwright.testing.ModelServer.more;
import static dev.threadwright.testing.ModelServer.text;
import static dev.threadwright.testing.ModelServer.usage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.threadwright.json.JsonText;
import dev.threadwright.step.RateLimitedException;
import dev.threadwright.step.StepContext;
import dev.threadwright.step.StepRefusedException;
import dev.threadwright.testing.ModelServer;
import dev.threadwright.testing.ModelServer.Reply;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.TraceContext;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.WorkflowRef;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The handler against a server on this machine that speaks the protocol. */
class ChatHandlerTest {

    private static final String KEY = "sk-a-secret-of-ours";
    private static final String ASK =
            "{\"model\": \"default\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}";

    private final AtomicReference<Reply> reply = new AtomicReference<>();
    private final ModelServer server = new ModelServer(ignored -> reply.get());
    private final List<Json> progress = new ArrayList<>();
    private Duration timeout = Duration.ofSeconds(20);
    private TraceContext trace;

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 100_000})
    void wordsAreToldAsTheyComeHoweverTheStreamIsCut(int size) {
        reply.set(Reply.stream(text("Grüß "), text("dich, "), text("🦊!"), finish("stop"), usage(3, 4), DONE)
                .inPiecesOf(size));

        Json.Obj answer = ask(ASK, "{}");

        assertThat(progress)
                .extracting(said -> (Json) ((Json.Obj) ((Json.Obj) said).get("message")).get("content"))
                .containsExactly(Json.of("Grüß "), Json.of("dich, "), Json.of("🦊!"));
        assertThat(answer).isEqualTo(JsonText.parse("""
                {"message": {"type": "ai", "id": "key-1", "content": "Grüß dich, 🦊!", "tool_calls": [],
                  "usage_metadata": {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}},
                 "usage": {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7},
                 "finish_reason": "stop", "model": "scripted-1"}
                """));
    }

    @Test
    void aModelIsAskedInTheTraceOfTheRunAndInNoneWithout() {
        reply.set(Reply.stream(text("Hi"), finish("stop"), DONE));
        trace = new TraceContext("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "a=1,b=2");
        ask(ASK, "{}");
        trace = new TraceContext("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", null);
        ask(ASK, "{}");
        trace = null;
        ask(ASK, "{}");

        assertThat(server.asked)
                .extracting(asked -> asked.headers().get("Traceparent"))
                .containsExactly(
                        List.of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                        List.of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"),
                        null);
        assertThat(server.asked)
                .extracting(asked -> asked.headers().get("Tracestate"))
                .containsExactly(List.of("a=1,b=2"), null, null);
    }

    @Test
    void piecesOfCallsArePutTogetherAndToldByTheirIndex() {
        reply.set(Reply.stream(
                call(0, "c-1", "find", ""),
                more(0, "{\"q\": "),
                more(0, "\"a\"}"),
                call(1, "c-2", "now", ""),
                finish("tool_calls"),
                DONE));

        Json.Obj answer = ask(ASK, "{}");

        assertThat(((Json.Obj) answer.get("message")).get("tool_calls")).isEqualTo(JsonText.parse("""
                [{"id": "c-1", "name": "find", "args": {"q": "a"}, "type": "tool_call"},
                 {"id": "c-2", "name": "now", "args": {}, "type": "tool_call"}]
                """));
        assertThat(answer.get("finish_reason")).isEqualTo(Json.of("tool_calls"));
        assertThat(progress.toString()).contains("find");
        assertThat(progress.stream().filter(said -> said.toString().contains("find")))
                .as("a name that came twice would be appended to itself")
                .hasSize(1);
    }

    @Test
    void callsWithTheSameIdAreToldApart() {
        reply.set(Reply.stream(call(0, "c", "a", "{}"), call(1, "c", "b", "{}"), finish("tool_calls"), DONE));

        assertThat(((Json.Arr) ((Json.Obj) ask(ASK, "{}").get("message")).get("tool_calls")).items())
                .extracting(one -> ((Json.Obj) one).get("id"))
                .containsExactly(Json.of("c"), Json.of("key-1-call-1"));
    }

    @Test
    void whatIsAskedGoesOverTheWireAsItWasWritten() {
        reply.set(Reply.stream(text("{\"n\": 1}"), finish("stop"), DONE));

        Json.Obj answer = ask(
                "{\"system\": \"Be brief\", \"messages\": [\"ignored\"]}",
                """
                {"channel": "messages", "temperature": 0.2, "max_tokens": 50,
                 "tools": [{"name": "find", "description": "Finds", "parameters": {"type": "object", "x-own": [1, null]}}],
                 "schema": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}}
                """,
                channels("[{\"role\": \"user\", \"content\": \"From the channel\"}]"));

        ModelServer.Asked asked = server.asked.getFirst();
        assertThat(asked.path()).isEqualTo("/v1/chat/completions");
        assertThat(asked.headers().get("Authorization")).containsExactly("Bearer " + KEY);
        assertThat(asked.body().get("model")).isEqualTo(Json.of("scripted"));
        assertThat(asked.body().get("stream")).isEqualTo(Json.TRUE);
        assertThat(asked.body().get("temperature")).isEqualTo(JsonText.parse("0.2"));
        assertThat(asked.body().get("max_tokens")).isEqualTo(JsonText.parse("50"));
        assertThat(asked.body().get("tools")).isEqualTo(JsonText.parse("""
                [{"type": "function", "function": {"name": "find", "description": "Finds",
                  "parameters": {"type": "object", "x-own": [1, null]}}}]
                """));
        assertThat(((Json.Obj) asked.body().get("response_format")).get("type")).isEqualTo(Json.of("json_schema"));
        assertThat(asked.body().get("messages").toString())
                .contains("Be brief")
                .contains("From the channel")
                .doesNotContain("ignored");
        assertThat(answer.get("parsed")).isEqualTo(JsonText.parse("{\"n\": 1}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"n": "one"} | stop   | does not fit its schema: /n: string found, integer expected
            {"n": 1      | stop   | is no JSON: Not JSON
            {"n": 1      | length | is no JSON (it was cut: there were no tokens left)
            """)
    void anAnswerThatDoesNotFitItsSchemaMayFitTheNextTime(String said, String reason, String expected) {
        reply.set(Reply.stream(text(said), finish(reason), DONE));

        assertThat(failure(
                        ASK, "{\"schema\": {\"type\": \"object\", \"properties\": {\"n\": {\"type\": \"integer\"}}}}"))
                .isExactlyInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("The model's answer " + expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            400 | {"error": {"message": "no such field, sk-a-secret-of-ours"}} | refused | answered 400: no such field, ***
            401 | {"error": {"message": "Incorrect key sk-a-****ours"}}        | refused | answered 401: the key is not accepted
            403 | sk-a-secret-of-ours                                         | refused | answered 403: the key is not accepted
            404 | {"error": "model not found"}                                | refused | answered 404: model not found
            302 | elsewhere                                                   | refused | answered 302: elsewhere
            408 | ``                                                          | passing | answered 408
            429 | {"error": {"message": "slow down"}}                         | passing | answered 429: slow down
            500 | <html>sk-a-secret-of-ours</html>                            | passing | answered 500: <html>***</html>
            503 | ``                                                          | passing | answered 503
            """)
    void whatIsRefusedForGoodIsToldFromWhatPasses(int status, String body, String kind, String expected) {
        reply.set(Reply.refusal(status, Map.of(), body));

        Throwable failure = failure(ASK, "{}");

        assertThat(failure)
                .isExactlyInstanceOf(
                        kind.equals("passing") ? ModelUnavailableException.class : StepRefusedException.class)
                .hasMessageEndingWith(expected)
                .hasMessageStartingWith("Model scripted at 127.0.0.1:");
        assertThat(failure.getMessage()).doesNotContain(KEY);
    }

    @Test
    void aLongRefusalIsCut() {
        reply.set(Reply.refusal(400, Map.of(), "x".repeat(10_000)));

        assertThat(failure(ASK, "{}").getMessage()).hasSizeLessThan(ModelTransport.MAX_REFUSAL_LENGTH + 100);
    }

    @Test
    void aRateLimitSaysHowLongToWait() {
        reply.set(Reply.refusal(429, Map.of("retry-after", "7"), "{}"));

        assertThat(failure(ASK, "{}"))
                .isInstanceOfSatisfying(
                        RateLimitedException.class,
                        limited -> assertThat(limited.retryAfter()).isEqualTo(Duration.ofSeconds(7)));
        assertThat(ModelTransport.retryAfter("Wed, 21 Oct 2015 07:28:00 GMT")).isEqualTo(Duration.ZERO);
        assertThat(ModelTransport.retryAfter("soon")).isNull();
    }

    @Test
    void aStreamThatEndsBeforeTheAnswerDoesIsNoAnswer() {
        reply.set(Reply.stream(text("Half of")));

        assertThat(failure(ASK, "{}"))
                .isExactlyInstanceOf(ModelUnavailableException.class)
                .hasMessage("The model's stream ended before its answer did");
    }

    @Test
    void anErrorInTheMiddleOfTheStreamIsTold() {
        reply.set(Reply.stream(text("Half of"), "{\"error\": {\"message\": \"overloaded " + KEY + "\"}}"));

        assertThat(failure(ASK, "{}"))
                .isExactlyInstanceOf(ModelUnavailableException.class)
                .hasMessageEndingWith("broke off: overloaded ***");
    }

    @Test
    void whatIsNoJsonIsNoAnswer() {
        reply.set(Reply.stream(text("Half"), "{\"choices\": [", finish("stop"), DONE));

        assertThat(failure(ASK, "{}"))
                .isExactlyInstanceOf(ModelUnavailableException.class)
                .hasMessageStartingWith("The model's answer cannot be read: ");
    }

    @Test
    void whatDoesNotStreamIsRefused() {
        reply.set(Reply.refusal(200, Map.of("content-type", "application/json"), "{}"));

        assertThat(failure(ASK, "{}"))
                .isExactlyInstanceOf(StepRefusedException.class)
                .hasMessageEndingWith("answers with application/json, and has to stream");
    }

    @Test
    void argumentsThatAreNoObjectMayBeTheNextTime() {
        reply.set(Reply.stream(call(0, "c", "find", "[1]"), finish("tool_calls"), DONE));

        assertThat(failure(ASK, "{}"))
                .isExactlyInstanceOf(ModelUnavailableException.class)
                .hasMessage("The model asks for \"find\" with arguments that are no JSON object");
    }

    @Test
    void aMessageHasAtMostSoManyCalls() {
        List<String> events = new ArrayList<>(IntStream.rangeClosed(0, Answer.MAX_TOOL_CALLS)
                .mapToObj(i -> call(i, "c" + i, "find", "{}"))
                .toList());
        events.add(finish("tool_calls"));
        reply.set(Reply.stream(events.toArray(String[]::new)));

        assertThat(failure(ASK, "{}")).hasMessage("The model asks for 65 tool calls at once, at most 64");
    }

    @Test
    void anAnswerIsBounded() {
        String word = text("x".repeat(100_000));
        reply.set(Reply.stream(IntStream.range(0, ModelTransport.MAX_ANSWER_BYTES / 100_000 + 1)
                .mapToObj(i -> word)
                .toArray(String[]::new)));

        assertThat(failure(ASK, "{}"))
                .isExactlyInstanceOf(StepRefusedException.class)
                .hasMessageEndingWith("answers with more than 8388608 bytes");
    }

    @Test
    void whatIsAskedIsBounded() {
        assertThat(failure(ASK.replace("Hi", "x".repeat(ModelTransport.MAX_REQUEST_BYTES)), "{}"))
                .isExactlyInstanceOf(StepRefusedException.class)
                .hasMessageContaining("at most 4194304");
        assertThat(server.asked).isEmpty();
    }

    @Test
    void aSlowModelIsNotWaitedForLongerThanSaid() {
        timeout = Duration.ofMillis(300);
        reply.set(Reply.stream(text("Well")).withoutEnd());

        assertThat(failure(ASK, "{}"))
                .isExactlyInstanceOf(ModelUnavailableException.class)
                .hasMessageEndingWith("did not finish its answer within 300 ms");
    }

    @Test
    void whoeverStopsWaitingStopsTheStream() throws InterruptedException {
        reply.set(Reply.stream(text("Well")).withoutEnd());
        AtomicReference<Throwable> failed = new AtomicReference<>();
        Thread asking = Thread.ofVirtual().start(() -> failed.set(failure(ASK, "{}")));
        await().untilAsserted(() -> assertThat(progress).hasSize(1));

        asking.interrupt();

        assertThat(server.abandoned.await(10, TimeUnit.SECONDS)).isTrue();
        await().untilAsserted(() -> assertThat(failed.get()).isInstanceOf(ModelUnavailableException.class));
    }

    @Test
    void aServerThatIsNotThereMayBeThereLater() {
        server.close();

        assertThat(failure(ASK, "{}"))
                .isExactlyInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("cannot be reached: ");
    }

    @Test
    void aModelThatNobodyConfiguredIsNamedWithWhatToDo() {
        assertThat(failure(ASK.replace("default", "large"), "{}"))
                .isExactlyInstanceOf(StepRefusedException.class)
                .hasMessage("There is no model \"large\" on this server: set threadwright.models.large.base-url");
    }

    @Test
    void theKeyIsNotInWhatAnEndpointSaysOfItself() {
        assertThat(endpoint().toString()).doesNotContain(KEY).isEqualTo("scripted at " + server.baseUrl());
    }

    @ParameterizedTest
    @CsvSource({
        "ftp://host, no http or https address",
        "localhost:8080, no http or https address",
        "http://user:word@host/v1, more than a host",
        "http://host/v1?key=x, more than a host"
    })
    void addressesThatAreNoneAreRefused(String address, String expected) {
        assertThat(catchThrowable(() -> new Endpoint(URI.create(address), KEY, "m", timeout)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(expected)
                .hasMessageNotContaining(KEY);
    }

    private Throwable failure(String input, String config) {
        return catchThrowable(() -> ask(input, config));
    }

    private Json.Obj ask(String input, String config) {
        return ask(input, config, Channels.EMPTY);
    }

    private Json.Obj ask(String input, String config, Channels state) {
        try (Models models = models()) {
            return (Json.Obj) new ChatHandler(models).handle(context(input, config, state));
        }
    }

    private Models models() {
        return new Models(
                Map.of("default", endpoint()), (tenant, name) -> tenant.equals("default") || tenant.equals("acme"));
    }

    @Test
    void aTenantAsksTheModelsThatItMay() {
        try (Models models = models()) {
            assertThat(models.find("acme", "default")).isNotNull();
            assertThat(catchThrowable(() -> new ChatHandler(models)
                            .handle(context("globex", "{\"messages\": []}", "{}", Channels.EMPTY))))
                    .isInstanceOf(StepRefusedException.class)
                    .hasMessage(
                            "There is no model \"default\" for this tenant: threadwright.tenants.globex.models lists"
                                    + " those that it may ask");
        }
    }

    private Endpoint endpoint() {
        return new Endpoint(URI.create(server.baseUrl()), KEY, "scripted", timeout);
    }

    private static Channels channels(String messages) {
        return Channels.EMPTY.apply(List.of(new Change(
                "messages", Reducer.MESSAGES, Reducer.MESSAGES.prepared(JsonText.parse(messages), () -> "m-1"))));
    }

    private StepContext context(String input, String config, Channels state) {
        return context("default", input, config, state);
    }

    private StepContext context(String tenant, String input, String config, Channels state) {
        StepContext.Cancellation never = new StepContext.Cancellation() {
            @Override
            public boolean isCancelled() {
                return false;
            }

            @Override
            public void onCancel(Runnable action) {}
        };
        return new StepContext(
                new ThreadKey(tenant, "t"),
                new RunId("r"),
                new WorkflowRef("w", 1),
                "think",
                "key",
                1,
                JsonText.parse(input),
                state,
                (Json.Obj) JsonText.parse(config),
                never,
                progress::add,
                trace);
    }
}

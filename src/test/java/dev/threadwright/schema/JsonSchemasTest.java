package dev.threadwright.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonSchemasTest {

    private final JsonSchemas schemas = new JsonSchemas();

    private static Json.Obj schema(String json) {
        return (Json.Obj) JsonText.parse(json);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"type":"boolean"}                                             | true
                    {"type":"string","maxLength":3}                                | "abc"
                    {"type":"integer"}                                             | 12345678901234567890
                    {}                                                             | [null]
                    {"type":"object","required":["a"]}                             | {"a":1}
                    {"$defs":{"x":{"type":"string"}},"$ref":"#/$defs/x"}           | "x"
                    {"type":"string","pattern":"^[a-z]+$"}                         | "abc"
                    {"type":"string","pattern":"b"}                                | "abc"
                    """)
    void takesWhatFits(String schema, String answer) {
        assertThat(schemas.problem(schema(schema))).isNull();
        assertThat(schemas.problem(schema(schema), JsonText.parse(answer))).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"type":"boolean"}                                             | "yes"       | /:
                    {"type":"object","properties":{"a":{"type":"boolean"}}}        | {"a":1}     | /a:
                    {"type":"array","items":{"maximum":2}}                         | [1,2,3]     | /2:
                    {"type":"string","pattern":"^[a-z]+$"}                         | "ABC"       | /:
                    {"type":"string","format":"date"}                              | "tomorrow"  | /:
                    {"required":["a","b"]}                                         | {"a":1}     | b
                    """)
    void namesThePlaceOfWhatDoesNot(String schema, String answer, String place) {
        assertThat(schemas.problem(schema(schema), JsonText.parse(answer))).contains(place);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"type":"nonsense"}                 | /type
                    {"required":"a"}                    | /required
                    {"properties":[]}                   | /properties
                    {"minimum":"1"}                     | /minimum
                    {"pattern":"(?=x)y"}                | pattern
                    {"pattern":"("}                     | pattern
                    {"$ref":"#/$defs/none"}             | none
                    """)
    void refusesWhatIsNoSchema(String schema, String message) {
        assertThat(schemas.problem(schema(schema))).contains(message);
    }

    @Test
    void fetchesNothing() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Object> called = CompletableFuture.supplyAsync(() -> {
                try (var socket = server.accept()) {
                    return socket;
                } catch (IOException closed) {
                    return "nobody";
                }
            });
            Json.Obj remote = schema("{\"$ref\":\"http://127.0.0.1:" + server.getLocalPort() + "/schema.json\"}");

            assertThat(schemas.problem(remote)).isNotNull();
            assertThat(schemas.problem(remote, Json.NULL)).isNotNull();
            assertThat(schemas.problem(schema("{\"$ref\":\"file:///etc/passwd\"}")))
                    .isNotNull();
            assertThat(schemas.problem(schema("{\"$ref\":\"classpath:application.properties\"}")))
                    .isNotNull();
            server.close();
            assertThat(called.join()).isEqualTo("nobody");
        }
    }

    @Test
    void oneThatRefersToItselfWithoutEndIsToldAndNotFollowed() {
        Json.Obj endless = schema("{\"$ref\":\"#\"}");

        assertThat(schemas.problem(endless) == null && schemas.problem(endless, Json.TRUE) == null)
                .isFalse();
    }

    @Test
    void patternsMatchInLinearTime() {
        Json.Obj evil = schema("{\"pattern\":\"^(a+)+$\"}");

        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(schemas.problem(evil, Json.of("a".repeat(50_000) + "!")))
                        .isNotNull());
    }

    @Test
    void sizesAndErrorsAreBounded() {
        assertThat(schemas.problem(Json.object("description", Json.of("x".repeat(JsonSchemas.MAX_BYTES)))))
                .contains("at most " + JsonSchemas.MAX_BYTES);
        Json numbers = JsonText.parse("[1,2,3,4,5,6,7,8,9]");
        assertThat(schemas.problem(schema("{\"items\":{\"type\":\"string\"}}"), numbers))
                .endsWith("and 4 more");
    }

    @Test
    void schemasAreForgottenWhenTheyAreMany() {
        for (int i = 0; i < JsonSchemas.MAX_COMPILED + 10; i++) {
            assertThat(schemas.problem(schema("{\"maximum\":" + i + "}"), Json.of(i + 1)))
                    .isNotNull();
        }
        assertThat(schemas.remembered()).isEqualTo(JsonSchemas.MAX_COMPILED);
    }
}

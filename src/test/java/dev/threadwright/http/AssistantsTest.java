package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import dev.threadwright.assistant.Assistant;
import dev.threadwright.assistant.Assistants;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import dev.threadwright.workflow.WorkflowRef;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.http.Method;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the SDK's tests of assistants leave out: refusals, versions of workflows, pages, and what runs are made of. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class AssistantsTest {

    @Inject
    Assistants assistants;

    private final String mark = UUID.randomUUID().toString();

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    @Test
    void aWorkflowIsAnAssistantByItsNameAndByItsId() {
        String id = given().get("/assistants/echo")
                .then()
                .statusCode(200)
                .body("graph_id", equalTo("echo"))
                .body("name", equalTo("echo"))
                .body("version", equalTo(1))
                .body("metadata.created_by", equalTo("system"))
                .body("config", equalTo(java.util.Map.of()))
                .extract()
                .path("assistant_id");

        assertThat(UUID.fromString(id).version()).isEqualTo(5);
        given().get("/assistants/{id}", id.toUpperCase(java.util.Locale.ROOT))
                .then()
                .statusCode(200)
                .body("assistant_id", equalTo(id));
        assertThat(resolved("echo")).isEqualTo(resolved(id));
        assertThat(resolved("echo@1").pinned()).isEqualTo(new WorkflowRef("echo", 1));
        assertThat(resolved("echo").pinned()).isNull();
        assertThat(resolved("no-such-graph")).isNull();
        assertThat(resolved("echo@7")).isNull();
        assertThat(resolved("echo@x")).isNull();
        assertThat(resolved(mark)).isNull();
    }

    @Test
    void aWorkflowsVersionsAreItsAssistants() {
        String graph = "w-" + mark;
        for (String sleep : List.of("1s", "2s")) {
            given().contentType(ContentType.JSON)
                    .body(
                            "{\"name\":\"%s\",\"description\":\"waits\",\"start\":\"a\",\"steps\":{\"a\":{\"sleep\":\"%s\"}}}"
                                    .formatted(graph, sleep))
                    .post("/workflows")
                    .then()
                    .statusCode(201);
        }

        given().get("/assistants/{id}", graph)
                .then()
                .statusCode(200)
                .body("version", equalTo(2))
                .body("description", equalTo("waits"));
        String id = resolved(graph).id();
        post("/assistants/" + id + "/versions", "{}")
                .statusCode(200)
                .body("version", contains(2, 1))
                .body("[0]", not(hasKey("updated_at")));
        post("/assistants/" + id + "/versions", "{\"limit\":1,\"offset\":1}")
                .statusCode(200)
                .body("version", contains(1));
        post("/assistants/" + id + "/versions", "{\"metadata\":{\"created_by\":\"me\"}}")
                .statusCode(200)
                .body("$", hasSize(0));
        post("/assistants/" + id + "/latest", "{\"version\":2}").statusCode(200).body("version", equalTo(2));
        post("/assistants/" + id + "/latest", "{\"version\":3}")
                .statusCode(404)
                .body("detail", equalTo("Assistant " + id + " has no version 3"));
        for (String[] change : new String[][] {
            {"PATCH", "/assistants/" + id, "{\"name\":\"mine\"}"},
            {"POST", "/assistants/" + id + "/latest", "{\"version\":1}"},
            {"DELETE", "/assistants/" + id, null}
        }) {
            send(change[0], change[1], change[2])
                    .statusCode(409)
                    .body("type", equalTo("urn:threadwright:problem:system-assistant"))
                    .body("detail", containsString("make one of your own"));
        }
    }

    @Test
    void whatRunsAreMadeOfIsTheVersionInUse() {
        String id = made(
                "{\"graph_id\":\"report@1\",\"name\":\"x\",\"config\":{\"recursion_limit\":7},\"context\":[1,2.50],"
                        + "\"metadata\":{\"mark\":\"%s\"}}".formatted(mark));
        send("PATCH", "/assistants/" + id, "{\"graph_id\":\"echo\",\"metadata\":{\"b\":1}}")
                .statusCode(200)
                .body("version", equalTo(2));

        Assistant now = resolved(id);
        assertThat(now.workflow()).isEqualTo("echo");
        assertThat(now.pinned()).isNull();
        assertThat(now.config().get("recursion_limit")).hasToString("Num[value=7]");
        assertThat(now.metadata().fields()).containsKeys("mark", "b");

        post("/assistants/" + id + "/latest", "{\"version\":1}").statusCode(200).body("graph_id", equalTo("report@1"));
        Assistant back = resolved(id);
        assertThat(back.workflow()).isEqualTo("report");
        assertThat(back.pinned()).isEqualTo(new WorkflowRef("report", 1));
        assertThat(back.metadata().fields()).containsOnlyKeys("mark");
        // From the version in use, and numbered after the last one.
        send("PATCH", "/assistants/" + id, "{\"name\":\"y\"}")
                .statusCode(200)
                .body("version", equalTo(3))
                .body("graph_id", equalTo("report@1"))
                .body("metadata", equalTo(java.util.Map.of("mark", mark)));
        post("/assistants/search", "{\"graph_id\":\"report\",\"metadata\":{\"mark\":\"%s\"}}".formatted(mark))
                .body("assistant_id", contains(id));
    }

    @Test
    void pagesAreInOrderAndSayWhereTheNextBegins() {
        List<String> ids = List.of("b", "c", "a").stream()
                .map(name -> made(
                        "{\"graph_id\":\"echo\",\"name\":\"%s\",\"metadata\":{\"mark\":\"%s\"}}".formatted(name, mark)))
                .toList();
        String query = "{\"metadata\":{\"mark\":\"%s\"},\"limit\":2,\"sort_by\":\"%s\",\"sort_order\":\"%s\"%s}";

        post("/assistants/search", query.formatted(mark, "name", "asc", ""))
                .statusCode(200)
                .header("X-Pagination-Next", "2")
                .body("name", contains("a", "b"));
        post("/assistants/search", query.formatted(mark, "name", "asc", ",\"offset\":2"))
                .statusCode(200)
                .header("X-Pagination-Next", nullValue())
                .body("name", contains("c"));
        post("/assistants/search", query.formatted(mark, "created_at", "desc", ",\"select\":[\"assistant_id\"]"))
                .body("[0]", equalTo(java.util.Map.of("assistant_id", ids.getLast())));
        post("/assistants/count", "{\"metadata\":{\"mark\":\"%s\"}}".formatted(mark))
                .body(equalTo("3"));
        post("/assistants/count", "{\"metadata\":{\"mark\":\"%s\",\"created_by\":\"system\"}}".formatted(mark))
                .body(equalTo("0"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            POST  | /assistants        | {                                                    | 400 | cannot be read
            POST  | /assistants        | []                                                   | 422 | must be a JSON object
            POST  | /assistants        | {}                                                   | 422 | /graph_id is missing
            POST  | /assistants        | {"graph_id": 1}                                      | 422 | /graph_id must be a string
            POST  | /assistants        | {"graph_id": "none"}                                 | 422 | There is no workflow none
            POST  | /assistants        | {"graph_id": "echo@2"}                               | 422 | There is no workflow echo@2
            POST  | /assistants        | {"graphId": "echo"}                                  | 422 | /graphId is unknown here: it is called graph_id
            POST  | /assistants        | {"graph_id": "echo", "assistant_id": "me"}           | 422 | /assistant_id must be a UUID
            POST  | /assistants        | {"graph_id": "echo", "if_exists": "replace"}         | 422 | /if_exists must be one of raise, do_nothing
            POST  | /assistants        | {"graph_id": "echo", "metadata": []}                 | 422 | /metadata must be an object
            POST  | /assistants        | {"graph_id": "echo", "metadata": {"a": ["\\u0000"]}} | 422 | /metadata/a/0 holds U+0000
            POST  | /assistants        | {"graph_id": "echo", "config": {"tags": 1}}          | 422 | /config has tags that are no list
            POST  | /assistants        | {"graph_id": "echo", "name": " "}                    | 422 | /name must have 1 to 1000
            POST  | /assistants/search | {"limit": 0}                                         | 422 | /limit must be a whole number from 1 to 1000
            POST  | /assistants/search | {"limit": 1001}                                      | 422 | /limit must be a whole number from 1 to 1000
            POST  | /assistants/search | {"offset": -1}                                       | 422 | /offset must be a whole number from 0
            POST  | /assistants/search | {"sort_by": "graph"}                                 | 422 | /sort_by must be one of
            POST  | /assistants/search | {"sort_order": "up"}                                 | 422 | /sort_order must be one of
            POST  | /assistants/search | {"select": ["values"]}                               | 422 | /select names what there is not
            POST  | /assistants/count  | {"limit": 1}                                         | 422 | /limit is unknown here
            PATCH | /assistants/none          | {}                                            | 404 | Assistant none does not exist
            POST  | /assistants/echo/latest   | {}                                            | 422 | /version is missing
            GET   | /assistants/none          |                                               | 404 | Assistant none does not exist
            GET   | /assistants/a%00          |                                               | 400 | assistant_id holds U+0000
            GET   | /assistants/none/graph    |                                               | 404 | Assistant none does not exist
            GET   | /assistants/echo/graph?xray=deep           |                              | 400 | xray must be a whole number
            GET   | /assistants/report/subgraphs?recurse=maybe |                              | 400 | recurse must be true or false
            GET   | /assistants/report/subgraphs/none          |                              | 404 | Assistant report has no subgraph none
            """)
    void refusalsSayWhatIsWrongAndWhere(String method, String path, String body, int status, String message) {
        send(method, path, body)
                .statusCode(status)
                .contentType(Problem.MEDIA_TYPE)
                .body("status", equalTo(status))
                .body("detail", containsString(message));
    }

    @Test
    void anAssistantThatExistsIsAConflict() {
        String body = "{\"graph_id\":\"echo\",\"assistant_id\":\"%s\"%s}";
        post("/assistants", body.formatted(mark, "")).statusCode(200);
        post("/assistants", body.formatted(mark, ""))
                .statusCode(409)
                .body("type", equalTo("urn:threadwright:problem:assistant-exists"));
        post("/assistants", body.formatted(resolved("echo").id(), "")).statusCode(409);
        post("/assistants", body.formatted(resolved("echo").id(), ",\"if_exists\":\"do_nothing\""))
                .statusCode(200)
                .body("metadata.created_by", equalTo("system"));
        send("DELETE", "/assistants/" + mark + "?delete_threads=false", null).statusCode(204);
        send("DELETE", "/assistants/" + mark, null).statusCode(404);
        send("PATCH", "/assistants/" + mark, "{}").statusCode(404);
    }

    @Test
    void aGraphHasItsSubgraphsInPlaceOfTheStepsThatRunThem() {
        given().get("/assistants/report/graph")
                .then()
                .statusCode(200)
                .body("nodes.id", contains("__start__", "price", "greet", "write", "__end__"))
                .body("nodes.find { it.id == 'price' }.data.kind", equalTo("subgraph"))
                .body("edges.find { it.source == 'write' }.target", equalTo("__end__"));
        given().get("/assistants/report/graph?xray=true")
                .then()
                .statusCode(200)
                .body("nodes.id", hasItems("price:__start__", "price:gather", "price:__end__"))
                .body("nodes.id", not(hasItem("price")))
                .body("edges.findAll { it.source == '__start__' }.target", contains("price:__start__", "greet"))
                .body("edges.find { it.source == 'price:__end__' }.target", equalTo("write"));
        given().get("/assistants/agent-loop/graph")
                .then()
                .body("edges.find { it.source == 'tool' && it.target == 'apologise' }.data", equalTo("error"))
                .body("edges.find { it.source == 'tool' && it.target == 'apologise' }.conditional", equalTo(true));
        given().get("/assistants/fan-out/graph")
                .then()
                .body("edges.findAll { it.data == 'each' }.conditional", hasItem(true));
    }

    @Test
    void schemasSayWhatTheChannelsDeclareAndWhatReducersMake() {
        given().get("/assistants/agent-loop/schemas")
                .then()
                .statusCode(200)
                .body("graph_id", equalTo("agent-loop"))
                .body("state_schema.properties.plan.type", equalTo("array"))
                .body("state_schema.properties.value.type", equalTo("number"))
                .body("state_schema.properties.value.default", equalTo(0))
                .body("state_schema.properties.trace.type", equalTo("array"))
                .body("state_schema.properties.answer", not(hasKey("type")))
                .body("input_schema.properties", hasKey("plan"))
                .body("config_schema", nullValue());
        // Its input is no channel: it is mapped.
        given().get("/assistants/assistant/schemas")
                .then()
                .body("input_schema", not(hasKey("properties")))
                .body("state_schema.properties.messages.items.type", equalTo("object"));
    }

    private Assistant resolved(String id) {
        return assistants.resolve("default", id).await().atMost(Duration.ofSeconds(10));
    }

    private static String made(String body) {
        return post("/assistants", body)
                .statusCode(200)
                .body("version", equalTo(1))
                .extract()
                .path("assistant_id");
    }

    private static ValidatableResponse post(String path, String body) {
        return send("POST", path, body);
    }

    private static ValidatableResponse send(String method, String path, String body) {
        var request = given().urlEncodingEnabled(false);
        if (body != null) {
            request.contentType(ContentType.JSON).body(body);
        }
        return request.request(Method.valueOf(method), path).then();
    }
}

package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class WorkflowsOverHttpTest {

    private String thread = "t-" + UUID.randomUUID();
    private final String name = "w-" + UUID.randomUUID();

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    @Test
    void theAgentLoopsUntilItsPlanIsDone() {
        run("agent-loop", "{'plan': [{'op': 'add', 'by': 40}, {'op': 'multiply', 'by': 2}], 'value': 1}")
                .body("run.status", equalTo("completed"))
                .body("run.values.answer", equalTo("It is 82"))
                .body("run.values.trace", hasItems("decide: 2 to do", "tool: 41", "tool: 82", "decide: 0 to do"));
    }

    @Test
    void theAgentSaysWhatItCannotDo() {
        run("agent-loop", "{'plan': [{'op': 'divide', 'by': 0}], 'value': 1}")
                .body("run.status", equalTo("completed"))
                .body("run.values.answer", equalTo("I cannot: calculator cannot divide by 0"));
    }

    @Test
    void aFanOutRunsOnceForEachItemAndIsGathered() {
        run("fan-out", "{'items': [{'name': 'bolt', 'price': 3}, {'name': 'nut', 'price': 4}]}")
                .body("run.status", equalTo("completed"))
                .body("run.values.priced.name", contains("bolt", "nut"))
                .body("run.values.summary.cents", equalTo(700))
                .body("run.values.summary.count", equalTo(2));
    }

    @Test
    void aSubgraphAndASleepAreJoined() {
        run("report", "{'customer': 'Ada', 'items': [{'name': 'bolt', 'price': 3}, {'name': 'nut', 'price': 4}]}")
                .body("run.status", equalTo("completed"))
                .body("run.values.report", equalTo("Dear Ada, that makes 700 cents"));
    }

    @Test
    void aDocumentIsRegisteredOnceAndAgainAsTheNextVersion() {
        register(document("1")).statusCode(201).body("workflow", equalTo(name + "@1"));
        register(document("1")).statusCode(200).body("workflow", equalTo(name + "@1"));
        run(name, "{}").body("run.values.x", equalTo(1));
        newestRun().body("runs[0].workflow", equalTo(name + "@1"));
        register(document("2")).statusCode(201).body("workflow", equalTo(name + "@2"));
        run(name, "{}").body("run.values.x", equalTo(2));
        newestRun().body("runs[0].workflow", equalTo(name + "@2"));
        register(document("3").replace("channels:", "version: 2\nchannels:"))
                .statusCode(409)
                .body("detail", containsString(name + "@2"));

        given().get("/workflows/{name}", name).then().statusCode(200).body("workflows.version", contains(2, 1));
        given().get("/workflows/{name}/1", name)
                .then()
                .statusCode(200)
                .contentType("application/yaml")
                .body(equalTo(document("1")));
        given().get("/workflows").then().statusCode(200).body("workflows.workflow", hasItem("report@1"));
        given().get("/workflows/{name}/3", name).then().statusCode(404);
        given().get("/workflows/schema").then().statusCode(200).body("title", equalTo("Threadwright workflow"));
    }

    @Test
    void theFirstDocumentOfThePageRegistersAndRunsAsShown() throws IOException {
        String page = Files.readString(Path.of("docs/workflows.md"));
        register(documentOf(page, "quote")).statusCode(201).body("workflow", equalTo("quote@1"));
        Matcher shown = Pattern.compile("-d '(\\{\"workflow\": \"quote\".*})'").matcher(page);
        assertThat(shown.find()).isTrue();
        post(thread, "/inputs", shown.group(1))
                .body("run.status", equalTo("completed"))
                .body("run.values.total", equalTo(122.5f))
                .body("run.values.notes", contains("an order of Ada", "a good customer"))
                .body("run.values.answer", equalTo("That makes 122.5"));
    }

    @Test
    void aJoinAfterAFailureOrAFanOutRunsAsThePageSays() throws IOException {
        register(documentOf(Files.readString(Path.of("docs/workflows.md")), "joining"))
                .statusCode(201);
        run("joining", "{'by': 4, 'items': [{'name': 'a'}, {'name': 'b'}]}")
                .body("run.values.answer", equalTo("3 notes"))
                .body("run.values.notes", contains("left: 25", "a", "b"));
        thread = thread + "-failing";
        run("joining", "{'by': 0, 'items': []}")
                .body("run.values.notes", contains("left: calculator cannot divide by 0"))
                .body("run.values.answer", equalTo("1 notes"));
    }

    private static String documentOf(String page, String name) {
        int begin = page.indexOf("name: " + name + "\n");
        return page.substring(begin, page.indexOf("```", begin));
    }

    @Test
    void allThatIsWrongWithADocumentIsSaidAtOnce() {
        String wrong =
                "name: %s\nchannels: {x: sum, y: nonsense}\nstart: a\nsteps:\n  a: {set: {z: '1', x: 'state.q'}, next: b}\n  c: {call: nobody}\n"
                        .formatted(name);
        register(wrong)
                .statusCode(422)
                .body("type", equalTo("urn:threadwright:problem:invalid-workflow"))
                .body(
                        "errors.pointer",
                        hasItems(
                                "/channels/y",
                                "/steps/a/set/z",
                                "/steps/a/set/x",
                                "/steps/a/next",
                                "/steps/c/call",
                                "/steps/c"));
        given().contentType("application/yaml")
                .body(wrong.getBytes(UTF_8))
                .post("/workflows/validate")
                .then()
                .statusCode(200)
                .body("valid", equalTo(false))
                .body("problems", hasSize(6));
        given().contentType("application/yaml")
                .body("a: [".getBytes(UTF_8))
                .post("/workflows")
                .then()
                .statusCode(422);
        given().contentType("application/yaml")
                .body(document("1").replace(name, "echo").getBytes(UTF_8))
                .post("/workflows")
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("/name"));
    }

    @Test
    void checkpointsAreListedReadForkedAndRestored() {
        run("fan-out", "{'items': [{'name': 'bolt', 'price': 3}]}").body("run.status", equalTo("completed"));
        List<String> ids = given().get("/threads/{id}/checkpoints", thread)
                .then()
                .statusCode(200)
                .body("checkpoints.source", contains("loop", "loop", "loop", "input"))
                .body("checkpoints.super_step", contains(2, 1, 0, -1))
                .body("checkpoints.label", contains("gather", "price", "start", "input"))
                .body("checkpoints[1].next", contains("gather"))
                .body("checkpoints[0].values.total", equalTo(300))
                .extract()
                .path("checkpoints.checkpoint_id");
        given().get("/threads/{id}/checkpoints/{checkpoint}", thread, ids.get(1))
                .then()
                .statusCode(200)
                .body("parent_ids", contains(ids.get(2)));
        String fork = "fork-" + thread;
        post(
                        fork,
                        "/fork",
                        "{'thread_id': '%s', 'checkpoint_id': '%s', 'values': {'total': 50}, 'run': true}"
                                .formatted(thread, ids.get(1)))
                .body("outcome", equalTo("started"))
                .body("run.status", equalTo("completed"))
                .body("run.values.summary.cents", equalTo(350));
        post(thread, "/restore", "{'checkpoint_id': '%s'}".formatted(ids.get(2)))
                .body("outcome", equalTo("applied"));
        given().get("/threads/{id}/checkpoints?limit=1", thread)
                .then()
                .body("checkpoints[0].source", equalTo("fork"))
                .body("checkpoints[0].next", contains("price"))
                .body("checkpoints[0].values.total", equalTo(null));
        post(thread, "/retry", "{}").body("run.values.summary.cents", equalTo(300));
        newestRun().body("runs[0].decision", equalTo("continue"));
        given().get("/threads/{id}/checkpoints/{checkpoint}", thread, UUID.randomUUID())
                .then()
                .statusCode(404);
        given().contentType(ContentType.JSON)
                .body("{}")
                .post("/threads/{id}/retry?wait=decision", thread)
                .then()
                .statusCode(409)
                .body("type", equalTo("urn:threadwright:problem:nothing-to-continue"));
    }

    @Test
    void anInputThatAReducerRefusesStartsNothing() {
        given().contentType(ContentType.JSON)
                .body("{\"data\": {\"total\": \"many\"}, \"workflow\": \"fan-out\"}")
                .post("/threads/{id}/inputs?wait=decision", thread)
                .then()
                .statusCode(422)
                .body("type", equalTo("urn:threadwright:problem:unsuitable"))
                .body("detail", startsWith("Channel \"total\" (sum): only numbers can be added up"));
        given().get("/threads/{id}", thread).then().statusCode(404);
    }

    private ValidatableResponse newestRun() {
        return given().get("/threads/{id}", thread).then().statusCode(200);
    }

    private String document(String x) {
        return "name: %s\nchannels: {x: last_write_wins}\nstart: a\nsteps: {a: {set: {x: '%s'}}}\n".formatted(name, x);
    }

    private ValidatableResponse register(String document) {
        return given().contentType("application/yaml")
                .body(document.getBytes(UTF_8))
                .post("/workflows")
                .then();
    }

    private ValidatableResponse run(String workflow, String data) {
        return post(thread, "/inputs", "{'data': %s, 'workflow': '%s', 'policy': 'queue'}".formatted(data, workflow));
    }

    private static ValidatableResponse post(String thread, String path, String body) {
        return given().contentType(ContentType.JSON)
                .body(body.replace('\'', '"'))
                .post("/threads/{id}" + path + "?wait=completion&timeout=20000", thread)
                .then()
                .statusCode(200);
    }
}

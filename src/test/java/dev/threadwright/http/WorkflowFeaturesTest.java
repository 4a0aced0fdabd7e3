package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each field of a document makes a run do. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class WorkflowFeaturesTest {

    private final String name = "w-" + UUID.randomUUID();

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    @Test
    void theGreeterOfTheReadmeDoesWhatItSays() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        int from = readme.indexOf("    name: greeter\n");
        String document = readme.substring(from, readme.indexOf("    EOF\n", from))
                .stripTrailing()
                .stripIndent();

        register(document.substring(document.indexOf('\n') + 1));
        run("{'names': ['Ada', 'Grace']}")
                .body("run.values.greeting", equalTo("Hello, 2 of you"))
                .body("run.values.greeted", contains("Ada", "Grace"));
    }

    @Test
    void theInputIsMappedAndDefaultsStandWhereNothingIsWritten() {
        register("""
                channels:
                  text: last_write_wins
                  score: {reducer: last_write_wins, type: integer, default: 7}
                  kept: {reducer: append, default: [first]}
                input:
                  text: 'input.first + " " + input.last'
                start: a
                steps:
                  a: {set: {score: state.score + 1, kept: state.text}}
                """);
        run("{'first': 'Ada', 'last': 'Lovelace'}")
                .body("run.status", equalTo("completed"))
                .body("run.values.text", equalTo("Ada Lovelace"))
                .body("run.values.score", equalTo(8))
                .body("run.values.kept", contains("first", "Ada Lovelace"));
    }

    @Test
    void aChoiceTakesTheFirstCaseThatHolds() {
        register("""
                channels: {score: {reducer: last_write_wins, type: integer}, went: append}
                start:
                  choose:
                    - when: input.score > 5
                      to: [high, also]
                    - when: input.score > 2
                      to: middle
                    - to: end
                steps:
                  high: {set: {went: '"high"'}}
                  also: {set: {went: '"also"'}}
                  middle: {set: {went: '"middle"'}}
                """);
        run("{'score': 9}").body("run.values.went", contains("high", "also"));
        run("{'score': 3}").body("run.values.went", contains("middle"));
        run("{'score': 1}").body("run.status", equalTo("completed")).body("run.values.went", nullValue());
    }

    @Test
    void aRouteSeesWhatItsSuperStepHasWrittenAndAGotoWhatItBeganWith() {
        register("""
                channels: {n: {reducer: sum, type: integer, default: 0}, seen: append}
                recursion_limit: 10
                start: count
                steps:
                  count:
                    set: {n: '1'}
                    goto: 'state.n >= 2 ? "stop" : "count"'
                    next: never
                  stop:
                    set: {seen: state.n}
                    next:
                      choose:
                        - when: size(state.seen) == 1
                          to: end
                        - to: never
                  never: {set: {seen: '"never"'}}
                """);
        run("{}")
                .body("run.status", equalTo("completed"))
                .body("run.values.n", equalTo(3))
                .body("run.values.seen", contains(3));
    }

    @Test
    void aFanOutGivesEachTaskItsItemAndAnEmptyOneLeadsOn() {
        register("""
                channels: {seen: append, empty: last_write_wins}
                start: {each: input.items, to: one, otherwise: none}
                steps:
                  one: {set: {seen: item.name}, next: all}
                  all: {set: {empty: 'false'}}
                  none: {set: {empty: 'true'}}
                """);
        run("{'items': [{'name': 'a'}, {'name': 'b'}]}")
                .body("run.values.seen", contains("a", "b"))
                .body("run.values.empty", equalTo(false));
        run("{'items': []}").body("run.values.empty", equalTo(true)).body("run.values.seen", nullValue());
        run("{'items': 7}").body("run.status", equalTo("failed")).body("run.error", containsString("is over a list"));
    }

    @Test
    void aJoinWaitsForAllThatLeadToIt() {
        register("""
                channels: {order: append}
                start: [slow, quick]
                steps:
                  slow: {sleep: 100ms, next: slower}
                  slower: {set: {order: '"slow"'}, next: both}
                  quick: {set: {order: '"quick"'}, next: both}
                  both: {joins: [slower, quick], set: {order: '"both"'}}
                """);
        run("{}").body("run.values.order", contains("quick", "slow", "both"));
    }

    @Test
    void aCallIsGivenItsInputAndItsResultIsMapped() {
        register("""
                channels: {value: last_write_wins, doubled: last_write_wins}
                start: byKey
                steps:
                  byKey:
                    call: calculator
                    input: '{"op": "add", "left": input.a, "right": input.b}'
                    next: mapped
                  mapped:
                    call: calculator
                    input: '{"op": "multiply", "left": state.value, "right": 2}'
                    result: {doubled: result.value}
                """);
        run("{'a': 1.5, 'b': 2}").body("run.values.value", equalTo(3.5f)).body("run.values.doubled", equalTo(7));
    }

    @Test
    void theErrorEdgeIsToldOfTheFailure() {
        register("""
                channels: {excuse: last_write_wins}
                start: divide
                steps:
                  divide:
                    call: calculator
                    input: '{"op": "divide", "left": 1, "right": input.by}'
                    on_error: apologise
                    next: end
                  apologise: {set: {excuse: 'item.step + ": " + item.error'}}
                """);
        run("{'by': 0}")
                .body("run.status", equalTo("completed"))
                .body("run.values.excuse", equalTo("divide: calculator cannot divide by 0"));
        run("{}").body("run.values.excuse", containsString("divide: /steps/divide/input: "));
    }

    @Test
    void aFailureWithoutAnErrorEdgeNamesThePlaceInTheDocument() {
        register("""
                channels: {x: last_write_wins}
                start: a
                steps: {a: {set: {x: input.absent}}}
                """);
        run("{}")
                .body("run.status", equalTo("failed"))
                .body("run.error", containsString("/steps/a/set/x: "))
                .body("run.error", containsString("absent"));
    }

    @Test
    void aSleepMayBeComputed() {
        register("""
                channels: {x: last_write_wins}
                start: nap
                steps:
                  nap: {sleep: {ms: input.ms}, next: after}
                  after: {set: {x: '"slept"'}}
                """);
        run("{'ms': 50}").body("run.values.x", equalTo("slept"));
        run("{'ms': -1}").body("run.values.x", equalTo("slept"));
        run("{'ms': 'long'}")
                .body("run.status", equalTo("failed"))
                .body("run.error", containsString("/steps/nap/sleep/ms: gave no number of milliseconds"));
    }

    @Test
    void aWorkflowThatRunsAnotherHandsDownAndTakesBackTheChannelsThatBothHave() {
        String inner = "inner-" + UUID.randomUUID();
        register(inner, """
                channels: {shared: append, own: last_write_wins}
                start: a
                steps: {a: {set: {shared: '"inner"', own: input.word}}}
                """);
        register("""
                channels: {shared: append, word: last_write_wins}
                start: a
                steps:
                  a: {set: {shared: '"outer"'}, next: same}
                  same: {workflow: %s, next: mapped}
                  mapped:
                    workflow: %s@1
                    input: '{"word": input.word + "!", "shared": []}'
                    output: {word: result.own}
                """.formatted(inner, inner));
        run("{'word': 'hello'}")
                .body("run.status", equalTo("completed"))
                .body("run.values.shared", contains("outer", "inner"))
                .body("run.values.word", equalTo("hello!"));
    }

    @Test
    void aLoopEndsAtTheRecursionLimit() {
        register("""
                channels: {n: sum}
                recursion_limit: 4
                start: a
                steps: {a: {set: {n: '1'}, next: a}}
                """);
        run("{}")
                .body("run.status", equalTo("failed"))
                .body("run.error", containsString("Recursion limit of 4 super-steps reached"));
    }

    @Test
    void twoWritesOfOneSuperStepNeedAChannelThatTakesThem() {
        String twice = """
                channels: {x: %s}
                start: [a, b]
                steps: {a: {set: {x: '"a"'}}, b: {set: {x: '"b"'}}}
                """;
        register(twice.formatted("last_write_wins"));
        run("{}").body("run.status", equalTo("failed")).body("run.error", containsString("written twice"));
        register(twice.formatted("{reducer: last_write_wins, many_writes: true}"));
        run("{}").body("run.values.x", equalTo("b"));
        register(twice.formatted("set_union"));
        run(UUID.randomUUID().toString(), "{}").body("run.values.x", containsInAnyOrder("a", "b"));
    }

    @Test
    void aRunKeepsTheVersionThatItStartedWith() {
        String document = """
                channels: {x: last_write_wins}
                start: nap
                steps: {nap: {sleep: 1s, next: a}, a: {set: {x: '"%s"'}}}
                """;
        register(document.formatted("old"));
        String thread = UUID.randomUUID().toString();
        String run = given().contentType(ContentType.JSON)
                .body("{\"data\": {}, \"workflow\": \"%s\"}".formatted(name))
                .post("/threads/{id}/inputs?wait=decision", thread)
                .then()
                .statusCode(200)
                .extract()
                .path("run_id");
        register(document.formatted("new"));

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> given().get("/threads/{id}/runs/{run}", thread, run)
                        .then()
                        .body("state", equalTo("completed"))
                        .body("workflow", equalTo(name + "@1"))
                        .body("values.x", equalTo("old")));
        run(thread, "{}").body("run.values.x", equalTo("new"));
    }

    private void register(String document) {
        register(name, document);
    }

    private static void register(String name, String document) {
        given().contentType("application/yaml")
                .body(("name: " + name + "\n" + document).getBytes(UTF_8))
                .post("/workflows")
                .then()
                .statusCode(201);
    }

    /** On a thread of its own. */
    private ValidatableResponse run(String data) {
        return run(UUID.randomUUID().toString(), data);
    }

    private ValidatableResponse run(String thread, String data) {
        return given().contentType(ContentType.JSON)
                .body("{'data': %s, 'workflow': '%s'}".formatted(data, name).replace('\'', '"'))
                .post("/threads/{id}/inputs?wait=completion&timeout=20000", thread)
                .then()
                .statusCode(200);
    }
}

package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import dev.threadwright.json.JsonText;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How documents come in and are read back; what they do when they run is elsewhere. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class WorkflowDocumentsOverHttpTest {

    private static final String YAML = "application/yaml";
    private static final String JSON = "application/json";

    private final String name = "w-" + UUID.randomUUID();

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    @Test
    void aJsonDocumentComesBackAsItWasSent() {
        String sent =
                "{\"name\": \"%s\",\n  \"start\": \"a\", \"steps\": {\"a\": {\"sleep\": \"1s\"}}}".formatted(name);

        send("/workflows", JSON, sent)
                .statusCode(201)
                .header("Location", endsWith("/workflows/" + name + "/1"))
                .body("name", equalTo(name))
                .body("version", equalTo(1))
                .body("workflow", equalTo(name + "@1"));
        given().get("/workflows/{name}/1", name)
                .then()
                .statusCode(200)
                .contentType(JSON)
                .body(equalTo(sent));
    }

    @ParameterizedTest
    @ValueSource(strings = {YAML, "text/yaml"})
    void aYamlDocumentComesBackAsItWasSentCommentsIncluded(String type) {
        String sent = "# mine\n" + yaml("1s");

        send("/workflows", type, sent).statusCode(201);
        given().get("/workflows/{name}/1", name)
                .then()
                .statusCode(200)
                .contentType(YAML)
                .body(equalTo(sent));
    }

    @Test
    void oneContentIsOneVersionInWhicheverFormatItComes() {
        send("/workflows", YAML, yaml("1s")).statusCode(201);
        send(
                        "/workflows",
                        JSON,
                        "{\"steps\": {\"a\": {\"sleep\": \"1s\"}}, \"start\": \"a\", \"name\": \"%s\"}".formatted(name))
                .statusCode(200)
                .body("version", equalTo(1));
        given().get("/workflows/{name}", name).then().body("workflows", hasSize(1));
    }

    @Test
    void checkingSaysWhatRegisteringWouldAndStoresNothing() {
        send("/workflows/validate", YAML, yaml("1s"))
                .statusCode(200)
                .body("valid", equalTo(true))
                .body("problems", empty());
        send("/workflows/validate", YAML, yaml("soon"))
                .statusCode(200)
                .body("valid", equalTo(false))
                .body("problems.pointer", hasItem("/steps/a/sleep"))
                .body("problems.detail", hasItem(containsString("is no span of time like")));
        given().get("/workflows/{name}", name).then().statusCode(404);
        send("/workflows", YAML, yaml("soon"))
                .statusCode(422)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:threadwright:problem:invalid-workflow"))
                .body("errors.pointer", hasItem("/steps/a/sleep"))
                .body("errors.detail", hasItem(containsString("is no span of time like")));
        given().get("/workflows/{name}", name).then().statusCode(404);
    }

    @Test
    void aVersionThatHasOtherContentIsAConflict() {
        send("/workflows", YAML, yaml("1s") + "version: 4\n").statusCode(201);
        send("/workflows", YAML, yaml("2s") + "version: 4\n")
                .statusCode(409)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:threadwright:problem:version-conflict"))
                .body("detail", containsString(name + "@4"));
        given().get("/workflows/{name}/4", name).then().body(containsString("sleep: 1s"));
    }

    @Test
    void theNameOfWhatComesWithTheServerIsTaken() {
        for (String taken : new String[] {"echo", "report"}) {
            send("/workflows", YAML, yaml("1s").replace(name, taken))
                    .statusCode(422)
                    .body("errors.pointer", contains("/name"))
                    .body("errors.detail", contains(containsString("take another")));
        }
    }

    @Test
    void whatIsNoDocumentIsRefused() {
        send("/workflows", YAML, "").statusCode(422).body("errors.detail", contains("The document is empty"));
        send("/workflows", JSON, "[]")
                .statusCode(422)
                .body("errors.detail", contains(containsString("must be an object")));
        send("/workflows", JSON, "{")
                .statusCode(422)
                .body("detail", equalTo("1 problem in the document"))
                .body(
                        "errors.detail",
                        contains(containsString("begins like JSON, and cannot be read as that: Not JSON")));
        send("/workflows", YAML, "a: !!str b")
                .statusCode(422)
                .body("errors.detail", contains(containsString("tags are not supported")));
        send("/workflows", "text/plain", yaml("1s"))
                .statusCode(415)
                .body("type", equalTo("urn:threadwright:problem:unsupported-media-type"));
    }

    @Test
    void theVersionsOfAWorkflowAreListedNewestFirstAndAllWorkflowsByName() {
        for (String sleep : new String[] {"1s", "2s", "3s"}) {
            send("/workflows", YAML, yaml(sleep)).statusCode(201);
        }

        given().get("/workflows/{name}", name)
                .then()
                .statusCode(200)
                .body("workflows.version", contains(3, 2, 1))
                .body("workflows.workflow", hasItems(name + "@1", name + "@3"));
        given().get("/workflows")
                .then()
                .statusCode(200)
                .body("workflows.workflow", hasItem(name + "@3"))
                .body("workflows.workflow", not(hasItem(name + "@2")))
                .body(
                        "workflows.workflow",
                        hasItems("agent-loop@1", "approval@1", "assistant@1", "fan-out@1", "report@1"))
                .body("workflows.name", not(hasItem("echo")));
    }

    @Test
    void whatIsNotThereIsNotFound() {
        given().get("/workflows/{name}", name)
                .then()
                .statusCode(404)
                .body("detail", equalTo("There is no registered workflow " + name));
        given().get("/workflows/{name}/1", name)
                .then()
                .statusCode(404)
                .body("detail", equalTo("There is no registered workflow " + name + "@1"));
        given().get("/workflows/{name}/newest", name).then().statusCode(400);
        given().get("/workflows/{name}/0", name).then().statusCode(400);
    }

    @Test
    void theSchemaIsTheFileThatDocumentsAreHeldAgainst() throws IOException {
        String published = given().get("/workflows/schema")
                .then()
                .statusCode(200)
                .contentType("application/schema+json")
                .extract()
                .asString();

        assertThat(JsonText.parse(published))
                .isEqualTo(
                        JsonText.parse(Files.readString(Path.of("src/main/resources/workflows/workflow.schema.json"))));
    }

    @Test
    void theOpenApiDocumentHasTheOperations() {
        given().accept(JSON)
                .get("/q/openapi?format=JSON")
                .then()
                .statusCode(200)
                .body("paths.'/workflows'.post.operationId", equalTo("registerWorkflow"))
                .body("paths.'/workflows'.post.requestBody.content.keySet()", hasItems(JSON, YAML))
                .body("paths.'/workflows'.post.responses.keySet()", hasItems("200", "201", "409", "415", "422", "503"))
                .body("paths.'/workflows'.get.operationId", equalTo("getWorkflows"))
                .body("paths.'/workflows/validate'.post.operationId", equalTo("validateWorkflow"))
                .body("paths.'/workflows/{name}'.get.operationId", equalTo("getWorkflowVersions"))
                .body("paths.'/workflows/{name}/{version}'.get.operationId", equalTo("getWorkflow"))
                .body("paths.'/workflows/schema'.get.operationId", equalTo("getWorkflowSchema"));
    }

    private String yaml(String sleep) {
        return "name: %s\nstart: a\nsteps: {a: {sleep: %s}}\n".formatted(name, sleep);
    }

    private static ValidatableResponse send(String path, String type, String document) {
        return given().contentType(type)
                .body(document.getBytes(UTF_8))
                .post(path)
                .then();
    }
}

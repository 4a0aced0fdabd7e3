package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether the server is there, what it says of itself, and which pages may call it. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class SystemTest {

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ok", "/ok?check_db=0", "/ok?check_db=1"})
    void theServerIsThere(String path) {
        given().get(path).then().statusCode(200).body("ok", equalTo(true));
    }

    @Test
    void whatIsNoAnswerToWhetherToAskTheDatabaseIsRefused() {
        given().get("/ok?check_db=maybe")
                .then()
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("detail", containsString("check_db must be a whole number from 0 to 1"));
    }

    /** What is packaged has it too: {@code SdkContractIT}. */
    @Test
    void aPageShowsTheOpenApiDocument() {
        given().get("/q/swagger-ui/").then().statusCode(200).body(containsString("swagger-ui"));
    }

    /** Each with its form, and those that pass with when to come back. */
    @Test
    void theOpenApiDocumentSaysWhatProblemsAreAndHowOneSaysWhoOneIs() {
        JsonPath document = given().get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        Map<String, Map<String, Object>> responses = document.getMap("components.responses");
        assertThat(responses).hasSizeGreaterThan(12).allSatisfy((name, response) -> {
            if (!Set.of("Decided", "Accepted").contains(name)) {
                assertThat(response.get("content"))
                        .asString()
                        .contains(Problem.MEDIA_TYPE, "#/components/schemas/Problem");
            }
            assertThat(String.valueOf(response.get("headers")).contains("Retry-After"))
                    .as(name)
                    .isEqualTo(Set.of("LimitReached", "Unavailable").contains(name));
        });
        assertThat(document.getMap("components.schemas.Problem.properties").keySet())
                .asInstanceOf(InstanceOfAssertFactories.collection(Object.class))
                .contains("detail", "errors", "reason", "missing_role", "quota", "retry_after_ms");
        assertThat(document.getString("components.securitySchemes.bearer.scheme"))
                .isEqualTo("bearer");
        List<Map<String, Object>> ways = document.getList("paths.'/info'.get.security");
        assertThat(ways).extracting(Map::keySet).containsExactlyInAnyOrder(Set.of("apiKey"), Set.of("bearer"));
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        given().get("/info").then().statusCode(200).body("version", matchesPattern("\\d+\\.\\d+\\.\\d+.*"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:3000",
                "http://localhost",
                "https://localhost:8443",
                "http://127.0.0.1:5173",
                "http://[::1]:3000"
            })
    void pagesOfThisMachineMaySendAndReadWhatClientsDo(String origin) {
        Response preflight = given().header("Origin", origin)
                .header("Access-Control-Request-Method", "PATCH")
                .header("Access-Control-Request-Headers", "content-type,x-api-key")
                .options("/threads/t");
        assertThat(preflight.statusCode()).isEqualTo(200);
        assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo(origin);
        assertThat(preflight.header("Access-Control-Allow-Methods")).contains("PATCH", "DELETE", "PUT");
        assertThat(preflight.header("Access-Control-Allow-Headers").split(","))
                .contains("content-type", "x-api-key", "last-event-id", "prefer", "idempotency-key", "authorization");

        given().header("Origin", origin)
                .get("/ok")
                .then()
                .statusCode(200)
                .header("Access-Control-Allow-Origin", origin)
                .header("Vary", "Origin")
                .header("Access-Control-Expose-Headers", containsString("Location"))
                .header("Access-Control-Expose-Headers", containsString("Content-Location"))
                .header("Access-Control-Expose-Headers", containsString("X-Pagination-Next"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "http://localhost.evil.example",
                "http://evil.example/http://localhost:3000",
                "http://127.0.0.1.evil.example:3000",
                "http://127x0x0x1",
                "null"
            })
    void pagesFromElsewhereAreRefused(String origin) {
        given().header("Origin", origin)
                .get("/ok")
                .then()
                .statusCode(403)
                .header("Access-Control-Allow-Origin", nullValue());
    }

    @Test
    void refusalsCanBeReadByPagesToo() {
        given().header("Origin", "http://localhost:3000")
                .get("/nowhere")
                .then()
                .statusCode(404)
                .header("Access-Control-Allow-Origin", "http://localhost:3000")
                .header("Vary", "Origin");
    }

    /** A cache would give it to a page, which could not read it. */
    @Test
    void answersToNobodysPageDependOnThePageToo() {
        given().get("/ok").then().statusCode(200).header("Vary", "Origin");
    }
}

package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.threadwright.testing.EmbeddedServersResource;
import io.quarkus.smallrye.openapi.runtime.OpenApiConstants;
import io.quarkus.smallrye.openapi.runtime.OpenApiDocumentService;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.smallrye.openapi.runtime.io.Format;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** That what is served in place of Quarkus' document is that document; with a server as tests have it, which makes both. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class OpenApiDocumentTest {

    @Inject
    OpenApiDocumentService quarkus;

    @Test
    void itSaysWhatQuarkusWouldSay() throws IOException {
        assertThat(new ObjectMapper().readTree(text("/q/openapi.json")))
                .isEqualTo(new ObjectMapper().readTree(ofQuarkus(Format.JSON)));
        assertThat(new YAMLMapper().readTree(text("/q/openapi.yaml")))
                .isEqualTo(new YAMLMapper().readTree(ofQuarkus(Format.YAML)));
    }

    private byte[] ofQuarkus(Format format) {
        return quarkus.getDocument(OpenApiConstants.DEFAULT_DOCUMENT_NAME, format);
    }

    private static byte[] text(String path) {
        return given().get(path).then().statusCode(200).extract().asByteArray();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "/q/openapi, -, application/yaml",
                "/q/openapi.yml, application/json, application/yaml",
                "/q/openapi.yaml, -, application/yaml",
                "/q/openapi.json, application/yaml, application/json",
                "/q/openapi, application/json, application/json",
                "/q/openapi?format=JSON, -, application/json",
                "/q/openapi?format=yaml, -, application/yaml",
            })
    void itComesInTheFormThatIsAskedFor(String path, String accept, String type) {
        var request = accept == null ? given() : given().header("Accept", accept);
        Response answer = request.get(path);
        assertThat(answer.contentType()).startsWith(type);
        assertThat(answer.body().asString()).startsWith(type.endsWith("json") ? "{" : "---");
    }

    @Test
    void itsSizeCanBeAskedFor() {
        int bytes = text("/q/openapi.json").length;
        given().head("/q/openapi.json")
                .then()
                .statusCode(200)
                .header("Content-Length", equalTo(Integer.toString(bytes)))
                .contentType(ContentType.JSON)
                .body(emptyString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/q/openapi", "/q/openapi.json"})
    void itCannotBeChanged(String path) {
        given().body("{}".getBytes(StandardCharsets.UTF_8))
                .put(path)
                .then()
                .statusCode(405)
                .header("Allow", startsWith("GET"))
                .contentType(Problem.MEDIA_TYPE);
    }
}

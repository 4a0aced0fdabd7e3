package dev.threadwright.ops;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import dev.threadwright.testing.VariedServer;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Logs as machines read them. */
@QuarkusTest
@TestProfile(VariedServer.class)
@WithTestResource(EmbeddedServersResource.class)
class JsonLogsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String thread = "logged-" + UUID.randomUUID();
    private HttpServer unwanted;

    @BeforeEach
    void aServerThatWantsNoWebhooks() throws IOException {
        unwanted = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        unwanted.createContext("/", exchange -> {
            exchange.sendResponseHeaders(410, -1);
            exchange.close();
        });
        unwanted.start();
        Readiness.await();
    }

    @AfterEach
    void close() {
        unwanted.stop(0);
    }

    @Test
    void aLineAboutARunSaysWhichAsFieldsAndNothingThatWasSent() throws IOException {
        String secret = "sent-" + UUID.randomUUID();
        String run = given().contentType(ContentType.JSON)
                .body(
                        "{\"assistant_id\":\"echo\",\"input\":{\"text\":\"%s\"},\"if_not_exists\":\"create\",\"webhook\":\"http://127.0.0.1:%d/\"}"
                                .formatted(secret, unwanted.getAddress().getPort()))
                .post("/threads/{id}/runs", thread)
                .then()
                .statusCode(200)
                .extract()
                .path("run_id");

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(lines())
                        .filteredOn(line -> line.at("/mdc/run_id").asText().equals(run))
                        .singleElement()
                        .satisfies(line -> {
                            assertThat(line.at("/mdc/thread_id").asText()).isEqualTo(thread);
                            assertThat(line.at("/mdc/tenant").asText()).isEqualTo("default");
                            assertThat(line.path("level").asText()).isEqualTo("WARN");
                            assertThat(line.path("message").asText()).contains("given up");
                            assertThat(line.path("timestamp").asText()).isNotBlank();
                        }));
        assertThat(Files.readString(VariedServer.LOG)).doesNotContain(secret);
    }

    @Test
    void onlyTheProfileProductionHasThemOnTheConsole() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(Path.of("src", "main", "resources", "application.properties"))) {
            properties.load(in);
        }
        assertThat(properties)
                .containsEntry("quarkus.log.console.json.enabled", "false")
                .containsEntry("%production.quarkus.log.console.json.enabled", "true");
    }

    /** Each is an object, or this fails. The last one may not be written as a whole yet. */
    private static List<JsonNode> lines() {
        try {
            List<JsonNode> lines = new ArrayList<>();
            String text = Files.readString(VariedServer.LOG, UTF_8);
            for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n")) {
                if (!line.isBlank()) {
                    lines.add(JSON.readTree(line));
                }
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

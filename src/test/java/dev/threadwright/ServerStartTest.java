package dev.threadwright;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.threadwright.testing.EmbeddedServersResource;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class ServerStartTest {
    @Inject
    AgroalDataSource blocking;

    @Inject
    Pool reactive;

    @Test
    void healthIsUpOnceTheServersAreReached() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> given().get("/q/health").then().statusCode(200).body("status", equalTo("UP")));
    }

    @Test
    void oneJdbcUrlConfiguresTheBlockingAndTheReactiveClient() throws SQLException {
        String question = "select current_database()";
        String reactively =
                reactive.query(question).executeAndAwait().iterator().next().getString(0);
        try (var connection = blocking.getConnection();
                var statement = connection.createStatement();
                var result = statement.executeQuery(question)) {
            assertThat(result.next()).isTrue();
            assertThat(result.getString(1)).isEqualTo(reactively).isEqualTo("quarkus");
        }
    }
}

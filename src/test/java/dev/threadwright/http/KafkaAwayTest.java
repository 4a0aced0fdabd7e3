package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.lessThan;

import dev.threadwright.testing.TestServers;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** The server starts and answers while neither Kafka nor Postgres can be reached. */
@QuarkusTest
@WithTestResource(KafkaAwayTest.NobodyThere.class)
class KafkaAwayTest {

    @Inject
    Waiters waiters;

    public static final class NobodyThere implements QuarkusTestResourceLifecycleManager {
        @Override
        public Map<String, String> start() {
            return Map.of(
                    "threadwright.postgres.url",
                    "jdbc:postgresql://127.0.0.1:" + TestServers.freePort() + "/none",
                    "threadwright.postgres.username",
                    "nobody",
                    "threadwright.postgres.password",
                    "none",
                    "kafka.bootstrap.servers",
                    "127.0.0.1:" + TestServers.freePort());
        }

        @Override
        public void stop() {}
    }

    @Test
    void inputsAreRefusedInTimeAndMayBeSentAgain() {
        for (String wait : new String[] {"", "?wait=completion"}) {
            given().contentType(ContentType.JSON)
                    .header("Idempotency-Key", "k")
                    .body("{\"data\": 1}")
                    .post("/threads/t/inputs" + wait)
                    .then()
                    .time(lessThan(CommandSender.TIMEOUT.toMillis() + 5_000))
                    .statusCode(503)
                    .contentType(Problem.MEDIA_TYPE)
                    .header("Retry-After", "1")
                    .body("type", equalTo("urn:threadwright:problem:kafka-unavailable"))
                    .body("detail", containsString("Idempotency-Key"));
        }
        Assertions.assertThat(waiters.size()).isZero();
    }

    @Test
    void readsSayThatTheDatabaseIsAway() {
        given().get("/threads/t")
                .then()
                .statusCode(503)
                .contentType(Problem.MEDIA_TYPE)
                .body("type", equalTo("urn:threadwright:problem:database-unavailable"));
    }

    @Test
    void theServerIsThereAndSaysThatTheDatabaseIsNot() {
        given().get("/ok").then().statusCode(200);
        given().get("/ok?check_db=1")
                .then()
                .statusCode(503)
                .contentType(Problem.MEDIA_TYPE)
                .body("type", equalTo("urn:threadwright:problem:database-unavailable"));
    }
}

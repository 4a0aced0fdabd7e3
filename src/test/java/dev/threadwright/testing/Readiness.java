package dev.threadwright.testing;

import static io.restassured.RestAssured.given;

import java.time.Duration;
import org.awaitility.Awaitility;

/**
 * Waits until the server under test is ready. It looks less often than tests do for what they await: a server that starts beside them wants
 * the processor, and an assertion that fails would have REST-assured log each answer.
 */
public final class Readiness {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration POLL = Duration.ofMillis(100);

    private Readiness() {}

    public static void await() {
        Awaitility.await("the server is ready")
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .until(() -> given().get("/q/health/ready").statusCode() == 200);
    }
}

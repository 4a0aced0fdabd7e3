package dev.threadwright.http;

import dev.threadwright.http.Waiter.Until;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** What a request wants to be told of its command, and how long it waits for that. */
public final class WaitQuery {

    static final int DEFAULT_TIMEOUT_MS = 30_000;
    static final int MAX_TIMEOUT_MS = 300_000;

    @Parameter(
            description =
                    "`decision`: answer when it is committed what becomes of the command. `completion`: also wait until the"
                            + " run that took the input has ended (200), or has stopped for somebody (202: it waits for"
                            + " an answer or is paused). Without it, answer when the command is written to Kafka.",
            schema = @Schema(ref = "Wait"))
    @RestQuery("wait")
    public @Nullable String wait;

    @Parameter(
            description =
                    "Milliseconds to wait; then the answer is 202 with what is known so far: without an outcome, that it"
                            + " is written and not known yet what becomes of it. Nothing is lost: the same request with"
                            + " the same key goes on waiting.",
            schema = @Schema(ref = "TimeoutMs"))
    @RestQuery("timeout")
    public @Nullable String timeout;

    /**
     * Null if it waits for nothing.
     *
     * @throws ProblemException if it asks for what there is not
     */
    @Nullable Until until() {
        return switch (wait) {
            case null -> null;
            case "decision" -> Until.DECISION;
            case "completion" -> Until.COMPLETION;
            default ->
                throw new ProblemException(
                        Problem.of(ProblemType.INVALID_REQUEST, "Query parameter wait must be decision or completion"));
        };
    }

    /** @throws ProblemException if it is out of bounds */
    Duration patience() {
        return Duration.ofMillis(
                QueryNumbers.read("timeout (milliseconds)", timeout, 1, MAX_TIMEOUT_MS, DEFAULT_TIMEOUT_MS));
    }
}

package dev.threadwright.ending;

import dev.threadwright.outbound.Destination;
import dev.threadwright.outbound.Message;
import dev.threadwright.outbound.PinnedClient;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Sends, and reads the status. */
public final class WebhookClient implements AutoCloseable {

    /** Of an answer's headers; bytes. */
    static final int MAX_HEADERS = 8_192;

    /** Of an answer's body, which nobody looks at; bytes. */
    static final int MAX_BODY = 65_536;

    private final PinnedClient client;
    private final long timeoutMs;

    /** @param timeoutMs for all of it: to connect, to send, and until the status is there */
    public WebhookClient(Vertx vertx, long timeoutMs) {
        this.timeoutMs = timeoutMs;
        this.client = new PinnedClient(vertx, EndingWorker.MAX_AT_ONCE, MAX_HEADERS, timeoutMs);
    }

    /** Completes with the status of the answer; fails if there is none in time. */
    CompletionStage<Integer> post(Destination target, int attempt, Map<String, String> headers, byte[] body) {
        return client.send(target, attempt, new Message("POST", headers, body), MAX_BODY, timeoutMs)
                .status();
    }

    @Override
    public void close() {
        client.close();
    }
}

package dev.threadwright.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smallrye.mutiny.Multi;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that leave before, while and after the first byte of a stream is sent. */
class StreamedBodyWriterTest {

    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: here\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Vertx vertx = Vertx.vertx();
    private final CompletableFuture<HttpServerRequest> asked = new CompletableFuture<>();
    private final AtomicInteger subscriptions = new AtomicInteger();

    /** Has nothing to tell for ever. */
    private final Multi<byte[]> quiet = Multi.createFrom()
            .<byte[]>nothing()
            .onSubscription()
            .invoke(subscriptions::incrementAndGet)
            .onTermination()
            .invoke(subscriptions::decrementAndGet);

    private HttpServer server;

    @BeforeEach
    void start() {
        server = vertx.createHttpServer()
                .requestHandler(asked::complete)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void whoLeftBeforeTheStreamBeganHoldsNothing() throws IOException {
        CompletableFuture<Void> gone = new CompletableFuture<>();
        try (Socket client = connect()) {
            client.getOutputStream().write(REQUEST);
            HttpServerRequest request = asked.join();
            request.connection().closeHandler(closed -> gone.complete(null));
        }
        gone.join();
        AtomicInteger ended = new AtomicInteger();

        write(quiet.onCancellation().invoke(ended::incrementAndGet));

        assertThat(ended).hasValue(1);
        assertThat(subscriptions).hasValue(0);
    }

    @Test
    void whoLeavesBeforeTheFirstPartHoldsNothingFromThenOn() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write(REQUEST);
            asked.join();
            write(quiet);
            assertThat(subscriptions).hasValue(1);
        }
        await().untilAsserted(() -> assertThat(subscriptions).hasValue(0));
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
    }

    /** On the event loop of the connection, as it is called by the server. */
    private void write(Multi<byte[]> parts) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        HttpServerRequest request = asked.join();
        vertx.runOnContext(ignored -> {
            try {
                StreamedBodyWriter.write(request.response(), parts);
                written.complete(null);
            } catch (RuntimeException e) {
                written.completeExceptionally(e);
            }
        });
        written.join();
    }
}

package dev.threadwright.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client bounds; what it sends is tested where it is used. */
class PinnedClientTest {

    private static final int MAX_HEADER_BYTES = 1_000;

    private final CountDownLatch held = new CountDownLatch(1);
    private final AtomicInteger arrived = new AtomicInteger();
    private Vertx vertx;
    private HttpServer server;
    private PinnedClient client;

    @BeforeEach
    void open() throws IOException {
        vertx = Vertx.vertx();
        client = new PinnedClient(vertx, 1, MAX_HEADER_BYTES, 5_000);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void close() {
        held.countDown();
        client.close();
        server.stop(0);
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private void answer(HttpExchange exchange) throws IOException {
        arrived.incrementAndGet();
        if (exchange.getRequestURI().getPath().equals("/held")) {
            try {
                held.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        int length = Integer.parseInt(exchange.getRequestURI().getPath().replaceAll("\\D", "0"));
        exchange.getResponseHeaders().set("x-long", "x".repeat(length));
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
    }

    private Exchange send(String path) {
        Destination to = new Destination(
                false, "127.0.0.1", server.getAddress().getPort(), List.of(InetAddress.ofLiteral("127.0.0.1")), path);
        return client.send(to, 1, new Message("GET", Map.of(), null), 10, 20_000);
    }

    @Test
    void so_many_wait_for_a_connection_and_what_is_cancelled_never_arrives() {
        List<Exchange> all = new ArrayList<>();
        all.add(send("/held"));
        await().until(() -> arrived.get() == 1);
        for (int i = 0; i < PinnedClient.MAX_WAITING; i++) {
            all.add(send("/0"));
        }
        assertThat(send("/0").answer())
                .failsWithin(java.time.Duration.ofSeconds(20))
                .withThrowableThat()
                .withMessageContaining("max wait queue size of " + PinnedClient.MAX_WAITING);

        // The one that is under way comes last: its connection would go to the next that still waits.
        all.reversed().forEach(Exchange::cancel);

        assertThat(all).allSatisfy(one -> assertThat(one.answer()).isCompletedExceptionally());
        // Those that were cancelled leave the queue one after the other; until they have, it is full.
        await().untilAsserted(() -> assertThat(send("/0").answer()).succeedsWithin(java.time.Duration.ofSeconds(20)));
        assertThat(arrived).hasValue(2);
    }

    @Test
    void headers_have_a_largest_size() {
        assertThat(send("/" + MAX_HEADER_BYTES / 2).answer()).succeedsWithin(java.time.Duration.ofSeconds(20));
        assertThat(send("/" + MAX_HEADER_BYTES).answer()).failsWithin(java.time.Duration.ofSeconds(20));
    }
}

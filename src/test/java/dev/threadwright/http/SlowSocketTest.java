package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.security.Caller;
import dev.threadwright.stream.ThreadFeed;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import dev.threadwright.thread.ThreadKey;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import jakarta.inject.Inject;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients of the newer protocol that take next to nothing: what waits for them is bounded, and they are told the end. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class SlowSocketTest {

    private static final int CLOSE = 8;
    private static final int RUNS = 12;
    private static final int INPUT_BYTES = 500_000;
    private static final EventSocket.Patience SHORT = new EventSocket.Patience(100, 60_000, 1_500);

    @Inject
    EventSockets sockets;

    @Inject
    ThreadFeed feed;

    @Inject
    Vertx vertx;

    private final String thread = "slow-" + UUID.randomUUID();
    private final AtomicInteger open = new AtomicInteger();
    private HttpServer server;

    /** The server's own sockets, but for their patience. */
    @BeforeEach
    void listen() {
        Readiness.await();
        server = vertx.createHttpServer()
                .requestHandler(request -> request.toWebSocket().onSuccess(socket -> {
                    open.incrementAndGet();
                    new EventSocket(
                                    socket,
                                    Caller.anybody("default", "somebody"),
                                    new ThreadKey("default", thread),
                                    sockets,
                                    SHORT,
                                    open::decrementAndGet)
                            .listen();
                }))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @AfterEach
    void stop() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void whoTakesNothingIsNotServedAnyMoreAndIsToldSoBehindTheLittleThatWaited() throws IOException {
        try (Socket client = connect()) {
            send(client.getOutputStream(), "subscription.subscribe", "{\"channels\":[\"values\"]}");
            await().atMost(Duration.ofSeconds(20)).until(() -> feed.size() == 1);
            for (int i = 0; i < RUNS; i++) {
                run();
            }
            // Refused: it is followed no more, although nothing of that has reached it.
            await().atMost(Duration.ofSeconds(20)).until(() -> feed.size() == 0);

            Taken taken = rest(client);

            assertThat(taken.closeCode()).isEqualTo(4408);
            assertThat(taken.bytes()).as("of what there was to tell").isLessThan((long) RUNS * INPUT_BYTES);
        }
        await().until(() -> open.get() == 0);
    }

    @Test
    void whoAsksAndTakesNoAnswersIsNotReadAnyMore() throws IOException {
        try (Socket client = connect()) {
            OutputStream out = client.getOutputStream();
            String large = "\"" + "x".repeat(100_000) + "\"";
            CompletableFuture<Integer> sent = CompletableFuture.supplyAsync(() -> {
                int commands = 0;
                try {
                    // Each is refused with its own words, so an answer is as long as the command.
                    for (; commands < 2_000; commands++) {
                        send(out, "x".repeat(100_000), large);
                    }
                } catch (IOException closed) {
                    return commands;
                }
                return commands;
            });
            assertThat(sent.join()).as("commands of 100 kB that were read").isLessThan(1_000);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> open.get() == 0);
    }

    /** @param bytes of events */
    private record Taken(long bytes, int closeCode) {}

    private Taken rest(Socket client) throws IOException {
        DataInputStream in = new DataInputStream(client.getInputStream());
        long bytes = 0;
        while (true) {
            int opcode;
            try {
                opcode = in.readUnsignedByte() & 0x0f;
            } catch (EOFException withoutGoodbye) {
                return new Taken(bytes, 0);
            }
            long length = in.readUnsignedByte();
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = in.readLong();
            }
            byte[] payload = in.readNBytes((int) length);
            if (opcode == CLOSE) {
                return new Taken(bytes, ByteBuffer.wrap(payload).getShort());
            }
            bytes += payload.length;
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress("127.0.0.1", server.actualPort()));
        socket.getOutputStream()
                .write(("GET / HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = socket.getInputStream().read();
            assertThat(next).as("after \"%s\"", head).isNotEqualTo(-1);
            head.append((char) next);
        }
        assertThat(head.toString()).startsWith("HTTP/1.1 101");
        return socket;
    }

    /** Masked with zeros. */
    private static void send(OutputStream out, String method, String params) throws IOException {
        byte[] text = ("{\"id\":1,\"method\":\"" + method + "\",\"params\":" + params + "}")
                .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer frame = ByteBuffer.allocate(text.length + 14);
        frame.put((byte) 0x81);
        if (text.length < 126) {
            frame.put((byte) (0x80 | text.length));
        } else {
            frame.put((byte) 0xff).putLong(text.length);
        }
        frame.putInt(0).put(text);
        out.write(frame.array(), 0, frame.position());
        out.flush();
    }

    private void run() {
        given().contentType(ContentType.JSON)
                .body("{\"assistant_id\":\"echo\",\"if_not_exists\":\"create\",\"input\":{\"text\":\""
                        + "x".repeat(INPUT_BYTES) + "\"}}")
                .post("/threads/{id}/runs/wait", thread)
                .then()
                .statusCode(200);
    }
}

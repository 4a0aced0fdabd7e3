package dev.threadwright.http;

import io.restassured.path.json.JsonPath;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A client of the newer protocol over a WebSocket; keeps all that it is told. */
final class SocketReader implements WebSocket.Listener, AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final AtomicInteger pings = new AtomicInteger();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder part = new StringBuilder();
    private final boolean reads;
    private final WebSocket socket;
    private int commands;

    private SocketReader(WebSocket.Builder builder, URI uri, boolean reads) {
        this.reads = reads;
        this.socket = builder.buildAsync(uri, this).join();
    }

    static SocketReader open(HttpClient client, URI uri) {
        return new SocketReader(client.newWebSocketBuilder(), uri, true);
    }

    /** As whoever has the key. */
    static SocketReader open(HttpClient client, URI uri, String key) {
        return new SocketReader(client.newWebSocketBuilder().header("X-Api-Key", key), uri, true);
    }

    /** Takes nothing until it is told to. */
    static SocketReader openIdle(HttpClient client, URI uri) {
        return new SocketReader(client.newWebSocketBuilder(), uri, false);
    }

    @Override
    public void onOpen(WebSocket opened) {
        if (reads) {
            opened.request(Long.MAX_VALUE);
        }
    }

    void readAll() {
        socket.request(Long.MAX_VALUE);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean isLast) {
        part.append(text);
        if (isLast) {
            told.add(part.toString());
            part.setLength(0);
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
        pings.incrementAndGet();
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(code);
        return null;
    }

    /** Sends a command without waiting. Returns its id. */
    int send(String method, String params) {
        int id = ++commands;
        sendText("{\"id\": " + id + ", \"method\": \"" + method + "\", \"params\": " + params + "}");
        return id;
    }

    void sendText(String text) {
        socket.sendText(text, true).join();
    }

    /** Sends a command, and waits for the answer. */
    JsonPath command(String method, String params) {
        return answer(send(method, params));
    }

    JsonPath answer(int id) {
        return JsonPath.from(await(text ->
                !isEvent(text) && Integer.valueOf(id).equals(JsonPath.from(text).get("id"))));
    }

    /** To so many commands, as soon as all of them are there. */
    List<JsonPath> answers(int count) {
        return Awaitility.await()
                .atMost(LIMIT)
                .until(() -> told.stream().filter(text -> !isEvent(text)).toList(), answers -> answers.size() >= count)
                .stream()
                .map(JsonPath::from)
                .toList();
    }

    /** The first message like that, as soon as there is one. */
    String await(Predicate<String> wanted) {
        return Awaitility.await()
                .atMost(LIMIT)
                .until(() -> told.stream().filter(wanted).findFirst(), Optional::isPresent)
                .orElseThrow();
    }

    List<String> events() {
        return told.stream().filter(SocketReader::isEvent).toList();
    }

    private static boolean isEvent(String text) {
        return text.startsWith("{\"type\":\"event\"");
    }

    int pings() {
        return pings.get();
    }

    /** What it was closed with. */
    int closed() {
        return Awaitility.await().atMost(LIMIT).until(() -> closed.getNow(0), code -> code > 0);
    }

    /** As a client that vanishes. */
    @Override
    public void close() {
        socket.abort();
    }
}

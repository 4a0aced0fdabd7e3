package dev.threadwright.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Speaks OpenAI's protocol on this machine, and says what it is told to. */
public final class ModelServer implements AutoCloseable {

    /** What is asked, with its headers. */
    public record Asked(String path, Map<String, List<String>> headers, Json.Obj body) {}

    /**
     * @param pieces in which the body is sent
     * @param endless whether comments follow until nobody listens
     */
    public record Reply(int status, Map<String, String> headers, List<byte[]> pieces, boolean endless) {

        public static Reply stream(String... events) {
            return new Reply(200, Map.of("content-type", "text/event-stream"), List.of(bytes(events)), false);
        }

        public static Reply refusal(int status, Map<String, String> headers, String body) {
            return new Reply(status, headers, List.of(body.getBytes(StandardCharsets.UTF_8)), false);
        }

        public Reply inPiecesOf(int size) {
            List<byte[]> cut = new ArrayList<>();
            for (byte[] piece : pieces) {
                for (int from = 0; from < piece.length; from += size) {
                    cut.add(Arrays.copyOfRange(piece, from, Math.min(piece.length, from + size)));
                }
            }
            return new Reply(status, headers, cut, endless);
        }

        public Reply withoutEnd() {
            return new Reply(status, headers, pieces, true);
        }

        private static byte[] bytes(String... events) {
            StringBuilder body = new StringBuilder();
            for (String event : events) {
                body.append("data: ").append(event).append("\n\n");
            }
            return body.toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    public static final String DONE = "[DONE]";

    /** Counts down when somebody stops listening to what has no end. */
    public final CountDownLatch abandoned = new CountDownLatch(1);

    public final List<Asked> asked = new CopyOnWriteArrayList<>();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);

    public ModelServer(Function<Json.Obj, Reply> script) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(exchange, script));
        server.start();
    }

    public String baseUrl() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    private void answer(HttpExchange exchange, Function<Json.Obj, Reply> script) throws IOException {
        Json.Obj body = (Json.Obj) JsonText.parse(exchange.getRequestBody().readAllBytes());
        asked.add(new Asked(exchange.getRequestURI().getPath(), Map.copyOf(exchange.getRequestHeaders()), body));
        Reply reply = script.apply(body);
        reply.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        exchange.sendResponseHeaders(reply.status(), 0);
        try (OutputStream out = exchange.getResponseBody()) {
            for (byte[] piece : reply.pieces()) {
                out.write(piece);
                out.flush();
            }
            while (reply.endless() && !closed.await(20, TimeUnit.MILLISECONDS)) {
                out.write(": still here\n\n".getBytes(StandardCharsets.US_ASCII));
                out.flush();
            }
        } catch (IOException left) {
            abandoned.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A piece of an answer, as the protocol has it. */
    public static String delta(String delta) {
        return "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":0,\"model\":\"scripted-1\",\"choices\":"
                + "[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":null}]}";
    }

    public static String text(String words) {
        return delta("{\"content\":" + JsonText.write(Json.of(words)) + "}");
    }

    public static String finish(String reason) {
        return "{\"id\":\"c1\",\"model\":\"scripted-1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\""
                + reason + "\"}]}";
    }

    public static String usage(int input, int output) {
        return "{\"id\":\"c1\",\"model\":\"scripted-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":" + input
                + ",\"completion_tokens\":" + output + ",\"total_tokens\":" + (input + output) + "}}";
    }

    /** The first part of a call of a tool. */
    public static String call(int index, String id, String name, String arguments) {
        return delta(
                "{\"tool_calls\":[{\"index\":" + index + ",\"id\":\"" + id + "\",\"type\":\"function\",\"function\":"
                        + "{\"name\":\"" + name + "\",\"arguments\":" + JsonText.write(Json.of(arguments)) + "}}]}");
    }

    /** A further part of its arguments. */
    public static String more(int index, String arguments) {
        return delta("{\"tool_calls\":[{\"index\":" + index + ",\"function\":{\"arguments\":"
                + JsonText.write(Json.of(arguments)) + "}}]}");
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}

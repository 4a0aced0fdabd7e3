package dev.threadwright.testing;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A server that a workflow's only step calls, and which notes the traces of the calls. */
public final class CalledServer implements AutoCloseable {

    private final List<String> traces = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private volatile int status = 204;

    private CalledServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    /** Registers the workflow, once the server under test is ready. */
    public static CalledServer of(String workflow) throws IOException {
        CalledServer called = new CalledServer();
        Readiness.await();
        given().contentType("application/yaml")
                .body("""
                        name: %s
                        channels: {answer: last_write_wins}
                        start: call
                        steps:
                          call:
                            http: GET http://127.0.0.1:%d/
                            result: {answer: result.status}
                        """.formatted(workflow, called.server.getAddress().getPort())
                        .getBytes(UTF_8))
                .post("/workflows")
                .then()
                .statusCode(201);
        return called;
    }

    private void answer(HttpExchange exchange) throws IOException {
        traces.add(exchange.getRequestHeaders().getFirst("traceparent") + " "
                + exchange.getRequestHeaders().getFirst("tracestate"));
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    /** From now on. */
    public void answerWith(int answer) {
        status = answer;
    }

    /** For each call its traceparent and its tracestate; null is none. */
    public List<String> traces() {
        return traces;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

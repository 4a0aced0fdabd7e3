package dev.threadwright.ending;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/**
 * Sends, to the very address that was checked, and reads the status. Redirects are not followed: nobody has checked where
 * they lead. Neither proxies nor cookies nor connections that are kept.
 */
public final class WebhookClient implements AutoCloseable {

    /** Of an answer's headers; bytes. */
    static final int MAX_HEADERS = 8_192;

    /** Of an answer's body, which nobody looks at; bytes. */
    static final int MAX_BODY = 65_536;

    private final Vertx vertx;
    private final HttpClient client;
    private final long timeoutMs;

    /** @param timeoutMs for all of it: to connect, to send, and until the status is there */
    public WebhookClient(Vertx vertx, long timeoutMs) {
        this.vertx = vertx;
        this.timeoutMs = timeoutMs;
        int ms = Math.toIntExact(timeoutMs);
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setKeepAlive(false)
                .setMaxPoolSize(EndingWorker.MAX_AT_ONCE)
                .setMaxHeaderSize(MAX_HEADERS)
                .setConnectTimeout(ms)
                .setVerifyHost(true)
                .setTrustAll(false));
    }

    /** Completes with the status of the answer; fails if there is none in time. */
    CompletionStage<Integer> post(WebhookTarget target, int attempt, Map<String, String> headers, byte[] body) {
        CompletableFuture<Integer> status = new CompletableFuture<>();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setServer(SocketAddress.inetSocketAddress(
                        target.port(), target.address(attempt).getHostAddress()))
                .setHost(target.host())
                .setPort(target.port())
                .setSsl(target.isSecure())
                .setURI(target.path())
                .setFollowRedirects(false);
        headers.forEach(options::addHeader);
        long timer = vertx.setTimer(
                timeoutMs,
                id -> status.completeExceptionally(new TimeoutException("No answer in " + timeoutMs + " ms")));
        client.request(options).onComplete(connected -> {
            if (connected.failed()) {
                vertx.cancelTimer(timer);
                status.completeExceptionally(connected.cause());
                return;
            }
            HttpClientRequest request = connected.result();
            if (status.isDone()) {
                // Too late: it counts as failed, and must not arrive all the same.
                request.reset();
                return;
            }
            // Whatever becomes of it, it does not hold its connection for longer.
            vertx.setTimer(timeoutMs, id -> request.reset());
            request.send(Buffer.buffer(body)).onComplete(answered -> {
                vertx.cancelTimer(timer);
                if (answered.failed()) {
                    status.completeExceptionally(answered.cause());
                } else {
                    skipBody(request, answered.result());
                    status.complete(answered.result().statusCode());
                }
            });
        });
        return status;
    }

    private static void skipBody(HttpClientRequest request, HttpClientResponse response) {
        int[] read = {0};
        response.exceptionHandler(broken -> request.reset());
        response.handler(part -> {
            read[0] += part.length();
            if (read[0] > MAX_BODY) {
                request.reset();
            }
        });
    }

    @Override
    public void close() {
        client.close();
    }
}

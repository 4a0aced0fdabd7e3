package dev.threadwright.outbound;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One request and its answer. Whatever becomes of it, it holds its connection for no longer than its time. */
public final class Exchange {

    private final CompletableFuture<Integer> status = new CompletableFuture<>();
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final int maxBodyBytes;
    private @Nullable HttpClientRequest request;
    private boolean isOver;

    Exchange(int maxBodyBytes) {
        this.maxBodyBytes = maxBodyBytes;
    }

    /** Completes when the answer begins; fails if there is none in time. */
    public CompletionStage<Integer> status() {
        return status.minimalCompletionStage();
    }

    /** Completes when the answer was read; fails if that is not in time. */
    public CompletableFuture<Answer> answer() {
        return answer.copy();
    }

    /** Takes the connection away. */
    public void cancel() {
        fail(new CancellationException("Cancelled"));
    }

    void begin(Vertx vertx, HttpClient client, RequestOptions options, byte @Nullable [] body, long timeoutMs) {
        long timer = vertx.setTimer(timeoutMs, id -> fail(new TimeoutException("No answer in " + timeoutMs + " ms")));
        answer.whenComplete((done, failure) -> vertx.cancelTimer(timer));
        client.request(options).onComplete(connected -> {
            if (connected.failed()) {
                fail(connected.cause());
            } else if (!isTaken(connected.result())) {
                // Too late: it counts as failed, and must not arrive all the same.
                connected.result().reset();
            } else {
                (body == null ? connected.result().send() : connected.result().send(Buffer.buffer(body)))
                        .onComplete(answered -> {
                            if (answered.failed()) {
                                fail(answered.cause());
                            } else {
                                read(answered.result());
                            }
                        });
            }
        });
    }

    private synchronized boolean isTaken(HttpClientRequest ready) {
        if (isOver) {
            return false;
        }
        request = ready;
        return true;
    }

    private void read(HttpClientResponse response) {
        Buffer body = Buffer.buffer();
        response.exceptionHandler(this::fail);
        response.handler(part -> {
            int left = maxBodyBytes - body.length();
            if (part.length() <= left) {
                body.appendBuffer(part);
            } else if (!answer.isDone()) {
                body.appendBuffer(part, 0, left);
                done(response, body, false);
                reset();
            }
        });
        response.endHandler(end -> done(response, body, true));
        status.complete(response.statusCode());
    }

    private void done(HttpClientResponse response, Buffer body, boolean isWhole) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (String name : response.headers().names()) {
            headers.put(
                    name.toLowerCase(Locale.ROOT),
                    List.copyOf(response.headers().getAll(name)));
        }
        answer.complete(new Answer(response.statusCode(), headers, body.getBytes(), isWhole));
    }

    private void fail(Throwable why) {
        if (answer.completeExceptionally(why)) {
            status.completeExceptionally(why);
            reset();
        }
    }

    private void reset() {
        HttpClientRequest open;
        synchronized (this) {
            isOver = true;
            open = request;
        }
        if (open != null) {
            open.reset();
        }
    }
}

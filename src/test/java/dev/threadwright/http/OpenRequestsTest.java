package dev.threadwright.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.AsyncResult;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class OpenRequestsTest {

    private final OpenRequests requests = new OpenRequests(null, null);
    private final CompletableFuture<Handler<AsyncResult<Void>>> onEnd = new CompletableFuture<>();

    /** What the connection of the response holds while it ends, as Vert.x has it. */
    private final Object connection = new Object();

    private final CountDownLatch looking = new CountDownLatch(1);

    @Test
    void aResponseMayEndWhileItIsLookedAt() throws Exception {
        open();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            synchronized (connection) {
                awaitLooking();
                onEnd.join().handle(null);
            }
            ended.complete(null);
        });
        CompletableFuture<Integer> left = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                left.complete(requests.awaitNone(Duration.ofSeconds(60)));
            } catch (InterruptedException e) {
                left.completeExceptionally(e);
            }
        });

        assertThat(left.get(20, TimeUnit.SECONDS)).isZero();
        ended.get(20, TimeUnit.SECONDS);
    }

    private void awaitLooking() {
        try {
            assertThat(looking.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void open() {
        HttpServerResponse response = proxy(
                HttpServerResponse.class, Map.of("headers", MultiMap::caseInsensitiveMultiMap, "headWritten", () -> {
                    looking.countDown();
                    synchronized (connection) {
                        return false;
                    }
                }));
        HttpServerRequest request =
                proxy(HttpServerRequest.class, Map.of("path", () -> "/threads", "version", () -> HttpVersion.HTTP_1_1));
        RoutingContext context = (RoutingContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {RoutingContext.class}, (self, method, arguments) -> {
                    return switch (method.getName()) {
                        case "request" -> request;
                        case "response" -> response;
                        case "addEndHandler" -> {
                            @SuppressWarnings("unchecked")
                            Handler<AsyncResult<Void>> handler = (Handler<AsyncResult<Void>>) arguments[0];
                            onEnd.complete(handler);
                            yield 1;
                        }
                        case "next" -> null;
                        default -> throw new UnsupportedOperationException(method.toString());
                    };
                });
        Filters filters = new Filters();
        requests.onFilters(filters);
        filters.getFilters().getFirst().getHandler().handle(context);
    }

    private static <T> T proxy(Class<T> type, Map<String, Supplier<?>> answers) {
        return type.cast(Proxy.newProxyInstance(
                OpenRequestsTest.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (method.getName().equals("hashCode")) {
                        return System.identityHashCode(self);
                    }
                    if (method.getName().equals("equals")) {
                        return self == arguments[0];
                    }
                    Supplier<?> answer = answers.get(method.getName());
                    return answer == null ? null : answer.get();
                }));
    }
}

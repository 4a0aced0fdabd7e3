package dev.threadwright.http;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What holds for each request, whatever it asks for and whoever sends it. */
@Singleton
public class RequestDoor {

    /** Before {@link OpenRequests}, and so before all that might answer. */
    private static final int PRIORITY = 11_000;

    private static final long NO_ERROR = 0;

    private final Duration bodyTime;
    private final boolean cors;

    RequestDoor(
            @ConfigProperty(name = "threadwright.limits.body-time") Duration bodyTime,
            @ConfigProperty(name = "quarkus.http.cors.enabled") boolean cors) {
        this.bodyTime = bodyTime;
        this.cors = cors;
    }

    void onFilters(@Observes Filters filters) {
        filters.register(this::handle, PRIORITY);
    }

    /** Vert.x finds out by itself that there is no host, except over HTTP/1.0, and has the request fail before it is handled. */
    void onRouter(@Observes Router router) {
        router.route().order(-PRIORITY).failureHandler(context -> {
            if (context.request().authority() == null) {
                refuseWithoutHost(context.request());
            } else {
                context.next();
            }
        });
    }

    private static void refuseWithoutHost(HttpServerRequest request) {
        ProblemResponses.write(
                request,
                Problem.of(
                        ProblemType.INVALID_REQUEST,
                        "Header Host is missing, or is no host; it says which server the request is for"));
    }

    private void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (cors) {
            // Also without an origin: a cache would give that answer to the pages of all.
            context.response().headers().add(HttpHeaders.VARY, "Origin");
        }
        if (request.authority() == null) {
            refuseWithoutHost(request);
            return;
        }
        if (hasBody(request)) {
            limitTime(context);
        }
        context.next();
    }

    private static boolean hasBody(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            return !request.isEnded() && !request.method().equals(HttpMethod.GET);
        }
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) || length != null && !length.equals("0");
    }

    private void limitTime(RoutingContext context) {
        HttpServerRequest request = context.request();
        long limit = context.vertx().setTimer(bodyTime.toMillis(), late -> {
            if (!request.isEnded()) {
                end(request);
            }
        });
        context.addEndHandler(ended -> {
            // What was answered unread may go on coming, and is given no more time.
            if (ended.failed() || request.isEnded()) {
                context.vertx().cancelTimer(limit);
            }
        });
    }

    private void end(HttpServerRequest request) {
        if (request.response().headWritten()) {
            close(request);
            return;
        }
        if (request.version() != HttpVersion.HTTP_2) {
            request.response().putHeader(HttpHeaders.CONNECTION, "close");
        }
        ProblemResponses.write(
                        request,
                        Problem.of(
                                ProblemType.REQUEST_TIMEOUT,
                                "The body was not complete after " + bodyTime.toMillis() + " ms; nothing was done"))
                .onComplete(sent -> close(request));
    }

    private static void close(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset(NO_ERROR);
        } else {
            request.connection().close();
        }
    }
}

package dev.threadwright.http;

import dev.threadwright.thread.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.smallrye.common.vertx.ContextLocals;
import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which trace a request belongs to, as its headers say; kept beside the request, for whatever it asks a thread for. */
@Singleton
public class RequestTrace {

    private static final int BEFORE_UPLOAD_LIMIT = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 1;

    private static final String PARENT = "traceparent";
    private static final String STATE = "tracestate";
    private static final String KEY = RequestTrace.class.getName();

    void onRouter(@Observes Router router) {
        router.route().order(BEFORE_UPLOAD_LIMIT).handler(RequestTrace::note);
    }

    private static void note(RoutingContext request) {
        TraceContext sent = of(request.request().headers());
        TraceContext trace = own(sent);
        if (trace != null) {
            ContextLocals.put(KEY, trace);
        }
        request.next();
    }

    /** The server's own span of the request, if it makes any of this one; else what was sent. */
    private static @Nullable TraceContext own(@Nullable TraceContext sent) {
        SpanContext own = Span.current().getSpanContext();
        return own.isSampled()
                ? TraceContext.of(
                        "00-" + own.getTraceId() + "-" + own.getSpanId() + "-"
                                + own.getTraceFlags().asHex(),
                        sent == null ? null : sent.state())
                : sent;
    }

    /** Null if there is none, or none that can be read: two parents are none. */
    static @Nullable TraceContext of(MultiMap headers) {
        List<String> parents = headers.getAll(PARENT);
        return parents.size() == 1
                ? TraceContext.of(parents.getFirst().strip(), String.join(",", headers.getAll(STATE)))
                : null;
    }

    /** That of the request that is being handled here; null if it has none, or none is. */
    static @Nullable TraceContext current() {
        return VertxContext.isOnDuplicatedContext()
                ? ContextLocals.<TraceContext>get(KEY).orElse(null)
                : null;
    }
}

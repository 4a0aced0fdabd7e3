package dev.threadwright.http;

import dev.threadwright.ingress.AttributeText;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Refuses requests whose caller counts on a key that would not be the one that is used. */
@Singleton
public class KeyCheck {

    private static final int BEFORE_UPLOAD_LIMIT = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 1;

    void onRouter(@Observes Router router) {
        router.route().order(BEFORE_UPLOAD_LIMIT).handler(KeyCheck::check);
    }

    private static void check(RoutingContext request) {
        String wrong = wrong(request.request().headers().getAll(IdempotencyKey.HEADER));
        if (wrong == null) {
            request.next();
            return;
        }
        ProblemResponses.write(request.request(), Problem.of(ProblemType.INVALID_REQUEST, wrong));
    }

    /** What is wrong with the keys of a request; null if nothing is. */
    static @Nullable String wrong(List<String> keys) {
        if (keys.size() > 1) {
            return "Header " + IdempotencyKey.HEADER + " is there " + keys.size() + " times; give one";
        }
        if (keys.isEmpty()) {
            return null;
        }
        String key = keys.getFirst();
        // What it names is sent and kept with what is done, as an attribute of an event.
        String problem = key.isBlank()
                ? "is empty; leave it out if repeating the request does no harm"
                : AttributeText.problem(key);
        return problem == null ? null : "Header " + IdempotencyKey.HEADER + " " + problem;
    }
}

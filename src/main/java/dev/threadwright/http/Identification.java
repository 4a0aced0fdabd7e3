package dev.threadwright.http;

import dev.threadwright.security.Caller;
import dev.threadwright.security.Identities;
import dev.threadwright.security.Role;
import dev.threadwright.thread.ThreadKey;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who asks, before anything answers: by an API key, in {@code X-Api-Key} or as a bearer token, or by a token of the
 * issuer. Who cannot say is refused, whatever it is that they ask for.
 */
@Singleton
public class Identification {

    static final String KEY_HEADER = "X-Api-Key";

    /** After the checks of other origins, which ask without credentials first; before all others. */
    private static final int ORDER = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 2;

    private static final String BEARER = "bearer ";

    private static final Logger LOG = Logger.getLogger(Identification.class);

    private final Identities identities;
    private final Caller anybody = Caller.anybody(ThreadKey.DEFAULT_TENANT, Commands.ACTOR);

    Identification(Identities identities) {
        this.identities = identities;
    }

    void onRouter(@Observes Router router) {
        router.route().order(ORDER).handler(this::identify);
    }

    private void identify(RoutingContext request) {
        if (!identities.required()) {
            CurrentCaller.set(anybody);
            request.next();
            return;
        }
        String path = request.request().path();
        if (path != null && OpenPaths.isOne(path, identities.openMetrics())) {
            request.next();
            return;
        }
        try {
            known(credentials(request), request);
        } catch (ProblemException e) {
            refuse(request, e.problem());
        }
    }

    private void known(String credentials, RoutingContext request) {
        Caller caller = identities.keys().find(credentials);
        if (caller == null) {
            throw unknown("The API key is not one of this server's");
        }
        enter(caller, request);
    }

    private static void enter(Caller caller, RoutingContext request) {
        if (OpenPaths.METRICS.equals(request.normalizedPath()) && !caller.may(Role.OPERATE)) {
            refuse(request, Problem.missing(Role.OPERATE));
            return;
        }
        CurrentCaller.set(caller);
        request.next();
    }

    private static String credentials(RoutingContext request) {
        List<String> keys = request.request().headers().getAll(KEY_HEADER);
        if (keys.size() > 1) {
            throw unknown("Header " + KEY_HEADER + " is there " + keys.size() + " times; give one");
        }
        if (keys.size() == 1) {
            return keys.getFirst().strip();
        }
        List<String> given = request.request().headers().getAll(HttpHeaders.AUTHORIZATION);
        if (given.size() > 1) {
            throw unknown("Header Authorization is there " + given.size() + " times; give one");
        }
        String bearer = given.isEmpty() ? null : bearer(given.getFirst());
        if (bearer == null) {
            throw unknown("Say who you are: an API key in header " + KEY_HEADER
                    + ", or a token as \"Authorization: Bearer\"");
        }
        return bearer;
    }

    private static @Nullable String bearer(String authorization) {
        String stripped = authorization.strip();
        return stripped.length() > BEARER.length()
                        && stripped.substring(0, BEARER.length())
                                .toLowerCase(Locale.ROOT)
                                .equals(BEARER)
                ? stripped.substring(BEARER.length()).strip()
                : null;
    }

    static ProblemException unknown(String detail) {
        return new ProblemException(Problem.of(ProblemType.UNAUTHENTICATED, detail));
    }

    static void refuse(RoutingContext request, Problem problem) {
        if (problem.type() == ProblemType.UNAUTHENTICATED) {
            request.response().putHeader("WWW-Authenticate", ProblemResponses.CHALLENGE);
        }
        request.response()
                .setStatusCode(problem.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .end(problem.toJson(String.valueOf(request.request().path())))
                .onFailure(gone -> LOG.debugf("A caller was gone before being refused: %s", gone.getMessage()));
    }
}

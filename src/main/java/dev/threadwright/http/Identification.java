package dev.threadwright.http;

import dev.threadwright.security.ApiKey;
import dev.threadwright.security.Caller;
import dev.threadwright.security.Identities;
import dev.threadwright.security.Role;
import dev.threadwright.security.TokenFault;
import dev.threadwright.security.TokenVerdict;
import dev.threadwright.security.Tokens;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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

    private final Identities identities;
    private final Caller anybody = Caller.anybody(ThreadKey.DEFAULT_TENANT, Commands.ACTOR);

    Identification(Identities identities) {
        this.identities = identities;
    }

    void onRouter(@Observes Router router) {
        if (identities.tokens() != null) {
            identities.tokens().warm();
        }
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
            ProblemResponses.write(request.request(), e.problem());
        }
    }

    private void known(Credentials credentials, RoutingContext request) {
        Caller caller = identities.keys().find(credentials.text());
        Tokens tokens = identities.tokens();
        if (caller != null) {
            enter(caller, request);
        } else if (credentials.maybeToken() && tokens != null) {
            check(tokens.check(credentials.text()), request);
        } else {
            throw unknown(
                    credentials.maybeToken()
                            ? "This server takes no tokens, and what was sent is not one of its API keys"
                            : "The API key is not one of this server's");
        }
    }

    /** At once, as it nearly always is, or when the issuer has answered. */
    private static void check(CompletableFuture<TokenVerdict> token, RoutingContext request) {
        if (token.isDone()) {
            act(token.join(), request);
            return;
        }
        // Nobody reads yet what the caller sends meanwhile. The context is the request's own, to which the caller is
        // kept.
        Context context = Vertx.currentContext();
        request.request().pause();
        token.whenComplete((verdict, failure) -> context.runOnContext(now -> {
            request.request().resume();
            if (failure == null) {
                act(verdict, request);
            } else {
                request.fail(failure);
            }
        }));
    }

    private static void act(TokenVerdict verdict, RoutingContext request) {
        switch (verdict) {
            case TokenVerdict.Known(Caller caller) -> enter(caller, request);
            case TokenVerdict.Refused(TokenFault fault) -> ProblemResponses.write(request.request(), problem(fault));
        }
    }

    private static Problem problem(TokenFault fault) {
        ProblemType type = switch (fault.kind()) {
            case NOT_BELIEVED -> ProblemType.UNAUTHENTICATED;
            case NOT_ALLOWED -> ProblemType.FORBIDDEN;
            case NOT_KNOWN_NOW -> ProblemType.ISSUER_UNAVAILABLE;
        };
        return Problem.of(type, fault.detail()).with(Map.of(Problem.REASON, Json.of(fault.word())));
    }

    private static void enter(Caller caller, RoutingContext request) {
        if (OpenPaths.isOfMetrics(request.normalizedPath()) && !caller.may(Role.OPERATE)) {
            ProblemResponses.write(request.request(), Problem.missing(Role.OPERATE));
            return;
        }
        CurrentCaller.set(caller);
        request.next();
    }

    /** @param maybeToken not by where it was sent, nor by how it begins, a key */
    private record Credentials(String text, boolean maybeToken) {}

    private static Credentials credentials(RoutingContext request) {
        List<String> keys = request.request().headers().getAll(KEY_HEADER);
        if (keys.size() > 1) {
            throw unknown("Header " + KEY_HEADER + " is there " + keys.size() + " times; give one");
        }
        if (keys.size() == 1) {
            return new Credentials(keys.getFirst().strip(), false);
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
        return new Credentials(bearer, !bearer.startsWith(ApiKey.PREFIX));
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
}

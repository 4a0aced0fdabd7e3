package dev.threadwright.http;

import dev.threadwright.assistant.AssistantRefusedException;
import dev.threadwright.catalog.CatalogUnavailableException;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.query.UnavailableException;
import dev.threadwright.sealing.SealedException;
import dev.threadwright.security.Role;
import dev.threadwright.stream.TooManyStreamsException;
import dev.threadwright.tables.TablesUnavailableException;
import dev.threadwright.workflow.Json;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns whatever ends a request before its end into a problem document. */
@Singleton
public class ProblemResponses {

    /** Tells a client how long to leave a server alone that has too much to do; seconds. */
    private static final String RETRY_AFTER_SECONDS = "1";

    /** How those are asked to say who they are who did not. */
    private static final String CHALLENGE = "Bearer realm=\"threadwright\"";

    private static final int BEFORE_UPLOAD_LIMIT = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 1;

    /** Where Quarkus leaves what its own reading of bodies goes by: it would end the response itself, without a word. */
    private static final String QUARKUS_LIMIT = "io.quarkus.max-request-size";

    private static final int AFTER_UPLOAD_LIMIT = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT + 1;

    private static final long NO_ERROR = 0;

    private static final Logger LOG = Logger.getLogger(ProblemResponses.class);

    private final AllowedMethods methods;
    private final AuditTrail trail;
    private final long maxBodyBytes;

    ProblemResponses(
            AllowedMethods methods,
            AuditTrail trail,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBodySize) {
        this.methods = methods;
        this.trail = trail;
        this.maxBodyBytes = maxBodySize.asLongValue();
    }

    @ServerExceptionMapper
    Response problem(ProblemException exception, UriInfo uri, Request request, ResourceInfo resource) {
        Role missing = exception.problem().missingRole();
        if (missing != null) {
            trail.denied(CurrentCaller.orNull(), missing, RouteName.of(request, resource));
        }
        return response(exception.problem(), uri);
    }

    @ServerExceptionMapper
    Response problem(UnreadBodyException exception, UriInfo uri, RoutingContext request) {
        // What follows on this connection is a body that nobody reads.
        if (request.request().version() == HttpVersion.HTTP_2) {
            request.addEndHandler(sent -> request.response().reset(NO_ERROR));
        } else {
            request.response().putHeader(HttpHeaders.CONNECTION, "close");
            request.addEndHandler(sent -> request.request().connection().close());
        }
        return response(exception.problem(), uri);
    }

    @ServerExceptionMapper
    Response unavailable(UnavailableException exception, UriInfo uri) {
        LOG.debugf(exception, "Reading for %s failed", ShownPath.of(uri.getPath()));
        return response(
                Problem.of(ProblemType.DATABASE_UNAVAILABLE, "The database cannot be read just now; try again"), uri);
    }

    @ServerExceptionMapper
    Response unavailable(JournalUnavailableException exception, UriInfo uri) {
        LOG.debugf(exception, "The journal for %s failed", ShownPath.of(uri.getPath()));
        return response(
                Problem.of(ProblemType.DATABASE_UNAVAILABLE, "The database cannot be read just now; try again"), uri);
    }

    @ServerExceptionMapper
    Response unavailable(TablesUnavailableException exception, UriInfo uri) {
        LOG.debugf(exception, "The tables for %s failed", ShownPath.of(uri.getPath()));
        return response(
                Problem.of(ProblemType.DATABASE_UNAVAILABLE, "The database cannot be reached just now; try again"),
                uri);
    }

    /** What is erased is as good as deleted, to whoever read it at that moment. */
    @ServerExceptionMapper
    Response sealed(SealedException exception, UriInfo uri) {
        return switch (exception.reason()) {
            case ERASED ->
                response(Problem.of(ProblemType.THREAD_NOT_FOUND, String.valueOf(exception.getMessage())), uri);
            case UNAVAILABLE, NO_MASTER_KEY -> {
                LOG.warnf("What %s asks for cannot be opened: %s", ShownPath.of(uri.getPath()), exception.getMessage());
                yield response(
                        Problem.of(
                                ProblemType.KEYS_UNAVAILABLE,
                                "The key of what is stored cannot be had just now; the server's log says why"),
                        uri);
            }
            case DAMAGED -> {
                LOG.errorf(
                        "What %s asks for cannot be opened: %s", ShownPath.of(uri.getPath()), exception.getMessage());
                yield response(
                        Problem.of(
                                ProblemType.FAILED,
                                "What is stored is not what was sealed there, or its key is lost; the server's log says"
                                        + " where"),
                        uri);
            }
        };
    }

    @ServerExceptionMapper
    Response refused(AssistantRefusedException exception, UriInfo uri) {
        return response(Problem.of(type(exception.reason()), String.valueOf(exception.getMessage())), uri);
    }

    @ServerExceptionMapper
    Response unavailable(CatalogUnavailableException exception, UriInfo uri) {
        return response(Problem.of(ProblemType.DATABASE_UNAVAILABLE, String.valueOf(exception.getMessage())), uri);
    }

    private static ProblemType type(AssistantRefusedException.Reason reason) {
        return switch (reason) {
            case NOT_FOUND -> ProblemType.ASSISTANT_NOT_FOUND;
            case EXISTS -> ProblemType.ASSISTANT_EXISTS;
            case OF_THE_SYSTEM -> ProblemType.SYSTEM_ASSISTANT;
            case UNKNOWN_GRAPH -> ProblemType.UNKNOWN_WORKFLOW;
        };
    }

    @ServerExceptionMapper
    Response overloaded(TooManyStreamsException exception, UriInfo uri) {
        return response(Problem.of(ProblemType.OVERLOADED, String.valueOf(exception.getMessage())), uri);
    }

    /** What Quarkus REST itself refuses. */
    @ServerExceptionMapper
    Response refused(WebApplicationException exception, UriInfo uri, Request request) {
        int status = exception.getResponse().getStatus();
        if (status != 404 && status != 405) {
            return response(problem(status, exception, uri), uri);
        }
        Set<String> allowed = methods.of(uri.getRequestUri().getRawPath());
        boolean isOther = !allowed.isEmpty() && !allowed.contains(request.getMethod());
        Response response = response(problem(isOther ? 405 : status, exception, uri), uri);
        return isOther
                ? Response.fromResponse(response)
                        .header(HttpHeaders.ALLOW.toString(), String.join(", ", allowed))
                        .build()
                : response;
    }

    @ServerExceptionMapper
    Response failed(Throwable failure, UriInfo uri) {
        LOG.errorf(failure, "Answering %s failed", ShownPath.of(uri.getPath()));
        return response(Problem.of(ProblemType.FAILED, "The server failed on this request; its log says why"), uri);
    }

    /** Quarkus would refuse the same bodies right after this, without a word; those of unknown length, {@link BodyReader} sees to. */
    void onRouter(@Observes Router router) {
        router.route().order(BEFORE_UPLOAD_LIMIT).handler(this::refuseTooLarge);
        router.route().order(AFTER_UPLOAD_LIMIT).handler(request -> {
            request.remove(QUARKUS_LIMIT);
            request.next();
        });
    }

    private void refuseTooLarge(RoutingContext request) {
        String length = request.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null || Long.parseLong(length) <= maxBodyBytes) {
            request.next();
            return;
        }
        // The rest of the connection is a body that nobody reads.
        request.response().putHeader(HttpHeaders.CONNECTION, "close");
        write(request.request(), CommandBody.tooLarge())
                .onComplete(sent -> request.request().connection().close());
    }

    private static Problem problem(int status, WebApplicationException exception, UriInfo uri) {
        return switch (status) {
            case 404 -> Problem.of(ProblemType.NOT_FOUND, "There is nothing at " + ShownPath.of(uri.getPath()));
            case 405 ->
                Problem.of(
                        ProblemType.METHOD_NOT_ALLOWED,
                        "This method does nothing here; /q/openapi says which paths take which methods");
            case 406 ->
                Problem.of(
                        ProblemType.NOT_ACCEPTABLE,
                        "Header Accept allows nothing that is there; leave it out, or add */* to it");
            case 413 -> CommandBody.tooLarge();
            case 415 ->
                Problem.of(
                        ProblemType.UNSUPPORTED_MEDIA_TYPE,
                        "Send the body as application/json"
                                + (isOfWorkflows(uri) ? " or application/yaml" : "")
                                + ", and say so in the Content-Type header");
            case 400 -> Problem.of(ProblemType.INVALID_REQUEST, String.valueOf(exception.getMessage()));
            default ->
                new Problem(
                        ProblemType.OTHER,
                        status,
                        String.valueOf(exception.getMessage()),
                        java.util.List.of(),
                        java.util.Map.of());
        };
    }

    /** The only bodies that may be something else than JSON. */
    private static boolean isOfWorkflows(UriInfo uri) {
        return uri.getPath().startsWith("/workflows");
    }

    static Response response(Problem problem, UriInfo uri) {
        Response.ResponseBuilder response = Response.status(problem.status())
                .type(Problem.MEDIA_TYPE)
                .entity(problem.toJson(uri.getRequestUri().getRawPath()));
        headers(problem).forEach(response::header);
        return response.build();
    }

    /** Answers a request before it has come to a resource. Fails if the caller has gone, which is nobody's concern. */
    static Future<Void> write(HttpServerRequest request, Problem problem) {
        HttpServerResponse response = request.response();
        headers(problem).forEach(response::putHeader);
        return response.setStatusCode(problem.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .end(problem.toJson(String.valueOf(request.path())))
                .onFailure(gone -> LOG.debugf("A caller was gone before being refused: %s", gone.getMessage()));
    }

    /** What tells clients, in their own way, what to do. */
    private static Map<String, String> headers(Problem problem) {
        return switch (problem.status()) {
            case 401 ->
                Map.of(
                        "WWW-Authenticate",
                        problem.more().containsKey(Problem.REASON)
                                ? CHALLENGE + ", error=\"invalid_token\""
                                : CHALLENGE);
            case 429, 503 -> Map.of("Retry-After", retryAfter(problem));
            default -> Map.of();
        };
    }

    /** Whole seconds, so that it is not too early. */
    private static String retryAfter(Problem problem) {
        return problem.more().get(Problem.RETRY_AFTER_MS) instanceof Json.Num ms
                ? String.valueOf(Math.ceilDiv(ms.value().longValueExact(), 1_000L))
                : RETRY_AFTER_SECONDS;
    }
}

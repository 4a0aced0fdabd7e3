package dev.threadwright.http;

import io.quarkus.smallrye.openapi.runtime.OpenApiConstants;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The document of this API as it was made when the server was built. Quarkus would parse it at each start, and write it again
 * twice, for filters that there are none of: a tenth of such a start.
 */
@Singleton
public class OpenApiDocument {

    static final String PATH = "/q/openapi";

    private static final int BEFORE_QUARKUS = RouteConstants.ROUTE_ORDER_COMPRESSION + 1;

    private static final Set<HttpMethod> METHODS = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private enum Format {
        JSON("application/json"),
        YAML("application/yaml");

        private final String mediaType;

        Format(String mediaType) {
            this.mediaType = mediaType;
        }
    }

    private final Map<Format, Buffer> documents = new ConcurrentHashMap<>();

    /** Before Quarkus starts: it finds no document, and so has nothing to parse. */
    public static void ownedByUs() {
        OpenApiConstants.classLoader = new ClassLoader(null) {};
    }

    void onRouter(@Observes Router router) {
        for (String ending : List.of("", ".json", ".yaml", ".yml")) {
            router.route(PATH + ending).order(BEFORE_QUARKUS).blockingHandler(this::answer, false);
        }
    }

    private void answer(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (!METHODS.contains(request.method())) {
            context.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
            ProblemResponses.write(
                    request,
                    Problem.of(ProblemType.METHOD_NOT_ALLOWED, "The document of the API can be read, and that is all"));
            return;
        }
        Format format = format(context);
        Buffer document = documents.computeIfAbsent(format, OpenApiDocument::read);
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, format.mediaType + ";charset=UTF-8")
                .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(document.length()))
                .end(request.method() == HttpMethod.HEAD ? Buffer.buffer() : document);
    }

    /** By the path, or as asked for; YAML if nothing is said. */
    private static Format format(RoutingContext context) {
        String path = context.normalizedPath();
        if (path.endsWith(".json")) {
            return Format.JSON;
        }
        if (path.endsWith(".yaml") || path.endsWith(".yml")) {
            return Format.YAML;
        }
        String accepted = context.request().getHeader(HttpHeaders.ACCEPT);
        boolean wantsJson = accepted != null && accepted.contains(Format.JSON.mediaType)
                || context.queryParam("format").stream().limit(1).anyMatch(Format.JSON.name()::equalsIgnoreCase);
        return wantsJson ? Format.JSON : Format.YAML;
    }

    private static Buffer read(Format format) {
        String name = OpenApiConstants.BASE_NAME + "." + format;
        try (InputStream resource =
                Thread.currentThread().getContextClassLoader().getResourceAsStream(name)) {
            if (resource == null) {
                throw new IllegalStateException("The server lacks its resource " + name);
            }
            return Buffer.buffer(resource.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

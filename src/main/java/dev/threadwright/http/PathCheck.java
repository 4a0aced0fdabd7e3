package dev.threadwright.http;

import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Refuses addresses that would be taken for others. Quarkus REST drops what follows a semicolon and puts U+FFFD where
 * bytes are no UTF-8; with ids in the path, either would reach a thread that nobody named.
 */
@Singleton
public class PathCheck {

    private static final int BEFORE_UPLOAD_LIMIT = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 1;

    private static final String NOT_UTF8 = "The address is not percent-encoded UTF-8; a % itself is %25";

    void onRouter(@Observes Router router) {
        router.route().order(BEFORE_UPLOAD_LIMIT).handler(PathCheck::check);
    }

    private static void check(RoutingContext request) {
        String wrong = wrong(request.request().uri());
        if (wrong == null) {
            request.next();
            return;
        }
        ProblemResponses.write(request.request(), Problem.of(ProblemType.INVALID_REQUEST, wrong));
    }

    /** What is wrong with a path and its query; null if nothing is. */
    static @Nullable String wrong(String uri) {
        int query = uri.indexOf('?');
        String path = query < 0 ? uri : uri.substring(0, query);
        if (path.indexOf(';') >= 0) {
            return "The path holds a semicolon, which would begin parameters; write one that belongs to an id as %3B";
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(uri.length());
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c > '~') {
                return "The address holds bytes beyond ASCII; percent-encode them, as UTF-8";
            }
            if (c != '%') {
                bytes.write(c);
                continue;
            }
            int high = i + 2 < uri.length() ? Character.digit(uri.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(uri.charAt(i + 2), 16);
            if (low < 0) {
                return NOT_UTF8;
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray()));
            return null;
        } catch (CharacterCodingException e) {
            return NOT_UTF8;
        }
    }
}

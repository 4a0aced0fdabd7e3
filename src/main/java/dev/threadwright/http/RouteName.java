package dev.threadwright.http;

import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Request;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** A route as the API's document names it, {@code POST /set-aside/{thread_id}/release}, whatever was asked for by it. */
final class RouteName {

    private RouteName() {}

    static String of(Request request, ResourceInfo resource) {
        Method method = resource.getResourceMethod();
        if (method == null) {
            return request.getMethod();
        }
        String path =
                path(method.getDeclaringClass().getAnnotation(Path.class)) + path(method.getAnnotation(Path.class));
        return request.getMethod() + " " + path;
    }

    private static String path(@Nullable Path path) {
        return path == null || path.value().equals("/") ? "" : path.value();
    }
}

package dev.threadwright.http;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What the running server answers. */
final class Routes {

    /**
     * One of them.
     *
     * @param template {@code GET /threads/{thread_id}}
     * @param accept what to accept, so that it is this one that answers
     */
    record Route(String verb, String path, Method method, String accept, String contentType) {

        String template() {
            return verb + " " + path;
        }

        RoleCheck.Need need() {
            return RoleCheck.need(method);
        }

        /** With something in the place of each name. */
        String anywhere() {
            return path.replaceAll("\\{[^{}]*}", "x");
        }
    }

    private Routes() {}

    static List<Route> all(BeanManager beans) {
        List<Route> routes = new ArrayList<>();
        for (Bean<?> bean : beans.getBeans(Object.class, Any.Literal.INSTANCE)) {
            Path base = bean.getBeanClass().getAnnotation(Path.class);
            if (base != null) {
                for (Method method : bean.getBeanClass().getDeclaredMethods()) {
                    for (Annotation annotation : method.getAnnotations()) {
                        HttpMethod verb = annotation.annotationType().getAnnotation(HttpMethod.class);
                        if (verb != null) {
                            routes.add(route(bean.getBeanClass(), method, verb.value(), base.value()));
                        }
                    }
                }
            }
        }
        routes.sort(Comparator.comparing(Route::path).thenComparing(Route::verb));
        return routes;
    }

    private static Route route(Class<?> resource, Method method, String verb, String base) {
        Path own = method.getAnnotation(Path.class);
        String path = (base + "/" + (own == null ? "" : own.value())).replaceAll("/+", "/");
        Produces produces = method.isAnnotationPresent(Produces.class)
                ? method.getAnnotation(Produces.class)
                : resource.getAnnotation(Produces.class);
        Consumes consumes = method.isAnnotationPresent(Consumes.class)
                ? method.getAnnotation(Consumes.class)
                : resource.getAnnotation(Consumes.class);
        String type = consumes == null || consumes.value()[0].equals("*/*") ? "application/json" : consumes.value()[0];
        return new Route(
                verb,
                path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path,
                method,
                produces == null ? "*/*" : produces.value()[0],
                type);
    }
}

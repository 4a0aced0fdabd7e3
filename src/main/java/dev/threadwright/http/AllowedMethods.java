package dev.threadwright.http;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Singleton;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which methods there are for an address, over all resource classes. Quarkus REST asks only the classes whose path fits
 * best, so that a wrong method of a path that classes share would be told as nothing there.
 */
@Singleton
public class AllowedMethods {

    private static final Pattern PARAMETER = Pattern.compile("\\{[^{}]*}");

    private record Operation(String method, Pattern path) {}

    private final BeanManager beans;

    /** Empty until somebody asks: most starts have better things to do than to look for them. */
    private final List<Operation> operations = new ArrayList<>();

    AllowedMethods(BeanManager beans) {
        this.beans = beans;
    }

    /** Those that a path takes, as it is in the request, percent-encoded; none if there is nothing at it. */
    SortedSet<String> of(String rawPath) {
        SortedSet<String> methods = new TreeSet<>();
        for (Operation operation : operations()) {
            if (operation.path().matcher(rawPath).matches()) {
                methods.add(operation.method());
            }
        }
        if (methods.contains(HttpMethod.GET)) {
            methods.add(HttpMethod.HEAD);
        }
        if (!methods.isEmpty()) {
            methods.add(HttpMethod.OPTIONS);
        }
        return methods;
    }

    private synchronized List<Operation> operations() {
        if (operations.isEmpty()) {
            for (Bean<?> bean : beans.getBeans(Object.class, Any.Literal.INSTANCE)) {
                Path path = bean.getBeanClass().getAnnotation(Path.class);
                if (path != null) {
                    add(bean.getBeanClass(), path.value());
                }
            }
        }
        return operations;
    }

    private void add(Class<?> resource, String base) {
        for (Method method : resource.getDeclaredMethods()) {
            String httpMethod = httpMethod(method);
            if (httpMethod != null) {
                Path path = method.getAnnotation(Path.class);
                operations.add(new Operation(httpMethod, pattern(base + "/" + (path == null ? "" : path.value()))));
            }
        }
    }

    private static @Nullable String httpMethod(Method method) {
        for (Annotation annotation : method.getAnnotations()) {
            HttpMethod named = annotation.annotationType().getAnnotation(HttpMethod.class);
            if (named != null) {
                return named.value();
            }
        }
        return null;
    }

    /** A parameter stands for one segment, and a slash at the end makes no difference. */
    private static Pattern pattern(String template) {
        String normal = template.replaceAll("/+", "/").replaceAll("/$", "");
        StringBuilder regex = new StringBuilder();
        Matcher parameters = PARAMETER.matcher(normal);
        int from = 0;
        while (parameters.find()) {
            regex.append(Pattern.quote(normal.substring(from, parameters.start())))
                    .append("[^/]+");
            from = parameters.end();
        }
        return Pattern.compile(
                regex.append(Pattern.quote(normal.substring(from))).append("/?").toString());
    }
}

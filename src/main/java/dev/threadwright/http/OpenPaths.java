package dev.threadwright.http;

import java.util.Set;

/**
 * What is told to anybody: whether the server is well, how it is spoken to, and what callbacks say, whose address is a
 * credential of its own. What answers there is {@link ForAnybody}, or knows nothing of tenants.
 */
final class OpenPaths {

    private static final String METRICS = "/q/metrics";

    private static final Set<String> PATHS = Set.of("/ok", "/asyncapi", "/workflows/schema", "/q/openapi", "/q/health");

    private static final Set<String> BELOW = Set.of("/callbacks/", "/q/health/", "/q/openapi.", "/q/swagger-ui");

    private OpenPaths() {}

    /**
     * Whether the metrics are told there: below their path, too.
     *
     * @param path normalized, as the router compares it
     */
    static boolean isOfMetrics(String path) {
        return (path + "/").startsWith(METRICS + "/");
    }

    /** @param path as it is in the request, with nothing decoded */
    static boolean isOne(String path, boolean withMetrics) {
        if (path.contains("/.") || path.contains("//") || path.contains("%")) {
            // Whoever decodes or shortens it may come elsewhere.
            return false;
        }
        String plain = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return PATHS.contains(plain)
                || BELOW.stream().anyMatch(path::startsWith)
                || withMetrics && plain.equals(METRICS);
    }
}

package dev.threadwright.model;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a model is asked. The key is told to nobody else: not to logs, errors or the journal.
 *
 * @param baseUrl what stands before {@code /chat/completions}
 * @param apiKey null if none is wanted there
 * @param model as it is called there
 * @param timeout from asking to the end of the answer
 */
public record Endpoint(URI baseUrl, @Nullable String apiKey, String model, Duration timeout) {

    /** Of an answer. */
    public static final Duration MAX_TIMEOUT = Duration.ofHours(1);

    /** @throws IllegalArgumentException with what cannot be */
    public Endpoint {
        String scheme = baseUrl.getScheme();
        if (baseUrl.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new IllegalArgumentException("base-url is no http or https address");
        }
        if (baseUrl.getRawUserInfo() != null || baseUrl.getRawQuery() != null || baseUrl.getRawFragment() != null) {
            throw new IllegalArgumentException("base-url has more than a host, a port and a path");
        }
        if (model.isBlank()) {
            throw new IllegalArgumentException("model is empty");
        }
        if (timeout.toMillis() < 1 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("timeout must be 1 ms to " + MAX_TIMEOUT);
        }
    }

    /** Without the key, if somebody repeats it to us. */
    String withoutKey(String text) {
        return apiKey == null || apiKey.isBlank() ? text : text.replace(apiKey, "***");
    }

    /** For people. */
    String place() {
        return baseUrl.getAuthority();
    }

    @Override
    public String toString() {
        return model + " at " + baseUrl;
    }
}

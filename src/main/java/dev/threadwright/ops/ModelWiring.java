package dev.threadwright.ops;

import dev.threadwright.model.Endpoint;
import dev.threadwright.model.Models;
import dev.threadwright.thread.ThreadKey;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** The chat models that are configured, and the one that the variables of OpenAI's own tools name. */
@Singleton
class ModelWiring {

    static final String PUBLIC_BASE_URL = "https://api.openai.com/v1";
    static final String USUAL_MODEL = "gpt-4o-mini";

    private static final Duration USUAL_TIMEOUT = Duration.ofMinutes(2);

    /** @throws MisconfiguredException if one cannot be as it is configured */
    @Produces
    @Singleton
    static Models models(
            ThreadwrightConfig config,
            @ConfigProperty(name = "OPENAI_BASE_URL") Optional<String> baseUrl,
            @ConfigProperty(name = "OPENAI_API_KEY") Optional<String> apiKey,
            @ConfigProperty(name = "OPENAI_MODEL") Optional<String> model) {
        Map<String, Endpoint> endpoints = new TreeMap<>();
        if (baseUrl.isPresent() || apiKey.isPresent()) {
            endpoints.put(
                    Models.DEFAULT,
                    endpoint(
                            "OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL",
                            baseUrl.orElse(PUBLIC_BASE_URL),
                            apiKey.orElse(null),
                            model.orElse(USUAL_MODEL),
                            USUAL_TIMEOUT));
        }
        config.models()
                .forEach((name, one) -> endpoints.put(
                        name,
                        endpoint(
                                "threadwright.models." + name,
                                one.baseUrl(),
                                one.apiKey().orElse(null),
                                one.model(),
                                one.timeout())));
        return new Models(endpoints, (tenant, name) -> mayAsk(config, tenant, name));
    }

    /** They cost whoever runs the server: those of tenants that have others for themselves are named one by one. */
    static boolean mayAsk(ThreadwrightConfig config, String tenant, String name) {
        if (tenant.equals(ThreadKey.DEFAULT_TENANT)) {
            return true;
        }
        ThreadwrightConfig.Tenant known = config.tenants().get(tenant);
        return known != null && known.models().orElse(List.of()).contains(name);
    }

    static void close(@Disposes Models models) {
        models.close();
    }

    private static Endpoint endpoint(
            String where, String baseUrl, @Nullable String apiKey, String model, Duration timeout) {
        try {
            return new Endpoint(URI.create(baseUrl), apiKey, model, timeout);
        } catch (IllegalArgumentException e) {
            throw new MisconfiguredException(where + ": " + e.getMessage());
        }
    }
}

package dev.threadwright;

import dev.threadwright.embedded.EmbeddedServers;
import dev.threadwright.ops.PostgresUrl;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Lets one JDBC URL configure both clients of the database, TLS included: Quarkus wants the reactive one told apart. Above
 * application.properties and below the environment, so that a {@code quarkus.datasource} key still wins.
 */
public final class PostgresConfigSource implements ConfigSourceFactory {
    static final String USERNAME_KEY = "threadwright.postgres.username";
    static final String PASSWORD_KEY = "threadwright.postgres.password";

    private static final String REACTIVE = "quarkus.datasource.reactive.";

    private static final int ORDINAL = 260;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        ConfigValue url = context.getValue(EmbeddedServers.POSTGRES_URL_KEY);
        if (url == null || url.getValue() == null || url.getValue().isBlank()) {
            return List.of();
        }
        String jdbcUrl = url.getValue().strip();
        PostgresUrl parts;
        try {
            parts = PostgresUrl.of(jdbcUrl);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(EmbeddedServers.POSTGRES_URL_KEY + " " + e.getMessage(), e);
        }
        Map<String, String> derived = new HashMap<>();
        derived.put("quarkus.datasource.jdbc.url", jdbcUrl);
        derived.put("quarkus.datasource.reactive.url", parts.address().substring("jdbc:".length()));
        reactive(parts.parameters(), derived);
        copy(context, USERNAME_KEY, "quarkus.datasource.username", derived);
        copy(context, PASSWORD_KEY, "quarkus.datasource.password", derived);
        return List.of(new PropertiesConfigSource(derived, "threadwright.postgres", ORDINAL));
    }

    @Override
    public OptionalInt getPriority() {
        return OptionalInt.of(ORDINAL);
    }

    /**
     * What the JDBC driver reads out of its URL, in the words of the other client, which would send the rest to the server as
     * settings of the session.
     */
    private static void reactive(Map<String, String> parameters, Map<String, String> derived) {
        // Below the keys for them, which are put afterwards.
        put(parameters.get("user"), "quarkus.datasource.username", derived);
        put(parameters.get("password"), "quarkus.datasource.password", derived);
        String mode = parameters.get("sslmode");
        if (mode != null) {
            derived.put(REACTIVE + "postgresql.ssl-mode", mode);
            derived.put(REACTIVE + "hostname-verification-algorithm", mode.equals("verify-full") ? "HTTPS" : "NONE");
        }
        String authority = parameters.get("sslrootcert");
        if (authority != null) {
            derived.put(REACTIVE + "trust-certificate-pem", "true");
            derived.put(REACTIVE + "trust-certificate-pem.certs", authority);
        } else if ("require".equals(mode)) {
            // As the JDBC driver: encrypted, whoever it is that answers.
            derived.put(REACTIVE + "trust-all", "true");
        }
        String schema = parameters.get("currentSchema");
        if (schema != null) {
            derived.put(REACTIVE + "additional-properties.search_path", schema);
        }
    }

    private static void copy(ConfigSourceContext context, String from, String to, Map<String, String> derived) {
        ConfigValue value = context.getValue(from);
        put(value == null ? null : value.getValue(), to, derived);
    }

    private static void put(@Nullable String value, String to, Map<String, String> derived) {
        if (value != null) {
            derived.put(to, value);
        }
    }
}

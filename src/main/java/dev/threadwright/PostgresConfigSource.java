package dev.threadwright;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadwright.embedded.EmbeddedServers;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.eclipse.microprofile.config.spi.ConfigSource;

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
        if (!jdbcUrl.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException("%s is a JDBC URL such as jdbc:postgresql://host:5432/database, not %s"
                    .formatted(EmbeddedServers.POSTGRES_URL_KEY, jdbcUrl));
        }
        Map<String, String> derived = new HashMap<>();
        derived.put("quarkus.datasource.jdbc.url", jdbcUrl);
        int query = jdbcUrl.indexOf('?');
        derived.put(
                "quarkus.datasource.reactive.url",
                jdbcUrl.substring("jdbc:".length(), query < 0 ? jdbcUrl.length() : query));
        if (query >= 0) {
            reactive(parameters(jdbcUrl.substring(query + 1)), derived);
        }
        copy(context, USERNAME_KEY, "quarkus.datasource.username", derived);
        copy(context, PASSWORD_KEY, "quarkus.datasource.password", derived);
        return List.of(new PropertiesConfigSource(derived, "threadwright.postgres", ORDINAL));
    }

    @Override
    public OptionalInt getPriority() {
        return OptionalInt.of(ORDINAL);
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : query.split("&")) {
            int end = pair.indexOf('=');
            if (end > 0) {
                parameters.put(pair.substring(0, end), URLDecoder.decode(pair.substring(end + 1), UTF_8));
            }
        }
        return parameters;
    }

    /**
     * What the JDBC driver reads out of its URL, in the words of the other client, which would send the rest to the server as
     * settings of the session.
     */
    private static void reactive(Map<String, String> parameters, Map<String, String> derived) {
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
        if (value != null && value.getValue() != null) {
            derived.put(to, value.getValue());
        }
    }
}

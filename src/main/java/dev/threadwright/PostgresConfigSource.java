package dev.threadwright;

import dev.threadwright.embedded.EmbeddedServers;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Lets one JDBC URL configure both clients of the database: Quarkus wants the reactive one told apart. Above
 * application.properties and below the environment, so that a {@code quarkus.datasource} key still wins.
 */
public final class PostgresConfigSource implements ConfigSourceFactory {
    static final String USERNAME_KEY = "threadwright.postgres.username";
    static final String PASSWORD_KEY = "threadwright.postgres.password";

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
        derived.put("quarkus.datasource.reactive.url", jdbcUrl.substring("jdbc:".length()));
        copy(context, USERNAME_KEY, "quarkus.datasource.username", derived);
        copy(context, PASSWORD_KEY, "quarkus.datasource.password", derived);
        return List.of(new PropertiesConfigSource(derived, "threadwright.postgres", ORDINAL));
    }

    @Override
    public OptionalInt getPriority() {
        return OptionalInt.of(ORDINAL);
    }

    private static void copy(ConfigSourceContext context, String from, String to, Map<String, String> derived) {
        ConfigValue value = context.getValue(from);
        if (value != null && value.getValue() != null) {
            derived.put(to, value.getValue());
        }
    }
}

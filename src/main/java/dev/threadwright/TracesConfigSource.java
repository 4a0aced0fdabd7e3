package dev.threadwright;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * There are traces where somebody takes them: the address alone turns them on. Above application.properties and below the
 * environment, so that a {@code quarkus.otel} key still wins.
 */
public final class TracesConfigSource implements ConfigSourceFactory {
    static final String KEY = "threadwright.traces.endpoint";

    /** What others call it: OTEL_EXPORTER_OTLP_ENDPOINT in the environment. */
    static final String STANDARD_KEY = "otel.exporter.otlp.endpoint";

    static final String DISABLED_KEY = "quarkus.otel.sdk.disabled";
    static final String EXPORTER_KEY = "quarkus.otel.exporter.otlp.endpoint";

    private static final int ORDINAL = 260;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        String own = value(context, KEY);
        String endpoint = own == null ? value(context, STANDARD_KEY) : own;
        return endpoint == null
                ? List.of()
                : List.of(new PropertiesConfigSource(
                        Map.of(DISABLED_KEY, "false", EXPORTER_KEY, endpoint), "threadwright.traces", ORDINAL));
    }

    @Override
    public OptionalInt getPriority() {
        return OptionalInt.of(ORDINAL);
    }

    private static @Nullable String value(ConfigSourceContext context, String key) {
        ConfigValue value = context.getValue(key);
        return value == null || value.getValue() == null || value.getValue().isBlank()
                ? null
                : value.getValue().strip();
    }
}

package dev.threadwright;

import dev.threadwright.embedded.EmbeddedServers;
import dev.threadwright.ops.ConfigCheck;
import dev.threadwright.ops.ThreadwrightConfig;
import io.quarkus.runtime.configuration.ConfigUtils;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/** The configuration as it is before Quarkus starts: the same sources, read once and thrown away. */
final class StartupConfig {
    private StartupConfig() {}

    /**
     * @param config with all keys of the server, and their defaults; null if it cannot even be read
     * @param problems what is wrong with it, in words for whoever wrote it; none if the server can start with it
     */
    record Checked(@Nullable SmallRyeConfig config, List<String> problems) {}

    static SmallRyeConfig read() {
        return ConfigUtils.configBuilder().build();
    }

    static Checked checked() {
        return checked(ConfigUtils::configBuilder);
    }

    static Checked checked(Supplier<SmallRyeConfigBuilder> sources) {
        SmallRyeConfig config = unmistaken(sources.get());
        return config == null
                ? mistaken(sources.get())
                : new Checked(config, ConfigCheck.problems(config.getConfigMapping(ThreadwrightConfig.class)));
    }

    /** Read but once, which keeps a start long enough; null if something is mistaken: all of that takes more than one look. */
    private static @Nullable SmallRyeConfig unmistaken(SmallRyeConfigBuilder sources) {
        try {
            SmallRyeConfig config =
                    sources.withMapping(ThreadwrightConfig.class).build();
            return lookedAt(config).all().isEmpty() ? config : null;
        } catch (IllegalArgumentException | ConfigValidationException e) {
            return null;
        }
    }

    private static Checked mistaken(SmallRyeConfigBuilder sources) {
        try {
            ConfigMistakes mistakes = lookedAt(sources.build());
            SmallRyeConfig config = mapped(sources, mistakes);
            List<String> problems = new ArrayList<>(mistakes.all());
            if (config != null) {
                problems.addAll(ConfigCheck.problems(config.getConfigMapping(ThreadwrightConfig.class)));
            }
            return new Checked(config, problems);
        } catch (IllegalArgumentException e) {
            return new Checked(null, List.of(String.valueOf(e.getMessage())));
        }
    }

    private static ConfigMistakes lookedAt(SmallRyeConfig config) {
        ConfigMistakes mistakes = new ConfigMistakes(config);
        mistakes.lookAtTruths();
        mistakes.lookAtPort(PublicUrl.PORT_KEY);
        return mistakes;
    }

    /** With defaults for what is mistaken, so that all the rest can be looked at, too; null if that cannot be. */
    private static @Nullable SmallRyeConfig mapped(SmallRyeConfigBuilder sources, ConfigMistakes mistakes) {
        try {
            return sources.withSources(corrections(mistakes.instead()))
                    .withMapping(ThreadwrightConfig.class)
                    .build();
        } catch (ConfigValidationException e) {
            mistakes.add(e);
        }
        Map<String, String> corrected = new HashMap<>(mistakes.instead());
        corrected.put(SmallRyeConfig.SMALLRYE_CONFIG_MAPPING_VALIDATE_UNKNOWN, "false");
        try {
            return sources.withSources(corrections(corrected)).build();
        } catch (ConfigValidationException e) {
            return null;
        }
    }

    private static ConfigSource corrections(Map<String, String> values) {
        return new PropertiesConfigSource(values, "corrections", Integer.MAX_VALUE);
    }

    /** With all keys of the server in one place, and their defaults. */
    static SmallRyeConfig readMapped() {
        return ConfigUtils.configBuilder().withMapping(ThreadwrightConfig.class).build();
    }

    static boolean hasPostgres(SmallRyeConfig config) {
        return isSet(config, EmbeddedServers.POSTGRES_URL_KEY) || isSet(config, "quarkus.datasource.jdbc.url");
    }

    static boolean hasKafka(SmallRyeConfig config) {
        return isSet(config, EmbeddedServers.KAFKA_BOOTSTRAP_KEY);
    }

    /**
     * Why a server of this configuration must not start for want of identity; null if it may. One with servers of its own that
     * listens to this machine alone is for whoever tries it.
     */
    static @Nullable String missingIdentity(SmallRyeConfig config) {
        ThreadwrightConfig.Identity identity =
                config.getConfigMapping(ThreadwrightConfig.class).identity();
        boolean isSaid = identity.enabled().isPresent()
                || !identity.keys().isEmpty()
                || identity.oidc().issuer().isPresent();
        boolean hasOthers = hasPostgres(config) || hasKafka(config);
        return isSaid || !hasOthers && listensToThisMachine(config)
                ? null
                : (hasOthers ? "Kafka or Postgres is configured" : "quarkus.http.host lets other machines in")
                        + ", and nobody would have to say who they are to use this server over HTTP. Set threadwright.identity.keys.* or threadwright.identity.oidc.* (see docs/identity.md),"
                        + " or threadwright.identity.enabled=false if something else keeps others out";
    }

    private static boolean listensToThisMachine(SmallRyeConfig config) {
        String host = config.getOptionalValue("quarkus.http.host", String.class).orElse("");
        try {
            return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            // Some other name, and whose that is may change.
            return false;
        }
    }

    static boolean isSet(SmallRyeConfig config, String key) {
        return config.getOptionalValue(key, String.class).isPresent();
    }
}

package dev.threadwright;

import io.quarkus.runtime.configuration.ConfigUtils;
import io.smallrye.config.SmallRyeConfig;

/** The configuration as it is before Quarkus starts: the same sources, read once and thrown away. */
final class StartupConfig {
    private StartupConfig() {}

    static SmallRyeConfig read() {
        return ConfigUtils.configBuilder().build();
    }

    static boolean isSet(SmallRyeConfig config, String key) {
        return config.getOptionalValue(key, String.class).isPresent();
    }
}

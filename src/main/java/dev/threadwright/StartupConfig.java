package dev.threadwright;

import dev.threadwright.ops.ThreadwrightConfig;
import io.quarkus.runtime.configuration.ConfigUtils;
import io.smallrye.config.SmallRyeConfig;

/** The configuration as it is before Quarkus starts: the same sources, read once and thrown away. */
final class StartupConfig {
    private StartupConfig() {}

    static SmallRyeConfig read() {
        return ConfigUtils.configBuilder().build();
    }

    /** With all keys of the server in one place, and their defaults. */
    static SmallRyeConfig readMapped() {
        return ConfigUtils.configBuilder().withMapping(ThreadwrightConfig.class).build();
    }

    static boolean isSet(SmallRyeConfig config, String key) {
        return config.getOptionalValue(key, String.class).isPresent();
    }
}

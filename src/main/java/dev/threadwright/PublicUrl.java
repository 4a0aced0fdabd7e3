package dev.threadwright;

import io.smallrye.config.SmallRyeConfig;
import org.jspecify.annotations.Nullable;

/** Where a server is called back that has all of its servers to itself: whoever it asks is on the same machine, too. */
final class PublicUrl {
    static final String KEY = "threadwright.callbacks.public-url";

    static final String PORT_KEY = "quarkus.http.port";

    private PublicUrl() {}

    /** Null if somebody has said where, or the port is not known before it is taken. */
    static @Nullable String derived(SmallRyeConfig config) {
        int port = config.getValue(PORT_KEY, Integer.class);
        return StartupConfig.isSet(config, KEY) || port == 0 ? null : "http://127.0.0.1:" + port;
    }
}

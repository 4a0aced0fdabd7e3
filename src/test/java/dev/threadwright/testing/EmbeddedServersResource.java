package dev.threadwright.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/**
 * Gives a {@code @QuarkusTest} the shared servers and a database of its own, through the keys that a user would set.
 * Use with {@code @WithTestResource(EmbeddedServersResource.class)}; the argument {@code database} names another one.
 */
public final class EmbeddedServersResource implements QuarkusTestResourceLifecycleManager {
    /** What {@code payments} is in the tests. */
    public static final String SECRET = "sk-only-for-tests-4711";

    private String database = "quarkus";

    @Override
    public void init(Map<String, String> arguments) {
        database = arguments.getOrDefault("database", database);
    }

    @Override
    public Map<String, String> start() {
        return Map.of(
                "threadwright.postgres.url", TestServers.createDatabase(database),
                "threadwright.postgres.username", TestServers.user(),
                "threadwright.postgres.password", TestServers.password(),
                "kafka.bootstrap.servers", TestServers.bootstrapServers(),
                "threadwright.http-steps.allow-hosts", "http://127.0.0.1",
                "threadwright.http-steps.allow-addresses", "127.0.0.1/32",
                "threadwright.secrets.payments", SECRET);
    }

    @Override
    public void stop() {
        // The servers are shared; they end with the JVM.
    }
}

package dev.threadwright.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.testing.ConfigKeys;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentKeysTest {

    @Test
    void aMistypedVariableIsNamed() {
        assertThat(EnvironmentKeys.unknown(
                        List.of(
                                "THREADWRIGHT_LIMIT_DATA_BYTES",
                                "THREADWRIGHT_URL",
                                "THREADWRIGHT_LIMITS_DATA_BYTES",
                                "THREADWRIGHT_LIMITS_DATA_BYTES_",
                                "THREADWRIGHT_IDENTITY_KEYS_SHOP_HASH",
                                "THREADWRIGHT_IDENTITY_KEYS_SHOP_HASHES",
                                "THREADWRIGHT_IDENTITY_KEYS_FRONT_DESK_HASH",
                                "THREADWRIGHT_IDENTITY_KEYS__FRONT_DESK__HASH",
                                "THREADWRIGHT_IDENTITY_KEYS_BACK_DESK_HASH",
                                "THREADWRIGHT_SECRETS_PAYMENTS_API",
                                "THREADWRIGHT_TENANTS_ACME_SECRETS_PAYMENTS_API",
                                "PATH",
                                "THREADWRIGHTLY"),
                        // In a file: of this name, a variable may say the rest.
                        () -> List.of("threadwright.identity.keys.back-desk.roles")))
                .containsExactly(
                        "THREADWRIGHT_IDENTITY_KEYS_FRONT_DESK_HASH",
                        "THREADWRIGHT_IDENTITY_KEYS_SHOP_HASHES",
                        "THREADWRIGHT_LIMITS_DATA_BYTES_",
                        "THREADWRIGHT_LIMIT_DATA_BYTES",
                        "THREADWRIGHT_URL");
    }

    @Test
    void everyKeyIsKnown() {
        List<String> variables = ConfigKeys.all().stream()
                .map(key ->
                        key.of("\"some.name\"").replaceAll("[^a-zA-Z0-9]", "_").toUpperCase(Locale.ROOT))
                .toList();
        assertThat(variables).hasSizeGreaterThan(50);
        assertThat(EnvironmentKeys.unknown(variables, List::of)).isEmpty();
    }

    /** As docs/identity.md has it. */
    @Test
    void whichKeyAVariableIsOf() {
        Map<String, ThreadwrightConfig.Identity.Key> keys = config(Map.of(
                        "THREADWRIGHT_IDENTITY_KEYS_SHOP_HASH", "sha256:1",
                        "THREADWRIGHT_IDENTITY_KEYS_SHOP_ROLES", "read,write",
                        "THREADWRIGHT_IDENTITY_KEYS_SHOP_TENANT", "acme",
                        "THREADWRIGHT_IDENTITY_KEYS__FRONT_DESK__HASH", "sha256:2",
                        "THREADWRIGHT_IDENTITY_KEYS__FRONT_DESK__ROLES", "read",
                        "THREADWRIGHT_IDENTITY_KEYS_BACK_DESK_HASH", "sha256:3",
                        "THREADWRIGHT_IDENTITY_KEYS_BACK_DESK_ROLES", "read"))
                .identity()
                .keys();
        assertThat(keys).containsOnlyKeys("shop", "front.desk");
        assertThat(keys.get("shop").hash()).isEqualTo("sha256:1");
        assertThat(keys.get("shop").roles()).containsExactly("read", "write");
        assertThat(keys.get("shop").tenant()).isEqualTo("acme");
        assertThat(config(Map.of("THREADWRIGHT_TENANTS_ACME_INPUT", "acme.input"))
                        .tenants())
                .containsOnlyKeys("acme");
    }

    private static ThreadwrightConfig config(Map<String, String> variables) {
        return new SmallRyeConfigBuilder()
                .withSources(new EnvConfigSource(variables, 300))
                .withDefaultValues(Map.of(
                        "threadwright.embedded.kafka.port", "9092", "threadwright.embedded.postgres.port", "5433"))
                .withMapping(ThreadwrightConfig.class)
                .withValidateUnknown(false)
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .build()
                .getConfigMapping(ThreadwrightConfig.class);
    }
}

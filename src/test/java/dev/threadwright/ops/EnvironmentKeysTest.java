package dev.threadwright.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.testing.ConfigKeys;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class EnvironmentKeysTest {

    @Test
    void aMistypedVariableIsNamed() {
        assertThat(EnvironmentKeys.unknown(List.of(
                        "THREADWRIGHT_LIMIT_DATA_BYTES",
                        "THREADWRIGHT_URL",
                        "THREADWRIGHT_LIMITS_DATA_BYTES",
                        "THREADWRIGHT_LIMITS_DATA_BYTES_",
                        "THREADWRIGHT_IDENTITY_KEYS_SHOP_HASH",
                        "THREADWRIGHT_IDENTITY_KEYS_SHOP_HASHES",
                        "THREADWRIGHT_SECRETS_PAYMENTS",
                        "PATH",
                        "THREADWRIGHTLY")))
                .containsExactly(
                        "THREADWRIGHT_IDENTITY_KEYS_SHOP_HASHES",
                        "THREADWRIGHT_LIMITS_DATA_BYTES_",
                        "THREADWRIGHT_LIMIT_DATA_BYTES",
                        "THREADWRIGHT_URL");
    }

    @Test
    void everyKeyIsKnown() {
        List<String> variables = ConfigKeys.all().stream()
                .map(key -> key.of("some.name").replaceAll("[^a-zA-Z0-9]", "_").toUpperCase(Locale.ROOT))
                .toList();
        assertThat(variables).hasSizeGreaterThan(50);
        assertThat(EnvironmentKeys.unknown(variables)).isEmpty();
    }
}

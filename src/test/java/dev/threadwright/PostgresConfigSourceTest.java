package dev.threadwright;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PostgresConfigSourceTest {

    private static Map<String, String> derived(Map<String, String> given) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(given, "test", 300))
                .withSources(new PostgresConfigSource())
                .build();
        Map<String, String> derived = new TreeMap<>();
        for (String name : config.getPropertyNames()) {
            if (name.startsWith("quarkus.")) {
                derived.put(name, config.getRawValue(name));
            }
        }
        return derived;
    }

    @Test
    void oneUrlConfiguresBothClients() {
        assertThat(derived(Map.of(
                        "threadwright.postgres.url", " jdbc:postgresql://db:5432/tw ",
                        "threadwright.postgres.username", "u",
                        "threadwright.postgres.password", "p")))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "quarkus.datasource.jdbc.url", "jdbc:postgresql://db:5432/tw",
                        "quarkus.datasource.reactive.url", "postgresql://db:5432/tw",
                        "quarkus.datasource.username", "u",
                        "quarkus.datasource.password", "p"));
        assertThat(derived(Map.of())).isEmpty();
    }

    @Test
    void tlsIsThatOfBoth() {
        String url =
                "jdbc:postgresql://db/tw?sslmode=verify-full&sslrootcert=/etc/pg%20ca.pem&ApplicationName=x&currentSchema=own";
        assertThat(derived(Map.of("threadwright.postgres.url", url)))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "quarkus.datasource.jdbc.url", url,
                        "quarkus.datasource.reactive.url", "postgresql://db/tw",
                        "quarkus.datasource.reactive.postgresql.ssl-mode", "verify-full",
                        "quarkus.datasource.reactive.hostname-verification-algorithm", "HTTPS",
                        "quarkus.datasource.reactive.trust-certificate-pem", "true",
                        "quarkus.datasource.reactive.trust-certificate-pem.certs", "/etc/pg ca.pem",
                        "quarkus.datasource.reactive.additional-properties.search_path", "own"));
        assertThat(derived(Map.of("threadwright.postgres.url", "jdbc:postgresql://db/tw?sslmode=require")))
                .containsEntry("quarkus.datasource.reactive.postgresql.ssl-mode", "require")
                .containsEntry("quarkus.datasource.reactive.hostname-verification-algorithm", "NONE")
                .containsEntry("quarkus.datasource.reactive.trust-all", "true");
    }

    @Test
    void whoConnectsMayBeSaidInTheUrlAndTheKeysStandAboveIt() {
        String url = "jdbc:postgresql://db/tw?user=tw&password=a%2Bb";
        assertThat(derived(Map.of("threadwright.postgres.url", url)))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "quarkus.datasource.jdbc.url", url,
                        "quarkus.datasource.reactive.url", "postgresql://db/tw",
                        "quarkus.datasource.username", "tw",
                        "quarkus.datasource.password", "a+b"));
        assertThat(derived(Map.of(
                        "threadwright.postgres.url", url,
                        "threadwright.postgres.username", "u",
                        "threadwright.postgres.password", "p")))
                .containsEntry("quarkus.datasource.username", "u")
                .containsEntry("quarkus.datasource.password", "p");
    }

    @Test
    void anotherUrlIsRefusedWithoutItsPassword() {
        assertThatThrownBy(() ->
                        derived(Map.of("threadwright.postgres.url", "postgres://u:pass4711@db/tw?password=pass4711")))
                .hasMessageContaining("is a JDBC URL such as")
                .hasMessageNotContaining("pass4711");
    }
}

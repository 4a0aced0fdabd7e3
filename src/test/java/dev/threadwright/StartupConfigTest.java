package dev.threadwright;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.testing.ConfigKeys;
import dev.threadwright.testing.ConfigKeys.Key;
import io.quarkus.runtime.configuration.ConfigUtils;
import io.smallrye.config.PropertiesConfigSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartupConfigTest {

    private static final int ABOVE_ALL = 1_000;

    private static List<String> problems(Map<String, String> values) {
        return StartupConfig.checked(() ->
                        ConfigUtils.configBuilder().withSources(new PropertiesConfigSource(values, "test", ABOVE_ALL)))
                .problems();
    }

    @Test
    void thereIsNothingWrongWithTheDefaults() {
        assertThat(problems(Map.of())).isEmpty();
    }

    @Test
    void everyNumberAndTimeThatCannotBeIsNamedAtOnce() {
        Map<String, String> wrong = new HashMap<>();
        for (Key key : ConfigKeys.all()) {
            switch (key.type()) {
                case "int", "long" -> wrong.put(key.of("some"), "-1");
                case "Duration" -> wrong.put(key.of("some"), "PT-1S");
                default -> {}
            }
        }
        Set<String> keys = Set.copyOf(wrong.keySet());
        wrong.put("threadwright.models.some.base-url", "http://localhost");

        assertThat(problems(wrong).stream()
                        .map(problem ->
                                problem.substring(0, problem.indexOf(' ')).replace("\"", ""))
                        .collect(Collectors.toList()))
                .containsExactlyInAnyOrderElementsOf(keys);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            decide.policy              | sometimes           | unknown policy
            decide.policy              | {"rules"            | no JSON
            workflows.directory        | /nowhere/at/all     | no directory
            secrets.directory          | /nowhere/at/all     | no directory
            http-steps.allow-hosts     | a b                 | is no host
            http-steps.allow-addresses | 10.0.0.0/99         | No range of addresses
            callbacks.public-url       | ftp://x             | http
            callbacks.secret           | short               | at least
            webhooks.secret            | short               | must begin with
            embedded.kafka.port        | 65536               | from 0 to 65535
            http-steps.timeout         | 25h                 | from PT0.001S to PT24H
            postgres.url               | postgres://x        | JDBC URL
            topics.positions           | threadwright.events | threadwright.topics.events already
            topics.actions-of."charge" | threadwright.input  | threadwright.topics.input already
            encryption.enabled         | true                | there are no master keys
            encryption.key-file        | /nowhere/at/all     | is not there
            limits.data-bytes          | many                | is many; it is a whole number of at most 2147483647 (set in test)
            limits.data-bytes          | 3000000000          | is 3000000000; it is a whole number of at most 2147483647
            limits.batch-bytes         | 1.5                 | is 1.5; it is a whole number (set in test)
            loops                      | all                 | is all; it is a whole number
            store.sweep                | often               | is often; it is a time, such as 500ms, 30s
            identity.enabled           | ture                | is ture; it is true or false (set in test)
            workflows.examples         | 2                   | is 2; it is true or false
            decide.workflow            | ''                  | has no value; it is a text (set in test)
            topics.input               | ${nowhere}          | has ${nowhere} in it, which is not set
            limits.data-byte           | 1                   | limits.data-byte is no key of this server; keys are in docs/configuration.md (set in test)
            """)
    void whatElseCannotBeIsNamedWithItsReason(String key, String value, String reason) {
        assertThat(problems(Map.of("threadwright." + key, value)))
                .singleElement()
                .asString()
                .startsWith("threadwright." + key)
                .contains(reason)
                .doesNotContain("SRCFG", "Exception", "smallrye");
    }

    @Test
    void whatIsOfAnotherKindIsNamedTogetherWithAllTheRest() {
        assertThat(problems(Map.of(
                        "threadwright.partitions", "some",
                        "threadwright.actions.limits.\"a.b\".rate", "fast",
                        "threadwright.los", "1",
                        "threadwright.loops", "0",
                        "quarkus.http.port", "http",
                        "threadwright.webhooks.timeout", "2m")))
                .containsExactlyInAnyOrder(
                        "threadwright.partitions is some; it is a whole number of at most 2147483647 (set in test)",
                        "threadwright.actions.limits.\"a.b\".rate is fast; it is a whole number of at most 2147483647 (set"
                                + " in test)",
                        "threadwright.los is no key of this server; keys are in docs/configuration.md (set in test)",
                        "threadwright.loops is 0; it is at least 1",
                        "quarkus.http.port is http; it is a port, from 0 to 65535 (set in test)",
                        "threadwright.webhooks.timeout is PT2M; it is from PT0.001S to PT1M");
    }

    @Test
    void whatIsMissingBesideOthersIsNamed() {
        assertThat(problems(Map.of("threadwright.models.small.model", "some")))
                .singleElement()
                .isEqualTo("threadwright.models.small.base-url is not set, and other keys beside it are");
    }

    @Test
    void aSecretIsNotShownBecauseItIsWrong() {
        assertThat(problems(Map.of(
                        "threadwright.callbacks.secret", "hush", "threadwright.webhooks.secret", "whsec_aHVzaA")))
                .hasSize(2)
                .noneMatch(problem -> problem.contains("hush") || problem.contains("aHVzaA"));
    }

    /** With servers of its own it is for who tries it; with others' it is for others. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                                                                       |                                       | false
            kafka.bootstrap.servers=x:9092                             |                                       | true
            threadwright.postgres.url=jdbc:postgresql://x/y            |                                       | true
            kafka.bootstrap.servers=x:9092                             | threadwright.identity.enabled=false   | false
            kafka.bootstrap.servers=x:9092                             | threadwright.identity.enabled=true    | false
            kafka.bootstrap.servers=x:9092                             | threadwright.identity.keys.a.hash=x   | false
            kafka.bootstrap.servers=x:9092                             | threadwright.identity.oidc.issuer=x   | false
            quarkus.http.host=0.0.0.0                                  |                                       | true
            quarkus.http.host=10.1.2.3                                 |                                       | true
            quarkus.http.host=host.example.com                         |                                       | true
            quarkus.http.host=0.0.0.0                                  | threadwright.identity.enabled=false   | false
            quarkus.http.host=127.0.0.2                                |                                       | false
            quarkus.http.host=::1                                      |                                       | false
            quarkus.http.host=localhost                                |                                       | false
            """)
    void aServerOfOthersWantsToBeToldWhoMayUseIt(String server, String identity, boolean missing) {
        Map<String, String> values = new HashMap<>();
        for (String one : new String[] {server, identity}) {
            if (one != null) {
                values.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
            }
        }
        if (identity != null && identity.contains("keys")) {
            values.put("threadwright.identity.keys.a.roles", "read");
        }
        String problem = StartupConfig.missingIdentity(ConfigUtils.configBuilder()
                .withMapping(dev.threadwright.ops.ThreadwrightConfig.class)
                .withSources(new PropertiesConfigSource(values, "test", ABOVE_ALL))
                .build());
        assertThat(problem != null).isEqualTo(missing);
        if (missing) {
            assertThat(problem).contains("threadwright.identity.keys").contains("threadwright.identity.enabled=false");
        }
    }
}

package dev.threadwright.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.ingress.TopicRole;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whose each topic is. */
class TenantTopicsTest {

    @Test
    void aTenantHasTopicsOfItsOwn() {
        TenantTopics topics = TenantTopics.of(config(Map.of(
                "threadwright.tenants.acme.input", "from.acme",
                "threadwright.topics.actions-of.charge", "charges")));
        TenantTopics.Of acme = topics.of("acme");
        assertThat(acme.input()).isEqualTo("from.acme");
        assertThat(acme.results()).isEqualTo("threadwright.results.acme");
        assertThat(acme.events()).isEqualTo("threadwright.events.acme");
        assertThat(acme.lifecycle()).isEqualTo("threadwright.lifecycle.acme");
        assertThat(acme.deadLetter()).isEqualTo("threadwright.dead-letter.acme");
        assertThat(acme.actions()).isEqualTo("threadwright.actions.acme");
        assertThat(acme.actionsOf()).isEqualTo(Map.of("charge", "charges.acme"));
        assertThat(topics.of("default").input()).isEqualTo("threadwright.input");
    }

    @Test
    void anInboundTopicSaysItsTenant() {
        TenantTopics topics = TenantTopics.of(config(Map.of("threadwright.tenants.acme.input", "from.acme")));
        assertThat(topics.tenant("from.acme")).isEqualTo("acme");
        assertThat(topics.tenant("threadwright.results.acme")).isEqualTo("acme");
        assertThat(topics.tenant("threadwright.input")).isEqualTo("default");
        assertThat(topics.tenant("threadwright.results")).isEqualTo("default");
        // Its records say it, because servers alone write them; and what is not consumed is nobody's.
        assertThat(topics.tenant("threadwright.commands")).isNull();
        assertThat(topics.tenant("threadwright.input.acme")).isNull();
        assertThat(topics.inbound())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "threadwright.input", TopicRole.INPUT,
                        "threadwright.commands", TopicRole.COMMANDS,
                        "threadwright.results", TopicRole.RESULTS,
                        "from.acme", TopicRole.INPUT,
                        "threadwright.results.acme", TopicRole.RESULTS));
    }

    @Test
    void whatIsMeasuredOfTopicsIsMeasuredOfEveryTenants() {
        assertThat(MeasurementWiring.roles(config(Map.of("threadwright.tenants.acme.input", "from.acme"))))
                .isEqualTo(Map.of(
                        "threadwright.input", "input",
                        "threadwright.commands", "commands",
                        "threadwright.results", "results",
                        "from.acme", "input",
                        "threadwright.results.acme", "results"));
    }

    @Test
    void aTenantAsksTheModelsThatAreListedForIt() {
        ThreadwrightConfig config = config(Map.of(
                "threadwright.models.large.base-url", "https://models.example.com",
                "threadwright.tenants.acme.models", "large",
                "threadwright.tenants.globex.input", "x"));
        assertThat(ModelWiring.mayAsk(config, "default", "large")).isTrue();
        assertThat(ModelWiring.mayAsk(config, "acme", "large")).isTrue();
        assertThat(ModelWiring.mayAsk(config, "acme", "default")).isFalse();
        assertThat(ModelWiring.mayAsk(config, "globex", "large")).isFalse();
        assertThat(ConfigCheck.problems(config(Map.of("threadwright.tenants.acme.models", "default,large"))))
                .containsExactly(
                        "threadwright.tenants.acme.models has large, which is no model of threadwright.models");
        assertThat(ConfigCheck.problems(config(Map.of("threadwright.tenants.default.secrets.x", "y"))))
                .singleElement()
                .asString()
                .contains("those of this tenant are threadwright.secrets");
    }

    @Test
    void aTopicOfTwoIsAProblem() {
        assertThat(problems(Map.of("threadwright.tenants.acme.input", "threadwright.input")))
                .singleElement()
                .asString()
                .contains("topic threadwright.input")
                .contains("acme");
        assertThat(problems(Map.of("threadwright.tenants.acme.events", "threadwright.commands")))
                .singleElement()
                .asString()
                .contains("threadwright.tenants.acme has topic threadwright.commands")
                .contains("the servers");
        assertThat(problems(Map.of("threadwright.tenants.acme.input", "x", "threadwright.tenants.acme.results", "x")))
                .singleElement()
                .asString()
                .contains("topic x");
    }

    @Test
    void whoHasThreadsIsNotLeftOut() {
        TenantTopics topics = TenantTopics.of(config(Map.of("threadwright.tenants.acme.input", "x")));
        topics.requireAll(List.of("acme", "default"));
        assertThatThrownBy(() -> topics.requireAll(List.of("globex", "acme")))
                .isInstanceOf(MisconfiguredException.class)
                .hasMessageContaining(
                        "not configured: globex. Give each its topics (threadwright.tenants.globex.input");
        List<String> many = IntStream.range(100, 115).mapToObj(i -> "t" + i).toList();
        assertThatThrownBy(() -> topics.requireAll(many)).hasMessageContaining("t109 and 5 more.");
    }

    @Test
    void whatIsWrongWithIdentityIsSaidAtOnce() {
        assertThat(problems(Map.of(
                        "threadwright.tenants.\"Acme Inc\".input", "x",
                        "threadwright.identity.keys.shop.hash", "tw_secret",
                        "threadwright.identity.keys.shop.roles", "read,root",
                        "threadwright.identity.keys.shop.tenant", "globex")))
                .hasSize(4)
                .anySatisfy(problem -> assertThat(problem).contains("Acme Inc is no tenant's name"))
                .anySatisfy(problem -> assertThat(problem)
                        .contains("keys.shop.hash")
                        .contains("not the key itself")
                        .doesNotContain("tw_secret"))
                .anySatisfy(problem -> assertThat(problem).contains("keys.shop.roles has \"root\""))
                .anySatisfy(problem -> assertThat(problem).contains("keys.shop.tenant is \"globex\""));
        assertThat(problems(Map.of("threadwright.identity.enabled", "true")))
                .singleElement()
                .asString()
                .contains("nobody could say who they are");
        String hash = dev.threadwright.security.ApiKey.hash("tw_one");
        assertThat(problems(Map.of(
                        "threadwright.identity.keys.a.hash",
                        hash,
                        "threadwright.identity.keys.a.roles",
                        "read",
                        "threadwright.identity.keys.b.hash",
                        hash,
                        "threadwright.identity.keys.b.roles",
                        "write")))
                .singleElement()
                .asString()
                .contains("a key is one caller's");
    }

    @Test
    void whatIsWrongWithTokensIsSaidAtOnce() {
        assertThat(problems(Map.of(
                        "threadwright.identity.oidc.issuer", "http://login.example.com",
                        "threadwright.identity.oidc.jwks-url", "keys",
                        "threadwright.identity.oidc.tenant", "globex",
                        "threadwright.identity.oidc.clock-skew", "11m")))
                .hasSize(5)
                .anySatisfy(problem -> assertThat(problem).contains("oidc.issuer must begin with https://"))
                .anySatisfy(problem -> assertThat(problem).contains("oidc.jwks-url is no URL"))
                .anySatisfy(problem -> assertThat(problem)
                        .contains("oidc.tenant is \"globex\"")
                        .contains("default"))
                .anySatisfy(problem -> assertThat(problem).contains("oidc.clock-skew is PT11M"))
                .anySatisfy(problem -> assertThat(problem).contains("oidc.audience has to be set"));
        assertThat(problems(Map.of(
                        "threadwright.identity.oidc.issuer", "https://login.example.com",
                        "threadwright.identity.oidc.audience", "threadwright")))
                .singleElement()
                .asString()
                .contains("oidc.tenant-claim has to be set");
        assertThat(problems(Map.of("threadwright.identity.oidc.audience", "threadwright")))
                .singleElement()
                .asString()
                .contains("oidc.audience is set")
                .contains("oidc.issuer is not");
        assertThat(problems(Map.of(
                        "threadwright.identity.enabled", "true",
                        "threadwright.identity.oidc.issuer", "https://login.example.com",
                        "threadwright.identity.oidc.audience", "threadwright",
                        "threadwright.identity.oidc.tenant", "default")))
                .isEmpty();
    }

    private static List<String> problems(Map<String, String> values) {
        List<String> problems = new ArrayList<>();
        IdentityWiring.check(config(values), (key, what) -> problems.add("threadwright." + key + " " + what));
        return problems;
    }

    private static ThreadwrightConfig config(Map<String, String> values) {
        Map<String, String> all = new HashMap<>(values);
        all.put("threadwright.embedded.postgres.port", "1");
        all.put("threadwright.embedded.kafka.port", "1");
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(ThreadwrightConfig.class)
                .withDefaultValues(all)
                .build()
                .getConfigMapping(ThreadwrightConfig.class);
    }
}

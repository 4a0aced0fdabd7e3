package dev.threadwright.http;

import dev.threadwright.security.ApiKey;
import dev.threadwright.security.Role;
import dev.threadwright.testing.EmbeddedServersResource;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A server with two tenants beside {@code default}, on which callers say who they are. */
public final class Tenants implements QuarkusTestProfile {

    static final String ACME = "tw_acme-may-everything";
    static final String GLOBEX = "tw_globex-may-everything";
    static final String DEFAULT = "tw_default-may-everything";

    /** A topic that has a name of its own. */
    static final String GLOBEX_INPUT = "from.globex";

    /** Of acme, with one role, or with all but one. */
    static String only(Role role) {
        return "tw_acme-only-" + role.word();
    }

    static String allBut(Role role) {
        return "tw_acme-all-but-" + role.word();
    }

    @Override
    public Map<String, String> getConfigOverrides() {
        Map<String, String> config = new HashMap<>();
        // Other tests of this JVM have the default topics, and other partitions' worth of records in them.
        for (String topic :
                List.of(
                        "input",
                        "commands",
                        "results",
                        "lifecycle",
                        "events",
                        "dead-letter",
                        "actions",
                        "progress",
                        "positions")) {
            config.put("threadwright.topics." + topic, "tenants." + topic);
        }
        config.put("threadwright.group.id", "tenants");
        config.put("threadwright.partitions", "2");
        config.put("threadwright.tenants.acme.input", "tenants.input.acme");
        config.put("threadwright.tenants.globex.input", GLOBEX_INPUT);
        key(config, "default-all", DEFAULT, "default", Stream.of(Role.values()));
        key(config, "acme-all", ACME, "acme", Stream.of(Role.values()));
        key(config, "globex-all", GLOBEX, "globex", Stream.of(Role.values()));
        for (Role role : Role.values()) {
            key(config, "acme-only-" + role.word(), only(role), "acme", Stream.of(role));
            key(
                    config,
                    "acme-all-but-" + role.word(),
                    allBut(role),
                    "acme",
                    Stream.of(Role.values()).filter(other -> other != role));
        }
        return config;
    }

    /** Its data are not those of the other tests, whose servers know of no tenants. */
    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(EmbeddedServersResource.class, Map.of("database", "tenants")));
    }

    private static void key(Map<String, String> config, String name, String key, String tenant, Stream<Role> roles) {
        String prefix = "threadwright.identity.keys." + name;
        config.put(prefix + ".hash", ApiKey.hash(key));
        config.put(prefix + ".tenant", tenant);
        config.put(prefix + ".roles", roles.map(Role::word).collect(Collectors.joining(",")));
    }

    static HttpRequest.Builder request(URI url, String key) {
        return HttpRequest.newBuilder(url).header("X-Api-Key", key);
    }
}

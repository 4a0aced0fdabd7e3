package dev.threadwright.ops;

import dev.threadwright.ingress.TopicRole;
import dev.threadwright.ingress.TopicTenants;
import dev.threadwright.relay.Topics;
import dev.threadwright.thread.ThreadKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Each tenant's topics, and whose each topic is. The tenant {@code default} has those of {@code threadwright.topics}; the
 * commands topic is the servers' own, and its records say whose they are.
 */
final class TenantTopics implements TopicTenants {

    /** Of what may be many, in one message. */
    private static final int MAX_TOLD = 10;

    private final ThreadwrightConfig.Topics shared;
    private final Map<String, Of> byTenant = new TreeMap<>();
    private final Map<String, String> tenants = new HashMap<>();

    /** Those of one tenant. */
    record Of(
            String input,
            String results,
            String lifecycle,
            String events,
            String deadLetter,
            String actions,
            Map<String, String> actionsOf) {

        List<String> all() {
            List<String> all = new ArrayList<>(List.of(input, results, lifecycle, events, deadLetter));
            forWorkers().stream().filter(name -> !all.contains(name)).forEach(all::add);
            return all;
        }

        Set<String> forWorkers() {
            Set<String> names = new LinkedHashSet<>(actionsOf.values());
            names.add(actions);
            return names;
        }

        Topics.OfTenant outgoing() {
            return new Topics.OfTenant(lifecycle, events, deadLetter, actions, actionsOf);
        }
    }

    private TenantTopics(ThreadwrightConfig.Topics shared) {
        this.shared = shared;
    }

    static TenantTopics of(ThreadwrightConfig config) {
        ThreadwrightConfig.Topics topics = config.topics();
        TenantTopics all = new TenantTopics(topics);
        all.add(
                ThreadKey.DEFAULT_TENANT,
                new Of(
                        topics.input(),
                        topics.results(),
                        topics.lifecycle(),
                        topics.events(),
                        topics.deadLetter(),
                        topics.actions(),
                        topics.actionsOf()));
        config.tenants().forEach((name, tenant) -> {
            if (!name.equals(ThreadKey.DEFAULT_TENANT)) {
                all.add(name, of(name, tenant, topics));
            }
        });
        return all;
    }

    private static Of of(String name, ThreadwrightConfig.Tenant tenant, ThreadwrightConfig.Topics topics) {
        Map<String, String> actionsOf = new LinkedHashMap<>();
        topics.actionsOf().forEach((action, topic) -> actionsOf.put(action, topic + "." + name));
        return new Of(
                named(tenant.input(), topics.input(), name),
                named(tenant.results(), topics.results(), name),
                named(tenant.lifecycle(), topics.lifecycle(), name),
                named(tenant.events(), topics.events(), name),
                named(tenant.deadLetter(), topics.deadLetter(), name),
                named(tenant.actions(), topics.actions(), name),
                actionsOf);
    }

    private static String named(Optional<String> own, String shared, String tenant) {
        return own.orElse(shared + "." + tenant);
    }

    private void add(String tenant, Of topics) {
        byTenant.put(tenant, topics);
        tenants.put(topics.input(), tenant);
        tenants.put(topics.results(), tenant);
    }

    /** Tells the tenants whose topics are another's, too: who may read or write them would be two tenants at once. */
    void check(BiConsumer<String, String> wrong) {
        Map<String, String> owners = new HashMap<>();
        owners.put(shared.commands(), "the servers");
        owners.put(shared.progress(), "the servers");
        owners.put(shared.positions(), "the servers");
        // Of the default tenant's own, ConfigCheck has said it under their keys.
        of(ThreadKey.DEFAULT_TENANT).all().forEach(topic -> owners.putIfAbsent(topic, "tenant default"));
        byTenant.forEach((tenant, topics) -> {
            if (tenant.equals(ThreadKey.DEFAULT_TENANT)) {
                return;
            }
            for (String topic : topics.all()) {
                String other = owners.putIfAbsent(topic, "tenant " + tenant);
                if (other != null) {
                    wrong.accept("tenants." + tenant, "has topic " + topic + ", which is that of " + other + ", too");
                }
            }
        });
    }

    /**
     * Who is not configured any more would have threads still, whose events would be nobody's or somebody else's.
     *
     * @param stored who has threads, or had
     * @throws MisconfiguredException if there is one of them without topics
     */
    void requireAll(Collection<String> stored) {
        List<String> unknown = stored.stream()
                .filter(tenant -> !byTenant.containsKey(tenant))
                .sorted()
                .toList();
        if (!unknown.isEmpty()) {
            throw new MisconfiguredException("The journal has threads of tenants that are not configured: "
                    + String.join(", ", unknown.subList(0, Math.min(unknown.size(), MAX_TOLD)))
                    + (unknown.size() > MAX_TOLD ? " and " + (unknown.size() - MAX_TOLD) + " more" : "")
                    + ". Give each its topics (threadwright.tenants." + unknown.getFirst()
                    + ".input and so on; any one key of it is enough)");
        }
    }

    @Override
    public @Nullable String tenant(String topic) {
        return tenants.get(topic);
    }

    @Override
    public boolean has(String tenant) {
        return byTenant.containsKey(tenant);
    }

    /** Of a tenant that there is. */
    Of of(String tenant) {
        Of topics = byTenant.get(tenant);
        if (topics == null) {
            throw new IllegalArgumentException("There is no tenant " + tenant);
        }
        return topics;
    }

    Collection<Of> all() {
        return byTenant.values();
    }

    Set<String> tenants() {
        return byTenant.keySet();
    }

    /** What each inbound topic is for; the first is the one that the consumer group shares. */
    Map<String, TopicRole> inbound() {
        Map<String, TopicRole> roles = new LinkedHashMap<>();
        roles.put(shared.input(), TopicRole.INPUT);
        roles.put(shared.commands(), TopicRole.COMMANDS);
        roles.put(shared.results(), TopicRole.RESULTS);
        byTenant.values().forEach(topics -> {
            roles.put(topics.input(), TopicRole.INPUT);
            roles.put(topics.results(), TopicRole.RESULTS);
        });
        return roles;
    }

    Topics outgoing() {
        Map<String, Topics.OfTenant> outgoing = new HashMap<>();
        byTenant.forEach((tenant, topics) -> outgoing.put(tenant, topics.outgoing()));
        return new Topics(shared.commands(), shared.positions(), outgoing);
    }
}

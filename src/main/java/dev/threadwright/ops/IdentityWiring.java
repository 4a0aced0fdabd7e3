package dev.threadwright.ops;

import dev.threadwright.security.ApiKeys;
import dev.threadwright.security.Caller;
import dev.threadwright.security.Identities;
import dev.threadwright.security.Role;
import dev.threadwright.security.TenantName;
import dev.threadwright.thread.ThreadKey;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** How callers are known, out of the configuration. */
final class IdentityWiring {

    private static final int MAX_NAME = 255;

    @Produces
    @Singleton
    Identities identities(ThreadwrightConfig config) {
        return of(config);
    }

    /** @throws IllegalArgumentException if it is none; {@link #check} says what all is wrong */
    static Identities of(ThreadwrightConfig config) {
        List<ApiKeys.Entry> keys = new ArrayList<>();
        config.identity().keys().forEach((name, key) -> keys.add(entry(name, key)));
        return new Identities(
                isRequired(config), new ApiKeys(keys), config.identity().openMetrics());
    }

    /** Whether callers have to say who they are. */
    static boolean isRequired(ThreadwrightConfig config) {
        ThreadwrightConfig.Identity identity = config.identity();
        return identity.enabled().orElse(!identity.keys().isEmpty());
    }

    static Set<String> tenants(ThreadwrightConfig config) {
        Set<String> tenants = new HashSet<>(config.tenants().keySet());
        tenants.add(ThreadKey.DEFAULT_TENANT);
        return tenants;
    }

    /** @param wrong told of a key of the configuration, without its prefix, and what is wrong with its value */
    static void check(ThreadwrightConfig config, BiConsumer<String, String> wrong) {
        ThreadwrightConfig.Identity identity = config.identity();
        Set<String> tenants = tenants(config);
        config.tenants().keySet().stream()
                .filter(name -> !TenantName.isOne(name))
                .forEach(name -> wrong.accept("tenants." + name, "is no tenant's name: these are " + TenantName.FORM));
        TenantTopics.of(config).check(wrong);
        Map<String, ApiKeys.Entry> known = new HashMap<>();
        identity.keys().forEach((name, key) -> {
            String place = "identity.keys." + name;
            if (!tenants.contains(key.tenant())) {
                wrong.accept(place + ".tenant", unknown(key.tenant(), tenants));
            }
            for (String role : key.roles()) {
                if (Role.ofWord(role.strip()) == null) {
                    wrong.accept(place + ".roles", "has \"" + role + "\"; roles are " + Role.words());
                }
            }
            if (name.length() > MAX_NAME) {
                wrong.accept(place, "has a name of more than " + MAX_NAME + " characters");
            }
            try {
                ApiKeys.Entry entry = new ApiKeys.Entry(key.hash(), new Caller(key.tenant(), name, Set.of()));
                known.forEach((other, before) -> {
                    if (before.isOfSameKey(entry)) {
                        wrong.accept(place + ".hash", "is that of " + other + ", too: a key is one caller's");
                    }
                });
                known.put(name, entry);
            } catch (IllegalArgumentException e) {
                wrong.accept(place + ".hash", String.valueOf(e.getMessage()));
            }
        });
        if (identity.enabled().orElse(false) && identity.keys().isEmpty()) {
            wrong.accept(
                    "identity.enabled", "is true, and nobody could say who they are: set threadwright.identity.keys.*");
        }
    }

    private static String unknown(String tenant, Set<String> tenants) {
        return "is \"" + tenant + "\", and there is no such tenant; there are "
                + String.join(", ", tenants.stream().sorted().toList()) + " (threadwright.tenants.*)";
    }

    private static ApiKeys.Entry entry(String name, ThreadwrightConfig.Identity.Key key) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (String word : key.roles()) {
            Role role = Role.ofWord(word.strip());
            if (role == null) {
                throw new IllegalArgumentException("threadwright.identity.keys." + name + ".roles has \"" + word + '"');
            }
            roles.add(role);
        }
        return new ApiKeys.Entry(key.hash(), new Caller(key.tenant(), name, roles));
    }
}

package dev.threadwright.ops;

import dev.threadwright.security.ApiKeys;
import dev.threadwright.security.Caller;
import dev.threadwright.security.Identities;
import dev.threadwright.security.Role;
import dev.threadwright.security.TenantName;
import dev.threadwright.security.TokenSettings;
import dev.threadwright.security.Tokens;
import dev.threadwright.thread.ThreadKey;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
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

    private static final Duration MAX_CLOCK_SKEW = Duration.ofMinutes(10);

    @Produces
    @Singleton
    Identities identities(ThreadwrightConfig config) {
        return of(config);
    }

    /** @throws IllegalArgumentException if it is none; {@link #check} says what all is wrong */
    static Identities of(ThreadwrightConfig config) {
        List<ApiKeys.Entry> keys = new ArrayList<>();
        config.identity().keys().forEach((name, key) -> keys.add(entry(name, key)));
        boolean isRequired = isRequired(config);
        Tokens tokens = isRequired && hasIssuer(config) ? new Tokens(tokens(config)) : null;
        return new Identities(
                isRequired, new ApiKeys(keys), tokens, config.identity().openMetrics());
    }

    void end(@Disposes Identities identities) {
        if (identities.tokens() != null) {
            identities.tokens().close();
        }
    }

    /** Whether callers have to say who they are. */
    static boolean isRequired(ThreadwrightConfig config) {
        ThreadwrightConfig.Identity identity = config.identity();
        return identity.enabled().orElse(!identity.keys().isEmpty() || hasIssuer(config));
    }

    static boolean hasIssuer(ThreadwrightConfig config) {
        return config.identity().oidc().issuer().isPresent();
    }

    /** @throws java.util.NoSuchElementException without an issuer */
    private static TokenSettings tokens(ThreadwrightConfig config) {
        ThreadwrightConfig.Identity.Oidc oidc = config.identity().oidc();
        return new TokenSettings(
                TokenSettings.address(oidc.issuer().orElseThrow()),
                oidc.jwksUrl().map(TokenSettings::address).orElse(null),
                oidc.audience().orElse(List.of()),
                oidc.tenantClaim().orElse(null),
                oidc.tenant().orElse(null),
                tenants(config),
                oidc.rolesClaim(),
                Map.of(
                        Role.READ, oidc.roles().read(),
                        Role.WRITE, oidc.roles().write(),
                        Role.RESOLVE, oidc.roles().resolve(),
                        Role.OPERATE, oidc.roles().operate(),
                        Role.ADMINISTER, oidc.roles().administer()),
                oidc.nameClaim(),
                oidc.clockSkew());
    }

    private static void checkTokens(
            ThreadwrightConfig.Identity.Oidc oidc, Set<String> tenants, BiConsumer<String, String> wrong) {
        String place = "identity.oidc.";
        if (oidc.clockSkew().isNegative() || oidc.clockSkew().compareTo(MAX_CLOCK_SKEW) > 0) {
            wrong.accept(place + "clock-skew", "is " + oidc.clockSkew() + "; it is from PT0S to " + MAX_CLOCK_SKEW);
        }
        oidc.issuer().ifPresent(issuer -> checkAddress(place + "issuer", issuer, wrong));
        oidc.jwksUrl().ifPresent(keys -> checkAddress(place + "jwks-url", keys, wrong));
        oidc.tenant()
                .filter(tenant -> !tenants.contains(tenant))
                .ifPresent(tenant -> wrong.accept(place + "tenant", unknown(tenant, tenants)));
        if (oidc.issuer().isEmpty()) {
            Map.of(
                            "jwks-url", oidc.jwksUrl().isPresent(),
                            "audience", oidc.audience().isPresent(),
                            "tenant-claim", oidc.tenantClaim().isPresent(),
                            "tenant", oidc.tenant().isPresent())
                    .forEach((key, isSet) -> {
                        if (isSet) {
                            wrong.accept(
                                    place + key,
                                    "is set, and threadwright.identity.oidc.issuer is not: no token counts");
                        }
                    });
            return;
        }
        if (oidc.audience().orElse(List.of()).stream().allMatch(String::isBlank)) {
            wrong.accept(
                    place + "audience",
                    "has to be set: what the issuer gives tokens for that are for this server, and for no other");
        }
        if (oidc.tenantClaim().isEmpty() && oidc.tenant().isEmpty()) {
            wrong.accept(
                    place + "tenant-claim",
                    "has to be set, or threadwright.identity.oidc.tenant, if all tokens are for one tenant");
        }
    }

    private static void checkAddress(String key, String address, BiConsumer<String, String> wrong) {
        try {
            TokenSettings.address(address);
        } catch (IllegalArgumentException e) {
            wrong.accept(key, String.valueOf(e.getMessage()));
        }
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
        checkTokens(identity.oidc(), tenants, wrong);
        if (identity.enabled().orElse(false) && identity.keys().isEmpty() && !hasIssuer(config)) {
            wrong.accept(
                    "identity.enabled",
                    "is true, and nobody could say who they are: set threadwright.identity.keys.* or"
                            + " threadwright.identity.oidc.*");
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

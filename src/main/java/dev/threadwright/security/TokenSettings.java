package dev.threadwright.security;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose tokens are believed, and what their claims mean. A claim is given by its name, or by a path of names with {@code /}
 * between them.
 *
 * @param keys where the issuer's keys are; null: where its discovery document says
 * @param audiences one of which a token must be for
 * @param tenantClaim says whose threads a token is for; null if all are for the same
 * @param tenant of tokens without that claim; null: they are nobody's
 * @param tenants that there are
 * @param roleValues of the claim, by the role that they give
 * @param nameClaim under which the journal keeps who did something
 * @param clockSkew by which the issuer's clock and ours may differ
 */
public record TokenSettings(
        URI issuer,
        @Nullable URI keys,
        List<String> audiences,
        @Nullable String tenantClaim,
        @Nullable String tenant,
        Set<String> tenants,
        String rolesClaim,
        Map<Role, List<String>> roleValues,
        String nameClaim,
        Duration clockSkew) {

    public TokenSettings {
        audiences = List.copyOf(audiences);
        tenants = Set.copyOf(tenants);
        roleValues = Map.copyOf(roleValues);
    }

    /**
     * An address that keys may be read from: whoever can answer there in the issuer's place has every role.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static URI address(String text) {
        URI uri;
        try {
            uri = URI.create(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is no URL", e);
        }
        boolean isPlain = "http".equals(uri.getScheme());
        if (uri.getHost() == null || !isPlain && !"https".equals(uri.getScheme())) {
            throw new IllegalArgumentException("is no URL that begins with https://host");
        }
        if (isPlain && !Set.of("localhost", "127.0.0.1", "[::1]").contains(uri.getHost())) {
            throw new IllegalArgumentException(
                    "must begin with https://; only this machine's own addresses are believed over http");
        }
        if (uri.getUserInfo() != null || uri.getQuery() != null || uri.getFragment() != null) {
            throw new IllegalArgumentException("is an address without user, query or fragment");
        }
        return uri;
    }
}

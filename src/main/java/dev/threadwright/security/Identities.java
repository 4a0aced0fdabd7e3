package dev.threadwright.security;

import org.jspecify.annotations.Nullable;

/**
 * How callers are known on this server.
 *
 * @param required whether they have to say who they are; else anybody may do anything, as the tenant {@code default}
 * @param keys static API keys
 * @param tokens those of an issuer; null if there is none whose tokens are believed
 * @param openMetrics whether metrics are told to anybody
 */
public record Identities(
        boolean required, ApiKeys keys, @Nullable Tokens tokens, boolean openMetrics) {}

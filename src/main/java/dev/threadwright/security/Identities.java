package dev.threadwright.security;

/**
 * How callers are known on this server.
 *
 * @param required whether they have to say who they are; else anybody may do anything, as the tenant {@code default}
 * @param keys static API keys
 * @param openMetrics whether metrics are told to anybody
 */
public record Identities(boolean required, ApiKeys keys, boolean openMetrics) {}

package dev.threadwright.ingress;

import org.jspecify.annotations.Nullable;

/** Whose records inbound topics have, as this server is configured. */
@FunctionalInterface
public interface TopicTenants {

    /** The tenant of a topic; null if it is none's, or the servers' own. */
    @Nullable String tenant(String topic);

    /** Whether there is such a tenant: other servers may have more. */
    default boolean has(String tenant) {
        return true;
    }
}

package dev.threadwright.relay;

import dev.threadwright.thread.ThreadKey;
import java.util.Map;

/**
 * The names of the topics that the relay writes to.
 *
 * @param commands what records go to that arrived on the wrong partition
 * @param positions how far each partition is published; for the relay alone
 * @param tenants each tenant's own
 */
public record Topics(String commands, String positions, Map<String, OfTenant> tenants) {
    public Topics {
        tenants = Map.copyOf(tenants);
    }

    /** Of a server without tenants but {@code default}. */
    public Topics(
            String lifecycle,
            String events,
            String deadLetter,
            String commands,
            String actions,
            String positions,
            Map<String, String> actionsOf) {
        this(
                commands,
                positions,
                Map.of(ThreadKey.DEFAULT_TENANT, new OfTenant(lifecycle, events, deadLetter, actions, actionsOf)));
    }

    /**
     * Those of one tenant.
     *
     * @param actions what workers are asked for
     * @param actionsOf by the names of actions, of those that have a topic of their own
     */
    public record OfTenant(
            String lifecycle, String events, String deadLetter, String actions, Map<String, String> actionsOf) {
        public OfTenant {
            actionsOf = Map.copyOf(actionsOf);
        }
    }

    /** Nothing of a tenant that nobody knows is published anywhere: somebody else would read it. */
    OfTenant of(String tenant) {
        OfTenant topics = tenants.get(tenant);
        if (topics == null) {
            throw new IllegalStateException("Tenant " + tenant + " has no topics; see threadwright.tenants");
        }
        return topics;
    }
}

package dev.threadwright.security;

import java.util.EnumSet;
import java.util.Set;

/**
 * Who asks.
 *
 * @param tenant whose threads are there for this caller; those of others are not
 * @param name under which the journal keeps what the caller did
 */
public record Caller(String tenant, String name, Set<Role> roles) {

    public Caller {
        roles = Set.copyOf(roles);
    }

    /** Anybody, where nobody has to say who they are. */
    public static Caller anybody(String tenant, String name) {
        return new Caller(tenant, name, EnumSet.allOf(Role.class));
    }

    public boolean may(Role role) {
        return roles.contains(role);
    }
}

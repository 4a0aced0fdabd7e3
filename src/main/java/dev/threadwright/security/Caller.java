package dev.threadwright.security;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Who asks.
 *
 * @param tenant whose threads are there for this caller; those of others are not
 * @param name under which the journal keeps what the caller did
 * @param known how the server found out who it is
 */
public record Caller(String tenant, String name, Set<Role> roles, Known known) {

    public Caller {
        roles = Set.copyOf(roles);
    }

    /** By an API key. */
    public Caller(String tenant, String name, Set<Role> roles) {
        this(tenant, name, roles, Known.KEY);
    }

    /** By what somebody is known. */
    public enum Known {
        /** Nobody has to say who they are. */
        ANYBODY,
        /** The name is that of an API key in the configuration. */
        KEY,
        /** The name is what a token of the issuer says. */
        TOKEN;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Anybody, where nobody has to say who they are. */
    public static Caller anybody(String tenant, String name) {
        return new Caller(tenant, name, EnumSet.allOf(Role.class), Known.ANYBODY);
    }

    public boolean may(Role role) {
        return roles.contains(role);
    }
}

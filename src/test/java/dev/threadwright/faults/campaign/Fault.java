package dev.threadwright.faults.campaign;

import org.jspecify.annotations.Nullable;

/**
 * Something that goes wrong, and what makes it good again. {@link #inject} comes back when the harm is done and has lasted as long
 * as it should; {@link #heal} when nothing keeps the servers from working any more.
 */
sealed interface Fault
        permits BrokerKilled,
                ClockJump,
                DiskFull,
                FrozenServer,
                FrozenAt,
                HeldUntilStale,
                KilledAt,
                KilledServers,
                NetworkFault,
                PostgresKilled,
                RebalanceStorm,
                ResetAt,
                RollingRestart,
                SessionsEnded,
                SilentAt {

    /** How {@code --only} and the report call it. */
    String name();

    /** One line for people. */
    String description();

    /** Why it cannot be done on this machine; null if it can. */
    default @Nullable String impossible(Site site) {
        return null;
    }

    /** @return whether it happened: a point may not be reached in time */
    boolean inject(Site site) throws Exception;

    void heal(Site site) throws Exception;
}

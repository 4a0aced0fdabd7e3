package dev.threadwright.ops;

import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.journal.StoredSettings;
import dev.threadwright.sealing.SealedException;
import dev.threadwright.sealing.Sealing;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** What seals and opens, as configured. */
@Singleton
class SealingWiring {

    private final Sealing sealing;

    SealingWiring(ThreadwrightConfig config) {
        try {
            this.sealing = MasterKeys.sealing(config.encryption());
        } catch (IllegalArgumentException e) {
            throw new MisconfiguredException("threadwright.encryption: " + e.getMessage());
        }
    }

    @Produces
    @Singleton
    Sealing sealing() {
        return sealing;
    }

    /**
     * Whether all that is stored can be read: a server that cannot would take every thread for damaged.
     *
     * @throws MisconfiguredException if a master key is missing
     * @throws JournalUnavailableException if that cannot be told yet
     */
    void check(StoredSettings stored) {
        try {
            stored.ask(connection -> {
                sealing.check(connection);
                return sealing;
            });
        } catch (SealedException e) {
            if (e.reason() == SealedException.Reason.UNAVAILABLE) {
                throw e;
            }
            throw new MisconfiguredException("threadwright.encryption: " + e.getMessage());
        }
    }
}

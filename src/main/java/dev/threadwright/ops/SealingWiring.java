package dev.threadwright.ops;

import dev.threadwright.sealing.SealedException;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.tables.Tables;
import dev.threadwright.tables.TablesUnavailableException;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** What seals and opens, as configured. */
@Singleton
class SealingWiring {

    private final Sealing sealing;
    private final DataSource database;

    SealingWiring(ThreadwrightConfig config, DataSource database) {
        try {
            this.sealing = MasterKeys.sealing(config.encryption());
        } catch (IllegalArgumentException e) {
            throw new MisconfiguredException("threadwright.encryption: " + e.getMessage());
        }
        this.database = database;
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
     * @throws TablesUnavailableException if that cannot be told yet
     */
    void check() {
        try (Connection connection = database.getConnection()) {
            sealing.check(connection);
        } catch (SealedException e) {
            if (e.reason() == SealedException.Reason.UNAVAILABLE) {
                throw e;
            }
            throw new MisconfiguredException("threadwright.encryption: " + e.getMessage());
        } catch (SQLException e) {
            throw Tables.failure(e);
        }
    }
}

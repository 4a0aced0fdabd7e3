package dev.threadwright.journal;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings the database to this release's schema. Several servers may do so at once: they take turns. */
public final class JournalSchema {

    private JournalSchema() {}

    /** @throws JournalUnavailableException if the database cannot be reached, or refuses */
    public static void migrate(PostgresSettings settings) {
        try {
            Flyway.configure()
                    .dataSource(settings.url(), settings.user(), settings.password())
                    .locations("classpath:db/migration")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new JournalUnavailableException(
                    "The schema of " + settings + " is not in place: " + e.getMessage(), e);
        }
    }
}

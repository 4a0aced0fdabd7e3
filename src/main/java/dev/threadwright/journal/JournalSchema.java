package dev.threadwright.journal;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings the database to this release's schema. Several servers may do so at once: they take turns. */
public final class JournalSchema {

    /** Of looks whether it is one's turn: servers that wait are sound, however long the first one takes. */
    private static final int WITHOUT_END = -1;

    private JournalSchema() {}

    /** @throws FlywayException if the database cannot be reached, or refuses */
    public static void migrate(PostgresSettings settings) {
        Flyway.configure()
                .dataSource(settings.url(), settings.user(), settings.password())
                .locations("classpath:db/migration")
                .lockRetryCount(WITHOUT_END)
                .load()
                .migrate();
    }
}

package dev.threadwright.ops;

import dev.threadwright.catalog.CatalogUnavailableException;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.sealing.SealedException;
import dev.threadwright.tables.SqlStates;
import dev.threadwright.tables.TablesUnavailableException;
import java.sql.SQLException;
import org.apache.kafka.common.KafkaException;
import org.flywaydb.core.api.FlywayException;

/** What a start waits for, and what no waiting helps against. */
final class Passing {

    private Passing() {}

    static boolean is(RuntimeException failure) {
        return switch (failure) {
            case JournalUnavailableException ignored -> true;
            case CatalogUnavailableException ignored -> true;
            case TablesUnavailableException ignored -> true;
            case KafkaUnavailableException ignored -> true;
            // A client that cannot be made, as no name of a broker is known yet.
            case KafkaException ignored -> true;
            case SealedException sealed -> sealed.reason() == SealedException.Reason.UNAVAILABLE;
            case FlywayException migration -> isPassing(migration);
            default -> false;
        };
    }

    private static boolean isPassing(FlywayException failure) {
        SQLException sql = SqlStates.within(failure);
        return sql == null
                ? failure.getCause() instanceof InterruptedException
                : SqlStates.isPassing(sql.getSQLState());
    }

    /** Why the schema cannot be migrated, for whoever has to repair that: Flyway's own words fill a page. */
    static String words(FlywayException failure) {
        SQLException sql = SqlStates.within(failure);
        String first = String.valueOf(failure.getMessage())
                .lines()
                .filter(line -> !line.isBlank())
                .findFirst()
                .orElse("");
        return sql == null ? String.valueOf(failure.getMessage()) : first + ": " + sql.getMessage();
    }
}

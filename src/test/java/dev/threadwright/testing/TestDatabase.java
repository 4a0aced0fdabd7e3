package dev.threadwright.testing;

import dev.threadwright.journal.JournalSchema;
import dev.threadwright.journal.PostgresSettings;
import dev.threadwright.tables.Tables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A database of a test's own, with all tables and without rows. It is a copy of one that is migrated once, since migrating takes far longer
 * than copying.
 */
public final class TestDatabase {

    private final PostgresSettings settings;
    private final PGSimpleDataSource source = new PGSimpleDataSource();
    private final Tables tables = new Tables(source);

    private TestDatabase(String url) {
        settings = PostgresSettings.of(url, TestServers.user(), TestServers.password());
        source.setUrl(url);
        source.setUser(TestServers.user());
        source.setPassword(TestServers.password());
    }

    /** In place of the database of that name, if there is one. */
    public static TestDatabase migrated(String name) {
        return new TestDatabase(TestServers.createDatabase(name, Template.name()));
    }

    public PostgresSettings settings() {
        return settings;
    }

    /** Each of its connections is a new one, of the user who owns the tables. */
    public DataSource source() {
        return source;
    }

    public Tables tables() {
        return tables;
    }

    public void sql(String statement) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement executed = connection.createStatement()) {
            executed.execute(statement);
        }
    }

    /** The first column, as text. */
    public List<String> rows(String query) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            List<String> rows = new ArrayList<>();
            while (found.next()) {
                rows.add(found.getString(1));
            }
            return rows;
        }
    }

    /** Made at its first use. */
    private static final class Template {

        private static final String NAME = "migrated";

        static {
            JournalSchema.migrate(
                    PostgresSettings.of(TestServers.keptDatabase(NAME), TestServers.user(), TestServers.password()));
        }

        /** A method, because a constant would be taken without the work above. */
        static String name() {
            return NAME;
        }
    }
}

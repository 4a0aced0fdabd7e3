package dev.threadwright.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.StoredSettings.SchemaScript;
import dev.threadwright.testing.TestServers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class JournalSchemaTest {

    private static final int SERVERS = 3;
    private static final int PATIENCE_SECONDS = 120;

    @Test
    void serversThatStartAtOnceTakeTurns() throws Exception {
        PostgresSettings settings = database("schema_turns");
        try (ExecutorService servers = Executors.newFixedThreadPool(SERVERS)) {
            List<Future<?>> migrations = new ArrayList<>();
            for (int i = 0; i < SERVERS; i++) {
                migrations.add(servers.submit(() -> JournalSchema.migrate(settings)));
            }
            for (Future<?> migration : migrations) {
                migration.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        }
        try (StoredSettings stored = new StoredSettings(settings)) {
            assertThat(stored.schema()).isNotEmpty().allMatch(SchemaScript::isDone);
        }
    }

    /** Each is once there, and what is there is not touched: it may hold a year's threads. */
    @Test
    void aSecondTimeChangesNothing() throws Exception {
        PostgresSettings settings = database("schema_again");
        JournalSchema.migrate(settings);
        List<SchemaScript> scripts = scripts(settings);
        try (Connection connection = DriverManager.getConnection(settings.url(), settings.user(), settings.password());
                Statement statement = connection.createStatement()) {
            statement.execute("insert into server_setting values ('kept', 'yes')");
            JournalSchema.migrate(settings);
            try (var row = statement.executeQuery("select value from server_setting where name = 'kept'")) {
                assertThat(row.next()).isTrue();
            }
        }
        assertThat(scripts(settings)).isEqualTo(scripts);
    }

    private static List<SchemaScript> scripts(PostgresSettings settings) {
        try (StoredSettings stored = new StoredSettings(settings)) {
            return stored.schema();
        }
    }

    private static PostgresSettings database(String name) {
        return PostgresSettings.of(TestServers.createDatabase(name), TestServers.user(), TestServers.password());
    }
}

package dev.threadwright.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.JournalSchema;
import dev.threadwright.journal.PostgresSettings;
import dev.threadwright.testing.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Of every column that can hold what people wrote, the guide says whether it is sealed, and if not, why. */
class SchemaColumnsTest {

    private static final Path GUIDE = Path.of("docs", "encryption.md");
    private static final Pattern ROW = Pattern.compile("^\\| `([a-z_]+)` \\| (.+?) \\| (.+?) \\|$", Pattern.MULTILINE);
    private static final Pattern NAME = Pattern.compile("`([a-z_]+)`");

    @Test
    void theGuideSaysOfEveryColumnWhatBecomesOfIt() throws SQLException, IOException {
        assertThat(told()).isEqualTo(columns());
    }

    /** By table, the names of its columns, in order. */
    private static Map<String, String> columns() throws SQLException {
        String url = TestServers.createDatabase("schema_columns");
        JournalSchema.migrate(PostgresSettings.of(url, TestServers.user(), TestServers.password()));
        Map<String, String> columns = new TreeMap<>();
        try (Connection connection = DriverManager.getConnection(url, TestServers.user(), TestServers.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        select c.table_name, string_agg(c.column_name, ' ' order by c.column_name)
                        from information_schema.columns c
                             join information_schema.tables t using (table_schema, table_name)
                        where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
                          and c.table_name <> 'flyway_schema_history'
                          and c.data_type in ('text', 'json', 'jsonb', 'bytea', 'ARRAY', 'character varying')
                          and c.column_name not in ('tenant', 'thread')
                        group by c.table_name
                        """)) {
            while (rows.next()) {
                columns.put(rows.getString(1), rows.getString(2));
            }
        }
        return columns;
    }

    /** As the guide's table has it: a table, its columns that are sealed, and those that are not. */
    private static Map<String, String> told() throws IOException {
        Map<String, String> told = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(GUIDE));
        while (row.find()) {
            Matcher name = NAME.matcher(row.group(2) + row.group(3));
            TreeMap<String, String> names = new TreeMap<>();
            while (name.find()) {
                names.put(name.group(1), "");
            }
            told.put(row.group(1), String.join(" ", names.keySet()));
        }
        return told;
    }
}

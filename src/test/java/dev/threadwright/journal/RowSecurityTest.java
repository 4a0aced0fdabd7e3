package dev.threadwright.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.testing.TestServers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The second wall between tenants: whatever a query of the readers' forgets, Postgres shows it rows of the tenant that its
 * transaction named, and of nobody else. For every table that there is, so that a new one has its policy or fails here.
 */
class RowSecurityTest {

    /** What readers see whole, since it is nobody's. */
    private static final Set<String> OF_NO_TENANT = Set.of("server_setting");

    /** Which pass by the policies, and so have to name the tenant themselves; each has a test of its own below. */
    private static final Set<String> DEFINERS = Set.of("threads_with_metadata_v1");

    /** Views whose rows are made of the texts of others' rows: in PostgresJournalTest, from real ones. */
    private static final Set<String> OF_TEXTS = Set.of("event", "requested_run");

    private static String url;

    private Connection admin;

    @BeforeAll
    static void createDatabase() {
        url = TestServers.createDatabase("row_security");
        JournalSchema.migrate(new PostgresSettings(
                url, TestServers.user(), TestServers.password(), 5_000, 5_000, 20_000, 20_000, 30_000));
    }

    @BeforeEach
    void open() throws SQLException {
        admin = DriverManager.getConnection(url, TestServers.user(), TestServers.password());
        admin.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        admin.rollback();
        admin.close();
    }

    @Test
    void readersSeeNoTableOfTenantsWithoutAPolicy() throws SQLException {
        Set<String> ofTenants = new TreeSet<>(withTenant());
        for (String relation : readable()) {
            assertThat(ofTenants.contains(relation) || OF_NO_TENANT.contains(relation))
                    .as(relation + " has no column tenant: say here whose its rows are, or keep it from readers")
                    .isTrue();
        }
        assertThat(
                        names(
                                "select c.relname from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace"
                                        + " and has_table_privilege('threadwright_reader', c.oid, 'select') and not c.relrowsecurity"))
                .containsExactlyInAnyOrderElementsOf(OF_NO_TENANT);
        assertThat(names(
                        "select c.relname from pg_class c where c.relkind = 'v' and c.relnamespace = 'public'::regnamespace"
                                + " and has_table_privilege('threadwright_reader', c.oid, 'select')"
                                + " and not coalesce(c.reloptions @> array['security_invoker=true'], false)"))
                .as("views that show what their owner sees")
                .isEmpty();
    }

    @Test
    void readersChangeNothing() throws SQLException {
        assertThat(names("select c.relname || ' ' || p from pg_class c,"
                        + " unnest(array['insert', 'update', 'delete', 'truncate']) as p"
                        + " where c.relkind in ('r', 'v') and c.relnamespace = 'public'::regnamespace"
                        + " and has_table_privilege('threadwright_reader', c.oid, p)"))
                .isEmpty();
        assertThat(names("select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef"
                        + " and has_function_privilege('threadwright_reader', p.oid, 'execute')"))
                .containsExactlyInAnyOrderElementsOf(DEFINERS);
    }

    @TestFactory
    Stream<DynamicTest> aTenantSeesItsRowsAlone() throws SQLException {
        Set<String> ofTenants = new TreeSet<>(withTenant());
        return readable().stream()
                .filter(ofTenants::contains)
                .filter(relation -> !OF_TEXTS.contains(relation))
                .map(relation -> DynamicTest.dynamicTest(relation, () -> {
                    admin.rollback();
                    put(relation, "a");
                    put(relation, "b");
                    sql("set local role threadwright_reader");
                    assertThat(tenants(relation)).as("nobody is named").isEmpty();
                    for (String tenant : List.of("a", "b")) {
                        sql("set local threadwright.tenant = '" + tenant + "'");
                        assertThat(tenants(relation)).containsExactly(tenant);
                    }
                    sql("set local threadwright.tenant = 'a'' or true --'");
                    assertThat(tenants(relation)).isEmpty();
                    sql("reset role");
                    assertThat(tenants(relation)).as("that both were there").containsExactly("a", "b");
                }));
    }

    @Test
    void aSearchByMetadataFindsTheTenantsAlone() throws SQLException {
        put("thread_metadata", "a");
        put("thread_metadata", "b");
        sql("set local role threadwright_reader");
        assertThat(names("select threads_with_metadata_v1('{}')")).isEmpty();
        sql("set local threadwright.tenant = 'a'");
        assertThat(names("select threads_with_metadata_v1('{}')")).containsExactly("of a");
    }

    // What is there --------------------------------------------------------------------------------------------------

    private List<String> readable() throws SQLException {
        return names("select c.relname from pg_class c where c.relkind in ('r', 'v', 'm', 'p')"
                + " and c.relnamespace = 'public'::regnamespace"
                + " and has_any_column_privilege('threadwright_reader', c.oid, 'select') order by 1");
    }

    private List<String> withTenant() throws SQLException {
        return names("select table_name from information_schema.columns where table_schema = 'public'"
                + " and column_name = 'tenant'");
    }

    private List<String> tenants(String relation) throws SQLException {
        return names("select distinct tenant from " + relation + " order by 1");
    }

    /** A row with something in each column that must have something. */
    private void put(String table, String tenant) throws SQLException {
        Map<String, String> values = new TreeMap<>();
        try (Statement statement = admin.createStatement();
                ResultSet columns = statement.executeQuery(
                        "select column_name, data_type from information_schema.columns where table_schema = 'public'"
                                + " and is_nullable = 'NO' and is_generated = 'NEVER' and table_name = '" + table
                                + "'")) {
            while (columns.next()) {
                values.put(columns.getString(1), value(columns.getString(2), tenant));
            }
        }
        values.put("tenant", "'" + tenant + "'");
        // Without the triggers and what refers to others: this is about who sees it.
        sql("set local session_replication_role = replica");
        sql("insert into " + table + " (" + String.join(", ", values.keySet()) + ") values ("
                + values.values().stream().collect(Collectors.joining(", ")) + ")");
    }

    private static String value(String type, String tenant) {
        int number = tenant.charAt(0);
        return switch (type) {
            case "text" -> "'of " + tenant + "'";
            case "bigint", "integer" -> Integer.toString(number);
            case "boolean" -> "false";
            case "json", "jsonb", "ARRAY" -> "'{}'";
            case "bytea" -> "'\\x00'";
            default -> throw new IllegalArgumentException("Say which value a column of type " + type + " has here");
        };
    }

    private void sql(String sql) throws SQLException {
        try (Statement statement = admin.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<String> names(String query) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Statement statement = admin.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }
}

package dev.threadwright.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.testing.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What counting quotas costs: it is done for as long as the server runs, however much there is of others and of the past. */
class QuotaCountTest {

    private static TestDatabase database;

    @BeforeAll
    static void threads() throws SQLException {
        database = TestDatabase.migrated("quota_count");
        threads("acme", "idle", 100);
        threads("acme", "deleted", 20_000);
        threads("globex", "idle", 20_000);
        database.sql("analyze thread");
    }

    private static void threads(String tenant, String status, int count) throws SQLException {
        database.sql(
                "insert into thread (seq, created_at_ms, updated_at_ms, state_updated_at_ms, partition, active_runs,"
                        + " queued_runs, status, tenant, thread, settings) select 1, n, n, n, 0, 1, 2, '" + status
                        + "', '"
                        + tenant + "', '" + status + "-' || n, '{}' from generate_series(1, " + count + ") n");
    }

    @Test
    void onlyLivingThreadsOfTenantsWithQuotasAreRead() throws SQLException {
        List<String> plan = database.rows("explain " + of("acme"));
        assertThat(plan)
                .filteredOn(line -> line.contains("Scan"))
                .isNotEmpty()
                .allMatch(
                        line -> line.contains("thread_living"), "no other table is read, nor this one from end to end");
        assertThat(plan)
                .filteredOn(line -> line.contains("Index Cond"))
                .isNotEmpty()
                .allMatch(line -> line.contains("tenant = ANY"));
    }

    @Test
    void theyAreCountedWithTheirRuns() throws SQLException {
        assertThat(database.rows("select c::text from (" + of("acme,globex,nobody") + ") c order by 1"))
                .containsExactly("(acme,100,300)", "(globex,20000,60000)");
    }

    private static String of(String tenants) {
        return QuotaWiring.COUNT.replace("?", "'{" + tenants + "}'");
    }
}

package dev.threadwright.ops;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.threadwright.cron.CronFiring;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import dev.threadwright.testing.RecordedFirings;
import dev.threadwright.testing.VariedServer;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A server does by itself what has to be done again and again. */
@QuarkusTest
@TestProfile(VariedServer.class)
@WithTestResource(EmbeddedServersResource.class)
class RecurringWorkTest {

    @Inject
    RecordedFirings runs;

    @Inject
    AgroalDataSource database;

    private final String mark = UUID.randomUUID().toString();

    @Test
    void whatIsDueIsHandedOverAndWhatHasExpiredIsSwept() {
        Readiness.await();
        given().get("/info").then().body("flags.crons", equalTo(true));
        write("insert into cron (created_at_ms, updated_at_ms, next_at_ms, enabled, tenant, cron, assistant, schedule,"
                + " payload, metadata) values (1, 1, 1, true, 'default', '" + mark
                + "', 'a', '0 0 1 1 *', '{}', '{}')");
        write(
                "insert into store_item (created_at_ms, updated_at_ms, expires_at_ms, ttl_ms, tenant, namespace, key, value)"
                        + " values (1, 1, 1, 1, 'default', 'a', '" + mark + "', '{}')");

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(
                                count("cron where cron = '" + mark + "' and next_at_ms > 1 and firing_at_ms is null"))
                        .isEqualTo(1));
        assertThat(runs.taken()).extracting(CronFiring::id).containsOnlyOnce(mark + "@1970-01-01T00:00:00.001Z");
        write(
                "insert into dead_letter (dead_at_ms, position, source_offset, source_time_ms, partition, source_partition,"
                        + " bytes, whole, tenant, kind, source_topic, reason, headers) values (1, 1000000000000000, 1, 1, 0, 0, 0, true,"
                        + " 'default', 'invalid', '" + mark + "', 'why', '[]')");

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(count("dead_letter where source_topic = '" + mark + "'"))
                        .isZero());
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(count("store_item where key = '" + mark + "'"))
                        .isZero());
    }

    private void write(String sql) {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private long count(String what) {
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from " + what)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}

package dev.threadwright.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class WorkflowReadsTest {

    @Inject
    WorkflowReads reads;

    @Inject
    AgroalDataSource engine;

    private final String suffix = UUID.randomUUID().toString();
    private final String tenant = "tenant-" + suffix;
    private final String own = "own-" + suffix;
    private final String shared = "shared-" + suffix;

    @BeforeEach
    void rowsOfATenantAndOfEveryone() throws SQLException {
        Readiness.await();
        insert(tenant, own, 1, "first");
        insert(tenant, own, 2, "second");
        insert("*", shared, 1, "for everyone");
        insert("another-" + suffix, own, 3, "another's");
    }

    /** Nothing that a server could read as a workflow. */
    @AfterEach
    void takeThemAway() throws SQLException {
        execute("delete from workflow where name like '%-" + suffix + "'");
    }

    @Test
    void aTenantSeesItsWorkflowsAndEveryonesInTheirNewestVersion() {
        List<String> listed = newestNames(tenant);

        assertThat(listed).contains(own + "@2", shared + "@1").doesNotContain(own + "@1", own + "@3");
        assertThat(listed).isSortedAccordingTo((a, b) -> name(a).compareTo(name(b)));
        assertThat(newestNames("somebody-else")).contains(shared + "@1").noneMatch(ref -> ref.startsWith(own));
    }

    @Test
    void theVersionsOfATenantsWorkflowAreItsOwn() {
        assertThat(awaited(() -> reads.versions(tenant, own)))
                .extracting(row -> row.version)
                .containsExactly(2, 1);
        assertThat(awaited(() -> reads.versions("somebody-else", own))).isEmpty();
        assertThat(awaited(() -> reads.versions("somebody-else", shared))).hasSize(1);
    }

    @Test
    void aVersionsDocumentIsAsItWasStored() {
        assertThat(awaited(() -> reads.version(tenant, own, 1)).document).isEqualTo("first");
        assertThat(awaited(() -> reads.version(tenant, shared, 1)).document).isEqualTo("for everyone");
        assertThat(awaited(() -> reads.version(tenant, own, 3)))
                .as("there is one, of another tenant")
                .isNull();
    }

    private List<String> newestNames(String of) {
        return awaited(() -> reads.newest(of)).stream()
                .map(row -> row.name + "@" + row.version)
                .toList();
    }

    private static String name(String ref) {
        return ref.substring(0, ref.lastIndexOf('@'));
    }

    private void insert(String of, String name, int version, String document) throws SQLException {
        try (var connection = engine.getConnection();
                var statement = connection.prepareStatement(
                        "insert into workflow (created_at_ms, version, tenant, name, hash, document)"
                                + " values (1, ?, ?, ?, '\\x00', ?)")) {
            statement.setInt(1, version);
            statement.setString(2, of);
            statement.setString(3, name);
            statement.setString(4, document);
            statement.executeUpdate();
        }
    }

    private void execute(String sql) throws SQLException {
        try (var connection = engine.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static <T> T awaited(Supplier<Uni<T>> work) {
        try {
            return VertxContextSupport.subscribeAndAwait(work);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}

package dev.threadwright.tables;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Runs work on the database, each in a transaction, on a worker thread. */
@ApplicationScoped
public class Tables {

    /** After which Postgres ends a statement. */
    static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(5);

    /** All of it ends with the transaction, so the pool's connections stay as they are. As in the read side's scope. */
    private static final String BECOME_READER = "select set_config('threadwright.tenant', ?, true),"
            + " set_config('statement_timeout', '" + STATEMENT_TIMEOUT.toMillis() + "', true),"
            + " set_config('transaction_read_only', 'on', true), set_config('role', 'threadwright_reader', true)";

    private static final String LIMIT_TIME = "select set_config('statement_timeout', ?, true)";

    private final DataSource dataSource;

    public Tables(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Statements, and what they come to. */
    public interface Work<T> {
        T on(Sql sql) throws SQLException;
    }

    /** Reads as the tenant, whose rows and no others it sees. */
    public <T> Uni<T> read(String tenant, Work<T> work) {
        return onWorker(() -> inTransaction(sql -> {
            sql.query(BECOME_READER, row -> true, tenant);
            return work.on(sql);
        }));
    }

    /** What may not be there. */
    public interface Search<T> {
        @Nullable T on(Sql sql) throws SQLException;
    }

    /** As {@link #read}, for what may not be there: null then. */
    public <T> Uni<@Nullable T> find(String tenant, Search<T> search) {
        return read(tenant, sql -> Optional.ofNullable(search.on(sql)))
                .flatMap(found -> Uni.createFrom().item(found.orElse(null)));
    }

    /** Changes rows; sees those of all tenants. */
    public <T> Uni<T> write(Work<T> work) {
        return onWorker(() -> writeNow(work));
    }

    /** As {@link #write}, of what may not be there: null then. */
    public <T> Uni<@Nullable T> change(Search<T> search) {
        return write(sql -> Optional.ofNullable(search.on(sql)))
                .flatMap(found -> Uni.createFrom().item(found.orElse(null)));
    }

    /** As {@link #change}, on this thread. */
    public <T> @Nullable T changeNow(Search<T> search) {
        return changeNow(STATEMENT_TIMEOUT, search);
    }

    /** As {@link #change}, on this thread, for what takes its time. @param limit of each statement */
    public <T> @Nullable T changeNow(Duration limit, Search<T> search) {
        return writeNow(limit, sql -> Optional.ofNullable(search.on(sql))).orElse(null);
    }

    /** As {@link #write}, on this thread. */
    public <T> T writeNow(Work<T> work) {
        return writeNow(STATEMENT_TIMEOUT, work);
    }

    /** As {@link #write}, on this thread, for what takes its time. @param limit of each statement */
    public <T> T writeNow(Duration limit, Work<T> work) {
        return inTransaction(sql -> {
            sql.query(LIMIT_TIME, row -> true, Long.toString(limit.toMillis()));
            return work.on(sql);
        });
    }

    private static <T> Uni<T> onWorker(java.util.function.Supplier<T> work) {
        return Uni.createFrom().item(work).runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private <T> T inTransaction(Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                T result = work.on(new Sql(connection));
                connection.commit();
                done = true;
                return result;
            } finally {
                if (!done) {
                    connection.rollback();
                }
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** What that means to whoever wanted something of the database. */
    public static RuntimeException failure(SQLException e) {
        return isPassing(e.getSQLState())
                ? new TablesUnavailableException("The database is not available: " + e.getMessage(), e)
                : new IllegalStateException("The database refuses a statement: " + e.getMessage(), e);
    }

    /** As may pass for everybody; and a role or tables that are not there yet, because the server has just started. */
    private static boolean isPassing(@Nullable String state) {
        return SqlStates.isPassing(state) || "22023".equals(state) || "42P01".equals(state);
    }
}

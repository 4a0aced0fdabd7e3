package dev.threadwright.journal;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * One connection for one kind of work: opened when it is needed, dropped after a failure, one caller at a time. Not from
 * a pool, because nobody else's work may keep a commit waiting.
 */
final class Lane implements AutoCloseable {

    enum Purpose {
        COMMITS,
        READS,
        CLAIMS
    }

    @FunctionalInterface
    interface SqlWork<T> {
        T on(Connection connection) throws SQLException;
    }

    private final PostgresSettings settings;
    private final Purpose purpose;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile @Nullable Connection open;

    Lane(PostgresSettings settings, Purpose purpose) {
        this.settings = settings;
        this.purpose = purpose;
    }

    /**
     * Works in autocommit: each statement is a transaction.
     *
     * @param failure what an error of the work means; connecting is not part of it
     * @throws JournalUnavailableException if there is no connection; nothing of the work was sent then
     */
    <T> T call(SqlWork<T> work, Function<SQLException, JournalException> failure) {
        turn.lock();
        try {
            Connection connection = connection();
            try {
                return work.on(connection);
            } catch (SQLException e) {
                JournalException meaning = failure.apply(e);
                if (!(meaning instanceof FencedException || meaning instanceof RejectedBatchException)) {
                    // It may be broken, or lead to a server that is no longer the primary.
                    drop(connection);
                }
                throw meaning;
            }
        } finally {
            turn.unlock();
        }
    }

    /** Works in one transaction, so that several statements see the same; nothing of it is kept. */
    <T> T callInSnapshot(SqlWork<T> work) {
        return call(
                connection -> {
                    connection.setAutoCommit(false);
                    try {
                        return work.on(connection);
                    } finally {
                        connection.rollback();
                        connection.setAutoCommit(true);
                    }
                },
                SqlErrors::ofRead);
    }

    private Connection connection() {
        Connection connection = open;
        if (connection == null) {
            connection = connect();
            open = connection;
        }
        return connection;
    }

    private Connection connect() {
        Connection connection = null;
        try {
            connection = DriverManager.getConnection(settings.url(), properties());
            try (Statement statement = connection.createStatement()) {
                statement.execute(session());
            }
            if (connection.getMetaData().getDatabaseMajorVersion() >= 17) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("set transaction_timeout = " + settings.transactionTimeoutMs());
                }
            }
            return connection;
        } catch (SQLException e) {
            if (connection != null) {
                drop(connection);
            }
            throw new JournalUnavailableException("Postgres (" + settings + "): " + e.getMessage(), e);
        }
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("user", settings.user());
        properties.setProperty("password", settings.password());
        properties.setProperty(
                "ApplicationName", "threadwright " + purpose.name().toLowerCase(Locale.ROOT));
        properties.setProperty("connectTimeout", seconds(settings.connectTimeoutMs()));
        properties.setProperty("socketTimeout", seconds(settings.socketTimeoutMs()));
        properties.setProperty("tcpKeepAlive", "true");
        // After a failover the old primary may still answer, and would refuse every commit.
        properties.setProperty("targetServerType", "primary");
        // Every statement is executed thousands of times: prepared on the server from the first.
        properties.setProperty("prepareThreshold", "1");
        return properties;
    }

    /**
     * What is looked up is looked up by key, whatever the statistics say of tables that were empty a minute ago. A commit
     * that is answered is on disk, and with the standbys that the database is configured to wait for.
     */
    private String session() {
        return """
                set lock_timeout = %d;
                set statement_timeout = %d;
                set idle_in_transaction_session_timeout = %d;
                set tcp_keepalives_idle = 10;
                set tcp_keepalives_interval = 5;
                set tcp_keepalives_count = 3;
                set plan_cache_mode = force_generic_plan;
                set enable_seqscan = off;
                set enable_hashjoin = off;
                set enable_mergejoin = off;
                set jit = off;
                set threadwright.dead_letter_bytes = %d;
                select set_config('synchronous_commit', 'on', false)
                where current_setting('synchronous_commit') in ('off', 'local');
                """.formatted(
                                settings.lockTimeoutMs(),
                                settings.statementTimeoutMs(),
                                settings.transactionTimeoutMs(),
                                settings.deadLetterBytes())
                + (purpose == Purpose.READS
                        ? "set default_transaction_isolation = 'repeatable read'; set default_transaction_read_only = on"
                        : "");
    }

    private static String seconds(int ms) {
        return Integer.toString(Math.ceilDiv(ms, 1_000));
    }

    private void drop(Connection connection) {
        open = null;
        try {
            connection.close();
        } catch (SQLException e) {
            // It is broken; there is nothing more to close.
        }
    }

    /** The backend that serves the open connection; 0 if there is none. */
    int backend() throws SQLException {
        Connection connection = open;
        return connection == null ? 0 : connection.unwrap(PGConnection.class).getBackendPID();
    }

    /** Does not wait for a call that is under way: it fails. */
    @Override
    public void close() {
        Connection connection = open;
        if (connection == null) {
            return;
        }
        try {
            if (turn.tryLock()) {
                try {
                    drop(connection);
                } finally {
                    turn.unlock();
                }
            } else {
                connection.abort(Runnable::run);
            }
        } catch (SQLException e) {
            // It is closed or broken, which is what was asked for.
        }
    }
}

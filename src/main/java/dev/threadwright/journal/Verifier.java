package dev.threadwright.journal;

import dev.threadwright.sealing.Cell;
import dev.threadwright.sealing.Opening;
import dev.threadwright.sealing.SealedColumn;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.thread.ThreadKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Recomputes threads from their journals and reports what differs. Reads only, each thread at one moment, and so beside a
 * running server. Blocks; throws {@link JournalUnavailableException} where the store cannot be reached.
 */
public final class Verifier {

    private static final int FETCH_SIZE = 200;

    private static final String THREADS = """
            with recursive keys as (
                (select tenant, thread from decision
                 where (tenant, thread) > (?, ?) and (?::text is null or tenant = ?::text)
                 order by tenant, thread limit 1)
                union all
                select n.tenant, n.thread from keys k cross join lateral (
                    select tenant, thread from decision d
                    where (d.tenant, d.thread) > (k.tenant, k.thread) and (?::text is null or d.tenant = ?::text)
                    order by d.tenant, d.thread limit 1) n)
            select tenant, thread from keys limit ?
            """;

    private static final String DECISIONS = """
            select first_seq, count, time_ms, causation_source, causation_id, actor, events, checksum
            from decision where tenant = ? and thread = ? order by first_seq
            """;

    private static final String ROW = """
            select seq, active_runs, queued_runs, status, latest_run, settings
            from thread where tenant = ? and thread = ?
            """;

    /** What is taken away on purpose is no damage, be it all gone or not. */
    private static final String PURGED = """
            select purged_at_ms is not null from deleted_thread where tenant = ? and thread = ?
            """;

    private static final String SNAPSHOT = "select state from snapshot where tenant = ? and thread = ?";

    private static final String POSITIONS = """
            select c.partition, c.position,
                   (select count(*) from decision d where d.partition = c.partition and d.position <= c.position)
                   + (select count(*) from outbox o where o.partition = c.partition and o.position <= c.position)
                   + coalesce((select p.rows from purged_rows p where p.partition = c.partition), 0)
                   + coalesce((select sum(r.to_position - r.from_position) from recovery r
                               where r.partition = c.partition), 0)
            from partition_claim c order by c.partition
            """;

    private static final String ERASED = """
            select exists (select from thread_key
                           where tenant = ? and thread = ? and wrapped is null and erased_at_ms is not null)
            """;

    private final DataSource dataSource;
    private final Sealing sealing;

    public Verifier(DataSource dataSource, Sealing sealing) {
        this.dataSource = dataSource;
        this.sealing = sealing;
    }

    /**
     * The threads that have events, in the order of their names.
     *
     * @param tenant only its threads; null for all
     * @param after those that follow this one; null to begin
     */
    public List<ThreadKey> threads(@Nullable String tenant, @Nullable ThreadKey after, int limit) {
        return inSnapshot(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(THREADS)) {
                statement.setString(1, after == null ? tenant == null ? "" : tenant : after.tenant());
                statement.setString(2, after == null ? "" : after.thread());
                statement.setString(3, tenant);
                statement.setString(4, tenant);
                statement.setString(5, tenant);
                statement.setString(6, tenant);
                statement.setInt(7, limit);
                List<ThreadKey> threads = new ArrayList<>();
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        threads.add(Rows.thread(rows));
                    }
                }
                return threads;
            }
        });
    }

    /** Null if there is no such thread. */
    public @Nullable Verified verify(ThreadKey thread) {
        List<Verified> verified = inSnapshot(connection -> {
            Recomputation.Row row = one(connection, ROW, thread, Verifier::row);
            if (Boolean.TRUE.equals(one(connection, PURGED, thread, rows -> rows.getBoolean(1)))) {
                return List.of(
                        Boolean.TRUE.equals(one(connection, ERASED, thread, rows -> rows.getBoolean(1)))
                                ? erased(connection, thread, row)
                                : Recomputation.ofTombstone(thread, row));
            }
            Opening opening = sealing.opening(connection);
            String stored = one(connection, SNAPSHOT, thread, rows -> rows.getString(1));
            String snapshot = stored == null ? null : snapshot(opening, thread, stored);
            Recomputation recomputation =
                    new Recomputation(thread, snapshot == null ? null : SnapshotCodec.read(thread, snapshot));
            boolean any = false;
            try (PreparedStatement statement = connection.prepareStatement(DECISIONS)) {
                statement.setString(1, thread.tenant());
                statement.setString(2, thread.thread());
                statement.setFetchSize(FETCH_SIZE);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        any = true;
                        recomputation.add(
                                opening,
                                rows.getLong(1),
                                rows.getInt(2),
                                rows.getLong(3),
                                rows.getString(4),
                                rows.getString(5),
                                rows.getString(6),
                                rows.getString(7),
                                rows.getInt(8));
                    }
                }
            }
            return any || row != null ? List.of(recomputation.end(row)) : List.of();
        });
        return verified.isEmpty() ? null : verified.getFirst();
    }

    private static Verified erased(Connection connection, ThreadKey thread, Recomputation.@Nullable Row row)
            throws SQLException {
        Recomputation recomputation = new Recomputation(thread, null);
        try (PreparedStatement statement = connection.prepareStatement(DECISIONS)) {
            statement.setString(1, thread.tenant());
            statement.setString(2, thread.thread());
            statement.setFetchSize(FETCH_SIZE);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    recomputation.check(
                            rows.getLong(1),
                            rows.getLong(3),
                            rows.getString(4),
                            rows.getString(5),
                            rows.getString(6),
                            rows.getString(7),
                            rows.getInt(8));
                }
            }
        }
        return recomputation.endOfErased(row);
    }

    /** Null if it is not what was sealed: it is a cache, and what matters is the journal. */
    private static @Nullable String snapshot(Opening opening, ThreadKey thread, String stored) {
        try {
            return Sealed.open(opening, new Cell(thread, SealedColumn.STATE, ""), stored);
        } catch (UnreadableException e) {
            return null;
        }
    }

    /** Partitions that have lost rows, each as a sentence: no thread can tell that all of it is gone. */
    public List<String> lostPositions() {
        return inSnapshot(connection -> {
            List<String> lost = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(POSITIONS);
                    ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    if (rows.getLong(2) != rows.getLong(3)) {
                        lost.add("Partition " + rows.getInt(1) + " has used " + rows.getLong(2)
                                + " positions, and holds rows for " + rows.getLong(3));
                    }
                }
            }
            return lost;
        });
    }

    private static Recomputation.Row row(ResultSet row) throws SQLException {
        return new Recomputation.Row(
                row.getLong(1), row.getInt(2), row.getInt(3), row.getString(4), row.getString(5), row.getString(6));
    }

    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private static <T> @Nullable T one(Connection connection, String sql, ThreadKey thread, Reader<T> reader)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, thread.tenant());
            statement.setString(2, thread.thread());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? reader.read(rows) : null;
            }
        }
    }

    private interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    private <T> T inSnapshot(Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try {
                return work.with(connection);
            } finally {
                connection.rollback();
                connection.setReadOnly(false);
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw new JournalUnavailableException("The journal cannot be read: " + e.getMessage(), e);
        }
    }
}

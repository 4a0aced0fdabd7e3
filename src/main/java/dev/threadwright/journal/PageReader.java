package dev.threadwright.journal;

import dev.threadwright.sealing.Opening;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.thread.ThreadKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads decisions and outbox rows by the page: so many, or so many bytes, whichever comes first; at least one. */
final class PageReader {

    private static final int FETCH_SIZE = 100;
    private static final long MAX_CHARS = 16L << 20;

    private static final String DECISIONS_OF_PARTITION = "select " + Rows.DECISION
            + " from decision d where d.partition = ? and d.position > ? order by d.position limit ?";

    private static final String OUTBOX_OF_PARTITION = "select " + Rows.OUTBOX
            + " from outbox o where o.partition = ? and o.position > ? order by o.position limit ?";

    private static final String THREADS_OF_DECISIONS = "select d.tenant, d.thread"
            + " from decision d where d.partition = ? and d.position > ? order by d.position limit ?";

    private static final String THREADS_OF_OUTBOX = "select o.tenant, o.key"
            + " from outbox o where o.partition = ? and o.position > ? order by o.position limit ?";

    private static final String DECISIONS_OF_THREAD = "select " + Rows.DECISION + """
             from decision d
            where d.tenant = ? and d.thread = ?
              and d.first_seq >= coalesce((select max(b.first_seq) from decision b
                                           where b.tenant = ? and b.thread = ? and b.first_seq <= ?), 0)
              and d.first_seq + d.count > ?
            order by d.first_seq limit ?
            """;

    private PageReader() {}

    /** A long backlog is of many threads, and asking for the key of each as it comes would be a round trip each. */
    private static void prepare(Connection connection, Sealing sealing, int partition, long after, int limit)
            throws SQLException {
        Set<ThreadKey> threads = new LinkedHashSet<>();
        try (PreparedStatement statement = ofPartition(connection, THREADS_OF_DECISIONS, partition, after, limit);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                threads.add(Rows.thread(rows));
            }
        }
        try (PreparedStatement statement = ofPartition(connection, THREADS_OF_OUTBOX, partition, after, limit);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                threads.add(Sealed.threadOf(rows.getString(1), rows.getBytes(2)));
            }
        }
        Sealed.prepare(sealing, connection, threads);
    }

    /** Both tables in step, in the order of the positions that they share. In one transaction, or one could be ahead. */
    static List<Publication> publications(Connection connection, Sealing sealing, int partition, long after, int limit)
            throws SQLException {
        if (sealing.opens()) {
            prepare(connection, sealing, partition, after, limit);
        }
        Opening opening = sealing.opening(connection);
        try (PreparedStatement first = ofPartition(connection, DECISIONS_OF_PARTITION, partition, after, limit);
                PreparedStatement second = ofPartition(connection, OUTBOX_OF_PARTITION, partition, after, limit);
                ResultSet decisions = first.executeQuery();
                ResultSet outbox = second.executeQuery()) {
            List<Publication> page = new ArrayList<>();
            long chars = 0;
            Publication decision = nextDecision(decisions, opening);
            Publication row = nextOutbox(outbox, opening);
            while (page.size() < limit && chars < MAX_CHARS && (decision != null || row != null)) {
                if (row == null || (decision != null && decision.position() < row.position())) {
                    page.add(decision);
                    chars += decisions.getString(10).length();
                    decision = nextDecision(decisions, opening);
                } else {
                    page.add(row);
                    chars += row.bytes();
                    row = nextOutbox(outbox, opening);
                }
            }
            return page;
        }
    }

    static List<DecisionRow> decisions(
            Connection connection, Opening opening, ThreadKey thread, long fromSeq, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(DECISIONS_OF_THREAD)) {
            statement.setString(1, thread.tenant());
            statement.setString(2, thread.thread());
            statement.setString(3, thread.tenant());
            statement.setString(4, thread.thread());
            statement.setLong(5, fromSeq);
            statement.setLong(6, fromSeq);
            statement.setInt(7, limit);
            statement.setFetchSize(FETCH_SIZE);
            try (ResultSet rows = statement.executeQuery()) {
                List<DecisionRow> page = new ArrayList<>();
                long chars = 0;
                while (chars < MAX_CHARS && rows.next()) {
                    page.add(Rows.decision(rows, opening));
                    chars += rows.getString(10).length();
                }
                return page;
            }
        }
    }

    private static PreparedStatement ofPartition(
            Connection connection, String sql, int partition, long after, int limit) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setInt(1, partition);
        statement.setLong(2, after);
        statement.setInt(3, limit);
        statement.setFetchSize(FETCH_SIZE);
        return statement;
    }

    private static @Nullable Publication nextDecision(ResultSet rows, Opening opening) throws SQLException {
        return rows.next() ? Rows.published(rows, opening) : null;
    }

    private static @Nullable Publication nextOutbox(ResultSet rows, Opening opening) throws SQLException {
        return rows.next() ? Rows.outbox(rows, opening) : null;
    }
}

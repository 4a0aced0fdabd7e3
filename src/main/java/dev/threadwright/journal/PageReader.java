package dev.threadwright.journal;

import dev.threadwright.thread.ThreadKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads decisions and outbox rows by the page: so many, or so many bytes, whichever comes first; at least one. */
final class PageReader {

    private static final int FETCH_SIZE = 100;
    private static final long MAX_CHARS = 16L << 20;

    private static final String DECISIONS_OF_PARTITION = "select " + Rows.DECISION
            + " from decision d where d.partition = ? and d.position > ? order by d.position limit ?";

    private static final String OUTBOX_OF_PARTITION = "select " + Rows.OUTBOX
            + " from outbox o where o.partition = ? and o.position > ? order by o.position limit ?";

    private static final String DECISIONS_OF_THREAD = "select " + Rows.DECISION + """
             from decision d
            where d.tenant = ? and d.thread = ?
              and d.first_seq >= coalesce((select max(b.first_seq) from decision b
                                           where b.tenant = ? and b.thread = ? and b.first_seq <= ?), 0)
              and d.first_seq + d.count > ?
            order by d.first_seq limit ?
            """;

    /** What is not kept whole in the list of dead letters is in the outbox, for as long as that keeps its rows. */
    private static final String PARKED = """
            select d.kind, d.partition, d.position, d.source_topic, d.source_partition, d.source_offset,
                   case when d.whole then d.key else o.key end, case when d.whole then d.value else o.value end,
                   case when d.whole then d.headers else o.headers end, d.reason, d.source_time_ms,
                   d.whole or o.position is not null
            from dead_letter d
                 left join outbox o on o.partition = d.partition and o.position = d.position and not d.whole
            where d.tenant = ? and d.thread = ? and d.partition = ? and d.position > ?
              and d.kind in ('failed', 'not_stored', 'thread_unreadable', 'thread_set_aside')
              and (d.replay_status is null or d.replay_status = 'failed')
            order by d.position limit ?
            """;

    private PageReader() {}

    static List<OutboxRow> parked(Connection connection, SetAsideThread of, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PARKED)) {
            statement.setString(1, of.thread().tenant());
            statement.setString(2, of.thread().thread());
            statement.setInt(3, of.partition());
            statement.setLong(4, of.after());
            statement.setInt(5, limit);
            statement.setFetchSize(FETCH_SIZE);
            try (ResultSet rows = statement.executeQuery()) {
                List<OutboxRow> page = new ArrayList<>();
                long chars = 0;
                while (chars < MAX_CHARS && rows.next()) {
                    if (!rows.getBoolean(12)) {
                        if (page.isEmpty()) {
                            throw new UnreadableException(
                                    of.thread(),
                                    "Parked command " + new DeadLetterId(of.partition(), rows.getLong(3))
                                            + " was too large to be listed whole (see threadwright.dead-letters.body-bytes),"
                                            + " and the outbox does not have it any more (see"
                                            + " threadwright.retention.purge-outbox-after): send it again from the"
                                            + " dead-letter topic");
                        }
                        return page;
                    }
                    OutboxRow row = Rows.outbox(rows);
                    page.add(row);
                    byte[] value = row.value();
                    chars += value == null ? 0 : value.length;
                }
                return page;
            }
        }
    }

    /** Both tables in step, in the order of the positions that they share. In one transaction, or one could be ahead. */
    static List<Publication> publications(Connection connection, int partition, long after, int limit)
            throws SQLException {
        try (PreparedStatement first = ofPartition(connection, DECISIONS_OF_PARTITION, partition, after, limit);
                PreparedStatement second = ofPartition(connection, OUTBOX_OF_PARTITION, partition, after, limit);
                ResultSet decisions = first.executeQuery();
                ResultSet outbox = second.executeQuery()) {
            List<Publication> page = new ArrayList<>();
            long chars = 0;
            DecisionRow decision = nextDecision(decisions);
            OutboxRow row = nextOutbox(outbox);
            while (page.size() < limit && chars < MAX_CHARS && (decision != null || row != null)) {
                if (row == null || (decision != null && decision.position() < row.position())) {
                    page.add(decision);
                    chars += decisions.getString(10).length();
                    decision = nextDecision(decisions);
                } else {
                    page.add(row);
                    byte[] value = row.value();
                    chars += value == null ? 0 : value.length;
                    row = nextOutbox(outbox);
                }
            }
            return page;
        }
    }

    static List<DecisionRow> decisions(Connection connection, ThreadKey thread, long fromSeq, int limit)
            throws SQLException {
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
                    page.add(Rows.decision(rows));
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

    private static @Nullable DecisionRow nextDecision(ResultSet rows) throws SQLException {
        return rows.next() ? Rows.decision(rows) : null;
    }

    private static @Nullable OutboxRow nextOutbox(ResultSet rows) throws SQLException {
        return rows.next() ? Rows.outbox(rows) : null;
    }
}

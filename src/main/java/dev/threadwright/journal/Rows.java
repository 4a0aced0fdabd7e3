package dev.threadwright.journal;

import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.OutboxRow.Coordinates;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.ThreadKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/** Rows as the records that they were. The queries name the columns in the order of the constants. */
final class Rows {

    static final String DECISION =
            "d.tenant, d.thread, d.first_seq, d.partition, d.position, d.time_ms, d.causation_source, d.causation_id,"
                    + " d.actor, d.events";
    static final String OUTBOX = "o.kind, o.partition, o.position, o.source_topic, o.source_partition, o.source_offset,"
            + " o.key, o.value, o.headers, o.reason, o.time_ms, o.tenant";
    static final String OUTCOME = "o.tenant, o.thread, o.hash, o.content_hash, o.result, o.seq";

    private Rows() {}

    static ThreadKey thread(ResultSet row) throws SQLException {
        return new ThreadKey(row.getString(1), row.getString(2));
    }

    static DecisionRow decision(ResultSet row) throws SQLException {
        ThreadKey thread = thread(row);
        long timeMs = row.getLong(6);
        String source = row.getString(7);
        String id = row.getString(8);
        String events = row.getString(10);
        try {
            return new DecisionRow(
                    thread,
                    row.getInt(4),
                    row.getLong(5),
                    timeMs,
                    source == null || id == null ? null : new Identity(source, id),
                    row.getString(9),
                    EventCodec.readAll(events, row.getLong(3), timeMs));
        } catch (RuntimeException e) {
            // Whatever the reader makes of damage: it is this thread's, and must not cost the others.
            throw new UnreadableException(thread, e);
        }
    }

    static Map.Entry<RunId, RunStatus> runStatus(ResultSet row) throws SQLException {
        ThreadKey thread = thread(row);
        String run = row.getString(3);
        String status = row.getString(4);
        try {
            return Map.entry(new RunId(run), RunStatus.valueOf(status.toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            throw new UnreadableException(
                    thread,
                    "the status \"" + status + "\" of its run " + run
                            + " is none that this release knows; a newer one wrote it, or the row is damaged");
        }
    }

    static OutboxRow outbox(ResultSet row) throws SQLException {
        int partition = row.getInt(2);
        long position = row.getLong(3);
        return new OutboxRow(
                row.getString(12),
                kind(row.getString(1), partition, position),
                partition,
                position,
                new Coordinates(row.getString(4), row.getInt(5), row.getLong(6)),
                row.getBytes(7),
                row.getBytes(8),
                RawHeaders.parse(row.getString(9)),
                row.getString(10),
                row.getLong(11));
    }

    private static OutboxRow.Kind kind(String word, int partition, long position) {
        try {
            return OutboxRow.Kind.ofWord(word);
        } catch (IllegalArgumentException e) {
            throw new UnreadableException("Partition " + partition + ", position " + position + ": the kind \"" + word
                    + "\" of what is to be published is none that this release knows; a newer one wrote it. Upgrade");
        }
    }

    static OutcomeRow outcome(ResultSet row) throws SQLException {
        ThreadKey thread = thread(row);
        String result = row.getString(5);
        try {
            return new OutcomeRow(
                    new OutcomeKey(thread, HexFormat.of().formatHex(row.getBytes(3))),
                    HexFormat.of().formatHex(row.getBytes(4)),
                    OutcomeCodec.read(result),
                    row.getLong(6));
        } catch (RuntimeException e) {
            throw new UnreadableException(thread, e);
        }
    }
}

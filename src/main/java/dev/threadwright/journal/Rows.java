package dev.threadwright.journal;

import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.OutboxRow.Coordinates;
import dev.threadwright.sealing.Cell;
import dev.threadwright.sealing.Opening;
import dev.threadwright.sealing.Seal;
import dev.threadwright.sealing.SealedColumn;
import dev.threadwright.sealing.SealedException;
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

    static DecisionRow decision(ResultSet row, Opening opening) throws SQLException {
        ThreadKey thread = thread(row);
        String events = Sealed.open(opening, Cell.of(thread, SealedColumn.EVENTS, row.getLong(3)), row.getString(10));
        long timeMs = row.getLong(6);
        String source = row.getString(7);
        String id = row.getString(8);
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

    /** What is to be published; of what is erased, its place. */
    static Publication published(ResultSet row, Opening opening) throws SQLException {
        try {
            return decision(row, opening);
        } catch (UnreadableException e) {
            if (isErased(e)) {
                return new ErasedRow(row.getInt(4), row.getLong(5));
            }
            throw e;
        }
    }

    private static boolean isErased(UnreadableException e) {
        return e.getCause() instanceof SealedException sealed && sealed.reason() == SealedException.Reason.ERASED;
    }

    static Publication outbox(ResultSet row, Opening opening) throws SQLException {
        int partition = row.getInt(2);
        long position = row.getLong(3);
        byte[] key = row.getBytes(7);
        byte[] value = row.getBytes(8);
        String headers = row.getString(9);
        String reason = row.getString(10);
        if (Seal.isSealed(headers)) {
            ThreadKey thread = Sealed.threadOf(row.getString(12), key);
            String id = new OutboxPlace(partition, position).toString();
            try {
                headers = opening.open(new Cell(thread, SealedColumn.HEADERS, id), headers);
                reason = opening.open(new Cell(thread, SealedColumn.REASON, id), reason);
                value = value == null ? null : opening.openBytes(new Cell(thread, SealedColumn.VALUE, id), value);
            } catch (SealedException e) {
                if (e.reason() == SealedException.Reason.ERASED) {
                    return new ErasedRow(partition, position);
                }
                throw Sealed.meaning(thread, e);
            }
        }
        return new OutboxRow(
                row.getString(12),
                kind(row.getString(1), partition, position),
                partition,
                position,
                new Coordinates(row.getString(4), row.getInt(5), row.getLong(6)),
                key,
                value,
                RawHeaders.parse(headers),
                reason,
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

    static OutcomeRow outcome(ResultSet row, Opening opening) throws SQLException {
        return SealedOutcome.read(
                opening,
                new OutcomeKey(thread(row), HexFormat.of().formatHex(row.getBytes(3))),
                HexFormat.of().formatHex(row.getBytes(4)),
                row.getString(5),
                row.getLong(6));
    }
}

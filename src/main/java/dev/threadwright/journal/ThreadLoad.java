package dev.threadwright.journal;

import dev.threadwright.log.LogFields;
import dev.threadwright.sealing.Cell;
import dev.threadwright.sealing.Opening;
import dev.threadwright.sealing.SealedColumn;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.thread.Fold;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Folds threads from their snapshots and what followed them; a thread of any length, in bounded memory. */
final class ThreadLoad {

    private static final Logger LOG = Logger.getLogger(ThreadLoad.class);

    private static final int FETCH_SIZE = 200;

    private static final String SNAPSHOTS = """
            select t.tenant, t.thread, s.state, t.seq, t.created_at_ms, t.updated_at_ms, d.purged_at_ms is not null
            from unnest(?::text[], ?::text[]) as k (tenant, thread)
                 join thread t on t.tenant = k.tenant and t.thread = k.thread
                 left join snapshot s on s.tenant = k.tenant and s.thread = k.thread
                 left join deleted_thread d on d.tenant = k.tenant and d.thread = k.thread
            """;

    private static final String TAILS = """
            select d.tenant, d.thread, d.first_seq, d.time_ms, d.events
            from unnest(?::text[], ?::text[], ?::bigint[]) as k (tenant, thread, seq)
                 join decision d on d.tenant = k.tenant and d.thread = k.thread and d.first_seq > k.seq
            order by d.tenant, d.thread, d.first_seq
            """;

    private final Map<ThreadKey, ThreadState> states = new LinkedHashMap<>();

    /** Where the threads' rows say that they end. */
    private final Map<ThreadKey, Long> heads = new HashMap<>();

    private final Opening opening;

    private ThreadLoad(Opening opening) {
        this.opening = opening;
    }

    /** @param connection in a transaction, so that the snapshots and what followed are of one moment */
    static Map<ThreadKey, ThreadState> load(Connection connection, Sealing sealing, Collection<ThreadKey> threads)
            throws SQLException {
        Sealed.prepare(sealing, connection, threads);
        ThreadLoad load = new ThreadLoad(sealing.opening(connection));
        threads.forEach(thread -> load.states.put(thread, ThreadState.absent(thread)));
        load.readSnapshots(connection);
        load.foldTails(connection);
        load.states.values().forEach(load::requireWhole);
        load.states.values().removeIf(state -> !state.exists());
        return load.states;
    }

    private void readSnapshots(Connection connection) throws SQLException {
        Map<ThreadKey, ThreadState> found = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(SNAPSHOTS)) {
            new Columns(statement).text(states.keySet(), ThreadKey::tenant).text(states.keySet(), ThreadKey::thread);
            statement.setFetchSize(FETCH_SIZE);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ThreadKey thread = Rows.thread(rows);
                    heads.put(thread, rows.getLong(4));
                    if (rows.getBoolean(7)) {
                        found.put(
                                thread,
                                ThreadState.tombstone(thread, rows.getLong(4), rows.getLong(5), rows.getLong(6)));
                        continue;
                    }
                    String text = rows.getString(3);
                    ThreadState state = text == null ? null : snapshot(thread, text, opening);
                    if (state != null) {
                        found.put(thread, state);
                    }
                }
            }
        }
        states.putAll(found);
    }

    /** A snapshot that cannot be read costs time, not truth: the journal has it all. */
    private static @Nullable ThreadState snapshot(ThreadKey thread, String text, Opening opening) {
        try {
            return SnapshotCodec.read(thread, Sealed.open(opening, new Cell(thread, SealedColumn.STATE, ""), text));
        } catch (JournalUnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            try (LogFields ignored = LogFields.of(thread)) {
                LOG.warnf("Thread %s: its snapshot is passed over: %s", thread, e.getMessage());
            }
            return null;
        }
    }

    private void foldTails(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TAILS)) {
            new Columns(statement)
                    .text(states.keySet(), ThreadKey::tenant)
                    .text(states.keySet(), ThreadKey::thread)
                    .longs(states.values(), ThreadState::seq);
            statement.setFetchSize(FETCH_SIZE);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ThreadKey thread = Rows.thread(rows);
                    long firstSeq = rows.getLong(3);
                    String events =
                            Sealed.open(opening, Cell.of(thread, SealedColumn.EVENTS, firstSeq), rows.getString(5));
                    long timeMs = rows.getLong(4);
                    states.computeIfPresent(thread, (key, state) -> fold(state, events, firstSeq, timeMs));
                }
            }
        }
    }

    /** Deciding on a thread whose last events are gone would give their numbers to others. */
    private void requireWhole(ThreadState state) {
        long head = heads.getOrDefault(state.key(), 0L);
        if (state.seq() != head) {
            throw new UnreadableException(
                    state.key(),
                    "its journal ends at " + state.seq() + " and its row says " + head + "; rows are damaged or lost");
        }
    }

    private static ThreadState fold(ThreadState state, String events, long firstSeq, long timeMs) {
        try {
            ThreadState folded = state;
            for (Recorded recorded : EventCodec.readAll(events, firstSeq, timeMs)) {
                folded = Fold.evolve(folded, recorded);
            }
            return folded;
        } catch (RuntimeException e) {
            // Whatever the fold makes of what is stored: it is this thread's, and must not cost the others.
            throw new UnreadableException(state.key(), e);
        }
    }
}

package dev.threadwright.query;

import dev.threadwright.journal.SnapshotCodec;
import dev.threadwright.sealing.Cell;
import dev.threadwright.sealing.Opening;
import dev.threadwright.sealing.SealedColumn;
import dev.threadwright.sealing.SealedException;
import dev.threadwright.thread.Fold;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * States of threads as of now: their snapshots, and what followed them. The tail is read after the snapshots, so it
 * begins where they end or before, whatever is committed meanwhile.
 */
@ApplicationScoped
public class StateReads {

    /** Of one read. */
    static final int PART_THREADS = 16;

    /** Of one query; further ones follow where a tail is longer. */
    static final int PAGE_DECISIONS = 200;

    private static final Logger LOG = Logger.getLogger(StateReads.class);

    static final String SNAPSHOTS = """
            select k.thread, s.state::text as state
            from unnest($2::text[]) as k (thread)
                 cross join lateral (
                     select s.state from snapshot s where s.tenant = $1 and s.thread = k.thread limit 1) s
            """;

    static final String TAILS = """
            select k.thread, d.first_seq, d.time_ms, d.events::text as events
            from unnest($2::text[], $3::bigint[]) as k (thread, seq)
                 cross join lateral (
                     select d.first_seq, d.time_ms, d.events from decision d
                     where d.tenant = $1 and d.thread = k.thread and d.first_seq > k.seq
                     order by d.first_seq
                     limit $4) d
            order by k.thread, d.first_seq
            limit $4
            """;

    /**
     * Readers do not see what was deleted, but what became of its commands; of a thread that never was those are refusals
     * without a sequence number.
     */
    static final String DELETED =
            "select exists (select from deleted_thread where tenant = $1 and thread = $2) as deleted";

    private final PlainScope scope;
    private final Unsealing unsealing;
    private final Gathering<ThreadKey, ThreadState> gathering = new Gathering<>((tenant, threads) -> current(threads));

    StateReads(PlainScope scope, Unsealing unsealing) {
        this.scope = scope;
        this.unsealing = unsealing;
    }

    /** Null if there is no such thread. */
    public Uni<@Nullable ThreadState> current(ThreadKey thread) {
        return gathering.ask(thread.tenant(), thread);
    }

    /** Whether there was such a thread, and is none any more. */
    public Uni<Boolean> isDeleted(ThreadKey thread) {
        return scope.read(
                thread.tenant(),
                connection -> connection
                        .preparedQuery(DELETED)
                        .execute(Tuple.of(thread.tenant(), thread.thread()))
                        .map(rows -> rows.iterator().next().getBoolean("deleted")));
    }

    /**
     * Of those that there are, in the order asked for.
     *
     * @param threads of one tenant
     */
    public Uni<Map<ThreadKey, ThreadState>> current(Collection<ThreadKey> threads) {
        if (threads.isEmpty()) {
            return Uni.createFrom().item(Map.of());
        }
        String tenant = threads.iterator().next().tenant();
        Map<ThreadKey, ThreadState> states = new LinkedHashMap<>();
        for (ThreadKey thread : threads) {
            if (!thread.tenant().equals(tenant)) {
                throw new IllegalArgumentException("Threads of one tenant are read together, not of two");
            }
            states.put(thread, ThreadState.absent(thread));
        }
        return inParts(tenant, states)
                .invoke(read -> states.values().removeIf(state -> !state.exists()))
                .replaceWith(states);
    }

    /** Each in a read of its own, whose time is meant for so much. */
    private Uni<Void> inParts(String tenant, Map<ThreadKey, ThreadState> states) {
        Uni<Void> read = Uni.createFrom().voidItem();
        List<ThreadKey> keys = List.copyOf(states.keySet());
        for (int from = 0; from < keys.size(); from += PART_THREADS) {
            List<ThreadKey> part = keys.subList(from, Math.min(keys.size(), from + PART_THREADS));
            read = read.flatMap(done -> {
                Map<ThreadKey, ThreadState> of = new LinkedHashMap<>();
                part.forEach(key -> of.put(key, ThreadState.absent(key)));
                return scope.read(
                                tenant,
                                connection -> snapshots(connection, tenant, of)
                                        .flatMap(snapshots -> tails(connection, tenant, of)))
                        .invoke(tails -> states.putAll(of));
            });
        }
        return read;
    }

    /**
     * A state from which all events from this one on can be folded: the nearest that is kept, or that of a thread without
     * events.
     */
    public Uni<ThreadState> before(ThreadKey thread, long seq) {
        Map<ThreadKey, ThreadState> states = new LinkedHashMap<>();
        states.put(thread, ThreadState.absent(thread));
        return scope.read(thread.tenant(), connection -> snapshots(connection, thread.tenant(), states))
                .map(read -> {
                    ThreadState kept = states.get(thread);
                    return kept != null && kept.seq() < seq ? kept : ThreadState.absent(thread);
                });
    }

    private Uni<Void> snapshots(SqlConnection connection, String tenant, Map<ThreadKey, ThreadState> states) {
        return connection
                .preparedQuery(SNAPSHOTS)
                .execute(Tuple.of(tenant, names(states)))
                .flatMap(rows -> unsealing.read(connection, tenant, rows, List.of("state"), (all, opening) -> {
                    for (Row row : all) {
                        ThreadKey thread = new ThreadKey(tenant, row.getString("thread"));
                        ThreadState state = snapshot(thread, row.getString("state"), opening);
                        if (state != null) {
                            states.put(thread, state);
                        }
                    }
                    return states;
                }))
                .replaceWithVoid();
    }

    /** A snapshot that cannot be read costs time, not truth: the journal has it all. */
    private static @Nullable ThreadState snapshot(ThreadKey thread, String text, Opening opening) {
        try {
            return SnapshotCodec.read(thread, opening.open(new Cell(thread, SealedColumn.STATE, ""), text));
        } catch (RuntimeException e) {
            if (e instanceof SealedException sealed && sealed.isPassing()) {
                throw sealed;
            }
            LOG.debugf("Thread %s: its snapshot is passed over: %s", thread, e.getMessage());
            return null;
        }
    }

    private Uni<Void> tails(SqlConnection connection, String tenant, Map<ThreadKey, ThreadState> states) {
        Long[] seqs = states.values().stream().map(ThreadState::seq).toArray(Long[]::new);
        return connection
                .preparedQuery(TAILS)
                .execute(Tuple.of(tenant, names(states), seqs, PAGE_DECISIONS))
                .flatMap(rows -> unsealing.read(connection, tenant, rows, List.of("events"), (all, opening) -> {
                    fold(tenant, all, states, opening);
                    return all.size();
                }))
                .flatMap(read ->
                        read < PAGE_DECISIONS ? Uni.createFrom().voidItem() : tails(connection, tenant, states));
    }

    private static void fold(String tenant, RowSet<Row> rows, Map<ThreadKey, ThreadState> states, Opening opening) {
        for (Row row : rows) {
            ThreadKey thread = new ThreadKey(tenant, row.getString("thread"));
            List<Recorded> events = DecisionReads.decision(thread, row, opening);
            states.computeIfPresent(thread, (key, before) -> {
                ThreadState state = before;
                for (Recorded recorded : events) {
                    state = Fold.evolve(state, recorded);
                }
                return state;
            });
        }
    }

    private static String[] names(Map<ThreadKey, ThreadState> states) {
        return states.keySet().stream().map(ThreadKey::thread).toArray(String[]::new);
    }
}

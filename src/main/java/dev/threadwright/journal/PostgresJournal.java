package dev.threadwright.journal;

import dev.threadwright.journal.Batch.Offset;
import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.Batch.OwedChange;
import dev.threadwright.journal.Lane.Purpose;
import dev.threadwright.journal.Lane.SqlWork;
import dev.threadwright.sealing.BatchKeys;
import dev.threadwright.sealing.Cell;
import dev.threadwright.sealing.Opening;
import dev.threadwright.sealing.Seal;
import dev.threadwright.sealing.SealedColumn;
import dev.threadwright.sealing.SealedException;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.SettledInterrupt;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The journal in Postgres, over three connections of its own: claims may have to wait for locks, and neither commits nor
 * reads should wait with them. Connections are made when needed and after every failure; the schema is
 * {@link JournalSchema}'s.
 */
public final class PostgresJournal implements Journal {

    /** Commits that find the key of a thread stored by another one, or erased, meanwhile. */
    private static final int MAX_KEY_CONFLICTS = 5;

    private final Sealing sealing;
    private final Lane commits;
    private final Lane reads;
    private final Lane claims;

    /** One that seals nothing and opens nothing. */
    public PostgresJournal(PostgresSettings settings) {
        this(settings, Sealing.none());
    }

    public PostgresJournal(PostgresSettings settings, Sealing sealing) {
        this.sealing = sealing;
        this.commits = new Lane(settings, Purpose.COMMITS);
        this.reads = new Lane(settings, Purpose.READS);
        this.claims = new Lane(settings, Purpose.CLAIMS);
    }

    @Override
    public void commit(Batch batch) {
        BatchCheck.check(batch);
        commits.call(
                connection -> {
                    if (!sealing.seals()) {
                        CommitCall.execute(connection, batch, null);
                        return true;
                    }
                    return sealed(connection, SealedThreads.of(batch), keys -> {
                        CommitCall.execute(connection, batch, keys);
                        return true;
                    });
                },
                SqlErrors::ofCommit);
    }

    /** Stores with keys, of which those that are fresh are stored by it. */
    private interface SealedWrite<T> {
        T with(BatchKeys keys) throws SQLException;
    }

    /**
     * A thread has one owner, but others may set its records aside or forward them: who stores its key second finds that out
     * by the key's own row, and seals again with the first one's. Who finds that a key was destroyed asks for another: whoever
     * has destroyed it took it out of memory before.
     */
    private <T> T sealed(Connection connection, SealedThreads threads, SealedWrite<T> write) throws SQLException {
        for (int conflicts = 0; ; conflicts++) {
            try {
                BatchKeys keys =
                        sealing.keysFor(connection, threads.all(), threads.withOutcomesAlone(), threads.erasableNow());
                T written = write.with(keys);
                keys.committed();
                return written;
            } catch (SQLException e) {
                if (!SqlErrors.isKeyConflict(e) || conflicts >= MAX_KEY_CONFLICTS) {
                    throw e;
                }
            } catch (SealedException e) {
                if (e.reason() != SealedException.Reason.ERASED || conflicts >= MAX_KEY_CONFLICTS) {
                    throw new JournalUnavailableException(String.valueOf(e.getMessage()), e);
                }
            }
        }
    }

    @Override
    public Claim claim(int partition, String owner, String publisher) {
        return claims.call(connection -> claim(connection, partition, owner, publisher, null), SqlErrors::ofClaim)
                .orElseThrow();
    }

    @Override
    public @Nullable Claim reclaim(int partition, long epoch, String owner, String publisher) {
        return claims.call(connection -> claim(connection, partition, owner, publisher, epoch), SqlErrors::ofClaim)
                .orElse(null);
    }

    private static Optional<Claim> claim(
            Connection connection, int partition, String owner, String publisher, @Nullable Long onlyFromEpoch)
            throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select * from claim_partition_v1(?, ?, ?, ?)")) {
            statement.setInt(1, partition);
            statement.setString(2, owner);
            statement.setString(3, publisher);
            statement.setObject(4, onlyFromEpoch, Types.BIGINT);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(new Claim(
                        partition,
                        row.getLong("epoch"),
                        row.getLong("position"),
                        row.getLong("published"),
                        List.of((String[]) row.getArray("publishers").getArray()),
                        // A statement later is early enough: from the claim on nobody else can move them.
                        offsets(connection, partition)));
            }
        }
    }

    private static List<Offset> offsets(Connection connection, int partition) throws SQLException {
        return list(
                connection,
                "select topic, partition, next_offset from consumed_offset where partition = ? order by topic",
                statement -> statement.setInt(1, partition),
                row -> new Offset(row.getString(1), row.getInt(2), row.getLong(3)));
    }

    @Override
    public void fenced(int partition, long epoch) {
        claims.call(
                connection -> {
                    try (PreparedStatement statement = connection.prepareStatement(
                            "update partition_claim set publishers = array[publisher] where partition = ? and epoch = ?")) {
                        statement.setInt(1, partition);
                        statement.setLong(2, epoch);
                        return statement.executeUpdate();
                    }
                },
                SqlErrors::ofClaim);
    }

    @Override
    public void release(int partition, long epoch, long published) {
        claims.call(
                connection -> {
                    try (PreparedStatement statement = connection.prepareStatement("""
                            update partition_claim
                            set released = true, publishers = '{}', published = greatest(published, ?)
                            where partition = ? and epoch = ?
                            """)) {
                        statement.setLong(1, published);
                        statement.setInt(2, partition);
                        statement.setLong(3, epoch);
                        return statement.executeUpdate();
                    }
                },
                SqlErrors::ofClaim);
    }

    @Override
    public Map<Integer, Holder> holders(Collection<Integer> partitions) {
        Map<Integer, Holder> holders = new HashMap<>();
        read(connection -> list(
                        connection,
                        "select partition, epoch, publisher from partition_claim where partition = any (?)",
                        statement -> new Columns(statement).ints(partitions, partition -> partition),
                        row -> Map.entry(row.getInt(1), new Holder(row.getLong(2), row.getString(3)))))
                .forEach(entry -> holders.put(entry.getKey(), entry.getValue()));
        return holders;
    }

    @Override
    public Map<ThreadKey, ThreadState> load(Collection<ThreadKey> threads) {
        List<ThreadKey> storable =
                threads.stream().filter(BatchCheck::isStorable).toList();
        return storable.isEmpty()
                ? Map.of()
                : reads.callInSnapshot(connection -> ThreadLoad.load(connection, sealing, storable));
    }

    @Override
    public Map<OutcomeKey, OutcomeRow> outcomes(Collection<OutcomeKey> keys) {
        List<OutcomeKey> storable =
                keys.stream().filter(key -> BatchCheck.isStorable(key.thread())).toList();
        if (storable.isEmpty()) {
            return Map.of();
        }
        Map<OutcomeKey, OutcomeRow> outcomes = new HashMap<>();
        read(connection -> list(
                        connection,
                        "select " + Rows.OUTCOME + """
                                 from unnest(?::text[], ?::text[], ?::bytea[]) as k (tenant, thread, hash)
                                     join outcome o
                                         on o.tenant = k.tenant and o.thread = k.thread and o.hash = k.hash
                                """,
                        statement -> new Columns(statement)
                                .text(storable, key -> key.thread().tenant())
                                .text(storable, key -> key.thread().thread())
                                .bytes(storable, key -> HexFormat.of().parseHex(key.hash())),
                        Rows::outcome))
                .forEach(outcome -> outcomes.put(outcome.key(), outcome));
        return outcomes;
    }

    @Override
    public Map<RunId, RunStatus> endedRuns(Map<RunId, ThreadKey> runs) {
        List<Map.Entry<RunId, ThreadKey>> storable = runs.entrySet().stream()
                .filter(entry ->
                        BatchCheck.isStorable(entry.getKey().value()) && BatchCheck.isStorable(entry.getValue()))
                .toList();
        if (storable.isEmpty()) {
            return Map.of();
        }
        Map<RunId, RunStatus> ended = new HashMap<>();
        read(connection -> list(
                        connection,
                        """
                        select r.tenant, r.thread, r.run, r.status
                        from unnest(?::text[], ?::text[], ?::text[]) as k (tenant, thread, run)
                             join run r on r.tenant = k.tenant and r.thread = k.thread and r.run = k.run
                        """,
                        statement -> new Columns(statement)
                                .text(storable, entry -> entry.getValue().tenant())
                                .text(storable, entry -> entry.getValue().thread())
                                .text(storable, entry -> entry.getKey().value()),
                        Rows::runStatus))
                .forEach(entry -> {
                    if (entry.getValue().isTerminal()) {
                        ended.put(entry.getKey(), entry.getValue());
                    }
                });
        return ended;
    }

    @Override
    public Map<InterruptId, SettledInterrupt> settledInterrupts(Map<InterruptId, ThreadKey> interrupts) {
        List<Map.Entry<InterruptId, ThreadKey>> storable = interrupts.entrySet().stream()
                .filter(entry ->
                        BatchCheck.isStorable(entry.getKey().value()) && BatchCheck.isStorable(entry.getValue()))
                .toList();
        if (storable.isEmpty()) {
            return Map.of();
        }
        Map<InterruptId, SettledInterrupt> settled = new HashMap<>();
        read(connection -> list(
                        connection,
                        """
                        select i.tenant, i.thread, i.interrupt, i.run, i.status, i.settlement
                        from unnest(?::text[], ?::text[], ?::text[]) as k (tenant, thread, interrupt)
                             join interrupt i on i.tenant = k.tenant and i.thread = k.thread
                                                 and i.interrupt = k.interrupt
                        where i.status <> 'pending'
                        """,
                        statement -> new Columns(statement)
                                .text(storable, entry -> entry.getValue().tenant())
                                .text(storable, entry -> entry.getValue().thread())
                                .text(storable, entry -> entry.getKey().value()),
                        PostgresJournal::settled))
                .forEach(one -> settled.put(one.id(), one));
        return settled;
    }

    private static SettledInterrupt settled(ResultSet row, Opening opening) throws SQLException {
        ThreadKey thread = Rows.thread(row);
        String id = row.getString(3);
        return Settlements.read(
                thread,
                id,
                row.getString(4),
                row.getString(5),
                Sealed.open(opening, new Cell(thread, SealedColumn.SETTLEMENT, id), row.getString(6)));
    }

    @Override
    public List<Publication> publications(int partition, long after, int limit) {
        return reads.callInSnapshot(
                connection -> PageReader.publications(connection, sealing, partition, after, limit));
    }

    @Override
    public List<DecisionRow> decisions(ThreadKey thread, long fromSeq, int limit) {
        return BatchCheck.isStorable(thread)
                ? reads.callInSnapshot(connection ->
                        PageReader.decisions(connection, sealing.opening(connection), thread, fromSeq, limit))
                : List.of();
    }

    @Override
    public long head(ThreadKey thread) {
        if (!BatchCheck.isStorable(thread)) {
            return 0;
        }
        List<Long> heads = read(connection -> list(
                connection,
                "select seq from thread where tenant = ? and thread = ?",
                statement -> {
                    statement.setString(1, thread.tenant());
                    statement.setString(2, thread.thread());
                },
                row -> row.getLong(1)));
        return heads.isEmpty() ? 0 : heads.getFirst();
    }

    @Override
    public void setAside(SetAsideThread thread, long epoch) {
        if (!BatchCheck.isStorable(thread.thread())) {
            return; // Nothing of it is stored either, so there is nothing to be told of.
        }
        int stored = claims.call(connection -> setAside(connection, thread, epoch), SqlErrors::ofClaim);
        if (stored == 0) {
            throw new FencedException(Set.of(thread.partition()), "Another owner", null);
        }
    }

    private int setAside(Connection connection, SetAsideThread thread, long epoch) throws SQLException {
        String error = Seal.clear(thread.error().replace('\0', '?'));
        try (PreparedStatement statement = connection.prepareStatement("""
                with owned as (
                    select from partition_claim c
                    where c.partition = ? and c.epoch = ? and not c.released
                    for share)
                insert into thread_set_aside as s
                    (since_ms, partition, tenant, thread, id, cause, error)
                select (extract(epoch from clock_timestamp()) * 1000)::bigint, ?, ?, ?, ?, ?, ?
                from owned
                on conflict (tenant, thread) do update
                set since_ms = excluded.since_ms, partition = excluded.partition, id = excluded.id,
                    cause = excluded.cause, error = excluded.error
                """)) {
            statement.setInt(1, thread.partition());
            statement.setLong(2, epoch);
            statement.setInt(3, thread.partition());
            statement.setString(4, thread.thread().tenant());
            statement.setString(5, thread.thread().thread());
            statement.setString(6, thread.id());
            statement.setString(7, thread.cause().word());
            statement.setString(8, sealing.seals() ? sealedError(connection, thread, error) : error);
            return statement.executeUpdate();
        }
    }

    /** Stored before what is sealed with it; a key that nothing is sealed with does no harm. */
    private String sealedError(Connection connection, SetAsideThread thread, String error) throws SQLException {
        return sealed(connection, SealedThreads.of(thread), keys -> {
            if (!keys.fresh().isEmpty()) {
                try (PreparedStatement statement = connection.prepareStatement(CommitCall.STORE_KEYS)) {
                    CommitCall.storeKeys(new Columns(statement), keys);
                    statement.executeUpdate();
                }
            }
            return keys.text(new Cell(thread.thread(), SealedColumn.SET_ASIDE, thread.id()), error);
        });
    }

    @Override
    public void takeBack(SetAsideThread thread) {
        if (!BatchCheck.isStorable(thread.thread())) {
            return;
        }
        claims.call(
                connection -> {
                    try (PreparedStatement statement = connection.prepareStatement(
                            "delete from thread_set_aside where tenant = ? and thread = ? and id = ?")) {
                        statement.setString(1, thread.thread().tenant());
                        statement.setString(2, thread.thread().thread());
                        statement.setString(3, thread.id());
                        return statement.executeUpdate();
                    }
                },
                SqlErrors::ofClaim);
    }

    @Override
    public List<SetAsideThread> setAside(Collection<Integer> partitions, int limit) {
        return read(connection -> list(
                connection,
                """
                select tenant, thread, partition, id, cause, error
                from thread_set_aside
                where partition = any (?)
                order by tenant, thread
                limit ?
                """,
                statement -> {
                    new Columns(statement).ints(partitions, partition -> partition);
                    statement.setInt(2, limit);
                },
                PostgresJournal::setAside));
    }

    /** It rests, whatever is the matter with what is said of it. */
    private static SetAsideThread setAside(ResultSet row, Opening opening) throws SQLException {
        ThreadKey thread = Rows.thread(row);
        String id = row.getString(4);
        String error = row.getString(6);
        try {
            error = opening.open(new Cell(thread, SealedColumn.SET_ASIDE, id), error);
        } catch (SealedException e) {
            if (e.isPassing()) {
                throw Sealed.meaning(thread, e);
            }
            error = "Why cannot be read any more: " + e.getMessage();
        }
        return new SetAsideThread(thread, row.getInt(3), id, SetAsideThread.causeOf(row.getString(5)), error);
    }

    @Override
    public List<ThreadKey> threadsOwingCalls(int partition) {
        return read(connection -> list(
                connection,
                """
                select distinct o.tenant, o.thread
                from owed o
                where o.partition = ? and o.kind = ?
                  and not exists (select from thread_set_aside s where s.tenant = o.tenant and s.thread = o.thread)
                order by o.tenant, o.thread
                """,
                statement -> {
                    statement.setInt(1, partition);
                    statement.setString(2, OwedChange.CALL);
                },
                Rows::thread));
    }

    @Override
    public List<DueTimer> timers(Collection<Integer> partitions, long dueByMs, int limit) {
        return read(connection -> list(
                connection,
                """
                select o.tenant, o.thread, o.partition, o.ref, o.due_at_ms
                from owed o
                where o.partition = any (?) and o.due_at_ms <= ?
                  and not exists (select from thread_set_aside s where s.tenant = o.tenant and s.thread = o.thread)
                order by o.due_at_ms, o.tenant, o.thread, o.ref
                limit ?
                """,
                statement -> {
                    new Columns(statement).ints(partitions, partition -> partition);
                    statement.setLong(2, dueByMs);
                    statement.setInt(3, limit);
                },
                row -> new DueTimer(row.getInt(3), Rows.thread(row), row.getString(4), row.getLong(5))));
    }

    @Override
    public void close() {
        claims.close();
        reads.close();
        commits.close();
    }

    private <T> T read(SqlWork<T> work) {
        return reads.call(work, SqlErrors::ofRead);
    }

    @FunctionalInterface
    private interface Binding {
        void to(PreparedStatement statement) throws SQLException;
    }

    @FunctionalInterface
    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    @FunctionalInterface
    private interface SealedRow<T> {
        T read(ResultSet row, Opening opening) throws SQLException;
    }

    /** Each key is asked for once, however many rows it opens. */
    private <T> List<T> list(Connection connection, String sql, Binding binding, SealedRow<T> row) throws SQLException {
        Opening opening = sealing.opening(connection);
        return list(connection, sql, binding, (Row<T>) one -> row.read(one, opening));
    }

    private static <T> List<T> list(Connection connection, String sql, Binding binding, Row<T> row)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            binding.to(statement);
            try (ResultSet rows = statement.executeQuery()) {
                List<T> all = new ArrayList<>();
                while (rows.next()) {
                    all.add(row.read(rows));
                }
                return all;
            }
        }
    }
}

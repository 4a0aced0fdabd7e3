package dev.threadwright.sealing;

import dev.threadwright.sealing.SealedException.Reason;
import dev.threadwright.thread.ThreadKey;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether this server seals what it stores, and what it opens it with. What is in the clear is read as it is, so sealing may
 * be turned on and off at any time, as long as the master keys stay. One for all connections of the process.
 */
public final class Sealing {

    public static final int DEFAULT_MAX_THREADS = 20_000;

    private static final Sealing NONE = new Sealing(null, false, 1);

    private static final String CURRENT = """
            select distinct on (k.tenant, k.thread) k.tenant, k.thread, t.number, t.master_key, t.wrapped
            from unnest(?::text[], ?::text[]) as k (tenant, thread)
                 join thread_key t on t.tenant = k.tenant and t.thread = k.thread
            order by k.tenant, k.thread, t.number desc
            """;

    private static final String ONE =
            "select master_key, wrapped from thread_key where tenant = ? and thread = ? and number = ?";

    /** From one name to the next in the index: there are as many rows as threads, and few names. */
    private static final String OF_EACH_MASTER_KEY = """
            with recursive m (master_key) as (
                (select min(master_key) from thread_key where wrapped is not null)
                union all
                select (select min(k.master_key) from thread_key k
                        where k.wrapped is not null and k.master_key > m.master_key)
                from m where m.master_key is not null)
            select k.tenant, k.thread, k.number, k.master_key, k.wrapped
            from m cross join lateral (
                select * from thread_key k where k.master_key = m.master_key and k.wrapped is not null limit 3) k
            """;

    private final @Nullable KeyProvider provider;
    private final boolean seals;
    private final KeyCache cache;

    /**
     * @param provider null if there is none: then nothing that is sealed can be read
     * @param seals whether what is written from now on is sealed
     * @param maxThreads whose keys are kept in memory
     */
    public Sealing(@Nullable KeyProvider provider, boolean seals, int maxThreads) {
        if (seals && provider == null) {
            throw new IllegalArgumentException("Nothing can be sealed without master keys");
        }
        if (maxThreads < 1) {
            throw new IllegalArgumentException("The key of one thread at least is kept in memory");
        }
        this.provider = provider;
        this.seals = seals;
        this.cache = new KeyCache(maxThreads);
    }

    /** Of a server without master keys. */
    public static Sealing none() {
        return NONE;
    }

    public boolean seals() {
        return seals;
    }

    /** Whether anything that is sealed can be read. */
    public boolean opens() {
        return provider != null;
    }

    /** Opens what is read on this connection; asks there for keys that are not in memory. */
    public Opening opening(Connection connection) {
        return new Opening(this, connection);
    }

    /** Opens what was read elsewhere; told of keys that are not in memory. */
    public Opening opening() {
        return new Opening(this, null);
    }

    /**
     * Whether all that is stored can be read. A few keys that each master key has wrapped tell: of one alone, it might be the
     * key that is damaged.
     *
     * @throws SealedException if a master key is missing, or is another one of the same name
     */
    public void check(Connection connection) throws SQLException {
        Map<String, SealedException> failures = new HashMap<>();
        Set<String> fine = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(OF_EACH_MASTER_KEY);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                WrappedKey wrapped = new WrappedKey(rows.getString(4), rows.getBytes(5));
                try {
                    unwrapped(new ThreadKey(rows.getString(1), rows.getString(2)), rows.getInt(3), wrapped)
                            .destroy();
                    fine.add(wrapped.masterKey());
                } catch (SealedException e) {
                    failures.put(wrapped.masterKey(), e);
                }
            }
        }
        failures.keySet().removeAll(fine);
        if (!failures.isEmpty()) {
            throw failures.values().iterator().next();
        }
    }

    /**
     * Keys to write with; new ones where there are none.
     *
     * @param onlyIfThere whose outcomes alone are written
     * @param certain whose keys somebody may have destroyed a moment ago: those in memory are not trusted
     */
    public BatchKeys keysFor(
            Connection connection, Collection<ThreadKey> threads, Set<ThreadKey> onlyIfThere, Set<ThreadKey> certain)
            throws SQLException {
        Map<ThreadKey, DataKey> known = new HashMap<>();
        List<ThreadKey> unknown = new ArrayList<>();
        for (ThreadKey thread : threads) {
            DataKey current = certain.contains(thread) ? null : cache.current(thread);
            if (current == null) {
                unknown.add(thread);
            } else {
                known.put(thread, current);
            }
        }
        List<BatchKeys.Fresh> fresh = new ArrayList<>();
        if (!unknown.isEmpty()) {
            Stored stored = read(connection, unknown);
            known.putAll(stored.sound());
            for (ThreadKey thread : unknown) {
                boolean isGone = stored.erased().contains(thread) && onlyIfThere.contains(thread);
                if (!known.containsKey(thread) && !isGone) {
                    fresh.add(fresh(thread, stored.lost().getOrDefault(thread, 0) + 1));
                }
            }
        }
        return new BatchKeys(cache, known, fresh);
    }

    /** Learns the keys of these threads in one go, so that each need not be asked for. */
    public void prepare(Connection connection, Collection<ThreadKey> threads) throws SQLException {
        if (provider == null) {
            return;
        }
        List<ThreadKey> unknown =
                threads.stream().filter(thread -> cache.current(thread) == null).toList();
        if (!unknown.isEmpty()) {
            read(connection, unknown);
        }
    }

    /**
     * The last keys of some threads.
     *
     * @param lost the numbers of those that nothing more can be sealed with: of damaged ones, too
     */
    private record Stored(Map<ThreadKey, DataKey> sound, Map<ThreadKey, Integer> lost, Set<ThreadKey> erased) {}

    private Stored read(Connection connection, List<ThreadKey> threads) throws SQLException {
        Stored stored = new Stored(new HashMap<>(), new HashMap<>(), new HashSet<>());
        try (PreparedStatement statement = connection.prepareStatement(CURRENT)) {
            statement.setArray(1, texts(connection, threads.stream().map(ThreadKey::tenant)));
            statement.setArray(2, texts(connection, threads.stream().map(ThreadKey::thread)));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ThreadKey thread = new ThreadKey(rows.getString(1), rows.getString(2));
                    int number = rows.getInt(3);
                    byte[] wrapped = rows.getBytes(5);
                    if (wrapped == null) {
                        cache.erase(thread, number);
                        stored.erased().add(thread);
                    }
                    DataKey key =
                            wrapped == null ? null : sound(thread, number, new WrappedKey(rows.getString(4), wrapped));
                    if (key == null) {
                        stored.lost().put(thread, number);
                    } else {
                        cache.put(thread, key, true);
                        stored.sound().put(thread, key);
                    }
                }
            }
        }
        return stored;
    }

    /** Null if it is damaged: what it has sealed is lost, and what comes is sealed with another. */
    private @Nullable DataKey sound(ThreadKey thread, int number, WrappedKey wrapped) {
        DataKey cached = cache.get(thread, number);
        try {
            return cached != null ? cached : unwrapped(thread, number, wrapped);
        } catch (SealedException e) {
            if (e.reason() == Reason.DAMAGED) {
                return null;
            }
            throw e;
        }
    }

    private static Array texts(Connection connection, java.util.stream.Stream<String> texts) throws SQLException {
        return connection.createArrayOf("text", texts.toArray(String[]::new));
    }

    /** A key of a thread, from memory or else from its row. */
    DataKey key(@Nullable Connection connection, ThreadKey thread, int number) {
        DataKey cached = cache.get(thread, number);
        if (cached != null) {
            return cached;
        }
        if (connection == null) {
            throw new SealedException(
                    Reason.DAMAGED, "Key " + number + " of thread " + thread + " is not there: it is lost");
        }
        try (PreparedStatement statement = connection.prepareStatement(ONE)) {
            statement.setString(1, thread.tenant());
            statement.setString(2, thread.thread());
            statement.setInt(3, number);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SealedException(
                            Reason.DAMAGED, "Key " + number + " of thread " + thread + " is not there: it is lost");
                }
                byte[] wrapped = row.getBytes(2);
                return learn(thread, number, wrapped == null ? null : new WrappedKey(row.getString(1), wrapped));
            }
        } catch (SQLException e) {
            throw new SealedException(
                    Reason.UNAVAILABLE, "The key of thread " + thread + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Nullable DataKey known(ThreadKey thread, int number) {
        return cache.get(thread, number);
    }

    /** @param wrapped null if it is erased */
    DataKey learn(ThreadKey thread, int number, @Nullable WrappedKey wrapped) {
        if (wrapped == null) {
            throw erased(thread);
        }
        DataKey key = unwrapped(thread, number, wrapped);
        cache.put(thread, key, false);
        return key;
    }

    private static SealedException erased(ThreadKey thread) {
        return new SealedException(Reason.ERASED, "Thread " + thread + " is erased: its key was destroyed");
    }

    private DataKey unwrapped(ThreadKey thread, int number, WrappedKey wrapped) {
        if (provider == null) {
            throw new SealedException(
                    Reason.NO_MASTER_KEY,
                    "What is stored is sealed by the master key \"" + wrapped.masterKey()
                            + "\", and this server has none: set threadwright.encryption.key-file");
        }
        return new DataKey(number, provider.unwrap(wrapped, Cell.keyContext(thread, number)));
    }

    private BatchKeys.Fresh fresh(ThreadKey thread, int number) {
        if (provider == null) {
            throw new IllegalStateException("A server without master keys does not seal");
        }
        byte[] key = Seal.fresh();
        WrappedKey wrapped = provider.wrap(key, Cell.keyContext(thread, number));
        return new BatchKeys.Fresh(thread, new DataKey(number, key), wrapped);
    }

    /**
     * The same key, wrapped by the newest master key; null if it is already.
     *
     * @throws SealedException if it cannot be
     */
    public @Nullable WrappedKey rewrapped(ThreadKey thread, int number, WrappedKey wrapped) {
        if (provider == null) {
            throw new SealedException(Reason.NO_MASTER_KEY, "This server has no master keys");
        }
        if (wrapped.masterKey().equals(provider.newest())) {
            return null;
        }
        byte[] context = Cell.keyContext(thread, number);
        byte[] key = provider.unwrap(wrapped, context);
        try {
            return provider.wrap(key, context);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** Wipes a key that was destroyed out of memory. */
    public void erased(ThreadKey thread, int number) {
        cache.erase(thread, number);
    }
}

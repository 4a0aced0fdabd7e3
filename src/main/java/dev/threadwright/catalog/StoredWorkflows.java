package dev.threadwright.catalog;

import dev.threadwright.workflow.WorkflowRef;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The registered documents in Postgres. Blocks; throws {@link CatalogUnavailableException} where that cannot be reached. */
final class StoredWorkflows {

    /** A registration takes some milliseconds. */
    private static final int LOCK_WITHIN_SECONDS = 10;

    /** Documents that are read at once. */
    private static final int AT_ONCE = 100;

    private final Database database;

    /** Whether nobody else registers anything just now. */
    private final boolean isAlone;

    StoredWorkflows(DataSource dataSource) {
        this(
                new Database() {
                    @Override
                    public <T> T call(Work<T> work) throws SQLException {
                        try (Connection connection = dataSource.getConnection()) {
                            return work.on(connection);
                        }
                    }
                },
                false);
    }

    /** Over a connection that somebody else has, and closes. */
    StoredWorkflows(Connection connection) {
        this(connection, false);
    }

    private StoredWorkflows(Connection connection, boolean isAlone) {
        this(
                new Database() {
                    @Override
                    public <T> T call(Work<T> work) throws SQLException {
                        return work.on(connection);
                    }
                },
                isAlone);
    }

    private StoredWorkflows(Database database, boolean isAlone) {
        this.database = database;
        this.isAlone = isAlone;
    }

    private interface Database {
        <T> T call(Work<T> work) throws SQLException;
    }

    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    record Key(String tenant, WorkflowRef ref) {

        Name name() {
            return new Name(tenant, ref.name());
        }
    }

    record Name(String tenant, String name) {

        Key version(int version) {
            return new Key(tenant, new WorkflowRef(name, version));
        }
    }

    private record Row(Key key, String document) {}

    /** @param isNew whether it was stored now */
    record Stored(WorkflowRef ref, boolean isNew) {}

    private record Newest(int version, byte[] hash) {}

    /** How many there are: nothing is ever taken away, so as many as are known are those. */
    long count() {
        return query("select count(*) from workflow", statement -> {}, rows -> rows.getLong(1))
                .getFirst();
    }

    /**
     * Something during which nobody else registers anything, on whichever server; in one transaction.
     *
     * @param work with this store, as it is then; what it throws undoes all
     */
    <T> T alone(Function<StoredWorkflows, T> work) {
        if (isAlone) {
            return work.apply(this);
        }
        try {
            return database.call(connection -> {
                connection.setAutoCommit(false);
                boolean isDone = false;
                try {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("set local lock_timeout = '" + LOCK_WITHIN_SECONDS + "s'");
                        statement.execute("lock table workflow in share row exclusive mode");
                    }
                    T result = work.apply(new StoredWorkflows(connection, true));
                    connection.commit();
                    isDone = true;
                    return result;
                } finally {
                    if (!isDone) {
                        connection.rollback();
                    }
                }
            });
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /** All of them, in the order in which they were registered. */
    List<Key> keys() {
        return query(
                "select tenant, name, version from workflow order by created_at_ms, tenant, name, version",
                statement -> {},
                StoredWorkflows::key);
    }

    /** Null if there is none. */
    @Nullable String document(Key key) {
        return documents(List.of(key)).get(key);
    }

    /** Of as many of these as there are. */
    Map<Key, String> documents(List<Key> keys) {
        Map<Key, String> documents = new HashMap<>();
        for (int from = 0; from < keys.size(); from += AT_ONCE) {
            rows(keys.subList(from, Math.min(from + AT_ONCE, keys.size())))
                    .forEach(row -> documents.put(row.key(), row.document()));
        }
        return documents;
    }

    private List<Row> rows(List<Key> keys) {
        return query(
                """
                select w.tenant, w.name, w.version, w.document
                from unnest(?::text[], ?::text[], ?::int[]) as k (tenant, name, version)
                     join workflow w using (tenant, name, version)
                """,
                statement -> {
                    Connection connection = statement.getConnection();
                    statement.setArray(
                            1,
                            connection.createArrayOf(
                                    "text", keys.stream().map(Key::tenant).toArray()));
                    statement.setArray(
                            2,
                            connection.createArrayOf(
                                    "text",
                                    keys.stream().map(key -> key.ref().name()).toArray()));
                    statement.setArray(
                            3,
                            connection.createArrayOf(
                                    "int",
                                    keys.stream()
                                            .map(key -> key.ref().version())
                                            .toArray()));
                },
                row -> new Row(key(row), row.getString(4)));
    }

    private static Key key(ResultSet row) throws SQLException {
        return new Key(row.getString(1), new WorkflowRef(row.getString(2), row.getInt(3)));
    }

    /**
     * Stores it as the next version, unless the newest has the same content. {@link #alone}.
     *
     * @param version the one that it must become, or be; null for whichever is next
     * @throws WorkflowConflictException if that version has other content, or is not above the newest
     */
    Stored register(String tenant, String name, @Nullable Integer version, byte[] hash, String document, long nowMs) {
        Newest newest = newest(tenant, name);
        if (newest != null && Arrays.equals(newest.hash(), hash) && (version == null || version == newest.version())) {
            return new Stored(new WorkflowRef(name, newest.version()), false);
        }
        int next = version != null ? version : newest == null ? 1 : newest.version() + 1;
        WorkflowRef ref = new WorkflowRef(name, next);
        if (newest != null && next <= newest.version()) {
            byte[] there = hash(tenant, ref);
            if (there == null) {
                throw WorkflowConflictException.belowNewest(ref, newest.version());
            }
            if (!Arrays.equals(there, hash)) {
                throw WorkflowConflictException.otherContent(ref, newest.version());
            }
            return new Stored(ref, false);
        }
        insert(tenant, ref, hash, document, nowMs);
        return new Stored(ref, true);
    }

    /** Whether it is the newest version under its name, and of this content. */
    boolean isNewest(String tenant, WorkflowRef ref, byte[] hash) {
        Newest newest = newest(tenant, ref.name());
        return newest != null && newest.version() == ref.version() && Arrays.equals(newest.hash(), hash);
    }

    private @Nullable Newest newest(String tenant, String name) {
        List<Newest> rows = query(
                "select version, hash from workflow where tenant = ? and name = ? order by version desc limit 1",
                statement -> {
                    statement.setString(1, tenant);
                    statement.setString(2, name);
                },
                row -> new Newest(row.getInt(1), row.getBytes(2)));
        return rows.isEmpty() ? null : rows.getFirst();
    }

    private byte @Nullable [] hash(String tenant, WorkflowRef ref) {
        List<byte[]> rows = query(
                "select hash from workflow where tenant = ? and name = ? and version = ?",
                statement -> {
                    statement.setString(1, tenant);
                    statement.setString(2, ref.name());
                    statement.setInt(3, ref.version());
                },
                row -> row.getBytes(1));
        return rows.isEmpty() ? null : rows.getFirst();
    }

    /** Later than all that are there, whatever this server's clock says: what a name stands for goes by this order. */
    private void insert(String tenant, WorkflowRef ref, byte[] hash, String document, long nowMs) {
        try {
            database.call(connection -> {
                try (PreparedStatement statement = connection.prepareStatement("""
                        insert into workflow (created_at_ms, version, tenant, name, hash, document)
                        select greatest(?, max(created_at_ms) + 1), ?, ?, ?, ?, ? from workflow
                        """)) {
                    statement.setLong(1, nowMs);
                    statement.setInt(2, ref.version());
                    statement.setString(3, tenant);
                    statement.setString(4, ref.name());
                    statement.setBytes(5, hash);
                    statement.setString(6, document);
                    return statement.executeUpdate();
                }
            });
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private interface Parameters {
        void set(PreparedStatement statement) throws SQLException;
    }

    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> query(String sql, Parameters parameters, Reader<T> reader) {
        try {
            return database.call(connection -> {
                try (PreparedStatement statement = connection.prepareStatement(sql)) {
                    parameters.set(statement);
                    try (ResultSet rows = statement.executeQuery()) {
                        List<T> read = new ArrayList<>();
                        while (rows.next()) {
                            read.add(reader.read(rows));
                        }
                        return read;
                    }
                }
            });
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private static CatalogUnavailableException unavailable(SQLException e) {
        return new CatalogUnavailableException("The registered workflows cannot be reached: " + e.getMessage(), e);
    }
}

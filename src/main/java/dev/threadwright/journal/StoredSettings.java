package dev.threadwright.journal;

import dev.threadwright.journal.Lane.Purpose;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the first server to start decided for all that come after, because stored data depends on it. Over one connection:
 * that a password is right takes Postgres and its client longer to find out than all that is asked here.
 */
public final class StoredSettings implements AutoCloseable {

    private static final String TOPIC = "topic ";

    private static final String SCHEMA_HISTORY = "flyway_schema_history";

    private static final String TENANTS = """
            with recursive one as (
                (select tenant from thread order by tenant limit 1)
                union all
                select n.tenant from one cross join lateral (
                    select t.tenant from thread t where t.tenant > one.tenant order by t.tenant limit 1) n)
            select tenant from one
            """;

    private final Lane lane;

    /** Connects when something is asked. */
    public StoredSettings(PostgresSettings settings) {
        this.lane = new Lane(settings, Purpose.CLAIMS);
    }

    /**
     * A script that was run to make the schema what it is.
     *
     * @param checksum of what it said then, as Flyway has it; null if it has none
     */
    public record SchemaScript(
            @Nullable String name, @Nullable Integer checksum, boolean isDone) {}

    /**
     * The scripts of the schema, in their order; none if there is no schema yet.
     *
     * @throws JournalUnavailableException if the store cannot be reached
     */
    public List<SchemaScript> schema() {
        return lane.call(
                connection -> {
                    List<SchemaScript> scripts = new ArrayList<>();
                    if (hasHistory(connection)) {
                        try (PreparedStatement select =
                                        connection.prepareStatement("select script, checksum, success from "
                                                + SCHEMA_HISTORY + " order by installed_rank");
                                ResultSet rows = select.executeQuery()) {
                            while (rows.next()) {
                                scripts.add(new SchemaScript(
                                        rows.getString(1), rows.getObject(2, Integer.class), rows.getBoolean(3)));
                            }
                        }
                    }
                    return scripts;
                },
                SqlErrors::ofRead);
    }

    private static boolean hasHistory(Connection connection) throws SQLException {
        try (PreparedStatement select =
                        connection.prepareStatement("select to_regclass('" + SCHEMA_HISTORY + "') is not null");
                ResultSet row = select.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    /**
     * How many partitions threads are spread over: {@code configured} if this is the first to ask, else what the first
     * one said. The caller refuses to start if they differ.
     *
     * @throws JournalUnavailableException if the store cannot be reached
     */
    public int partitions(int configured) {
        return Integer.parseInt(firstOf("server_setting", "partitions", Integer.toString(configured)));
    }

    /**
     * What signs callbacks: {@code fresh} if this is the first to ask. Where readers of the database cannot see it.
     *
     * @throws JournalUnavailableException if the store cannot be reached
     */
    public byte[] callbackKey(byte[] fresh) {
        return key("callbacks", fresh);
    }

    /**
     * What {@link DeadLetterNames dead letters are named} with: {@code fresh} if this is the first to ask. Where readers of the
     * database cannot see it.
     *
     * @throws JournalUnavailableException if the store cannot be reached
     */
    public byte[] deadLetterKey(byte[] fresh) {
        return key("dead-letters", fresh);
    }

    private byte[] key(String name, byte[] fresh) {
        return Base64.getDecoder()
                .decode(firstOf("server_key", name, Base64.getEncoder().encodeToString(fresh)));
    }

    /**
     * A topic that the journal has to do with.
     *
     * @param id that Kafka gave it when it was created; without a space
     * @param generation 1 for the first of its name, and one more for each that took its place
     */
    public record Topic(String id, int generation) {

        private static Topic of(String stored) {
            int space = stored.indexOf(' ');
            return new Topic(stored.substring(0, space), Integer.parseInt(stored.substring(space + 1)));
        }

        @Override
        public String toString() {
            return id + ' ' + generation;
        }
    }

    /**
     * Which topic is meant by a name: that of the {@code id} if this is the first to ask.
     *
     * @throws JournalUnavailableException if the store cannot be reached
     */
    public Topic topic(String name, String id) {
        return Topic.of(firstOf("server_setting", TOPIC + name, new Topic(id, 1).toString()));
    }

    /** What else a start has to know, over this connection. */
    @FunctionalInterface
    public interface Question<T> {
        T of(Connection connection) throws SQLException;
    }

    /**
     * @param question changes nothing of the connection, and does not close it
     * @throws JournalUnavailableException if the store cannot be reached
     */
    public <T> T ask(Question<T> question) {
        try {
            return lane.call(question::of, SqlErrors::ofRead);
        } catch (JournalException e) {
            throw e;
        } catch (RuntimeException e) {
            // Perhaps in the asker's words for a broken connection: who asks again gets another one.
            lane.close();
            throw e;
        }
    }

    /** Who has threads, or had; one look-up each. */
    public List<String> tenants() {
        return lane.call(
                connection -> {
                    List<String> tenants = new ArrayList<>();
                    try (PreparedStatement select = connection.prepareStatement(TENANTS);
                            ResultSet rows = select.executeQuery()) {
                        while (rows.next()) {
                            tenants.add(rows.getString(1));
                        }
                    }
                    return tenants;
                },
                SqlErrors::ofRead);
    }

    /** The topics that it knows, by their names. */
    public Map<String, Topic> topics() {
        return lane.call(
                connection -> {
                    Map<String, Topic> topics = new HashMap<>();
                    try (PreparedStatement select = connection.prepareStatement(
                                    "select name, value from server_setting where starts_with(name, '" + TOPIC + "')");
                            ResultSet rows = select.executeQuery()) {
                        while (rows.next()) {
                            topics.put(rows.getString(1).substring(TOPIC.length()), Topic.of(rows.getString(2)));
                        }
                    }
                    return topics;
                },
                SqlErrors::ofRead);
    }

    /** From now on the topic of that id is meant by the name; if it is another one, it is of the next generation. */
    public void setTopic(String name, String id) {
        lane.call(
                connection -> {
                    try (PreparedStatement upsert = connection.prepareStatement("""
                            insert into server_setting as s (name, value) values (?, ? || ' 1')
                            on conflict (name) do update
                            set value = ? || ' ' || split_part(s.value, ' ', 2)::integer + 1
                            where split_part(s.value, ' ', 1) <> ?
                            """)) {
                        upsert.setString(1, TOPIC + name);
                        upsert.setString(2, id);
                        upsert.setString(3, id);
                        upsert.setString(4, id);
                        return upsert.executeUpdate();
                    }
                },
                SqlErrors::ofRead);
    }

    /** @param table of this server: what is first written there under a name stays */
    private String firstOf(String table, String name, String value) {
        return lane.call(
                connection -> {
                    try (PreparedStatement insert = connection.prepareStatement(
                            "insert into " + table + " (name, value) values (?, ?) on conflict do nothing")) {
                        insert.setString(1, name);
                        insert.setString(2, value);
                        insert.executeUpdate();
                    }
                    try (PreparedStatement select =
                            connection.prepareStatement("select value from " + table + " where name = ?")) {
                        select.setString(1, name);
                        try (ResultSet row = select.executeQuery()) {
                            if (!row.next()) {
                                throw new SQLException("The setting " + name + " has vanished");
                            }
                            return row.getString(1);
                        }
                    }
                },
                SqlErrors::ofRead);
    }

    @Override
    public void close() {
        lane.close();
    }
}

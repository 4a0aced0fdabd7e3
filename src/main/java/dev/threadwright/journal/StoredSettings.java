package dev.threadwright.journal;

import dev.threadwright.journal.Lane.Purpose;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;

/** What the first server to start decided for all that come after, because stored data depends on it. */
public final class StoredSettings {

    private final PostgresSettings settings;

    public StoredSettings(PostgresSettings settings) {
        this.settings = settings;
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
        return Base64.getDecoder()
                .decode(firstOf("server_key", "callbacks", Base64.getEncoder().encodeToString(fresh)));
    }

    /**
     * Which topic of a name it is.
     *
     * @param generation 1 for the first one that was consumed
     * @param isNew whether it was found just now that it was created anew
     */
    public record Topic(int generation, boolean isNew) {}

    /**
     * Says which topic of that name is consumed. If it is not the one that was consumed before, the offsets up to which
     * that one was mean nothing any more, and are forgotten: the new one is consumed from its beginning.
     *
     * @param id that Kafka gave the topic when it was created; without a space
     * @throws JournalUnavailableException if the store cannot be reached
     */
    public Topic topic(String name, String id) {
        String setting = "topic " + name;
        String stored = firstOf("server_setting", setting, id + " 1");
        if (stored.startsWith(id + " ")) {
            return new Topic(generation(stored), false);
        }
        boolean isNew = changed(setting, name, id);
        return new Topic(generation(firstOf("server_setting", setting, id + " 1")), isNew);
    }

    private static int generation(String stored) {
        return Integer.parseInt(stored.substring(stored.indexOf(' ') + 1));
    }

    private boolean changed(String setting, String topic, String id) {
        try (Lane lane = new Lane(settings, Purpose.CLAIMS)) {
            return lane.call(
                    connection -> {
                        // One statement, so that it happens as a whole and for one of several servers alone.
                        try (PreparedStatement statement = connection.prepareStatement("""
                                with changed as (
                                    update server_setting
                                    set value = ? || ' ' || split_part(value, ' ', 2)::integer + 1
                                    where name = ? and split_part(value, ' ', 1) <> ?
                                    returning name
                                ), forgotten as (
                                    delete from consumed_offset using changed where topic = ?
                                )
                                select count(*) > 0 from changed
                                """)) {
                            statement.setString(1, id);
                            statement.setString(2, setting);
                            statement.setString(3, id);
                            statement.setString(4, topic);
                            try (ResultSet row = statement.executeQuery()) {
                                return row.next() && row.getBoolean(1);
                            }
                        }
                    },
                    SqlErrors::ofRead);
        }
    }

    /** @param table of this server: what is first written there under a name stays */
    private String firstOf(String table, String name, String value) {
        try (Lane lane = new Lane(settings, Purpose.CLAIMS)) {
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
    }
}

package dev.threadwright.journal;

import dev.threadwright.journal.Lane.Purpose;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** What the first server to start decided for all that come after, because stored data depends on it. */
public final class StoredSettings {

    private static final String TOPIC = "topic ";

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
     * Which topic is meant by a name: {@code id} if this is the first to ask.
     *
     * @throws JournalUnavailableException if the store cannot be reached
     */
    public String topicId(String topic, String id) {
        return firstOf("server_setting", TOPIC + topic, id);
    }

    /** The identities of the topics that it knows. */
    public Map<String, String> topicIds() {
        try (Lane lane = new Lane(settings, Purpose.CLAIMS)) {
            return lane.call(
                    connection -> {
                        Map<String, String> ids = new HashMap<>();
                        try (PreparedStatement select = connection.prepareStatement(
                                        "select name, value from server_setting where starts_with(name, '" + TOPIC
                                                + "')");
                                ResultSet rows = select.executeQuery()) {
                            while (rows.next()) {
                                ids.put(rows.getString(1).substring(TOPIC.length()), rows.getString(2));
                            }
                        }
                        return ids;
                    },
                    SqlErrors::ofRead);
        }
    }

    /** From now on another topic is meant by a name. */
    public void setTopicId(String topic, String id) {
        try (Lane lane = new Lane(settings, Purpose.CLAIMS)) {
            lane.call(
                    connection -> {
                        try (PreparedStatement upsert =
                                connection.prepareStatement("insert into server_setting (name, value) values (?, ?)"
                                        + " on conflict (name) do update set value = excluded.value")) {
                            upsert.setString(1, TOPIC + topic);
                            upsert.setString(2, id);
                            return upsert.executeUpdate();
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

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

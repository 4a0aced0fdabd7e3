package dev.threadwright.journal;

import dev.threadwright.journal.Lane.Purpose;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

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
        return Integer.parseInt(firstOf("partitions", Integer.toString(configured)));
    }

    private String firstOf(String name, String value) {
        try (Lane lane = new Lane(settings, Purpose.CLAIMS)) {
            return lane.call(
                    connection -> {
                        try (PreparedStatement insert = connection.prepareStatement(
                                "insert into server_setting (name, value) values (?, ?) on conflict do nothing")) {
                            insert.setString(1, name);
                            insert.setString(2, value);
                            insert.executeUpdate();
                        }
                        try (PreparedStatement select =
                                connection.prepareStatement("select value from server_setting where name = ?")) {
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

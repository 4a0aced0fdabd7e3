package dev.threadwright.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every row of every table as a text, as somebody would have it who came by a backup. */
public final class Dump {

    private final Map<String, List<String>> tables;

    private Dump(Map<String, List<String>> tables) {
        this.tables = tables;
    }

    public static Dump of(Connection connection) {
        Map<String, List<String>> tables = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement()) {
            for (String table : texts(
                    statement,
                    "select table_name from information_schema.tables where table_schema = 'public'"
                            + " and table_type = 'BASE TABLE' and table_name <> 'flyway_schema_history' order by 1")) {
                tables.put(table, texts(statement, "select t::text from " + table + " t"));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return new Dump(tables);
    }

    private static List<String> texts(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }

    /** Tables in which the text stands: as it is, as bytes, or as base64 of whatever stands before it. */
    public List<String> tablesWith(String text) {
        List<String> forms = new ArrayList<>(List.of(text, HexFormat.of().formatHex(text.getBytes(UTF_8))));
        for (int before = 0; before < 3; before++) {
            String encoded =
                    Base64.getEncoder().withoutPadding().encodeToString(("x".repeat(before) + text).getBytes(UTF_8));
            // The first and the last group hold something of their neighbours.
            forms.add(encoded.substring(before == 0 ? 0 : 4, encoded.length() - encoded.length() % 4 - 4));
        }
        return tables.entrySet().stream()
                .filter(table ->
                        table.getValue().stream().anyMatch(row -> forms.stream().anyMatch(row::contains)))
                .map(Map.Entry::getKey)
                .toList();
    }

    public int rows() {
        return tables.values().stream().mapToInt(List::size).sum();
    }

    public List<String> of(String table) {
        return tables.getOrDefault(table, List.of());
    }
}

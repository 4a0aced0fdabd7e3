package dev.threadwright.journal;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** Binds the parameters of a statement in their order, each an array: one column of many rows. Sent in binary. */
final class Columns {

    private final PreparedStatement statement;
    private final PGConnection connection;
    private int index;

    Columns(PreparedStatement statement) throws SQLException {
        this.statement = statement;
        this.connection = statement.getConnection().unwrap(PGConnection.class);
    }

    <T> Columns text(Collection<T> rows, Function<T, @Nullable String> value) throws SQLException {
        String[] values = new String[rows.size()];
        int i = 0;
        for (T row : rows) {
            values[i++] = value.apply(row);
        }
        return bind("text", values);
    }

    <T> Columns longs(Collection<T> rows, ToLongFunction<T> value) throws SQLException {
        long[] values = new long[rows.size()];
        int i = 0;
        for (T row : rows) {
            values[i++] = value.applyAsLong(row);
        }
        return bind("int8", values);
    }

    <T> Columns longsOrNull(List<T> rows, Function<T, @Nullable Long> value) throws SQLException {
        Long[] values = new Long[rows.size()];
        int i = 0;
        for (T row : rows) {
            values[i++] = value.apply(row);
        }
        return bind("int8", values);
    }

    <T> Columns ints(Collection<T> rows, ToIntFunction<T> value) throws SQLException {
        int[] values = new int[rows.size()];
        int i = 0;
        for (T row : rows) {
            values[i++] = value.applyAsInt(row);
        }
        return bind("int4", values);
    }

    <T> Columns bytes(Collection<T> rows, Function<T, byte @Nullable []> value) throws SQLException {
        byte[][] values = new byte[rows.size()][];
        int i = 0;
        for (T row : rows) {
            values[i++] = value.apply(row);
        }
        return bind("bytea", values);
    }

    private Columns bind(String type, Object values) throws SQLException {
        Array array = connection.createArrayOf(type, values);
        statement.setArray(++index, array);
        return this;
    }
}

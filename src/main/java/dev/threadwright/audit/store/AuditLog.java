package dev.threadwright.audit.store;

import dev.threadwright.audit.Act;
import dev.threadwright.audit.Entry;
import dev.threadwright.audit.Head;
import dev.threadwright.audit.Stage;
import dev.threadwright.json.JsonText;
import dev.threadwright.tables.Sql;
import dev.threadwright.tables.Tables;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Records what is asked over HTTP, and reads what is recorded. What the engine commits, it records itself. */
@ApplicationScoped
public class AuditLog {

    /** The chain of what is asked over HTTP. */
    public static final String REQUESTS = "requests";

    private static final String APPEND = "select append_audit_v1(null, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    static final String COLUMNS =
            "tenant, chain, number, time_ms, caller, known, act, outcome, thread, target, detail," + " previous, hash";

    private final Tables tables;

    public AuditLog(Tables tables) {
        this.tables = tables;
    }

    /**
     * What is to be recorded.
     *
     * @param thread empty for none
     * @param target empty for none
     * @param detail without anybody's data
     */
    public record New(
            String tenant,
            String caller,
            String known,
            Act act,
            Stage stage,
            String thread,
            String target,
            Json.Obj detail) {}

    /** The entry's number in the tenant's chain {@link #REQUESTS}; there once this has an item. */
    public Uni<Long> append(New entry) {
        return tables.write(sql -> append(sql, List.of(entry)));
    }

    /**
     * With what they are about, in its transaction: as late as can be, since nobody else records anything until it ends.
     *
     * @param entries of one tenant
     * @return the number of the last one
     */
    public static long append(Sql sql, List<New> entries) throws SQLException {
        Long number = sql.first(
                APPEND,
                row -> row.getLong(1),
                column(entries, New::tenant),
                column(entries, entry -> REQUESTS),
                column(entries, New::caller),
                column(entries, New::known),
                column(entries, entry -> entry.act().word()),
                column(entries, entry -> entry.stage().word()),
                column(entries, New::thread),
                column(entries, New::target),
                column(entries, entry -> JsonText.write(entry.detail())));
        if (number == null) {
            throw new IllegalStateException("An entry was appended without a number");
        }
        return number;
    }

    private static String[] column(List<New> entries, Function<New, String> text) {
        // A path may name what no text of Postgres can; and who asks for it is to be recorded nevertheless.
        return entries.stream()
                .map(entry -> text.apply(entry).replace('\0', '\uFFFD'))
                .toArray(String[]::new);
    }

    /** Which entries; null for all of that. From {@code sinceMs} on, until before {@code untilMs}. */
    public record Filter(
            @Nullable String thread,
            @Nullable String caller,
            @Nullable String act,
            @Nullable Long sinceMs,
            @Nullable Long untilMs) {}

    /** Where a page ends: the next one begins after it. */
    public record Place(long timeMs, String chain, long number) {}

    /** The tenant's, and those of the whole server. @param after null for the beginning */
    public Uni<List<Entry>> page(String tenant, Filter filter, boolean newestFirst, @Nullable Place after, int limit) {
        List<@Nullable Object> parameters = new ArrayList<>();
        String order = newestFirst
                ? " order by time_ms desc, chain desc, number desc limit ?"
                : " order by time_ms, chain, number limit ?";
        String of = "(select " + COLUMNS + " from audit_entry where tenant = ?" + where(filter, newestFirst, after)
                + order + ")";
        for (String one : List.of(tenant, Entry.SERVER)) {
            parameters.add(one);
            addParameters(parameters, filter, after);
            parameters.add(limit);
        }
        parameters.add(limit);
        String query = "select " + COLUMNS + " from (" + of + " union all " + of + ") e" + order;
        return tables.read(tenant, sql -> sql.query(query, AuditLog::entry, parameters.toArray()));
    }

    private static String where(Filter filter, boolean newestFirst, @Nullable Place after) {
        return (filter.thread() == null ? "" : " and thread = ? and thread <> ''")
                + (filter.caller() == null ? "" : " and caller = ?")
                + (filter.act() == null ? "" : " and act = ?")
                + (filter.sinceMs() == null ? "" : " and time_ms >= ?")
                + (filter.untilMs() == null ? "" : " and time_ms < ?")
                + (after == null ? "" : " and (time_ms, chain, number) " + (newestFirst ? "<" : ">") + " (?, ?, ?)");
    }

    private static void addParameters(List<@Nullable Object> parameters, Filter filter, @Nullable Place after) {
        for (Object value : new @Nullable Object[] {
            filter.thread(), filter.caller(), filter.act(), filter.sinceMs(), filter.untilMs()
        }) {
            if (value != null) {
                parameters.add(value);
            }
        }
        if (after != null) {
            parameters.add(after.timeMs());
            parameters.add(after.chain());
            parameters.add(after.number());
        }
    }

    /** Of the tenant's chains, and of those of the whole server. */
    public Uni<List<Head>> heads(String tenant) {
        return tables.read(tenant, AuditLog::heads);
    }

    /** Of all that there are for whoever asks. */
    static List<Head> heads(Sql sql) throws SQLException {
        return sql.query(
                "select tenant, chain, number, hash from audit_head order by tenant, chain",
                row -> new Head(row.getString(1), row.getString(2), row.getLong(3), hex(row.getBytes(4))));
    }

    static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getString("tenant"),
                row.getString("chain"),
                row.getLong("number"),
                row.getLong("time_ms"),
                row.getString("caller"),
                row.getString("known"),
                row.getString("act"),
                row.getString("outcome"),
                row.getString("thread"),
                row.getString("target"),
                row.getString("detail"),
                hex(row.getBytes("previous")),
                hex(row.getBytes("hash")));
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}

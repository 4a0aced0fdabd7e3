package dev.threadwright.cron;

import dev.threadwright.journal.StoredJson;
import dev.threadwright.json.JsonText;
import dev.threadwright.tables.Sql;
import dev.threadwright.workflow.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The crons as rows. */
final class CronRows {

    private static final String COLUMNS = "tenant, cron, assistant, thread, schedule, timezone, end_at_ms, enabled,"
            + " on_run_completed, payload::text as payload, metadata, next_at_ms, created_at_ms, updated_at_ms,"
            + " firing_at_ms, attempts";

    private static final String FILTER = " where tenant = ? and (?::text is null or assistant = ?)"
            + " and (?::text is null or thread = ?) and (?::boolean is null or enabled = ?)"
            + " and not exists (select from jsonb_each(?::jsonb) f where metadata -> f.key is distinct from f.value)";

    private final Sql sql;

    CronRows(Sql sql) {
        this.sql = sql;
    }

    void insert(String tenant, Cron cron) throws SQLException {
        sql.update(
                "insert into cron (created_at_ms, updated_at_ms, next_at_ms, end_at_ms, enabled, tenant, cron, assistant,"
                        + " thread, schedule, timezone, on_run_completed, payload, metadata)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::json, ?::jsonb)",
                cron.createdAtMs(),
                cron.updatedAtMs(),
                cron.nextAtMs(),
                cron.endAtMs(),
                cron.enabled(),
                tenant,
                cron.id(),
                cron.assistantId(),
                cron.thread(),
                cron.schedule(),
                cron.timezone(),
                cron.onRunCompleted(),
                JsonText.write(cron.payload()),
                JsonText.write(cron.metadata()));
    }

    /** Keeps others from changing it, or firing it, until the end of the transaction. Null if it is not there. */
    @Nullable Cron lock(String tenant, String id) throws SQLException {
        return sql.first(
                "select " + COLUMNS + " from cron where tenant = ? and cron = ? for update",
                CronRows::read,
                tenant,
                id);
    }

    /** What is disabled owes nothing either. */
    void update(String tenant, Cron cron) throws SQLException {
        sql.update(
                "update cron set updated_at_ms = ?, next_at_ms = ?, end_at_ms = ?, enabled = ?, schedule = ?,"
                        + " timezone = ?, on_run_completed = ?, payload = ?::json, metadata = ?::jsonb,"
                        + " firing_at_ms = case when ? then firing_at_ms end where tenant = ? and cron = ?",
                cron.updatedAtMs(),
                cron.nextAtMs(),
                cron.endAtMs(),
                cron.enabled(),
                cron.schedule(),
                cron.timezone(),
                cron.onRunCompleted(),
                JsonText.write(cron.payload()),
                JsonText.write(cron.metadata()),
                cron.enabled(),
                tenant,
                cron.id());
    }

    boolean delete(String tenant, String id) throws SQLException {
        return sql.update("delete from cron where tenant = ? and cron = ?", tenant, id) == 1;
    }

    List<Cron> search(String tenant, CronFilter filter, CronOrder order, boolean descending, int limit, int offset)
            throws SQLException {
        String direction = descending ? " desc nulls last" : " asc nulls last";
        return sql.query(
                "select " + COLUMNS + " from cron" + FILTER + " order by " + order.column() + direction + ", cron"
                        + direction + " limit " + limit + " offset " + offset,
                CronRows::read,
                parameters(tenant, filter));
    }

    long count(String tenant, CronFilter filter) throws SQLException {
        return sql.query("select count(*) from cron" + FILTER, row -> row.getLong(1), parameters(tenant, filter))
                .getFirst();
    }

    /** One whose time has come, of any tenant, that nobody else is looking at; null if there is none. */
    @Nullable CronFiring due(long nowMs) throws SQLException {
        return sql.first(
                "select " + COLUMNS + " from cron where next_at_ms <= ? and firing_at_ms is null order by next_at_ms"
                        + " limit 1 for update skip locked",
                row -> new CronFiring(row.getString("tenant"), read(row), row.getLong("next_at_ms"), 1),
                nowMs);
    }

    /** A firing that was not handed over, or not known to be; null if there is none to try now. */
    @Nullable CronFiring owed(long nowMs) throws SQLException {
        return sql.first(
                "select " + COLUMNS + " from cron where firing_at_ms is not null and retry_at_ms <= ?"
                        + " order by retry_at_ms limit 1 for update skip locked",
                row -> new CronFiring(
                        row.getString("tenant"), read(row), row.getLong("firing_at_ms"), row.getInt("attempts") + 1),
                nowMs);
    }

    /** Remembers a firing that is being handed over. @param nextAtMs when the cron is due after it */
    void remember(CronFiring firing, @Nullable Long nextAtMs, long retryAtMs) throws SQLException {
        sql.update(
                "update cron set firing_at_ms = ?, attempts = ?, next_at_ms = ?, retry_at_ms = ?"
                        + " where tenant = ? and cron = ?",
                firing.scheduledAtMs(),
                firing.attempt(),
                nextAtMs,
                retryAtMs,
                firing.tenant(),
                firing.cron().id());
    }

    /** Unless another one is owed by now, as when this took too long. */
    void postpone(CronFiring firing, long retryAtMs) throws SQLException {
        sql.update(
                "update cron set retry_at_ms = ? where tenant = ? and cron = ? and firing_at_ms = ? and attempts = ?",
                retryAtMs,
                firing.tenant(),
                firing.cron().id(),
                firing.scheduledAtMs(),
                firing.attempt());
    }

    void forget(CronFiring firing) throws SQLException {
        sql.update(
                "update cron set firing_at_ms = null, retry_at_ms = null, attempts = 0"
                        + " where tenant = ? and cron = ? and firing_at_ms = ?",
                firing.tenant(),
                firing.cron().id(),
                firing.scheduledAtMs());
    }

    private static @Nullable Object[] parameters(String tenant, CronFilter filter) {
        return new @Nullable Object[] {
            tenant,
            filter.assistantId(),
            filter.assistantId(),
            filter.thread(),
            filter.thread(),
            filter.enabled(),
            filter.enabled(),
            filter.metadata() == null ? "{}" : JsonText.write(filter.metadata())
        };
    }

    private static Cron read(ResultSet row) throws SQLException {
        return new Cron(
                row.getString("cron"),
                row.getString("assistant"),
                row.getString("thread"),
                row.getString("schedule"),
                row.getString("timezone"),
                Sql.longOrNull(row, "end_at_ms"),
                row.getBoolean("enabled"),
                row.getString("on_run_completed"),
                (Json.Obj) StoredJson.parse(row.getString("payload")),
                (Json.Obj) StoredJson.parse(row.getString("metadata")),
                Sql.longOrNull(row, "next_at_ms"),
                row.getLong("created_at_ms"),
                row.getLong("updated_at_ms"));
    }
}

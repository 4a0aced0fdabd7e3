package dev.threadwright.assistant;

import dev.threadwright.journal.StoredJson;
import dev.threadwright.json.JsonText;
import dev.threadwright.tables.Sql;
import dev.threadwright.workflow.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The assistants as rows: those that somebody made, and in lists those that are workflows beside them. */
final class AssistantRows {

    private static final String MADE = """
            select a.assistant, v.graph, v.version, v.name, v.description, v.config::text as config,
                   v.context::text as context, v.metadata, a.created_at_ms, a.updated_at_ms
            from assistant a join assistant_version v
              on v.tenant = a.tenant and v.assistant = a.assistant and v.version = a.version
            where a.tenant = ?""";

    /** Those that are workflows come as a parameter; how long they are there, their documents say. */
    private static final String ALL = """
            with listed as (
            select s.assistant collate "C" as assistant, s.graph collate "C" as graph, s.version, s.name,
                   null::text as description, '{}' as config, '{}' as context, s.metadata,
                   coalesce(min(w.created_at_ms), since.ms) as created_at_ms,
                   coalesce(max(w.created_at_ms), since.ms) as updated_at_ms
            from jsonb_to_recordset(?::jsonb)
                     as s (assistant text, graph text, version integer, name text, metadata jsonb)
                 cross join (select coalesce((select value::bigint from server_setting
                                              where name = 'assistants_since_ms'), 0) as ms) as since
                 left join workflow w on w.name = s.graph and w.version <= s.version
            group by s.assistant, s.graph, s.version, s.name, s.metadata, since.ms
            union all
            """ + MADE + ") ";

    private static final String FILTER = """
             where (?::text is null or graph = ? or split_part(graph, '@', 1) = ?)
               and (?::text is null or strpos(lower(name), lower(?)) > 0)
               and not exists (select from jsonb_each(?::jsonb) f where metadata -> f.key is distinct from f.value)
            """;

    private final Sql sql;
    private final String tenant;

    AssistantRows(Sql sql, String tenant) {
        this.sql = sql;
        this.tenant = tenant;
    }

    List<StoredAssistant> search(
            List<Assistant> system,
            AssistantFilter filter,
            AssistantOrder order,
            boolean descending,
            int limit,
            int offset)
            throws SQLException {
        String direction = descending ? " desc" : " asc";
        List<@Nullable Object> parameters = parameters(system, filter);
        parameters.add(limit);
        parameters.add(offset);
        return sql.query(
                ALL + "select * from listed" + FILTER + " order by " + order.column() + direction + ", assistant"
                        + direction + " limit ? offset ?",
                AssistantRows::read,
                parameters.toArray());
    }

    long count(List<Assistant> system, AssistantFilter filter) throws SQLException {
        return sql.query(
                        ALL + "select count(*) from listed" + FILTER,
                        row -> row.getLong(1),
                        parameters(system, filter).toArray())
                .getFirst();
    }

    /** In the order in which they came. */
    List<StoredAssistant> ofTheSystem(List<Assistant> system) throws SQLException {
        return sql.query(
                ALL + "select * from listed where metadata ->> 'created_by' = 'system' and assistant = any(?)"
                        + " order by version desc",
                AssistantRows::read,
                json(system),
                tenant,
                system.stream().map(Assistant::id).toArray(String[]::new));
    }

    @Nullable StoredAssistant find(String id) throws SQLException {
        return sql.first(MADE + " and a.assistant = ?", AssistantRows::read, tenant, id);
    }

    /** False if there is one of that id. */
    boolean insert(StoredAssistant made) throws SQLException {
        int inserted = sql.update(
                "insert into assistant (created_at_ms, updated_at_ms, version, newest, tenant, assistant)"
                        + " values (?, ?, 1, 1, ?, ?) on conflict do nothing",
                made.createdAtMs(),
                made.updatedAtMs(),
                tenant,
                made.assistant().id());
        if (inserted == 1) {
            insertVersion(made, made.createdAtMs());
        }
        return inserted == 1;
    }

    /** Keeps others from changing it until the end of the transaction. The last version; null if it is not there. */
    @Nullable Integer lock(String id) throws SQLException {
        return sql.first(
                "select newest from assistant where tenant = ? and assistant = ? for update",
                row -> row.getInt(1),
                tenant,
                id);
    }

    void addVersion(StoredAssistant next) throws SQLException {
        insertVersion(next, next.updatedAtMs());
        sql.update(
                "update assistant set version = ?, newest = ?, updated_at_ms = ? where tenant = ? and assistant = ?",
                next.assistant().version(),
                next.assistant().version(),
                next.updatedAtMs(),
                tenant,
                next.assistant().id());
    }

    /** False if there is no such version. */
    boolean use(String id, int version, long nowMs) throws SQLException {
        return sql.update(
                        "update assistant a set version = ?, updated_at_ms = ? where tenant = ? and assistant = ?"
                                + " and exists (select from assistant_version v where v.tenant = a.tenant"
                                + " and v.assistant = a.assistant and v.version = ?)",
                        version,
                        nowMs,
                        tenant,
                        id,
                        version)
                == 1;
    }

    /** The newest first. */
    List<StoredAssistant> versions(String id, Json.@Nullable Obj metadata, int limit, int offset) throws SQLException {
        return sql.query(
                "select assistant, graph, version, name, description, config::text as config, context::text as"
                        + " context, metadata, created_at_ms, created_at_ms as updated_at_ms from assistant_version"
                        + " where tenant = ? and assistant = ? and not exists (select from jsonb_each(?::jsonb) f"
                        + " where metadata -> f.key is distinct from f.value)"
                        + " order by version desc limit ? offset ?",
                AssistantRows::read,
                tenant,
                id,
                metadata == null ? "{}" : JsonText.write(metadata),
                limit,
                offset);
    }

    /** With its versions, and the crons that would have nothing to run any more. False if it is not there. */
    boolean delete(String id) throws SQLException {
        sql.update("delete from cron where tenant = ? and assistant = ?", tenant, id);
        return sql.update("delete from assistant where tenant = ? and assistant = ?", tenant, id) == 1;
    }

    private void insertVersion(StoredAssistant next, long nowMs) throws SQLException {
        Assistant assistant = next.assistant();
        sql.update(
                "insert into assistant_version (created_at_ms, version, tenant, assistant, graph, name, description,"
                        + " config, context, metadata) values (?, ?, ?, ?, ?, ?, ?, ?::json, ?::json, ?::jsonb)",
                nowMs,
                assistant.version(),
                tenant,
                assistant.id(),
                assistant.graph(),
                assistant.name(),
                next.description(),
                JsonText.write(assistant.config()),
                JsonText.write(assistant.context()),
                JsonText.write(assistant.metadata()));
    }

    private List<@Nullable Object> parameters(List<Assistant> system, AssistantFilter filter) {
        List<@Nullable Object> parameters = new ArrayList<>();
        parameters.add(json(system));
        parameters.add(tenant);
        for (int i = 0; i < 3; i++) {
            parameters.add(filter.graph());
        }
        parameters.add(filter.name());
        parameters.add(filter.name());
        parameters.add(filter.metadata() == null ? "{}" : JsonText.write(filter.metadata()));
        return parameters;
    }

    private static String json(List<Assistant> system) {
        return JsonText.write(Json.array(system.stream()
                .<Json>map(assistant -> {
                    Map<String, Json> fields = new LinkedHashMap<>();
                    fields.put("assistant", Json.of(assistant.id()));
                    fields.put("graph", Json.of(assistant.graph()));
                    fields.put("version", Json.of(assistant.version()));
                    fields.put("name", Json.of(assistant.name()));
                    fields.put("metadata", assistant.metadata());
                    return Json.object(fields);
                })
                .toList()));
    }

    private static StoredAssistant read(ResultSet row) throws SQLException {
        return new StoredAssistant(
                new Assistant(
                        row.getString("assistant"),
                        row.getString("graph"),
                        row.getInt("version"),
                        row.getString("name"),
                        (Json.Obj) StoredJson.parse(row.getString("config")),
                        StoredJson.parse(row.getString("context")),
                        (Json.Obj) StoredJson.parse(row.getString("metadata"))),
                row.getString("description"),
                row.getLong("created_at_ms"),
                row.getLong("updated_at_ms"));
    }
}

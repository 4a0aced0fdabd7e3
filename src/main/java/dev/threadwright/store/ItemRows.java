package dev.threadwright.store;

import dev.threadwright.journal.StoredJson;
import dev.threadwright.json.JsonText;
import dev.threadwright.tables.Sql;
import dev.threadwright.workflow.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The items of a tenant as rows. What has expired is not there, whether it was swept or not. */
final class ItemRows {

    private static final String COLUMNS =
            "namespace, key, value, created_at_ms, updated_at_ms, expires_at_ms is not null as expires";
    private static final String ALIVE = " and (expires_at_ms is null or expires_at_ms > ?)";

    private final Sql sql;
    private final String tenant;
    private final long nowMs;

    ItemRows(Sql sql, String tenant, long nowMs) {
        this.sql = sql;
        this.tenant = tenant;
        this.nowMs = nowMs;
    }

    /** In place of one that has expired, it is a new one. */
    void put(Namespace namespace, String key, Json.Obj value, @Nullable Long ttlMs) throws SQLException {
        sql.update(
                "insert into store_item as i (created_at_ms, updated_at_ms, expires_at_ms, ttl_ms, tenant, namespace,"
                        + " key, value) values (?, ?, ?, ?, ?, ?, ?, ?::jsonb)"
                        + " on conflict (tenant, namespace, key) do update set value = excluded.value, change = excluded.change,"
                        + " updated_at_ms = excluded.updated_at_ms, expires_at_ms = excluded.expires_at_ms,"
                        + " ttl_ms = excluded.ttl_ms, created_at_ms = case when i.expires_at_ms <= excluded.updated_at_ms"
                        + " then excluded.created_at_ms else i.created_at_ms end",
                nowMs,
                nowMs,
                ttlMs == null ? null : nowMs + ttlMs,
                ttlMs,
                tenant,
                namespace.path(),
                key,
                JsonText.write(value));
    }

    @Nullable Item get(Namespace namespace, String key) throws SQLException {
        return sql.first(
                "select " + COLUMNS + " from store_item where tenant = ? and namespace = ? and key = ?" + ALIVE,
                ItemRows::read,
                tenant,
                namespace.path(),
                key,
                nowMs);
    }

    void delete(Namespace namespace, String key) throws SQLException {
        sql.update(
                "delete from store_item where tenant = ? and namespace = ? and key = ?", tenant, namespace.path(), key);
    }

    /** Lets these live as long again as when they were put. */
    void refresh(List<Item> items) throws SQLException {
        sql.update(
                "update store_item i set expires_at_ms = ? + ttl_ms from unnest(?, ?) as found (namespace, key)"
                        + " where i.tenant = ? and i.namespace = found.namespace and i.key = found.key"
                        + " and i.ttl_ms is not null",
                nowMs,
                items.stream().map(item -> item.namespace().path()).toArray(String[]::new),
                items.stream().map(Item::key).toArray(String[]::new),
                tenant);
    }

    /** The last changed first. */
    List<Item> search(Namespace prefix, @Nullable ItemFilter filter, @Nullable String words, int limit, int offset)
            throws SQLException {
        List<@Nullable Object> parameters = new ArrayList<>(List.of(tenant, nowMs));
        StringBuilder query = new StringBuilder("select " + COLUMNS + " from store_item where tenant = ?" + ALIVE);
        below(prefix, query, parameters);
        if (filter != null) {
            query.append(filter.sql());
            parameters.addAll(filter.parameters());
        }
        if (words != null) {
            // Any of its texts, at any depth.
            query.append(" and exists (select from jsonb_path_query(value, 'strict $.** ? (@.type() == \"string\")') as"
                    + " found (part) where strpos(lower(part #>> '{}'), lower(?)) > 0)");
            parameters.add(words);
        }
        query.append(" order by change desc limit ? offset ?");
        parameters.add(limit);
        parameters.add(offset);
        return sql.query(query.toString(), ItemRows::read, parameters.toArray());
    }

    /** By their labels. */
    List<Namespace> namespaces(NamespaceQuery wanted) throws SQLException {
        List<@Nullable Object> parameters = new ArrayList<>();
        parameters.add(wanted.maxDepth());
        parameters.add(tenant);
        parameters.add(nowMs);
        StringBuilder query = new StringBuilder(
                "select distinct array_to_string(labels[1:coalesce(?, " + Namespace.MAX_DEPTH + ")], '.')"
                        + " collate \"C\" as path from (select distinct string_to_array(namespace, '.') as labels"
                        + " from store_item where tenant = ?" + ALIVE);
        below(literal(wanted.prefix()), query, parameters);
        query.append(") as found where true");
        labels(wanted.prefix(), "labels[?]", 1, query, parameters);
        int last = wanted.suffix().labels().size();
        labels(wanted.suffix(), "labels[cardinality(labels) + ?]", 1 - last, query, parameters);
        query.append(" order by path limit ? offset ?");
        parameters.add(wanted.limit());
        parameters.add(wanted.offset());
        return sql.query(query.toString(), row -> Namespace.read(row.getString("path")), parameters.toArray());
    }

    /** As far as it names labels: that much an index can find. */
    private static Namespace literal(Namespace prefix) {
        return new Namespace(prefix.labels().stream()
                .takeWhile(label -> !label.equals(NamespaceQuery.ANY))
                .toList());
    }

    private static void labels(
            Namespace wanted, String place, int first, StringBuilder query, List<@Nullable Object> parameters) {
        for (int i = 0; i < wanted.labels().size(); i++) {
            String label = wanted.labels().get(i);
            query.append(" and ").append(place);
            parameters.add(first + i);
            if (label.equals(NamespaceQuery.ANY)) {
                query.append(" is not null");
            } else {
                query.append(" = ?");
                parameters.add(label);
            }
        }
    }

    private static void below(Namespace prefix, StringBuilder query, List<@Nullable Object> parameters) {
        if (!prefix.labels().isEmpty()) {
            query.append(" and (namespace = ? or (namespace >= ? and namespace < ?))");
            parameters.addAll(List.of(prefix.path(), prefix.from(), prefix.to()));
        }
    }

    private static Item read(ResultSet row) throws SQLException {
        return new Item(
                Namespace.read(row.getString("namespace")),
                row.getString("key"),
                (Json.Obj) StoredJson.parse(row.getString("value")),
                row.getLong("created_at_ms"),
                row.getLong("updated_at_ms"),
                row.getBoolean("expires"));
    }
}

package dev.threadwright.query;

import dev.threadwright.sealing.Opening;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.sealing.WrappedKey;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.vertx.MutinyHelper;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.mutiny.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Opens what was read. Keys that are not in memory are read with one query, and unwrapped where waiting does no harm. */
@ApplicationScoped
class Unsealing {

    static final String KEYS = """
            select k.thread, k.number, t.master_key, t.wrapped
            from unnest($2::text[], $3::integer[]) as k (thread, number)
                 cross join lateral (
                     select t.master_key, t.wrapped from thread_key t
                     where t.tenant = $1 and t.thread = k.thread and t.number = k.number limit 1) t
            """;

    private final Sealing sealing;
    private final PlainScope scope;

    Unsealing(Sealing sealing, PlainScope scope) {
        this.sealing = sealing;
        this.scope = scope;
    }

    /**
     * Reads rows that say their {@code thread}, on the connection that they were read on.
     *
     * @param columns that may be sealed
     */
    <T> Uni<T> read(
            SqlConnection connection,
            String tenant,
            RowSet<Row> rows,
            List<String> columns,
            BiFunction<RowSet<Row>, Opening, T> reading) {
        Opening opening = sealing.opening();
        for (Row row : rows) {
            ThreadKey thread = new ThreadKey(tenant, row.getString("thread"));
            columns.forEach(column -> opening.wants(thread, row.getString(column)));
        }
        return told(opening, wanted -> keys(connection, tenant, wanted)).map(known -> reading.apply(rows, known));
    }

    /** Opens what was read before, and is of one tenant. */
    <E extends SealedRow> Uni<List<E>> opened(String tenant, List<E> rows) {
        Opening opening = sealing.opening();
        rows.forEach(row -> row.wants(opening));
        return told(opening, wanted -> scope.read(tenant, connection -> keys(connection, tenant, wanted)))
                .invoke(known -> rows.forEach(row -> row.open(known)))
                .replaceWith(rows);
    }

    /** As {@link #opened(String, List)}; null is null. */
    <E extends SealedRow> Uni<@Nullable E> opened(String tenant, @Nullable E row) {
        return row == null
                ? Uni.createFrom().nullItem()
                : opened(tenant, List.of(row)).map(List::getFirst);
    }

    private interface Keys {
        Uni<RowSet<Row>> of(Collection<Opening.Ref> wanted);
    }

    private static Uni<Opening> told(Opening opening, Keys keys) {
        if (opening.wanted().isEmpty()) {
            return Uni.createFrom().item(opening);
        }
        Context context = Vertx.currentContext();
        Uni<Opening> told = keys.of(opening.wanted())
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .map(rows -> {
                    tell(opening, rows);
                    return opening;
                });
        return context == null ? told : told.emitOn(MutinyHelper.executor(context));
    }

    private static void tell(Opening opening, RowSet<Row> rows) {
        Map<String, Map<Integer, Row>> found = new HashMap<>();
        rows.forEach(row -> found.computeIfAbsent(row.getString("thread"), thread -> new HashMap<>())
                .put(row.getInteger("number"), row));
        for (Opening.Ref ref : opening.wanted()) {
            Row row = found.getOrDefault(ref.thread().thread(), Map.of()).get(ref.number());
            if (row != null) {
                Buffer wrapped = row.getBuffer("wrapped");
                opening.found(
                        ref, wrapped == null ? null : new WrappedKey(row.getString("master_key"), wrapped.getBytes()));
            }
        }
    }

    private static Uni<RowSet<Row>> keys(SqlConnection connection, String tenant, Collection<Opening.Ref> wanted) {
        return connection
                .preparedQuery(KEYS)
                .execute(Tuple.of(
                        tenant,
                        wanted.stream().map(ref -> ref.thread().thread()).toArray(String[]::new),
                        wanted.stream().map(Opening.Ref::number).toArray(Integer[]::new)));
    }
}

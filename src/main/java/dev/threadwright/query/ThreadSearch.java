package dev.threadwright.query;

import dev.threadwright.json.JsonText;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.thread.ThreadStatus;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Threads by what they are. Metadata are looked up by an index; values are computed of every thread that is left. */
@ApplicationScoped
public class ThreadSearch {

    /** Threads whose values one search may compute. */
    public static final int MAX_SCANNED = 1_000;

    /** Threads whose states are in memory at once. */
    static final int STATES_AT_ONCE = 50;

    private static final String COLUMNS = "t.thread, t.seq, t.status, t.created_at_ms, t.updated_at_ms,"
            + " t.state_updated_at_ms, t.settings::text as settings";

    private final PlainScope scope;
    private final StateReads states;

    ThreadSearch(PlainScope scope, StateReads states) {
        this.scope = scope;
        this.states = states;
    }

    /**
     * Which ones; null for all of that.
     *
     * @param metadata that theirs contain
     * @param values that theirs contain
     */
    public record Filter(
            @Nullable List<String> ids,
            @Nullable ThreadStatus status,
            Json.@Nullable Obj metadata,
            Json.@Nullable Obj values) {}

    public enum SortBy {
        THREAD_ID("t.thread"),
        CREATED_AT("t.created_at_ms"),
        UPDATED_AT("t.updated_at_ms"),
        STATUS("t.status"),
        STATE_UPDATED_AT("t.state_updated_at_ms");

        private final String column;

        SortBy(String column) {
            this.column = column;
        }
    }

    /** @param needsStates whether their states are asked for, too */
    public record Page(SortBy by, boolean ascending, int limit, int offset, boolean needsStates) {}

    /** @param settings JSON, see {@link StoredThread#settings} */
    public record ThreadRow(
            ThreadKey key,
            long seq,
            String status,
            long createdAtMs,
            long updatedAtMs,
            long stateUpdatedAtMs,
            String settings) {}

    /** @param state null if it was not asked for */
    public record Match(ThreadRow row, @Nullable ThreadState state) {}

    /** @param more whether others follow */
    public record Found(List<Match> matches, boolean more) {}

    /** More threads than may be looked at are left by all but the values. */
    public static final class TooManyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyException() {
            super("More than " + MAX_SCANNED + " threads match all but the values, which have to be computed of each;"
                    + " narrow the search by metadata, ids or status");
        }
    }

    /** Null if there is no such thread. */
    public Uni<@Nullable Match> one(ThreadKey thread) {
        return page(
                        thread.tenant(),
                        new Filter(List.of(thread.thread()), null, null, null),
                        new Page(SortBy.THREAD_ID, true, 1, 0, true))
                .map(found -> found.matches().isEmpty() ? null : found.matches().getFirst());
    }

    /** Fails with a {@link TooManyException} if there are too many to compare the values of. */
    public Uni<Found> page(String tenant, Filter filter, Page page) {
        Json.Obj values = filter.values();
        if (values != null) {
            return ofValues(tenant, filter, page, values)
                    .flatMap(rows -> found(
                            rows.stream()
                                    .skip(page.offset())
                                    .limit(page.limit() + 1L)
                                    .toList(),
                            page));
        }
        return rows(tenant, filter, page, page.limit() + 1L, page.offset()).flatMap(rows -> found(rows, page));
    }

    /** As {@link #page}. */
    public Uni<Long> count(String tenant, Filter filter) {
        Json.Obj values = filter.values();
        if (values != null) {
            Page all = new Page(SortBy.THREAD_ID, true, MAX_SCANNED, 0, false);
            return ofValues(tenant, filter, all, values).map(rows -> (long) rows.size());
        }
        Query query = new Query(tenant, filter);
        return scope.read(
                tenant,
                connection -> connection
                        .preparedQuery("select count(*) from thread t" + query.where())
                        .execute(query.tuple())
                        .map(rows -> rows.iterator().next().getLong(0)));
    }

    private Uni<Found> found(List<ThreadRow> rows, Page page) {
        boolean more = rows.size() > page.limit();
        List<ThreadRow> shown = more ? rows.subList(0, page.limit()) : rows;
        if (!page.needsStates()) {
            return Uni.createFrom()
                    .item(new Found(
                            shown.stream().map(row -> new Match(row, null)).toList(), more));
        }
        List<Match> matches = new ArrayList<>();
        return inChunks(shown, (row, state) -> matches.add(new Match(row, state)))
                .map(done -> new Found(List.copyOf(matches), more));
    }

    private Uni<List<ThreadRow>> ofValues(String tenant, Filter filter, Page page, Json.Obj values) {
        Predicate<ThreadState> holds =
                state -> Containment.contains(Json.object(state.channels().values()), values);
        List<ThreadRow> matching = new ArrayList<>();
        return rows(tenant, filter, page, MAX_SCANNED + 1L, 0).flatMap(rows -> {
            if (rows.size() > MAX_SCANNED) {
                return Uni.createFrom().failure(new TooManyException());
            }
            return inChunks(rows, (row, state) -> {
                        if (holds.test(state)) {
                            matching.add(row);
                        }
                    })
                    .map(done -> List.copyOf(matching));
        });
    }

    private interface Visitor {
        void visit(ThreadRow row, ThreadState state);
    }

    /** One that was deleted since it was found is passed over. */
    private Uni<Boolean> inChunks(List<ThreadRow> rows, Visitor visitor) {
        List<List<ThreadRow>> chunks = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += STATES_AT_ONCE) {
            chunks.add(rows.subList(from, Math.min(rows.size(), from + STATES_AT_ONCE)));
        }
        return Multi.createFrom()
                .iterable(chunks)
                .onItem()
                .transformToUniAndConcatenate(chunk -> states.current(
                                chunk.stream().map(ThreadRow::key).toList())
                        .invoke(found -> chunk.forEach(row -> {
                            ThreadState state = found.get(row.key());
                            if (state != null) {
                                visitor.visit(row, state);
                            }
                        })))
                .collect()
                .last()
                .replaceWith(true);
    }

    private Uni<List<ThreadRow>> rows(String tenant, Filter filter, Page page, long limit, long offset) {
        Query query = new Query(tenant, filter);
        String order = page.ascending() ? " asc" : " desc";
        String sql = "select " + COLUMNS + " from thread t" + query.where() + " order by " + page.by().column + order
                + ", t.thread" + order + " limit " + limit + " offset " + offset;
        return scope.read(tenant, connection -> rows(connection, tenant, sql, query));
    }

    private static Uni<List<ThreadRow>> rows(SqlConnection connection, String tenant, String sql, Query query) {
        return connection.preparedQuery(sql).execute(query.tuple()).map(rows -> {
            List<ThreadRow> read = new ArrayList<>();
            rows.forEach(row -> read.add(row(tenant, row)));
            return read;
        });
    }

    private static ThreadRow row(String tenant, Row row) {
        return new ThreadRow(
                new ThreadKey(tenant, row.getString("thread")),
                row.getLong("seq"),
                row.getString("status"),
                row.getLong("created_at_ms"),
                row.getLong("updated_at_ms"),
                row.getLong("state_updated_at_ms"),
                row.getString("settings"));
    }

    /** The conditions of a filter that the tables know. */
    private static final class Query {
        private final List<Object> parameters = new ArrayList<>();
        private final List<String> conditions = new ArrayList<>();

        Query(String tenant, Filter filter) {
            conditions.add("t.tenant = " + parameter(tenant));
            List<String> ids = filter.ids();
            if (ids != null) {
                conditions.add("t.thread = any (" + parameter(ids.toArray(String[]::new)) + ")");
            }
            ThreadStatus status = filter.status();
            if (status != null) {
                conditions.add("t.status = " + parameter(status.name().toLowerCase(Locale.ROOT)));
            }
            Json.Obj metadata = filter.metadata();
            if (metadata != null && !metadata.fields().isEmpty()) {
                conditions.add(
                        "t.thread in (select threads_with_metadata_v1(" + parameter(JsonText.write(metadata)) + "))");
            }
        }

        private String parameter(Object value) {
            parameters.add(value);
            return "$" + parameters.size();
        }

        String where() {
            return " where " + String.join(" and ", conditions);
        }

        Tuple tuple() {
            return Tuple.tuple(Stream.of(parameters).flatMap(List::stream).toList());
        }
    }
}

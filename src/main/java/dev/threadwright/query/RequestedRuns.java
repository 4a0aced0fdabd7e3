package dev.threadwright.query;

import dev.threadwright.journal.StoredJson;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs as those see them who ask for runs. */
@ApplicationScoped
public class RequestedRuns {

    /** How many open ones are found at once, over all threads. */
    public static final int MAX_OPEN = 1_000;

    private static final String FIELDS = """
            select thread, leg, run, status, state, workflow, decision, created_at_ms, started_at_ms, ended_at_ms,
                   updated_at_ms, error_type, error, output::text as output, request::text as request
            from requested_run
            """;

    static final String NAMED = "select r.* from unnest($2::text[], $3::text[]) as k (thread, leg)"
            + " cross join lateral ("
            + FIELDS
            + " where tenant = $1 and thread = k.thread and leg = k.leg limit 1) r";

    /** Of one run no two legs begin at the same time but the first, which begins with the run. */
    private static final String LIST = FIELDS + """
            where tenant = $1 and thread = $2 and ($3::text is null or status = $3)
            order by created_at_ms desc, leg = run, leg desc
            limit $4 offset $5
            """;

    static final String OPEN_LEG = FIELDS + """
            where tenant = $1 and thread = $2 and run = $3
            order by ended_at_ms is null desc, created_at_ms desc, leg = run
            limit 1
            """;

    private static final String OPEN = FIELDS + """
            where tenant = $1 and ($2::text is null or thread = $2) and status = any ($3)
            order by created_at_ms
            limit $4
            """;

    private static final String REQUESTS = """
            select leg, request::text as request from requested_run
            where tenant = $1 and thread = $2 and leg = any ($3) and request is not null
            """;

    private record Name(ThreadKey thread, RunId leg) {}

    private final PlainScope scope;
    private final Gathering<Name, RequestedRun> gathering = new Gathering<>(this::named);

    RequestedRuns(PlainScope scope) {
        this.scope = scope;
    }

    /** Null if the thread has no such run. */
    public Uni<@Nullable RequestedRun> find(ThreadKey thread, RunId leg) {
        return gathering.ask(thread.tenant(), new Name(thread, leg));
    }

    private Uni<Map<Name, RequestedRun>> named(String tenant, Set<Name> names) {
        String[] threads = names.stream().map(name -> name.thread().thread()).toArray(String[]::new);
        String[] legs = names.stream().map(name -> name.leg().value()).toArray(String[]::new);
        return scope.read(
                        tenant, connection -> connection.preparedQuery(NAMED).execute(Tuple.of(tenant, threads, legs)))
                .map(rows -> {
                    Map<Name, RequestedRun> found = new HashMap<>();
                    for (RequestedRun run : all(tenant, rows)) {
                        found.put(new Name(run.thread(), run.leg()), run);
                    }
                    return found;
                });
    }

    /** The newest first. @param status null for any */
    public Uni<List<RequestedRun>> list(ThreadKey thread, @Nullable String status, int limit, int offset) {
        return scope.read(
                        thread.tenant(),
                        connection -> connection
                                .preparedQuery(LIST)
                                .execute(Tuple.of(thread.tenant(), thread.thread(), status, limit, offset)))
                .map(rows -> all(thread.tenant(), rows));
    }

    /** What runs were asked for with, of those that were: their metadata by their ids. */
    public Uni<Map<String, Json.Obj>> metadata(ThreadKey thread, Collection<String> legs) {
        return scope.read(
                        thread.tenant(),
                        connection -> connection
                                .preparedQuery(REQUESTS)
                                .execute(Tuple.of(thread.tenant(), thread.thread(), legs.toArray(String[]::new))))
                .map(rows -> {
                    Map<String, Json.Obj> metadata = new HashMap<>();
                    for (Row row : rows) {
                        if (StoredJson.parse(row.getString("request")) instanceof Json.Obj request
                                && request.get("metadata") instanceof Json.Obj own) {
                            metadata.put(row.getString("leg"), own);
                        }
                    }
                    return metadata;
                });
    }

    /** The open leg of a run, else its last one; null if there is no such run. */
    public Uni<@Nullable RequestedRun> lastLeg(ThreadKey thread, RunId run) {
        return scope.read(
                        thread.tenant(),
                        connection -> connection
                                .preparedQuery(OPEN_LEG)
                                .execute(Tuple.of(thread.tenant(), thread.thread(), run.value())))
                .map(rows -> first(thread.tenant(), rows));
    }

    /** At most {@link #MAX_OPEN}, the oldest first. @param thread null for those of all threads */
    public Uni<List<RequestedRun>> open(String tenant, @Nullable String thread, Collection<String> statuses) {
        return scope.read(
                        tenant,
                        connection -> connection
                                .preparedQuery(OPEN)
                                .execute(Tuple.of(tenant, thread, statuses.toArray(String[]::new), MAX_OPEN)))
                .map(rows -> all(tenant, rows));
    }

    private static @Nullable RequestedRun first(String tenant, RowSet<Row> rows) {
        for (Row row : rows) {
            return run(tenant, row);
        }
        return null;
    }

    private static List<RequestedRun> all(String tenant, RowSet<Row> rows) {
        List<RequestedRun> all = new ArrayList<>();
        for (Row row : rows) {
            all.add(run(tenant, row));
        }
        return all;
    }

    private static RequestedRun run(String tenant, Row row) {
        String run = row.getString("run");
        String output = row.getString("output");
        String request = row.getString("request");
        return new RequestedRun(
                new ThreadKey(tenant, row.getString("thread")),
                new RunId(row.getString("leg")),
                run == null ? null : new RunId(run),
                row.getString("status"),
                row.getString("state"),
                row.getString("workflow"),
                row.getString("decision"),
                row.getLong("created_at_ms"),
                row.getLong("started_at_ms"),
                row.getLong("ended_at_ms"),
                row.getLong("updated_at_ms"),
                row.getString("error_type"),
                row.getString("error"),
                output == null ? null : StoredJson.parse(output),
                request != null && StoredJson.parse(request) instanceof Json.Obj object ? object : null);
    }
}

package dev.threadwright.query;

import dev.threadwright.journal.StoredJson;
import dev.threadwright.sealing.Cell;
import dev.threadwright.sealing.Opening;
import dev.threadwright.sealing.SealedColumn;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
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
            select thread, leg, request::text as request from requested_run
            where tenant = $1 and thread = $2 and leg = any ($3) and request is not null
            """;

    private static final List<String> SEALED = List.of("error", "output", "request");

    private record Name(ThreadKey thread, RunId leg) {}

    private final PlainScope scope;
    private final Unsealing unsealing;
    private final Gathering<Name, RequestedRun> gathering = new Gathering<>(this::named);

    RequestedRuns(PlainScope scope, Unsealing unsealing) {
        this.scope = scope;
        this.unsealing = unsealing;
    }

    /** Null if the thread has no such run. */
    public Uni<@Nullable RequestedRun> find(ThreadKey thread, RunId leg) {
        return gathering.ask(thread.tenant(), new Name(thread, leg));
    }

    private Uni<List<RequestedRun>> opened(SqlConnection connection, String tenant, Uni<RowSet<Row>> read) {
        return read.flatMap(
                rows -> unsealing.read(connection, tenant, rows, SEALED, (all, opening) -> all(tenant, all, opening)));
    }

    private Uni<Map<Name, RequestedRun>> named(String tenant, Set<Name> names) {
        String[] threads = names.stream().map(name -> name.thread().thread()).toArray(String[]::new);
        String[] legs = names.stream().map(name -> name.leg().value()).toArray(String[]::new);
        return scope.read(
                        tenant,
                        connection -> opened(
                                connection,
                                tenant,
                                connection.preparedQuery(NAMED).execute(Tuple.of(tenant, threads, legs))))
                .map(runs -> {
                    Map<Name, RequestedRun> found = new HashMap<>();
                    for (RequestedRun run : runs) {
                        found.put(new Name(run.thread(), run.leg()), run);
                    }
                    return found;
                });
    }

    /** The newest first. @param status null for any */
    public Uni<List<RequestedRun>> list(ThreadKey thread, @Nullable String status, int limit, int offset) {
        return scope.read(
                thread.tenant(),
                connection -> opened(
                        connection,
                        thread.tenant(),
                        connection
                                .preparedQuery(LIST)
                                .execute(Tuple.of(thread.tenant(), thread.thread(), status, limit, offset))));
    }

    /** What runs were asked for with, of those that were: their metadata by their ids. */
    public Uni<Map<String, Json.Obj>> metadata(ThreadKey thread, Collection<String> legs) {
        return scope.read(
                thread.tenant(),
                connection -> connection
                        .preparedQuery(REQUESTS)
                        .execute(Tuple.of(thread.tenant(), thread.thread(), legs.toArray(String[]::new)))
                        .flatMap(rows -> unsealing.read(
                                connection,
                                thread.tenant(),
                                rows,
                                List.of("request"),
                                (all, opening) -> metadata(thread, all, opening))));
    }

    private static Map<String, Json.Obj> metadata(ThreadKey thread, RowSet<Row> rows, Opening opening) {
        Map<String, Json.Obj> metadata = new HashMap<>();
        for (Row row : rows) {
            String leg = row.getString("leg");
            String request = opening.open(new Cell(thread, SealedColumn.REQUEST, leg), row.getString("request"));
            if (StoredJson.parse(request) instanceof Json.Obj object
                    && object.get("metadata") instanceof Json.Obj own) {
                metadata.put(leg, own);
            }
        }
        return metadata;
    }

    /** The open leg of a run, else its last one; null if there is no such run. */
    public Uni<@Nullable RequestedRun> lastLeg(ThreadKey thread, RunId run) {
        return scope.read(
                        thread.tenant(),
                        connection -> opened(
                                connection,
                                thread.tenant(),
                                connection
                                        .preparedQuery(OPEN_LEG)
                                        .execute(Tuple.of(thread.tenant(), thread.thread(), run.value()))))
                .map(runs -> runs.isEmpty() ? null : runs.getFirst());
    }

    /** At most {@link #MAX_OPEN}, the oldest first. @param thread null for those of all threads */
    public Uni<List<RequestedRun>> open(String tenant, @Nullable String thread, Collection<String> statuses) {
        return scope.read(
                tenant,
                connection -> opened(
                        connection,
                        tenant,
                        connection
                                .preparedQuery(OPEN)
                                .execute(Tuple.of(tenant, thread, statuses.toArray(String[]::new), MAX_OPEN))));
    }

    private static List<RequestedRun> all(String tenant, RowSet<Row> rows, Opening opening) {
        List<RequestedRun> all = new ArrayList<>();
        for (Row row : rows) {
            all.add(run(tenant, row, opening));
        }
        return all;
    }

    private static RequestedRun run(String tenant, Row row, Opening opening) {
        String run = row.getString("run");
        ThreadKey thread = new ThreadKey(tenant, row.getString("thread"));
        String leg = row.getString("leg");
        // Of the run, and never there without one.
        String output = opening.openOrNull(
                new Cell(thread, SealedColumn.OUTPUT, run == null ? leg : run), row.getString("output"));
        String request = opening.openOrNull(new Cell(thread, SealedColumn.REQUEST, leg), row.getString("request"));
        return new RequestedRun(
                thread,
                new RunId(leg),
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
                opening.openOrNull(new Cell(thread, SealedColumn.ERROR, leg), row.getString("error")),
                output == null ? null : StoredJson.parse(output),
                request != null && StoredJson.parse(request) instanceof Json.Obj object ? object : null);
    }
}

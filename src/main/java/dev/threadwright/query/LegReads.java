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
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where legs stand, for those who follow them. */
@ApplicationScoped
public class LegReads {

    /** The first decision of the time at which the leg began is the one that began it, or one before. */
    private static final String FIND = """
            select r.thread, r.status not in ('pending', 'running') as is_over, t.seq, r.request::text as request,
                   coalesce((select min(d.first_seq) from decision d
                             where d.tenant = r.tenant and d.thread = r.thread
                               and d.time_ms >= r.created_at_ms), 1) as from_seq
            from requested_run r
                 join thread t on t.tenant = r.tenant and t.thread = r.thread
            where r.tenant = $1 and r.leg = $3 and ($2::text is null or r.thread = $2)
            limit 1
            """;

    private final PlainScope scope;
    private final Unsealing unsealing;

    LegReads(PlainScope scope, Unsealing unsealing) {
        this.scope = scope;
        this.unsealing = unsealing;
    }

    /**
     * A leg that is, or was.
     *
     * @param isOver whether it has ended
     * @param headSeq the thread's last event when it was seen like this
     * @param fromSeq an event before which nothing of the leg was
     * @param request what it was asked for with; null if it was not asked for as a run
     */
    public record Place(
            ThreadKey thread, RunId leg, boolean isOver, long headSeq, long fromSeq, Json.@Nullable Obj request) {}

    /** Null if there is no such leg. @param thread null for any of the tenant */
    public Uni<@Nullable Place> find(String tenant, @Nullable String thread, RunId leg) {
        return scope.read(
                        tenant,
                        connection -> connection
                                .preparedQuery(FIND)
                                .execute(Tuple.of(tenant, thread, leg.value()))
                                .flatMap(rows -> unsealing.read(
                                        connection,
                                        tenant,
                                        rows,
                                        List.of("request"),
                                        (all, opening) -> Optional.ofNullable(place(tenant, leg, all, opening)))))
                .flatMap(found -> Uni.createFrom().item(found.orElse(null)));
    }

    private static @Nullable Place place(String tenant, RunId leg, RowSet<Row> rows, Opening opening) {
        for (Row row : rows) {
            ThreadKey thread = new ThreadKey(tenant, row.getString("thread"));
            String request =
                    opening.openOrNull(new Cell(thread, SealedColumn.REQUEST, leg.value()), row.getString("request"));
            return new Place(
                    thread,
                    leg,
                    row.getBoolean("is_over"),
                    row.getLong("seq"),
                    row.getLong("from_seq"),
                    request != null && StoredJson.parse(request) instanceof Json.Obj object ? object : null);
        }
        return null;
    }
}

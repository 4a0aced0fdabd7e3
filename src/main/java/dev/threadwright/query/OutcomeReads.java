package dev.threadwright.query;

import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.journal.SealedOutcome;
import dev.threadwright.journal.StoredJson;
import dev.threadwright.log.LogFields;
import dev.threadwright.sealing.Cell;
import dev.threadwright.sealing.Opening;
import dev.threadwright.sealing.SealedColumn;
import dev.threadwright.sealing.SealedException;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What became of commands, for all callers who wait at once. Without an ORM session, because it runs on a timer and not
 * for one request; with the same role and row-level security as every read.
 */
@ApplicationScoped
public class OutcomeReads {

    static final String FIND = """
            select o.thread, encode(o.hash, 'hex') as ref, encode(o.content_hash, 'hex') as content, o.seq,
                   null as status, o.result::text as json, null as error
            from unnest($2::text[], $3::text[]) as k (thread, hash)
                 cross join lateral (
                     select * from outcome o
                     where o.tenant = $1 and o.thread = k.thread and o.hash = decode(k.hash, 'hex')
                     limit 1) o
            union all
            select r.thread, r.run, null, t.seq, r.status, r.output::text, r.error
            from unnest($4::text[], $5::text[]) as k (thread, run)
                 cross join lateral (
                     select * from run r where r.tenant = $1 and r.thread = k.thread and r.run = k.run limit 1) r
                 cross join lateral (
                     select t.seq from thread t where t.tenant = $1 and t.thread = k.thread limit 1) t
            where r.ended_at_ms is not null or r.status in ('waiting_user', 'paused')
            """;

    private static final Logger LOG = Logger.getLogger(OutcomeReads.class);

    private static final List<String> SEALED = List.of("json", "error");

    private final PlainScope scope;
    private final Unsealing unsealing;

    OutcomeReads(PlainScope scope, Unsealing unsealing) {
        this.scope = scope;
        this.unsealing = unsealing;
    }

    public record RunKey(ThreadKey thread, RunId run) {}

    /**
     * A run that has ended, or has stopped until somebody answers it or lets it go on.
     *
     * @param seq its thread's last sequence number when it was seen like this
     * @param values what it wrote; null unless it completed
     * @param error null unless it failed
     */
    public record RunHalt(
            RunKey key,
            RunStatus status,
            long seq,
            @Nullable Json values,
            @Nullable String error) {

        /** Whether it goes no further by itself. */
        public static boolean isOne(RunStatus status) {
            return switch (status) {
                case COMPLETED, FAILED, CANCELLED, TIMED_OUT, WAITING_USER, PAUSED -> true;
                case QUEUED, ACTIVE, WAITING_EVENT -> false;
            };
        }

        public boolean isEnd() {
            return status.isTerminal();
        }
    }

    /** @param halts of the runs that have ended or stopped */
    public record Found(List<OutcomeRow> outcomes, List<RunHalt> halts) {
        public static final Found NOTHING = new Found(List.of(), List.of());
    }

    /** One query for each tenant among the keys. */
    public Uni<Found> find(Collection<OutcomeKey> outcomes, Collection<RunKey> runs) {
        return Multi.createFrom()
                .iterable(tenants(outcomes, runs))
                .onItem()
                .transformToUniAndConcatenate(tenant -> find(
                        tenant,
                        outcomes.stream()
                                .filter(key -> key.thread().tenant().equals(tenant))
                                .toList(),
                        runs.stream()
                                .filter(key -> key.thread().tenant().equals(tenant))
                                .toList()))
                .collect()
                .asList()
                .map(OutcomeReads::joined);
    }

    private Uni<Found> find(String tenant, List<OutcomeKey> outcomes, List<RunKey> runs) {
        return scope.read(
                tenant,
                connection -> connection
                        .preparedQuery(FIND)
                        .execute(Tuple.of(
                                tenant,
                                texts(outcomes.stream().map(key -> key.thread().thread())),
                                texts(outcomes.stream().map(OutcomeKey::hash)),
                                texts(runs.stream().map(key -> key.thread().thread())),
                                texts(runs.stream().map(key -> key.run().value()))))
                        .flatMap(rows -> unsealing.read(
                                connection, tenant, rows, SEALED, (all, opening) -> found(tenant, all, opening))));
    }

    private static Found found(String tenant, Iterable<Row> rows, Opening opening) {
        List<OutcomeRow> outcomes = new ArrayList<>();
        List<RunHalt> halts = new ArrayList<>();
        for (Row row : rows) {
            ThreadKey thread = new ThreadKey(tenant, row.getString("thread"));
            try {
                String content = row.getString("content");
                if (content == null) {
                    halts.add(halt(thread, row, opening));
                } else {
                    outcomes.add(SealedOutcome.read(
                            opening,
                            new OutcomeKey(thread, row.getString("ref")),
                            content,
                            row.getString("json"),
                            row.getLong("seq")));
                }
            } catch (RuntimeException e) {
                if (isPassing(e)) {
                    throw e;
                }
                // Who waits for this one waits in vain; the others, of all tenants, must not.
                try (LogFields ignored = LogFields.of(thread)) {
                    LOG.debugf("What came of a command on thread %s cannot be read: %s", thread, e.getMessage());
                }
            }
        }
        return new Found(outcomes, halts);
    }

    private static boolean isPassing(RuntimeException e) {
        return e instanceof JournalUnavailableException || e instanceof SealedException sealed && sealed.isPassing();
    }

    private static RunHalt halt(ThreadKey thread, Row row, Opening opening) {
        String run = row.getString("ref");
        String json = row.getString("json");
        return new RunHalt(
                new RunKey(thread, new RunId(run)),
                RunStatus.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                row.getLong("seq"),
                json == null ? null : StoredJson.parse(opening.open(new Cell(thread, SealedColumn.OUTPUT, run), json)),
                opening.openOrNull(new Cell(thread, SealedColumn.ERROR, run), row.getString("error")));
    }

    private static Found joined(List<Found> parts) {
        return new Found(
                parts.stream().flatMap(part -> part.outcomes().stream()).toList(),
                parts.stream().flatMap(part -> part.halts().stream()).toList());
    }

    private static Set<String> tenants(Collection<OutcomeKey> outcomes, Collection<RunKey> runs) {
        Set<String> tenants = new TreeSet<>();
        outcomes.forEach(key -> tenants.add(key.thread().tenant()));
        runs.forEach(key -> tenants.add(key.thread().tenant()));
        return tenants;
    }

    private static String[] texts(Stream<String> values) {
        return values.toArray(String[]::new);
    }
}

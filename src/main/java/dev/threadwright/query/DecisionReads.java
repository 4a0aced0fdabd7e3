package dev.threadwright.query;

import dev.threadwright.journal.EventCodec;
import dev.threadwright.sealing.Cell;
import dev.threadwright.sealing.Opening;
import dev.threadwright.sealing.SealedColumn;
import dev.threadwright.sealing.SealedException;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;

/** Committed decisions, for those who follow threads: of one thread page by page, of many what is new of them. */
@ApplicationScoped
public class DecisionReads {

    /** Of one page. */
    static final int PAGE_DECISIONS = 100;

    /** Of one page; the first decision is read whatever its size. */
    static final long PAGE_BYTES = 4L << 20;

    /** Of all threads that are asked for at once; what is beyond is found by asking again. */
    static final int MAX_NEWS = 500;

    static final String PAGE = """
            select $2::text as thread, p.first_seq, p.time_ms, p.events
            from (select d.first_seq, d.time_ms, d.events::text as events,
                         sum(octet_length(d.events::text)) over (order by d.first_seq) - octet_length(d.events::text)
                             as before
                  from decision d
                  where d.tenant = $1 and d.thread = $2 and d.first_seq >= coalesce(
                      (select max(s.first_seq) from decision s
                       where s.tenant = $1 and s.thread = $2 and s.first_seq <= $3), 1)
                  order by d.first_seq
                  limit $4) p
            where p.before = 0 or p.before < $5
            order by p.first_seq
            """;

    static final String NEWS = """
            select k.thread, null::bigint as first_seq, null::bigint as time_ms, null as events
            from unnest($2::text[]) as k (thread)
                 cross join lateral (
                     select from deleted_thread x where x.tenant = $1 and x.thread = k.thread limit 1) x
            union all
            (select k.thread, d.first_seq, d.time_ms, d.events::text as events
            from unnest($2::text[], $3::bigint[]) as k (thread, seq)
                 cross join lateral (
                     select t.seq from thread t where t.tenant = $1 and t.thread = k.thread and t.seq > k.seq limit 1) t
                 cross join lateral (
                     select d.first_seq, d.time_ms, d.events from decision d
                     where d.tenant = $1 and d.thread = k.thread and d.first_seq > k.seq
                     order by d.first_seq
                     limit $4) d
            order by k.thread, d.first_seq
            limit $4)
            """;

    private static final List<String> EVENTS = List.of("events");

    private final PlainScope scope;
    private final Unsealing unsealing;

    DecisionReads(PlainScope scope, Unsealing unsealing) {
        this.scope = scope;
        this.unsealing = unsealing;
    }

    /** The events from this one on, in order, in whole decisions; none if there are none yet. */
    public Uni<List<Recorded>> page(ThreadKey thread, long fromSeq) {
        return scope.read(
                thread.tenant(),
                connection -> connection
                        .preparedQuery(PAGE)
                        .execute(Tuple.of(thread.tenant(), thread.thread(), fromSeq, PAGE_DECISIONS, PAGE_BYTES))
                        .flatMap(rows -> unsealing.read(
                                connection,
                                thread.tenant(),
                                rows,
                                EVENTS,
                                (all, opening) -> events(thread, all, fromSeq, opening))));
    }

    private static List<Recorded> events(ThreadKey thread, RowSet<Row> rows, long fromSeq, Opening opening) {
        List<Recorded> events = new ArrayList<>();
        for (Row row : rows) {
            for (Recorded recorded : decision(thread, row, opening)) {
                if (recorded.seq() >= fromSeq) {
                    events.add(recorded);
                }
            }
        }
        return events;
    }

    /**
     * A thread that is followed.
     *
     * @param seq up to which its events are known
     */
    public record Known(ThreadKey thread, long seq) {}

    /** What is new of a thread. */
    public sealed interface News {
        ThreadKey thread();

        /** The events of one decision. */
        record Decided(ThreadKey thread, List<Recorded> events) implements News {}

        record Deleted(ThreadKey thread) implements News {}

        /** There is something, and nobody can read it: it is erased, or damaged. */
        record Unreadable(ThreadKey thread, RuntimeException why) implements News {}
    }

    /** @param known threads of one tenant */
    public Uni<List<News>> news(String tenant, List<Known> known) {
        String[] threads = known.stream().map(one -> one.thread().thread()).toArray(String[]::new);
        Long[] seqs = known.stream().map(Known::seq).toArray(Long[]::new);
        return scope.read(
                tenant,
                connection -> connection
                        .preparedQuery(NEWS)
                        .execute(Tuple.of(tenant, threads, seqs, MAX_NEWS))
                        .flatMap(rows -> unsealing.read(
                                connection, tenant, rows, EVENTS, (all, opening) -> news(tenant, all, opening))));
    }

    private static List<News> news(String tenant, RowSet<Row> rows, Opening opening) {
        List<News> news = new ArrayList<>(rows.size());
        for (Row row : rows) {
            ThreadKey thread = new ThreadKey(tenant, row.getString("thread"));
            news.add(row.getLong("first_seq") == null ? new News.Deleted(thread) : decided(thread, row, opening));
        }
        return news;
    }

    /** One that cannot be read must not cost the others of the page anything. */
    private static News decided(ThreadKey thread, Row row, Opening opening) {
        try {
            return new News.Decided(thread, decision(thread, row, opening));
        } catch (RuntimeException e) {
            if (e instanceof SealedException sealed && sealed.isPassing()) {
                throw e;
            }
            return new News.Unreadable(thread, e);
        }
    }

    /** Of a row that has {@code first_seq}, {@code time_ms} and {@code events}. */
    static List<Recorded> decision(ThreadKey thread, Row row, Opening opening) {
        long firstSeq = row.getLong("first_seq");
        String events = opening.open(Cell.of(thread, SealedColumn.EVENTS, firstSeq), row.getString("events"));
        return EventCodec.readAll(events, firstSeq, row.getLong("time_ms"));
    }
}

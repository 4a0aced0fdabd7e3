package dev.threadwright.erasure;

import dev.threadwright.log.LogFields;
import dev.threadwright.tables.Sql;
import dev.threadwright.tables.Tables;
import dev.threadwright.thread.ThreadKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Goes on with erasures, each from where it stands in its row: has the thread deleted, then its key destroyed once all is
 * published, then waits for what was in the clear to be purged. Every instance does; a step is done again if a server died
 * over it, and does nothing the second time.
 */
public final class ErasureSweep {

    /** Threads that one sweep has deleted, at once; and those whose keys it destroys. */
    static final int MAX_THREADS = 50;

    /** For all that were asked to be deleted; those that take longer are asked again. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** After which a thread that could not be deleted is tried again. */
    static final Duration RETRY = Duration.ofSeconds(30);

    /** For what looks at all rows of a thread, which may have very many, or of a partition's outbox. */
    static final Duration LONGEST = Duration.ofSeconds(60);

    /** Of what a row says that it waits for. */
    static final int MAX_WORDS = 500;

    private static final Logger LOG = Logger.getLogger(ErasureSweep.class);

    /** One that is set aside cannot be deleted by a decision: its key is destroyed as it is. */
    private static final String TO_DELETE = """
            update erased_thread e set due_at_ms = ?, attempts = e.attempts + 1
            from (select e.tenant, e.erasure, e.thread
                  from erased_thread e
                       join thread t on t.tenant = e.tenant and t.thread = e.thread
                  where e.status = 'requested' and e.due_at_ms <= ? and t.status <> 'deleted'
                    and not exists (select from thread_set_aside s where s.tenant = e.tenant and s.thread = e.thread)
                  order by e.due_at_ms
                  limit %d
                  for update of e skip locked) as due
            where e.tenant = due.tenant and e.erasure = due.erasure and e.thread = due.thread
            returning e.tenant, e.erasure, e.thread
            """.formatted(MAX_THREADS);

    private static final String TO_DESTROY = """
            select e.tenant, e.erasure, e.thread, coalesce(t.partition, s.partition, -1) as partition
            from erased_thread e
                 left join thread t on t.tenant = e.tenant and t.thread = e.thread
                 left join thread_set_aside s on s.tenant = e.tenant and s.thread = e.thread
            where e.status = 'requested' and (t.status is null or t.status = 'deleted' or s.thread is not null)
              and coalesce(t.partition, s.partition, -1)::text = any (?)
            order by e.attempts, e.due_at_ms
            limit %d
            """.formatted(MAX_THREADS);

    private static final String DESTROY = "select erase_thread_v1(?, ?, ?, ?, ?, ?, ?)";

    private static final String WAITS = "update erased_thread set waiting_for = ?, attempts = attempts + 1"
            + " where tenant = ? and erasure = ? and thread = ? and status = 'requested'";

    private static final String PURGED = """
            update erased_thread e set status = 'erased', erased_at_ms = ?, waiting_for = null
            where e.status = 'purging'
              and (not e.in_clear
                   or exists (select from deleted_thread d
                              where d.tenant = e.tenant and d.thread = e.thread and d.emptied))
              and outbox_is_rid_of_v1(e.thread, e.in_outbox, e.outbox_to)
            """;

    /** A place of no thread: nobody owns it, and nothing of it is to be published. */
    private static final int NO_PARTITION = -1;

    private final Tables tables;
    private final ErasedKeys keys;
    private final Deletions deletions;
    private final Supplier<Map<Integer, Long>> published;
    private final String noSettings;
    private final Clock clock;

    /**
     * @param published of the partitions that this server owns, how far they are published
     * @param noSettings what the row of a deleted thread says of its settings
     */
    public ErasureSweep(
            Tables tables,
            ErasedKeys keys,
            Deletions deletions,
            Supplier<Map<Integer, Long>> published,
            String noSettings,
            Clock clock) {
        this.tables = tables;
        this.keys = keys;
        this.deletions = deletions;
        this.published = published;
        this.noSettings = noSettings;
        this.clock = clock;
    }

    private record Wanted(ThreadKey thread, String erasure) {
        static Wanted of(ResultSet row) throws SQLException {
            return new Wanted(
                    new ThreadKey(row.getString("tenant"), row.getString("thread")), row.getString("erasure"));
        }
    }

    private record Ready(Wanted wanted, int partition) {
        static Ready of(ResultSet row) throws SQLException {
            return new Ready(Wanted.of(row), row.getInt("partition"));
        }
    }

    /** Goes on with all that can go on; how many keys were destroyed. Blocks. */
    public int sweep() {
        delete();
        int destroyed = destroy();
        if (destroyed > 0) {
            keys.forget();
        }
        tables.writeNow(LONGEST, sql -> sql.update(PURGED, clock.millis()));
        return destroyed;
    }

    private void delete() {
        long nowMs = clock.millis();
        List<Wanted> wanted = tables.writeNow(sql -> sql.query(TO_DELETE, Wanted::of, nowMs + RETRY.toMillis(), nowMs));
        List<Future<?>> asked = new ArrayList<>();
        for (Wanted one : wanted) {
            asked.add(deletions.delete(one.thread()).toCompletableFuture());
        }
        long untilNanos = System.nanoTime() + PATIENCE.toNanos();
        for (int i = 0; i < asked.size(); i++) {
            await(wanted.get(i), asked.get(i), untilNanos);
        }
    }

    private void await(Wanted wanted, Future<?> deleted, long untilNanos) {
        String failure;
        try {
            deleted.get(Math.max(0, untilNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (TimeoutException e) {
            failure = "it took longer than " + PATIENCE.toSeconds() + " s";
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            failure = String.valueOf(cause == null ? e.getMessage() : cause.getMessage());
        }
        waits(wanted, "it could not be deleted, and that is tried again: " + failure);
    }

    private int destroy() {
        Map<Integer, Long> own = published.get();
        List<String> partitions = new ArrayList<>();
        own.keySet().forEach(partition -> partitions.add(Integer.toString(partition)));
        partitions.add(Integer.toString(NO_PARTITION));
        List<Ready> ready =
                tables.writeNow(sql -> sql.query(TO_DESTROY, Ready::of, (Object) partitions.toArray(String[]::new)));
        int destroyed = 0;
        for (Ready one : ready) {
            Long upTo = one.partition() == NO_PARTITION ? Long.valueOf(Long.MAX_VALUE) : own.get(one.partition());
            if (upTo != null && isDestroyed(one, upTo)) {
                destroyed++;
            }
        }
        return destroyed;
    }

    private boolean isDestroyed(Ready ready, long upTo) {
        Wanted wanted = ready.wanted();
        ThreadKey thread = wanted.thread();
        String inTheWay;
        try {
            inTheWay = tables.changeNow(LONGEST, sql -> inTheWay(sql, wanted, ready.partition(), upTo));
        } catch (RuntimeException e) {
            // It must not cost the others anything, and goes behind them.
            try (LogFields ignored = LogFields.of(thread)) {
                LOG.warnf("Thread %s could not be erased, and that is tried again: %s", thread, e.getMessage());
            }
            inTheWay = "its key could not be destroyed, and that is tried again: " + e.getMessage();
        }
        if (inTheWay != null) {
            waits(wanted, inTheWay);
            return false;
        }
        try (LogFields ignored = LogFields.of(thread)) {
            LOG.infof("Thread %s is erased, as %s wants it", thread, wanted.erasure());
        }
        return true;
    }

    private @Nullable String inTheWay(Sql sql, Wanted wanted, int partition, long upTo) throws SQLException {
        ThreadKey thread = wanted.thread();
        return sql.first(
                DESTROY,
                row -> row.getString(1),
                thread.tenant(),
                wanted.erasure(),
                thread.thread(),
                partition,
                upTo,
                clock.millis(),
                noSettings);
    }

    private void waits(Wanted wanted, String reason) {
        String words = reason.substring(0, Math.min(reason.length(), MAX_WORDS)).replace('\0', '?');
        tables.writeNow(sql -> sql.update(
                WAITS,
                words,
                wanted.thread().tenant(),
                wanted.erasure(),
                wanted.thread().thread()));
        try (LogFields ignored = LogFields.of(wanted.thread())) {
            LOG.debugf("Thread %s is not erased yet: %s", wanted.thread(), words);
        }
    }
}

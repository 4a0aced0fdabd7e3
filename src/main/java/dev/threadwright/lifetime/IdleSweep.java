package dev.threadwright.lifetime;

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
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Has threads deleted on which nothing has happened for long, and which have no time to live of their own. Those that are
 * set aside stay: what happened on them lately waits among the dead letters, and nobody could decide on their deletion. Goes round all threads,
 * some at each sweep, because an index by age would cost every commit more than this costs; one server at a time does, and the next
 * goes on where it was. Who is passed over because something failed is found again in the next round.
 */
public final class IdleSweep {

    /** Threads that one transaction looks at. */
    static final int MAX_ROWS = 500;

    /** Transactions of one sweep; the next sweep goes on. */
    static final int MAX_ROUNDS = 20;

    /** Deletions that one sweep asks for: each is a command, which must not crowd out what users want. */
    static final int MAX_DELETIONS = 500;

    private static final Logger LOG = Logger.getLogger(IdleSweep.class);

    private static final String PLACE =
            "select tenant, thread from sweep_place where name = 'idle' for update skip locked";

    private static final String GO_ON = "update sweep_place set tenant = ?, thread = ? where name = 'idle'";

    private static final String THREADS = """
            select t.tenant, t.thread, t.seq, t.updated_at_ms <= ? and t.status in ('idle', 'error') and not exists (
                select from thread_ttl x where x.tenant = t.tenant and x.thread = t.thread) and not exists (
                select from thread_set_aside s where s.tenant = t.tenant and s.thread = t.thread) as outlived
            from thread t
            where (t.tenant, t.thread) > (?, ?)
            order by t.tenant, t.thread
            limit ?
            """;

    private final Tables tables;
    private final Deletions deletions;
    private final Duration idle;
    private final Clock clock;

    public IdleSweep(Tables tables, Deletions deletions, Duration idle, Clock clock) {
        this.tables = tables;
        this.deletions = deletions;
        this.idle = idle;
        this.clock = clock;
    }

    private record Seen(ThreadKey thread, long seq, boolean outlived) {
        static Seen of(ResultSet row) throws SQLException {
            return new Seen(
                    new ThreadKey(row.getString("tenant"), row.getString("thread")),
                    row.getLong("seq"),
                    row.getBoolean("outlived"));
        }
    }

    /** Asks for those that it finds; how many those were. Blocks. */
    public int sweep() {
        int asked = 0;
        for (int i = 0; i < MAX_ROUNDS && asked < MAX_DELETIONS; i++) {
            List<Seen> outlived = new ArrayList<>();
            int most = Math.min(MAX_ROWS, MAX_DELETIONS - asked);
            Integer seen = tables.changeNow(sql -> look(sql, most, outlived));
            for (Seen thread : outlived) {
                asked += isAsked(thread) ? 1 : 0;
            }
            if (seen == null || seen < most) {
                break;
            }
        }
        return asked;
    }

    /** How many it looked at; null if another server is at it. */
    private @Nullable Integer look(Sql sql, int most, List<Seen> outlived) throws SQLException {
        String[] place = sql.first(PLACE, row -> new String[] {row.getString(1), row.getString(2)});
        if (place == null) {
            return null;
        }
        List<Seen> seen = sql.query(THREADS, Seen::of, clock.millis() - idle.toMillis(), place[0], place[1], most);
        seen.stream().filter(Seen::outlived).forEach(outlived::add);
        ThreadKey last = seen.size() < most ? null : seen.getLast().thread();
        sql.update(GO_ON, last == null ? "" : last.tenant(), last == null ? "" : last.thread());
        return seen.size();
    }

    private boolean isAsked(Seen seen) {
        try {
            deletions.delete(seen.thread(), seen.seq());
            return true;
        } catch (RuntimeException e) {
            try (LogFields ignored = LogFields.of(seen.thread()).seq(seen.seq())) {
                LOG.warnf(
                        "Nothing has happened on thread %s for long, and its deletion could not be asked for; it is found"
                                + " again in the next round: %s",
                        seen.thread(), e.getMessage());
            }
            return false;
        }
    }
}

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

/**
 * Has threads deleted that have been idle for their time to live. A row says when to look, never later than the thread may
 * go: looking, it is either asked for, or the row is moved to the time that is right by then. What is asked for is asked for
 * again until it is gone, so nothing is lost between the two.
 */
public final class LifetimeSweep {

    /** Rows that one transaction looks at. */
    static final int MAX_ROWS = 100;

    /** A bound of one sweep, so that it ends; the next one goes on. */
    static final int MAX_ROUNDS = 100;

    /** After which a thread that is still there is asked for again, and one that was not idle is looked at again. */
    static final Duration RETRY = Duration.ofMinutes(1);

    private static final Logger LOG = Logger.getLogger(LifetimeSweep.class);

    private static final String DUE = """
            select x.tenant, x.thread, x.ttl_ms, t.seq, t.status, t.updated_at_ms
            from thread_ttl x
                 join thread t on t.tenant = x.tenant and t.thread = x.thread
            where x.due_at_ms <= ?
              and not exists (select from thread_set_aside s where s.tenant = x.tenant and s.thread = x.thread)
            order by x.due_at_ms
            limit %d
            for update of x skip locked
            """.formatted(MAX_ROWS);

    private static final String MOVE = "update thread_ttl set due_at_ms = ? where tenant = ? and thread = ?";

    private final Tables tables;
    private final Deletions deletions;
    private final Clock clock;

    public LifetimeSweep(Tables tables, Deletions deletions, Clock clock) {
        this.tables = tables;
        this.deletions = deletions;
        this.clock = clock;
    }

    private record Candidate(ThreadKey thread, long ttlMs, long seq, String status, long updatedAtMs) {
        static Candidate of(ResultSet row) throws SQLException {
            return new Candidate(
                    new ThreadKey(row.getString("tenant"), row.getString("thread")),
                    row.getLong("ttl_ms"),
                    row.getLong("seq"),
                    row.getString("status"),
                    row.getLong("updated_at_ms"));
        }

        /** What waits for somebody is not idle: its questions have expiries of their own. */
        boolean isIdle() {
            return status.equals("idle") || status.equals("error");
        }

        long expiresAtMs() {
            return updatedAtMs + ttlMs;
        }
    }

    /** Asks for all that is due; how many those were. Blocks. */
    public int sweep() {
        int asked = 0;
        for (int i = 0; i < MAX_ROUNDS; i++) {
            long nowMs = clock.millis();
            List<Candidate> expired = new ArrayList<>();
            int seen = tables.writeNow(sql -> looked(sql, nowMs, expired));
            for (Candidate candidate : expired) {
                asked += isAsked(candidate) ? 1 : 0;
            }
            if (seen < MAX_ROWS) {
                break;
            }
        }
        return asked;
    }

    private static int looked(Sql sql, long nowMs, List<Candidate> expired) throws SQLException {
        List<Candidate> due = sql.query(DUE, Candidate::of, nowMs);
        for (Candidate candidate : due) {
            long next = Math.max(candidate.expiresAtMs(), nowMs + RETRY.toMillis());
            if (candidate.isIdle()) {
                if (candidate.expiresAtMs() <= nowMs) {
                    expired.add(candidate);
                } else {
                    next = candidate.expiresAtMs();
                }
            }
            sql.update(
                    MOVE, next, candidate.thread().tenant(), candidate.thread().thread());
        }
        return due.size();
    }

    private boolean isAsked(Candidate candidate) {
        try {
            deletions.delete(candidate.thread(), candidate.seq());
            return true;
        } catch (RuntimeException e) {
            try (LogFields ignored = LogFields.of(candidate.thread()).seq(candidate.seq())) {
                LOG.warnf(
                        "Thread %s has outlived its time, and could not be asked for; it is tried again in %d s: %s",
                        candidate.thread(), RETRY.toSeconds(), e.getMessage());
            }
            return false;
        }
    }
}

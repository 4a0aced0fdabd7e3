package dev.threadwright.deadletter;

import dev.threadwright.tables.Sql;
import dev.threadwright.tables.Tables;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Takes away dead letters that are too old or too many. Those stay that the release of a thread will decide: they are
 * what came for it while it was set aside. Several servers may do so at once.
 */
public final class DeadLetterSweep {

    /** Rows that one transaction takes away. */
    static final int MAX_ROWS = 500;

    /** A bound of one sweep, so that it ends; the next one goes on. */
    static final int MAX_ROUNDS = 200;

    private static final String NEWEST_BEYOND = "select dead_at_ms, partition, position from dead_letter"
            + " order by dead_at_ms desc, partition desc, position desc offset ? limit 1";

    private static final String DELETE = """
            delete from dead_letter where (partition, position) in (
                select d.partition, d.position
                from dead_letter d
                where (d.dead_at_ms, d.partition, d.position) <= (?, ?, ?) and not exists (
                    select from thread_set_aside s
                    where s.tenant = d.tenant and s.thread = d.thread and s.partition = d.partition
                      and d.position > s.after_position
                      and d.kind in ('failed', 'not_stored', 'thread_unreadable', 'thread_set_aside')
                      and (d.replay_status is null or d.replay_status = 'failed'))
                order by d.dead_at_ms, d.partition, d.position
                limit ?
                for update of d skip locked)
            """;

    private final Tables tables;
    private final Duration keep;
    private final int maxCount;
    private final Clock clock;

    public DeadLetterSweep(Tables tables, Duration keep, int maxCount, Clock clock) {
        this.tables = tables;
        this.keep = keep;
        this.maxCount = maxCount;
        this.clock = clock;
    }

    /** The last one that has to go. */
    private record Place(long deadAtMs, int partition, long position) {}

    /** How many it took away. Blocks. */
    public int sweep() {
        int swept = deleted(new Place(clock.millis() - keep.toMillis(), Integer.MAX_VALUE, Long.MAX_VALUE));
        Place beyond = tables.changeNow(this::newestBeyond);
        return beyond == null ? swept : swept + deleted(beyond);
    }

    private @Nullable Place newestBeyond(Sql sql) throws SQLException {
        return sql.first(NEWEST_BEYOND, row -> new Place(row.getLong(1), row.getInt(2), row.getLong(3)), maxCount);
    }

    private int deleted(Place last) {
        int deleted = 0;
        for (int i = 0; i < MAX_ROUNDS; i++) {
            int round = tables.writeNow(
                    sql -> sql.update(DELETE, last.deadAtMs(), last.partition(), last.position(), MAX_ROWS));
            deleted += round;
            if (round < MAX_ROWS) {
                break;
            }
        }
        return deleted;
    }
}

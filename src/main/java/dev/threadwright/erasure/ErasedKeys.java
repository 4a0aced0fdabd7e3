package dev.threadwright.erasure;

import dev.threadwright.sealing.Sealing;
import dev.threadwright.tables.Sql;
import dev.threadwright.tables.Tables;
import dev.threadwright.thread.ThreadKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * Wipes keys that were destroyed out of this process's memory, whoever destroyed them. Waits for nothing else: until it is
 * done, this process goes on reading what is erased, and may seal with what nobody can open.
 */
public final class ErasedKeys {

    /** Of one time; the newest. */
    static final int MAX_NEWS = 10_000;

    /** By how much clocks, and the ends of transactions, may be apart. */
    static final Duration MARGIN = Duration.ofMinutes(5);

    private static final String NEWS = """
            select tenant, thread, number from thread_key where erased_at_ms >= ? order by erased_at_ms desc limit %d
            """.formatted(MAX_NEWS);

    private final Tables tables;
    private final Sealing sealing;
    private final Clock clock;
    private long lookedAtMs;

    public ErasedKeys(Tables tables, Sealing sealing, Clock clock) {
        this.tables = tables;
        this.sealing = sealing;
        this.clock = clock;
        this.lookedAtMs = clock.millis();
    }

    private record Destroyed(ThreadKey thread, int number) {
        static Destroyed of(ResultSet row) throws SQLException {
            return new Destroyed(new ThreadKey(row.getString(1), row.getString(2)), row.getInt(3));
        }
    }

    /** Blocks. */
    public synchronized void forget() {
        long nowMs = clock.millis();
        List<Destroyed> news =
                tables.writeNow((Sql sql) -> sql.query(NEWS, Destroyed::of, lookedAtMs - MARGIN.toMillis()));
        news.forEach(one -> sealing.erased(one.thread(), one.number()));
        lookedAtMs = nowMs;
    }
}

package dev.threadwright.lifetime;

import dev.threadwright.tables.Tables;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Takes away what nobody will read again: the rows of threads that were deleted, and what the outbox has published. Each server does
 * so for the partitions that it owns, since it knows how far those are published, and never takes what is not: the records on Kafka
 * are what is left of it. In small transactions, beside all else.
 */
public final class Purge {

    /** Rows that one transaction takes away. */
    static final int MAX_ROWS = 500;

    /** Transactions of one sweep for each partition, so that others have the database, too; the next one goes on. */
    static final int MAX_ROUNDS = 20;

    private static final String DELETED = "select purge_deleted_v1(?, ?, ?, ?, ?)";

    private static final String OUTBOX = "select purge_outbox_v1(?, ?, ?, ?)";

    private final Tables tables;
    private final Supplier<Map<Integer, Long>> published;
    private final Duration keepDeleted;
    private final Duration keepOutbox;
    private final Clock clock;

    /**
     * @param published of the partitions that this server owns, how far they are published
     * @param keepDeleted from a thread's deletion on
     * @param keepOutbox from when on an outbox row was set aside
     */
    public Purge(
            Tables tables,
            Supplier<Map<Integer, Long>> published,
            Duration keepDeleted,
            Duration keepOutbox,
            Clock clock) {
        this.tables = tables;
        this.published = published;
        this.keepDeleted = keepDeleted;
        this.keepOutbox = keepOutbox;
        this.clock = clock;
    }

    /** How many rows it took away. Blocks. */
    public long sweep() {
        long nowMs = clock.millis();
        long purged = 0;
        for (Map.Entry<Integer, Long> partition : published.get().entrySet()) {
            purged += rounds(
                    DELETED, partition.getKey(), partition.getValue(), nowMs - keepDeleted.toMillis(), nowMs, MAX_ROWS);
            purged += rounds(OUTBOX, partition.getKey(), partition.getValue(), nowMs - keepOutbox.toMillis(), MAX_ROWS);
        }
        return purged;
    }

    private long rounds(String purge, Object... parameters) {
        long purged = 0;
        for (int i = 0; i < MAX_ROUNDS; i++) {
            long round = tables.writeNow(sql -> sql.query(purge, row -> row.getLong(1), parameters))
                    .getFirst();
            purged += round;
            if (round < MAX_ROWS) {
                break;
            }
        }
        return purged;
    }
}

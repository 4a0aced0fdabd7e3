package dev.threadwright.ops;

import dev.threadwright.ingress.TopicRole;
import dev.threadwright.tables.Sql;
import dev.threadwright.tables.Tables;
import dev.threadwright.tables.TablesUnavailableException;
import dev.threadwright.thread.OpenAction;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What only Postgres and Kafka know: looked at now and then, with statements that read a bounded number of rows, and never
 * because somebody scrapes. What cannot be read is no number, rather than an old one.
 */
@ApplicationScoped
public class SampledMetrics {

    /** Rows that one look reads of each kind; of more there are, the metrics say so many. */
    static final int MAX_ROWS = 100_000;

    private static final String INTERRUPTS = "select count(*) filter (where created_at_ms > ?::bigint),"
            + " count(*) filter (where created_at_ms > ?::bigint and created_at_ms <= ?::bigint),"
            + " count(*) filter (where created_at_ms > ?::bigint and created_at_ms <= ?::bigint),"
            + " count(*) filter (where created_at_ms <= ?::bigint), min(created_at_ms)"
            + " from (select created_at_ms from interrupt where status = 'pending'"
            + " order by tenant, created_at_ms, interrupt limit ?) pending";

    private static final String ACTIONS = "select remote, status, count(*), min(since_ms)"
            + " from (select remote, status, since_ms from action limit ?) open group by remote, status";

    private static final String ENDINGS =
            "select count(*) from (select 1 from leg_ending order by due_at_ms limit ?) ending";

    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 60 * MINUTE_MS;
    private static final long DAY_MS = 24 * HOUR_MS;

    private static final Logger LOG = Logger.getLogger(SampledMetrics.class);

    private final EngineStartup startup;
    private final Tables tables;
    private final MeterRegistry meters;
    private final Clock clock = Clock.systemUTC();

    private volatile @Nullable Site site;
    private volatile @Nullable Map<TopicRole, Long> lag;

    SampledMetrics(EngineStartup startup, Tables tables, MeterRegistry meters) {
        this.startup = startup;
        this.tables = tables;
        this.meters = meters;
    }

    /**
     * What the journal says of all servers together.
     *
     * @param interrupts pending ones, the youngest first, as many as there are {@link Age ages}
     * @param oldestInterruptMs when the oldest was raised; null if there is none
     */
    private record Site(
            long atMs,
            List<Long> interrupts,
            @Nullable Long oldestInterruptMs,
            Map<Open, Long> actions,
            @Nullable Long oldestActionMs,
            long endings) {}

    private record Open(boolean byWorker, String status) {}

    private enum Age {
        MINUTE,
        HOUR,
        DAY,
        OLDER
    }

    void onStart(@Observes StartupEvent event) {
        for (Age age : Age.values()) {
            site(
                    "threadwright.interrupts.pending",
                    "Interrupts that nobody has answered, by how long ago they were raised",
                    now -> now.interrupts().get(age.ordinal()),
                    "age",
                    word(age));
        }
        site(
                "threadwright.interrupts.oldest",
                "For how long the oldest interrupt waits",
                "seconds",
                now -> secondsSince(now.oldestInterruptMs(), now.atMs()));
        for (boolean byWorker : new boolean[] {false, true}) {
            for (OpenAction.Status status : OpenAction.Status.values()) {
                site(
                        "threadwright.actions.open",
                        "Actions that are not done, by who does them and how far they are",
                        now -> now.actions().getOrDefault(new Open(byWorker, word(status)), 0L),
                        "by",
                        byWorker ? "worker" : "handler",
                        "status",
                        word(status));
            }
        }
        site(
                "threadwright.actions.oldest",
                "For how long the oldest action is not done",
                "seconds",
                now -> secondsSince(now.oldestActionMs(), now.atMs()));
        site("threadwright.endings.waiting", "Webhooks and deletions after runs that are not done", Site::endings);
        for (TopicRole role : TopicRole.values()) {
            Gauge.builder("threadwright.consumer.lag", this, all -> all.lagOf(role))
                    .description("Records of the partitions of this server that are not decided")
                    .baseUnit("records")
                    .tag("topic", role.word())
                    .strongReference(true)
                    .register(meters);
        }
    }

    private void site(String name, String description, ToDoubleFunction<Site> of, String... labels) {
        site(name, description, null, of, labels);
    }

    private void site(
            String name, String description, @Nullable String unit, ToDoubleFunction<Site> of, String... labels) {
        Gauge.builder(name, this, all -> {
                    Site now = all.site;
                    return now == null ? Double.NaN : of.applyAsDouble(now);
                })
                .description(description)
                .baseUnit(unit)
                .tags(labels)
                .strongReference(true)
                .register(meters);
    }

    private double lagOf(TopicRole role) {
        Map<TopicRole, Long> now = lag;
        return now == null ? Double.NaN : now.getOrDefault(role, 0L);
    }

    /** Looks. Blocks. */
    void sample() {
        try {
            site = tables.writeNow(this::read);
        } catch (TablesUnavailableException e) {
            site = null;
            LOG.debugf("What waits cannot be counted yet: %s", e.getMessage());
        }
        Engine engine = startup.engine();
        try {
            lag = engine == null ? null : engine.lag();
        } catch (KafkaUnavailableException e) {
            lag = null;
            LOG.debugf("What lags cannot be counted yet: %s", e.getMessage());
        }
    }

    private Site read(Sql sql) throws SQLException {
        long now = clock.millis();
        long minute = now - MINUTE_MS;
        long hour = now - HOUR_MS;
        long day = now - DAY_MS;
        Map<Open, Long> actions = new HashMap<>();
        Long oldestAction = sql
                .query(
                        ACTIONS,
                        row -> {
                            actions.put(new Open(row.getBoolean(1), row.getString(2)), row.getLong(3));
                            return row.getLong(4);
                        },
                        MAX_ROWS)
                .stream()
                .min(Long::compare)
                .orElse(null);
        long endings = sql.query(ENDINGS, row -> row.getLong(1), MAX_ROWS).getFirst();
        return sql.query(
                        INTERRUPTS,
                        row -> new Site(
                                now,
                                List.of(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)),
                                longOrNull(row, 5),
                                actions,
                                oldestAction,
                                endings),
                        minute,
                        hour,
                        minute,
                        day,
                        hour,
                        day,
                        MAX_ROWS)
                .getFirst();
    }

    private static @Nullable Long longOrNull(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }

    private static double secondsSince(@Nullable Long ms, long nowMs) {
        return ms == null ? 0 : Math.max(0, nowMs - ms) / 1_000.0;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}

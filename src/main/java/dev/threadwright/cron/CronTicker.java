package dev.threadwright.cron;

import dev.threadwright.tables.Tables;
import java.time.Clock;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Hands over what is due. Any number of them may tick at once, in any number of processes: each firing is taken by one. A
 * cron that was due several times meanwhile is fired once, and is due next in the future.
 */
public final class CronTicker {

    /** How long handing over may take. */
    public static final Duration HANDOVER_TIMEOUT = Duration.ofSeconds(30);

    /** After which a firing that nobody has reported on is anybody's again. Longer than handing over takes. */
    static final Duration LEASE = HANDOVER_TIMEOUT.multipliedBy(2);

    static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    static final Duration LONGEST_RETRY = Duration.ofMinutes(5);

    /** A bound of one tick, so that it ends; the next one goes on. */
    static final int MAX_FIRINGS = 10_000;

    private static final Logger LOG = Logger.getLogger(CronTicker.class);

    private final Tables tables;
    private final CronRuns runs;
    private final Clock clock;

    public CronTicker(Tables tables, CronRuns runs, Clock clock) {
        this.tables = tables;
        this.runs = runs;
        this.clock = clock;
    }

    /** Hands over all that is due now, one after the other; how many that were. Blocks. */
    public int tick() {
        int handed = 0;
        for (int i = 0; i < MAX_FIRINGS; i++) {
            CronFiring firing = taken();
            if (firing == null) {
                break;
            }
            if (isHandedOver(firing)) {
                handed++;
            }
        }
        return handed;
    }

    private @Nullable CronFiring taken() {
        long nowMs = clock.millis();
        return tables.changeNow(sql -> {
            CronRows rows = new CronRows(sql);
            CronFiring owed = rows.owed(nowMs);
            CronFiring firing = owed != null ? owed : rows.due(nowMs);
            if (firing != null) {
                Long next = owed != null ? firing.cron().nextAtMs() : nextAfter(firing, nowMs);
                rows.remember(firing, next, nowMs + LEASE.toMillis());
            }
            return firing;
        });
    }

    /** In the future, also by the clock of a server that was ahead of this one. */
    private static @Nullable Long nextAfter(CronFiring firing, long nowMs) {
        try {
            return firing.cron().nextAfter(Math.max(nowMs, firing.scheduledAtMs()));
        } catch (RuntimeException e) {
            // It was checked when it was made; a time zone may since have been abolished.
            LOG.errorf("Cron %s is not due again: %s", firing.cron().id(), e.getMessage());
            return null;
        }
    }

    private boolean isHandedOver(CronFiring firing) {
        try {
            runs.start(firing).await().atMost(HANDOVER_TIMEOUT);
        } catch (CronRefusedException e) {
            LOG.warnf("Firing %s is given up: %s", firing.id(), e.getMessage());
            forget(firing);
            return false;
        } catch (RuntimeException e) {
            long waitMs = retryMs(firing.attempt());
            LOG.warnf(
                    "Firing %s could not be handed over in attempt %d, the next one is in %d ms: %s",
                    firing.id(), firing.attempt(), waitMs, e.getMessage());
            tables.writeNow(sql -> {
                new CronRows(sql).postpone(firing, clock.millis() + waitMs);
                return true;
            });
            return false;
        }
        forget(firing);
        return true;
    }

    private void forget(CronFiring firing) {
        tables.writeNow(sql -> {
            new CronRows(sql).forget(firing);
            return true;
        });
    }

    static long retryMs(int attempt) {
        return attempt > 30
                ? LONGEST_RETRY.toMillis()
                : Math.min(LONGEST_RETRY.toMillis(), FIRST_RETRY.toMillis() << (attempt - 1));
    }
}

package dev.threadwright.ops;

import dev.threadwright.audit.store.AuditVerifier;
import dev.threadwright.cron.CronRuns;
import dev.threadwright.cron.CronTicker;
import dev.threadwright.deadletter.DeadLetterSweep;
import dev.threadwright.ending.ThreadDeletions;
import dev.threadwright.erasure.ErasedKeys;
import dev.threadwright.erasure.ErasureSweep;
import dev.threadwright.journal.ThreadRows;
import dev.threadwright.lifetime.Deletions;
import dev.threadwright.lifetime.IdleSweep;
import dev.threadwright.lifetime.LifetimeSweep;
import dev.threadwright.lifetime.Purge;
import dev.threadwright.limit.TenantQuotas;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.store.Store;
import dev.threadwright.tables.Tables;
import dev.threadwright.tables.TablesUnavailableException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What every instance does again and again, beside its loops. */
@ApplicationScoped
public class RecurringWork {

    /** Firings that an instance hands over at the same time. */
    static final int TICKERS = 2;

    /** Erasures wait for deletions, and counts for quotas for all threads; the other sweeps wait for neither. */
    private static final int OTHERS = 3;

    private static final Logger LOG = Logger.getLogger(RecurringWork.class);

    private final ThreadwrightConfig config;
    private final Tables tables;
    private final Store store;
    private final Instance<CronRuns> runs;
    private final Deletions deletions;
    private final Instance<ThreadDeletions> ends;
    private final Sealing sealing;
    private final EngineStartup startup;
    private final SampledMetrics metrics;
    private final TenantQuotas quotas;

    private volatile @Nullable ScheduledExecutorService schedule;

    RecurringWork(
            ThreadwrightConfig config,
            Tables tables,
            Store store,
            @Any Instance<CronRuns> runs,
            Deletions deletions,
            Instance<ThreadDeletions> ends,
            Sealing sealing,
            EngineStartup startup,
            SampledMetrics metrics,
            TenantQuotas quotas) {
        this.quotas = quotas;
        this.metrics = metrics;
        this.deletions = deletions;
        this.ends = ends;
        this.sealing = sealing;
        this.startup = startup;
        this.config = config;
        this.tables = tables;
        this.store = store;
        this.runs = runs;
    }

    void onStart(@Observes StartupEvent event) {
        ScheduledExecutorService started = Executors.newScheduledThreadPool(
                TICKERS + OTHERS,
                Thread.ofPlatform().name("recurring-", 0).daemon().factory());
        schedule = started;
        repeat(started, "Sweeps of the store", config.store().sweep(), store::sweep);
        // A server without anybody to make runs leaves what is due to others.
        if (runs.isResolvable()) {
            CronTicker ticker = new CronTicker(tables, onContext(runs.get()), Clock.systemUTC());
            for (int i = 0; i < TICKERS; i++) {
                repeat(started, "Crons", config.crons().tick(), ticker::tick);
            }
        }
        LifetimeSweep sweep = new LifetimeSweep(tables, deletions, Clock.systemUTC());
        repeat(started, "Deletions", config.lifetimes().tick(), sweep::sweep);
        ThreadwrightConfig.Retention retention = config.retention();
        retention.deleteIdleAfter().ifPresent(idle -> {
            IdleSweep ofIdle = new IdleSweep(tables, deletions, idle, Clock.systemUTC());
            repeat(started, "Deletions of idle threads", retention.tick(), ofIdle::sweep);
        });
        Purge purge = new Purge(
                tables,
                this::published,
                retention.purgeDeletedAfter(),
                retention.purgeOutboxAfter(),
                Clock.systemUTC());
        repeat(started, "Purges", retention.tick(), purge::sweep);
        ErasedKeys keys = new ErasedKeys(tables, sealing, Clock.systemUTC());
        repeat(started, "Wiping out keys", config.encryption().tick(), keys::forget);
        // A server that deletes nothing leaves it to others.
        if (ends.isResolvable()) {
            ErasureSweep erasures = new ErasureSweep(
                    tables, keys, ends.get()::delete, this::published, ThreadRows.noSettings(), Clock.systemUTC());
            repeat(started, "Erasures", config.encryption().tick(), erasures::sweep);
        }
        ThreadwrightConfig.DeadLetters letters = config.deadLetters();
        DeadLetterSweep ofLetters = new DeadLetterSweep(tables, letters.keep(), letters.maxCount(), Clock.systemUTC());
        repeat(started, "Sweeps of dead letters", letters.sweep(), ofLetters::sweep);
        if (!quotas.counted().isEmpty()) {
            repeat(started, "Counts for quotas", TenantQuotas.APART, () -> QuotaWiring.count(quotas, tables));
        }
        AuditHeads heads = new AuditHeads(new AuditVerifier(tables));
        repeat(started, "Heads of the audit log", AuditHeads.EVERY, heads::tell);
        repeat(started, "Metrics", config.metrics().sample(), metrics::sample);
    }

    void onStop(@Observes ShutdownEvent event) {
        ScheduledExecutorService running = schedule;
        if (running != null) {
            running.shutdownNow();
        }
    }

    private Map<Integer, Long> published() {
        Engine engine = startup.engine();
        return engine == null ? Map.of() : engine.published();
    }

    private static void repeat(ScheduledExecutorService schedule, String what, Duration every, Runnable work) {
        schedule.scheduleWithFixedDelay(
                () -> guarded(what, work), every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What ends with an exception would never be done again. */
    private static void guarded(String what, Runnable work) {
        try {
            work.run();
        } catch (TablesUnavailableException e) {
            LOG.debugf("%s wait for the database: %s", what, e.getMessage());
        } catch (RuntimeException e) {
            LOG.errorf(e, "%s failed; they are tried again", what);
        }
    }

    /** Reading needs a context, and this is no request. */
    private static CronRuns onContext(CronRuns runs) {
        return firing -> Uni.createFrom().voidItem().invoke(() -> {
            try {
                VertxContextSupport.subscribeAndAwait(() -> runs.start(firing)
                        .ifNoItem()
                        .after(CronTicker.HANDOVER_TIMEOUT)
                        .fail());
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        });
    }
}

package dev.threadwright.ops;

import dev.threadwright.ending.EndedRuns;
import dev.threadwright.ending.EndingCounts;
import dev.threadwright.ending.EndingWorker;
import dev.threadwright.ending.Endings;
import dev.threadwright.ending.ThreadDeletions;
import dev.threadwright.ending.WebhookAddresses;
import dev.threadwright.ending.WebhookClient;
import dev.threadwright.ending.WebhookSignature;
import dev.threadwright.ending.Webhooks;
import dev.threadwright.sealing.Sealing;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import javax.sql.DataSource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Puts together what sees to the ends of legs, as configured; and starts it when the engine runs. */
@Singleton
class EndingWiring {

    private static final Logger LOG = Logger.getLogger(EndingWiring.class);

    private final ThreadwrightConfig.Webhooks config;
    private final Vertx vertx;
    private final DataSource database;
    private final Sealing sealing;
    private final Instance<EndedRuns> runs;
    private final Instance<ThreadDeletions> deletions;
    private final MeterRegistry meters;

    private @Nullable WebhookClient client;
    private @Nullable EndingWorker worker;

    EndingWiring(
            ThreadwrightConfig config,
            Vertx vertx,
            DataSource database,
            Sealing sealing,
            Instance<EndedRuns> runs,
            Instance<ThreadDeletions> deletions,
            MeterRegistry meters) {
        this.meters = meters;
        this.config = config.webhooks();
        this.vertx = vertx;
        this.database = database;
        this.sealing = sealing;
        this.runs = runs;
        this.deletions = deletions;
    }

    @Produces
    @Singleton
    static WebhookAddresses addresses(ThreadwrightConfig config) {
        return new WebhookAddresses(config.webhooks().allowPrivate());
    }

    /** @throws MisconfiguredException if it cannot be as it is configured */
    synchronized void start() {
        WebhookSignature signature = signature();
        long timeoutMs = config.timeout().toMillis();
        if (timeoutMs < 1 || timeoutMs > EndingWorker.MAX_TIMEOUT_MS) {
            throw new MisconfiguredException("threadwright.webhooks.timeout must be at most "
                    + EndingWorker.MAX_TIMEOUT_MS + " ms, and positive");
        }
        if (config.maxAttempts() < 1) {
            throw new MisconfiguredException("threadwright.webhooks.max-attempts must be at least 1");
        }
        if (!runs.isResolvable() || !deletions.isResolvable()) {
            LOG.warn("Nothing is done at the ends of runs: this server has nothing that reads or deletes for it");
            return;
        }
        WebhookClient ofWebhooks = new WebhookClient(vertx, timeoutMs);
        EndingWorker ready = new EndingWorker(
                new Endings(database, sealing),
                runs.get(),
                deletions.get(),
                new Webhooks(new WebhookAddresses(config.allowPrivate()), ofWebhooks, signature),
                config.maxAttempts(),
                System::currentTimeMillis,
                new Random());
        client = ofWebhooks;
        worker = ready;
        ready.start();
        count(ready, "delivered", EndingCounts::delivered);
        count(ready, "failed", EndingCounts::failed);
        count(ready, "given_up", EndingCounts::givenUp);
        count(ready, "thread_deleted", EndingCounts::deleted);
    }

    private void count(EndingWorker ready, String outcome, ToDoubleFunction<EndingCounts> of) {
        FunctionCounter.builder("threadwright.endings", ready, done -> of.applyAsDouble(done.counts()))
                .description("Webhooks and deletions after runs, by what came of an attempt")
                .tag("outcome", outcome)
                .register(meters);
    }

    private @Nullable WebhookSignature signature() {
        try {
            return config.secret().map(WebhookSignature::new).orElse(null);
        } catch (IllegalArgumentException e) {
            throw new MisconfiguredException("threadwright.webhooks.secret: " + e.getMessage());
        }
    }

    @PreDestroy
    synchronized void close() {
        if (worker != null) {
            worker.close();
        }
        if (client != null) {
            client.close();
        }
    }
}

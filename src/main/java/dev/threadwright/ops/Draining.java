package dev.threadwright.ops;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Ends this server without anybody being lost, when it is told to (SIGTERM) and before anything of it stops: it says that it is not
 * ready; goes on as before for as long as balancers need to notice; tells who comes from then on to come back; gives its partitions back
 * in order, so that others decide what is asked; and answers those who still wait.
 */
@ApplicationScoped
public class Draining {

    /** For those who are told what is known so far to be told. */
    static final Duration LAST_ANSWERS = Duration.ofSeconds(1);

    private static final Logger LOG = Logger.getLogger(Draining.class);

    private final ThreadwrightConfig.Shutdown config;
    private final EngineStartup startup;
    private final Instance<Callers> callers;

    Draining(ThreadwrightConfig config, EngineStartup startup, Instance<Callers> callers) {
        this.config = config.shutdown();
        this.startup = startup;
        this.callers = callers;
    }

    void onEnding(@Observes ShutdownDelayInitiatedEvent event) {
        long begunNanos = System.nanoTime();
        try {
            drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LOG.infof("Drained in %d ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos));
    }

    private void drain() throws InterruptedException {
        startup.end();
        callers.forEach(Callers::dismiss);
        if (config.delay().isPositive()) {
            LOG.infof("Not ready any more; going on for %s until others have noticed", config.delay());
            Thread.sleep(config.delay());
        }
        callers.forEach(Callers::refuse);
        startup.giveBack();
        for (Callers each : callers) {
            int left = each.awaitNone(config.drain());
            if (left > 0) {
                LOG.infof("%d callers have waited for %s; they are told what is known so far", left, config.drain());
                each.hurry();
                left = each.awaitNone(LAST_ANSWERS);
                if (left > 0) {
                    LOG.warnf("%d callers are not answered: their connections are cut", left);
                }
            }
        }
    }
}

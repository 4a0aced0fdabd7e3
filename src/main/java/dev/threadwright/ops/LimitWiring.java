package dev.threadwright.ops;

import dev.threadwright.limit.Limit;
import dev.threadwright.limit.LimitSettings;
import dev.threadwright.limit.Turnstile;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Puts together what holds attempts back, as configured. */
@Singleton
class LimitWiring {

    private static final Logger LOG = Logger.getLogger(LimitWiring.class);

    private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("turns").daemon().factory());

    @Produces
    @Singleton
    Turnstile turnstile(ThreadwrightConfig config, MeterRegistry meters) {
        Turnstile turnstile = new Turnstile(settings(config.actions()), Clock.systemUTC());
        Gauge.builder("threadwright.actions.held", turnstile, Turnstile::held)
                .description("Attempts that wait for their turn on this server")
                .register(meters);
        Gauge.builder("threadwright.circuits.open", turnstile, Turnstile::openCircuits)
                .description("What attempts of this server leave alone, because it fails too often")
                .register(meters);
        ticks.scheduleWithFixedDelay(
                () -> tick(turnstile), Turnstile.TICK_MS, Turnstile.TICK_MS, TimeUnit.MILLISECONDS);
        return turnstile;
    }

    /** A task that throws is not called again. */
    private static void tick(Turnstile turnstile) {
        try {
            turnstile.tick();
        } catch (RuntimeException e) {
            LOG.error("Attempts that wait could not be looked through", e);
        }
    }

    private static LimitSettings settings(ThreadwrightConfig.Actions config) {
        try {
            Map<String, Limit> byTarget = new HashMap<>();
            config.limits().forEach((target, limit) -> byTarget.put(target, limit("limits." + target, limit)));
            ThreadwrightConfig.Actions.Circuit circuit = config.circuit();
            return new LimitSettings(
                    byTarget,
                    limit("per-thread", config.perThread()),
                    limit("per-tenant", config.perTenant()),
                    circuit.enabled()
                            ? new LimitSettings.Circuit(
                                    circuit.failurePercent(),
                                    circuit.window(),
                                    circuit.minimum(),
                                    circuit.pause(),
                                    circuit.probes())
                            : null,
                    config.maxHeld());
        } catch (IllegalArgumentException e) {
            throw new MisconfiguredException("threadwright.actions: " + e.getMessage());
        }
    }

    private static Limit limit(String key, ThreadwrightConfig.Actions.ActionLimit config) {
        try {
            return new Limit(
                    config.concurrency().isPresent()
                            ? (Integer) config.concurrency().getAsInt()
                            : null,
                    config.rate().isPresent() ? new Limit.Rate(config.rate().getAsInt(), config.ratePeriod()) : null);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }

    @PreDestroy
    void close() {
        ticks.shutdownNow();
    }
}

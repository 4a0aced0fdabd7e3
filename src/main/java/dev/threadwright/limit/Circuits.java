package dev.threadwright.limit;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Whether what attempts reach works. Not safe for several threads. */
final class Circuits {

    /** Those that were used last are kept. A forgotten one is closed. */
    static final int MAX = 10_000;

    private static final Logger LOG = Logger.getLogger(Circuits.class);

    private final @Nullable CircuitBreakerConfig config;
    private final Map<Lane.Key, CircuitBreaker> byUse = new LinkedHashMap<>(64, 0.75f, true);

    /** May one begin? */
    enum Permission {
        /** Nothing is known against it. */
        FREE,
        /** To find out whether it works again. */
        PROBE,
        /** Not yet. */
        NONE
    }

    Circuits(LimitSettings.@Nullable Circuit settings, Clock clock) {
        this.config = settings == null
                ? null
                : CircuitBreakerConfig.custom()
                        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(settings.window())
                        .minimumNumberOfCalls(settings.minimum())
                        .failureRateThreshold(settings.failurePercent())
                        .slowCallRateThreshold(100)
                        .waitDurationInOpenState(settings.pause())
                        .permittedNumberOfCallsInHalfOpenState(settings.probes())
                        .clock(clock)
                        .currentTimestampFunction(Clock::millis, TimeUnit.MILLISECONDS)
                        .build();
    }

    boolean isClosed(Lane.Key lane) {
        return state(lane) == CircuitBreaker.State.CLOSED;
    }

    CircuitBreaker.State state(Lane.Key lane) {
        CircuitBreaker known = byUse.get(lane);
        return known == null ? CircuitBreaker.State.CLOSED : known.getState();
    }

    Permission tryBegin(Lane.Key lane) {
        CircuitBreaker known = byUse.get(lane);
        if (known == null || known.getState() == CircuitBreaker.State.CLOSED) {
            return Permission.FREE;
        }
        return known.tryAcquirePermission() ? Permission.PROBE : Permission.NONE;
    }

    /** @param probe whether the attempt was one; what began before says nothing any more once the circuit is open */
    void ended(Lane.Key lane, boolean worked, boolean probe) {
        if (config == null) {
            return;
        }
        CircuitBreaker circuit = byUse.computeIfAbsent(lane, key -> CircuitBreaker.of(key.target(), config));
        if (byUse.size() > MAX) {
            byUse.remove(byUse.keySet().iterator().next());
        }
        CircuitBreaker.State before = circuit.getState();
        if (before != CircuitBreaker.State.CLOSED && !probe) {
            return;
        }
        if (worked) {
            circuit.onSuccess(0, TimeUnit.MILLISECONDS);
        } else {
            circuit.onError(0, TimeUnit.MILLISECONDS, FAILED);
        }
        CircuitBreaker.State after = circuit.getState();
        if (before != after) {
            LOG.log(
                    after == CircuitBreaker.State.CLOSED ? Logger.Level.INFO : Logger.Level.WARN,
                    "%s: the circuit is %s".formatted(lane.target(), after));
        }
    }

    /** A probe came to nothing that says anything. */
    void untold(Lane.Key lane) {
        CircuitBreaker known = byUse.get(lane);
        if (known != null) {
            known.releasePermission();
        }
    }

    /** Of a tenant, by target. */
    List<String> known(String tenant) {
        return byUse.keySet().stream()
                .filter(lane -> lane.tenant().equals(tenant))
                .map(Lane.Key::target)
                .toList();
    }

    long open() {
        return byUse.values().stream()
                .filter(circuit -> circuit.getState() != CircuitBreaker.State.CLOSED)
                .count();
    }

    private static final Exception FAILED = new Exception("failed") {
        @Override
        public Throwable fillInStackTrace() {
            return this;
        }
    };
}

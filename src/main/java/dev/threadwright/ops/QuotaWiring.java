package dev.threadwright.ops;

import dev.threadwright.ingress.Pace;
import dev.threadwright.limit.Quota;
import dev.threadwright.limit.TenantQuotas;
import dev.threadwright.tables.Tables;
import dev.threadwright.tables.TablesUnavailableException;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The tenants' quotas as configured, and what of them is used. */
final class QuotaWiring {

    /** All living threads are looked at: an index of those with runs would have to be kept by every run. */
    static final String COUNT = "select tenant, count(*), coalesce(sum(active_runs + queued_runs), 0)::bigint"
            + " from thread where tenant = any (?) and not is_deleted group by tenant";

    /** For a count: there may be very many threads, and counting them takes a twentieth of the time at most. */
    private static final Duration COUNT_TIMEOUT = Duration.ofSeconds(60);

    private static final Logger LOG = Logger.getLogger(QuotaWiring.class);

    /** How often it is said of a tenant at most that it has used a quota up. */
    private static final Duration SAID_APART = Duration.ofMinutes(1);

    @Produces
    @Singleton
    TenantQuotas quotas(ThreadwrightConfig config, MeterRegistry meters) {
        Map<Quota.Kind, Counter> refused = new EnumMap<>(Quota.Kind.class);
        for (Quota.Kind kind : Quota.Kind.values()) {
            refused.put(
                    kind,
                    Counter.builder("threadwright.quota.refused")
                            .description("Inputs, threads and runs refused because their tenant has used its quota up")
                            .tag("quota", kind.name().toLowerCase(Locale.ROOT))
                            .register(meters));
        }
        Map<Said, Long> saidAt = new ConcurrentHashMap<>();
        return new TenantQuotas(
                IdentityWiring.tenants(config),
                tenant -> of(config, tenant),
                TimeMeter.SYSTEM_NANOTIME,
                (tenant, kind) -> {
                    Objects.requireNonNull(refused.get(kind)).increment();
                    say(saidAt, new Said(tenant, kind));
                });
    }

    /** Metrics have no labels for tenants, so the log says which one it is. As many as there are tenants and quotas. */
    private record Said(String tenant, Quota.Kind kind) {}

    private static void say(Map<Said, Long> saidAt, Said said) {
        long now = System.nanoTime();
        saidAt.compute(said, (same, before) -> {
            if (before != null && now - before < SAID_APART.toNanos()) {
                return before;
            }
            LOG.warnf(
                    "Tenant %s has used its quota up and is refused more: threadwright.tenants.%s.quota.%s or"
                            + " threadwright.quota.%s",
                    said.tenant(), said.tenant(), said.kind().key(), said.kind().key());
            return now;
        });
    }

    static Quota of(ThreadwrightConfig config, String tenant) {
        ThreadwrightConfig.Quota all = config.quota();
        ThreadwrightConfig.Tenant known = config.tenants().get(tenant);
        ThreadwrightConfig.Quota own = known == null ? all : known.quota();
        boolean hasOwnRate = own.inputsPerSecond().isPresent();
        return new Quota(
                either(own.inputsPerSecond(), all.inputsPerSecond()),
                // The burst of all goes with the rate of all.
                hasOwnRate ? either(own.burst(), OptionalInt.empty()) : either(own.burst(), all.burst()),
                either(own.threads(), all.threads()),
                either(own.outstandingRuns(), all.outstandingRuns()));
    }

    private static @Nullable Integer either(OptionalInt own, OptionalInt all) {
        if (own.isPresent()) {
            return own.getAsInt();
        }
        return all.isPresent() ? (Integer) all.getAsInt() : null;
    }

    static Pace pace(TenantQuotas quotas) {
        return new Pace() {
            @Override
            public boolean isLimited(String tenant) {
                return quotas.limitsInputs(tenant);
            }

            @Override
            public boolean tryTake(String tenant) {
                return quotas.tryInput(tenant);
            }
        };
    }

    /** Counts what is due. Blocks. */
    static void count(TenantQuotas quotas, Tables tables) {
        try {
            quotas.count(tenants -> counts(tables, tenants));
        } catch (TablesUnavailableException e) {
            Set<String> uncounted = quotas.uncounted();
            if (uncounted.isEmpty()) {
                LOG.warnf(
                        "What tenants have of their quotas cannot be counted; the last count goes on counting: %s",
                        e.getMessage());
            } else {
                LOG.errorf(
                        "What tenants have of their quotas was never counted, and until it is, threads and runs of %s are not"
                                + " limited: %s",
                        String.join(", ", uncounted), e.getMessage());
            }
        }
    }

    private static Map<String, TenantQuotas.Counts> counts(Tables tables, Set<String> tenants) {
        Map<String, TenantQuotas.Counts> counts = new HashMap<>();
        tables.writeNow(
                        COUNT_TIMEOUT,
                        sql -> sql.query(
                                COUNT,
                                row -> Map.entry(
                                        row.getString(1), new TenantQuotas.Counts(row.getLong(2), row.getLong(3))),
                                (Object) tenants.toArray(String[]::new)))
                .forEach(one -> counts.put(one.getKey(), one.getValue()));
        return counts;
    }
}

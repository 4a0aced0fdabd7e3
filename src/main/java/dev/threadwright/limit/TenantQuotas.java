package dev.threadwright.limit;

import dev.threadwright.actor.Quotas;
import dev.threadwright.thread.Room;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The quotas of the tenants. Inputs are counted here, by this server for itself. How many threads and outstanding runs there are
 * is counted in the database now and then, for all servers together; what this server's own loops commit in between is added.
 */
public final class TenantQuotas implements Quotas {

    /** From one count to the next, at least. */
    public static final Duration APART = Duration.ofSeconds(1);

    /** However long one waits, so many cannot be had at once. */
    public static final long NEVER = Long.MAX_VALUE;

    /** So many times as long as counting took nothing is counted: a twentieth of one connection's time at most. */
    static final int REST = 19;

    private static final Counts NOTHING = new Counts(0, 0);

    private final Map<String, Tenant> tenants = new HashMap<>();
    private final TimeMeter time;
    private final BiConsumer<String, Quota.Kind> onRefused;
    private long nextNanos = Long.MIN_VALUE;

    /**
     * @param names of all tenants
     * @param quotas of each
     * @param onRefused told of the tenant, for whoever measures
     */
    public TenantQuotas(
            Set<String> names,
            Function<String, Quota> quotas,
            TimeMeter time,
            BiConsumer<String, Quota.Kind> onRefused) {
        this.time = time;
        this.onRefused = onRefused;
        for (String name : names) {
            Quota quota = quotas.apply(name);
            if (!quota.equals(Quota.NONE)) {
                tenants.put(name, new Tenant(quota, bucket(quota)));
            }
        }
    }

    /** How many there are of a tenant. */
    public record Counts(long threads, long outstandingRuns) {}

    /** Of one tenant with a quota. What is counted is guarded by it. */
    private static final class Tenant {
        final Quota quota;
        final @Nullable Bucket inputs;

        /** Null before it was counted for the first time. */
        private @Nullable Counts counted;

        /** Committed here since that count began. */
        private long threadsSince;

        private long runsSince;

        Tenant(Quota quota, @Nullable Bucket inputs) {
            this.quota = quota;
            this.inputs = inputs;
        }

        synchronized Room room() {
            Counts base = counted;
            return base == null
                    ? Room.UNLIMITED
                    : new Room(
                            room(quota.threads(), base.threads() + threadsSince),
                            room(quota.outstandingRuns(), base.outstandingRuns() + runsSince));
        }

        private static long room(@Nullable Integer most, long used) {
            return most == null ? Long.MAX_VALUE : most - used;
        }

        synchronized void committed(Use use) {
            threadsSince += use.threads();
            runsSince += use.runs();
        }

        synchronized Counts since() {
            return new Counts(threadsSince, runsSince);
        }

        /** @param before what was committed here when the count began, and is in it */
        synchronized void counted(Counts counts, Counts before) {
            counted = counts;
            threadsSince -= before.threads();
            runsSince -= before.outstandingRuns();
        }

        synchronized boolean isKnown() {
            return counted != null;
        }
    }

    private @Nullable Bucket bucket(Quota quota) {
        Integer rate = quota.inputsPerSecond();
        if (rate == null) {
            return null;
        }
        int capacity = capacity(quota);
        return Bucket.builder()
                .addLimit(bandwidth -> bandwidth.capacity(capacity).refillGreedy(rate, Duration.ofSeconds(1)))
                .withCustomTimePrecision(time)
                .build();
    }

    private int burst(String tenant) {
        Tenant known = tenants.get(tenant);
        return known == null ? Integer.MAX_VALUE : capacity(known.quota);
    }

    private static int capacity(Quota quota) {
        Integer burst = quota.burst();
        Integer rate = quota.inputsPerSecond();
        return burst != null ? burst : rate != null ? rate : Integer.MAX_VALUE;
    }

    private @Nullable Bucket inputs(String tenant) {
        Tenant known = tenants.get(tenant);
        return known == null ? null : known.inputs;
    }

    /** Whether its inputs are counted at all. */
    public boolean limitsInputs(String tenant) {
        return inputs(tenant) != null;
    }

    /** Whether one more input may be taken now; if so, it counts. */
    public boolean tryInput(String tenant) {
        Bucket bucket = inputs(tenant);
        return bucket == null || bucket.tryConsume(1);
    }

    /** As {@link #tryInput}, for who cannot wait: 0 if it was taken, else milliseconds until one may be. */
    public long inputOrWaitMs(String tenant) {
        return inputsOrWaitMs(tenant, 1);
    }

    /**
     * As {@link #inputOrWaitMs}, of several at once: all are taken or none.
     *
     * @return {@link #NEVER} if they are more than may ever come at once
     */
    public long inputsOrWaitMs(String tenant, int count) {
        Bucket bucket = inputs(tenant);
        if (bucket == null) {
            return 0;
        }
        if (count > burst(tenant)) {
            onRefused.accept(tenant, Quota.Kind.INPUTS_PER_SECOND);
            return NEVER;
        }
        var probe = bucket.tryConsumeAndReturnRemaining(count);
        if (probe.isConsumed()) {
            return 0;
        }
        onRefused.accept(tenant, Quota.Kind.INPUTS_PER_SECOND);
        return Math.max(1, Duration.ofNanos(probe.getNanosToWaitForRefill()).toMillis());
    }

    @Override
    public Room room(String tenant) {
        Tenant known = tenants.get(tenant);
        return known == null || !known.quota.isCounted() ? Room.UNLIMITED : known.room();
    }

    @Override
    public void committed(Map<String, Use> byTenant) {
        byTenant.forEach((tenant, use) -> {
            Tenant known = tenants.get(tenant);
            if (known != null) {
                known.committed(use);
                tell(tenant, Quota.Kind.THREADS, use.refusedThreads());
                tell(tenant, Quota.Kind.OUTSTANDING_RUNS, use.refusedRuns());
            }
        });
    }

    private void tell(String tenant, Quota.Kind kind, int refused) {
        for (int i = 0; i < refused; i++) {
            onRefused.accept(tenant, kind);
        }
    }

    /** Those whose threads or runs are counted. */
    public Set<String> counted() {
        Set<String> counted = new HashSet<>();
        tenants.forEach((name, tenant) -> {
            if (tenant.quota.isCounted()) {
                counted.add(name);
            }
        });
        return counted;
    }

    /** Those of {@link #counted} of whom nothing is known yet: nothing of theirs is refused for being one too many. */
    public Set<String> uncounted() {
        Set<String> uncounted = new TreeSet<>();
        for (String name : counted()) {
            Tenant tenant = tenants.get(name);
            if (tenant != null && !tenant.isKnown()) {
                uncounted.add(name);
            }
        }
        return uncounted;
    }

    /**
     * Counts what there is of all {@link #counted}, if it is time to.
     *
     * @param counts who is not in its answer has nothing. Blocks; what it throws is passed on, and the count before goes on
     *     counting
     */
    public synchronized void count(Function<Set<String>, Map<String, Counts>> counts) {
        long begun = nanos();
        Set<String> names = counted();
        if (names.isEmpty() || (nextNanos != Long.MIN_VALUE && begun - nextNanos < 0)) {
            return;
        }
        Map<String, Counts> before = new HashMap<>();
        tenants.forEach((name, tenant) -> before.put(name, tenant.since()));
        try {
            Map<String, Counts> now = counts.apply(names);
            for (String name : names) {
                Tenant tenant = Objects.requireNonNull(tenants.get(name));
                tenant.counted(now.getOrDefault(name, NOTHING), before.getOrDefault(name, NOTHING));
            }
        } finally {
            nextNanos = next(begun);
        }
    }

    private long next(long begunNanos) {
        long end = nanos();
        return Math.max(begunNanos + APART.toNanos(), end + REST * (end - begunNanos));
    }

    private long nanos() {
        return time.currentTimeNanos();
    }
}

package dev.threadwright.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.actor.Quotas.Use;
import dev.threadwright.limit.TenantQuotas.Counts;
import dev.threadwright.thread.Room;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** With a clock of the test's own. */
class TenantQuotasTest {

    private final List<String> refused = new ArrayList<>();
    private final AtomicInteger counts = new AtomicInteger();
    private long nanos = 1_000_000;

    private final TenantQuotas quotas = new TenantQuotas(
            Set.of("fast", "burst", "many", "free"),
            tenant -> switch (tenant) {
                case "fast" -> new Quota(10, null, null, null);
                case "burst" -> new Quota(1, 5, null, null);
                case "many" -> new Quota(null, null, 100, 10);
                default -> Quota.NONE;
            },
            new TimeMeter() {
                @Override
                public long currentTimeNanos() {
                    return nanos;
                }

                @Override
                public boolean isWallClockBased() {
                    return false;
                }
            },
            (tenant, kind) -> refused.add(tenant + " " + kind.key()));

    @Test
    void asManyInputsAreTakenInASecondAsTheQuotaSays() {
        assertThat(taken("fast", 100)).isEqualTo(10);
        pass(Duration.ofMillis(500));
        assertThat(taken("fast", 100)).isEqualTo(5);
        pass(Duration.ofSeconds(10));
        assertThat(taken("fast", 100))
                .as("a quiet time is kept for a second's worth")
                .isEqualTo(10);
        assertThat(taken("free", 100)).isEqualTo(100);
        assertThat(taken("nobody", 100)).isEqualTo(100);
    }

    @Test
    void aBurstIsAsLargeAsItIsConfigured() {
        assertThat(taken("burst", 100)).isEqualTo(5);
        pass(Duration.ofSeconds(2));
        assertThat(taken("burst", 100)).isEqualTo(2);
    }

    @Test
    void whoCannotWaitIsToldHowLongToAndIsCounted() {
        assertThat(taken("fast", 10)).isEqualTo(10);
        long waitMs = quotas.inputOrWaitMs("fast");
        assertThat(waitMs).isBetween(1L, 100L);
        assertThat(refused).containsExactly("fast inputs-per-second");
        pass(Duration.ofMillis(waitMs));
        assertThat(quotas.inputOrWaitMs("fast")).isZero();
        assertThat(quotas.inputOrWaitMs("free")).isZero();
        assertThat(refused).hasSize(1);
    }

    @Test
    void onlyThoseWithQuotasAreCounted() {
        assertThat(quotas.counted()).containsExactly("many");
        assertThat(quotas.room("fast")).isEqualTo(Room.UNLIMITED);
        assertThat(quotas.room("many")).as("nothing is known yet").isEqualTo(Room.UNLIMITED);
    }

    @Test
    void whatIsCommittedHereCountsAtOnceAndIsNotCountedTwice() {
        count(40, 4, Duration.ZERO);
        assertThat(quotas.room("many")).isEqualTo(new Room(60, 6));
        quotas.committed(Map.of("many", new Use(5, 3, 0, 0), "free", new Use(1, 1, 0, 0)));
        assertThat(quotas.room("many")).isEqualTo(new Room(55, 3));
        quotas.committed(Map.of("many", new Use(-1, -2, 0, 0)));
        assertThat(quotas.room("many")).isEqualTo(new Room(56, 5));
        pass(TenantQuotas.APART);
        count(44, 5, Duration.ZERO);
        assertThat(quotas.room("many")).isEqualTo(new Room(56, 5));
    }

    @Test
    void whatIsCommittedDuringACountIsAddedToIt() {
        quotas.count(tenants -> {
            quotas.committed(Map.of("many", new Use(2, 1, 0, 0)));
            return Map.of("many", new Counts(40, 4));
        });
        assertThat(quotas.room("many")).isEqualTo(new Room(58, 5));
    }

    @Test
    void whoHasNothingIsNotInTheAnswer_andThatIsACount() {
        assertThat(quotas.uncounted()).containsExactly("many");
        quotas.count(tenants -> Map.of());
        assertThat(quotas.uncounted()).isEmpty();
        assertThat(quotas.room("many")).isEqualTo(new Room(100, 10));
    }

    @Test
    void countingTakesATwentiethOfTheTimeAtMost() {
        count(1, 1, Duration.ofMillis(10));
        count(1, 1, Duration.ZERO);
        assertThat(counts).as("once in a second").hasValue(1);
        pass(TenantQuotas.APART);
        count(1, 1, Duration.ofMillis(200));
        assertThat(counts).hasValue(2);
        pass(Duration.ofMillis(200 * TenantQuotas.REST - 1));
        count(1, 1, Duration.ZERO);
        assertThat(counts).hasValue(2);
        pass(Duration.ofMillis(1));
        count(1, 1, Duration.ZERO);
        assertThat(counts).hasValue(3);
    }

    @Test
    void whileNobodyCanCountTheLastCountGoesOn() {
        count(40, 4, Duration.ZERO);
        quotas.committed(Map.of("many", new Use(5, 3, 0, 0)));
        pass(TenantQuotas.APART);
        assertThatThrownBy(() -> quotas.count(tenants -> {
                    throw new IllegalStateException("away");
                }))
                .hasMessage("away");
        assertThat(quotas.room("many")).isEqualTo(new Room(55, 3));
        count(1, 1, Duration.ZERO);
        assertThat(counts).as("not at once again").hasValue(1);
        pass(TenantQuotas.APART);
        count(45, 7, Duration.ZERO);
        assertThat(quotas.room("many")).isEqualTo(new Room(55, 3));
    }

    @Test
    void whatThreadsRefusedIsTold() {
        quotas.committed(Map.of("many", new Use(0, 0, 2, 1)));
        assertThat(refused).containsExactly("many threads", "many threads", "many outstanding-runs");
    }

    private int taken(String tenant, int tried) {
        int taken = 0;
        for (int i = 0; i < tried; i++) {
            taken += quotas.tryInput(tenant) ? 1 : 0;
        }
        return taken;
    }

    private void count(long threads, long runs, Duration takes) {
        quotas.count(tenants -> {
            assertThat(tenants).containsExactly("many");
            counts.incrementAndGet();
            pass(takes);
            return Map.of("many", new Counts(threads, runs));
        });
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }
}

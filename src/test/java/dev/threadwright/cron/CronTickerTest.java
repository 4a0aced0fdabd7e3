package dev.threadwright.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.tables.Tables;
import dev.threadwright.testing.HeldClock;
import dev.threadwright.testing.TestDatabase;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of times that come, on a real database, by a clock that the test holds. */
class CronTickerTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final String TENANT = "default";

    private static Tables tables;

    private final HeldClock clock = new HeldClock(NOON);
    private final Recording runs = new Recording();
    private final CronTicker ticker = new CronTicker(tables, runs, clock.utc());

    @BeforeAll
    static void database() {
        tables = TestDatabase.migrated("crons").tables();
    }

    @BeforeEach
    void noCrons() {
        tables.writeNow(sql -> sql.update("delete from cron"));
    }

    @Test
    void whatIsDueIsHandedOverOnceAndIsDueAgainLater() {
        add("a", "*/5 * * * *", null);

        assertThat(ticker.tick()).isZero();
        clock.set(Instant.parse("2026-03-01T12:05:00Z"));
        assertThat(ticker.tick()).isEqualTo(1);
        assertThat(ticker.tick()).isZero();

        assertThat(runs.ids()).containsExactly("a@2026-03-01T12:05:00Z");
        assertThat(cron("a").nextAtMs()).isEqualTo(ms("2026-03-01T12:10:00Z"));
        clock.set(Instant.parse("2026-03-01T12:10:01Z"));
        ticker.tick();
        assertThat(runs.ids()).endsWith("a@2026-03-01T12:10:00Z");
    }

    @Test
    void aFiringHasWhatARunIsCreatedWith() {
        add("a", "*/5 * * * *", null);
        clock.set(Instant.parse("2026-03-01T12:05:00Z"));
        ticker.tick();

        CronFiring firing = runs.taken.peek();
        assertThat(firing.tenant()).isEqualTo(TENANT);
        assertThat(firing.thread()).isEqualTo("t");
        assertThat(firing.attempt()).isEqualTo(1);
        assertThat(firing.request().fields())
                .containsEntry("assistant_id", Json.of("assistant"))
                .containsEntry("input", Json.of("hi"))
                .containsEntry("metadata", Json.object("m", Json.of(1)));
    }

    @Test
    void timesThatWereMissedAreMadeUpForOnce() {
        add("a", "*/5 * * * *", null);
        clock.set(Instant.parse("2026-03-02T09:02:00Z"));

        assertThat(ticker.tick()).isEqualTo(1);

        assertThat(runs.ids()).containsExactly("a@2026-03-01T12:05:00Z");
        assertThat(cron("a").nextAtMs()).isEqualTo(ms("2026-03-02T09:05:00Z"));
    }

    @Test
    void afterItsEndACronIsNotDueAnyMore() {
        add("a", "*/5 * * * *", "2026-03-01T12:10:00Z");
        clock.set(Instant.parse("2026-03-01T12:05:00Z"));
        ticker.tick();
        clock.set(Instant.parse("2026-03-01T12:10:00Z"));
        ticker.tick();
        clock.set(Instant.parse("2026-03-01T12:15:00Z"));
        ticker.tick();

        assertThat(runs.ids()).containsExactly("a@2026-03-01T12:05:00Z", "a@2026-03-01T12:10:00Z");
        assertThat(cron("a").nextAtMs()).isNull();
    }

    @Test
    void whatWasDueBeforeTheEndIsMadeUpForAfterIt() {
        add("a", "*/5 * * * *", "2026-03-01T12:10:00Z");
        clock.set(Instant.parse("2026-03-01T13:00:00Z"));

        ticker.tick();

        assertThat(runs.ids()).containsExactly("a@2026-03-01T12:05:00Z");
        assertThat(cron("a").nextAtMs()).isNull();
    }

    @Test
    void aFiringThatFailsIsTriedAgainLaterAndLaterUnderItsName() {
        add("a", "*/5 * * * *", null);
        clock.set(Instant.parse("2026-03-01T12:05:00Z"));
        runs.answer = firing -> Uni.createFrom().failure(new IllegalStateException("not now"));

        assertThat(ticker.tick()).isZero();
        assertThat(ticker.tick()).isZero();
        assertThat(runs.ids()).hasSize(1);
        clock.advance(CronTicker.FIRST_RETRY);
        ticker.tick();
        clock.advance(CronTicker.FIRST_RETRY);
        ticker.tick();
        assertThat(runs.ids()).containsExactly("a@2026-03-01T12:05:00Z", "a@2026-03-01T12:05:00Z");
        runs.answer = firing -> Uni.createFrom().voidItem();
        clock.advance(CronTicker.FIRST_RETRY);

        assertThat(ticker.tick()).isEqualTo(1);

        assertThat(runs.taken).extracting(CronFiring::attempt).containsExactly(1, 2, 3);
        assertThat(ticker.tick()).isZero();
        assertThat(CronTicker.retryMs(9)).isLessThan(CronTicker.retryMs(10));
        assertThat(CronTicker.retryMs(10)).isEqualTo(CronTicker.LONGEST_RETRY.toMillis());
        assertThat(CronTicker.retryMs(1_000)).isEqualTo(CronTicker.LONGEST_RETRY.toMillis());
    }

    @Test
    void timesThatComeWhileAFiringIsOwedAreMadeUpForOnceAfterIt() {
        add("a", "*/5 * * * *", null);
        clock.set(Instant.parse("2026-03-01T12:05:00Z"));
        runs.answer = firing -> Uni.createFrom().failure(new IllegalStateException("not now"));
        ticker.tick();
        runs.answer = firing -> Uni.createFrom().voidItem();
        clock.set(Instant.parse("2026-03-01T12:31:00Z"));

        assertThat(ticker.tick()).isEqualTo(2);

        assertThat(runs.ids()).endsWith("a@2026-03-01T12:05:00Z", "a@2026-03-01T12:10:00Z");
        assertThat(cron("a").nextAtMs()).isEqualTo(ms("2026-03-01T12:35:00Z"));
    }

    @Test
    void aServerThatDiesWhileItHandsOverLosesNothing() {
        add("a", "*/5 * * * *", null);
        clock.set(Instant.parse("2026-03-01T12:05:00Z"));
        runs.answer = firing -> {
            throw new Died();
        };
        assertThatThrownBy(ticker::tick).isInstanceOf(Died.class);
        runs.answer = firing -> Uni.createFrom().voidItem();
        CronTicker other = new CronTicker(tables, runs, clock.utc());

        clock.advance(CronTicker.LEASE.minusMillis(1));
        assertThat(other.tick()).isZero();
        clock.advance(Duration.ofMillis(1));
        assertThat(other.tick()).isEqualTo(1);

        assertThat(runs.ids()).containsExactly("a@2026-03-01T12:05:00Z", "a@2026-03-01T12:05:00Z");
        assertThat(runs.taken).extracting(CronFiring::attempt).containsExactly(1, 2);
    }

    @Test
    void aFiringThatCanNeverSucceedIsGivenUp() {
        add("a", "*/5 * * * *", null);
        clock.set(Instant.parse("2026-03-01T12:05:00Z"));
        runs.answer = firing -> Uni.createFrom().failure(new CronRefusedException("no such thread"));
        assertThat(ticker.tick()).isZero();
        runs.answer = firing -> Uni.createFrom().voidItem();

        clock.set(Instant.parse("2026-03-01T12:10:00Z"));
        assertThat(ticker.tick()).isEqualTo(1);

        assertThat(runs.ids()).containsExactly("a@2026-03-01T12:05:00Z", "a@2026-03-01T12:10:00Z");
    }

    @Test
    void oneFailureDoesNotHoldUpTheOthers() {
        add("a", "*/5 * * * *", null);
        add("b", "*/5 * * * *", null);
        clock.set(Instant.parse("2026-03-01T12:05:00Z"));
        runs.answer = firing -> firing.cron().id().equals("a")
                ? Uni.createFrom().failure(new IllegalStateException("not now"))
                : Uni.createFrom().voidItem();

        assertThat(ticker.tick()).isEqualTo(1);

        assertThat(runs.ids()).containsExactlyInAnyOrder("a@2026-03-01T12:05:00Z", "b@2026-03-01T12:05:00Z");
    }

    @Test
    void severalServersShareWhatIsDue() throws Exception {
        int count = 60;
        for (int i = 0; i < count; i++) {
            add("c" + i, "*/5 * * * *", null);
        }
        clock.set(Instant.parse("2026-03-01T12:05:00Z"));
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Integer>> ticks = new ArrayList<>();
        try (ExecutorService servers = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 4; i++) {
                ticks.add(servers.submit(() -> {
                    start.await();
                    return new CronTicker(tables, runs, clock.utc()).tick();
                }));
            }
            start.countDown();
            int handed = 0;
            for (Future<Integer> tick : ticks) {
                handed += tick.get();
            }
            assertThat(handed).isEqualTo(count);
        }
        assertThat(runs.ids()).hasSize(count).doesNotHaveDuplicates();
    }

    private void add(String id, String schedule, String end) {
        Cron cron = new Cron(
                id,
                "assistant",
                "t",
                schedule,
                null,
                end == null ? null : ms(end),
                true,
                null,
                Json.object("input", Json.of("hi")),
                Json.object("m", Json.of(1)),
                null,
                clock.millis(),
                clock.millis());
        tables.writeNow(sql -> {
            new CronRows(sql).insert(TENANT, cron.dueAt(cron.nextAfter(clock.millis())));
            return true;
        });
    }

    private static Cron cron(String id) {
        return tables.writeNow(sql -> new CronRows(sql).lock(TENANT, id));
    }

    private static long ms(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    /** Ends a tick as the end of its process would. */
    private static final class Died extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static final class Recording implements CronRuns {
        final ConcurrentLinkedQueue<CronFiring> taken = new ConcurrentLinkedQueue<>();
        volatile Function<CronFiring, Uni<Void>> answer =
                firing -> Uni.createFrom().voidItem();

        @Override
        public Uni<Void> start(CronFiring firing) {
            taken.add(firing);
            return answer.apply(firing);
        }

        List<String> ids() {
            return taken.stream().map(CronFiring::id).toList();
        }
    }
}

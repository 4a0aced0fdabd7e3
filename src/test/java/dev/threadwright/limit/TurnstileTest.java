package dev.threadwright.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.actor.Turns.AttemptEnd;
import dev.threadwright.actor.Turns.Begun;
import dev.threadwright.actor.Turns.Changes;
import dev.threadwright.actor.Turns.Turn;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Awaited;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Owed;
import dev.threadwright.thread.Replay;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.WorkflowRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** The turnstile with a clock of the test's, told what a loop would tell it. */
class TurnstileTest {

    private static final int PARTITION = 3;
    private static final LimitSettings.Circuit CIRCUIT = new LimitSettings.Circuit(50, 4, 2, Duration.ofSeconds(10), 1);

    private final TestClock clock = new TestClock();
    private final List<Command.ReleaseAction> released = new ArrayList<>();

    // Concurrency

    @Test
    void asManyAreUnderWayAsThereMayBeAndTheOthersFollowInTheirOrder() {
        Turnstile turnstile = turnstile(byTarget("a", concurrency(2)));
        want(turnstile, turn("t1", "a"), turn("t2", "a"), turn("t3", "a"), turn("t4", "a"));
        assertThat(threads()).containsExactly("t1", "t2");
        begin(turnstile, "t1", "a");
        begin(turnstile, "t2", "a");
        assertThat(turnstile.held()).isEqualTo(2);
        end(turnstile, "t2", "a", true);
        assertThat(threads()).containsExactly("t1", "t2", "t3");
        end(turnstile, "t1", "a", true);
        assertThat(threads()).containsExactly("t1", "t2", "t3", "t4");
        assertThat(turnstile.held()).isZero();
    }

    @Test
    void whatIsNotLimitedDoesNotWaitAndIsNotRemembered() {
        Turnstile turnstile = turnstile(byTarget("a", concurrency(1)));
        assertThat(turnstile.holds("default", "a")).isTrue();
        assertThat(turnstile.holds("default", "b")).isFalse();
        begin(turnstile, "t1", "b");
        assertThat(turnstile.targets("default"))
                .containsExactly(new TargetStatus("a", 0, 0, TargetStatus.Circuit.CLOSED));
    }

    @Test
    void oneThreadThatHasEnoughIsInNobodysWay() {
        Turnstile turnstile = turnstile(perThread(concurrency(1)));
        want(turnstile, turn("t1", "a", 1), turn("t1", "a", 2), turn("t2", "a", 1), turn("t1", "b", 3));
        assertThat(threads()).containsExactly("t1", "t2");
        begin(turnstile, "t1", "a", 1);
        end(turnstile, "t1", "a", 1, true);
        assertThat(threads()).containsExactly("t1", "t2", "t1");
        assertThat(turnstile.held()).isEqualTo(1);
    }

    @Test
    void aTenantThatHasEnoughIsInNobodyElsesWay() {
        Turnstile turnstile = turnstile(new LimitSettings(Map.of(), Limit.NONE, concurrency(1), null, 100));
        want(
                turnstile,
                turn(new ThreadKey("x", "x1"), "a", 1),
                turn(new ThreadKey("x", "x2"), "a", 1),
                turn(new ThreadKey("y", "y1"), "a", 1));
        assertThat(threads()).containsExactlyInAnyOrder("x1", "y1");
    }

    @Test
    void lanesTakeTurns() {
        Turnstile turnstile = turnstile(new LimitSettings(Map.of(), Limit.NONE, concurrency(3), null, 100));
        want(turnstile, turn("t1", "a"), turn("t2", "a"), turn("t3", "a"), turn("t4", "b"), turn("t5", "b"));
        assertThat(threads()).containsExactly("t1", "t4", "t2");
    }

    @Test
    void whatWasUnderWayBeforeCounts() {
        Turnstile turnstile = new Turnstile(byTarget("a", concurrency(1)), clock);
        turnstile.claimed(PARTITION, this::release, List.of(Begun.of(call("t1", "a", 1))), List.of(turn("t2", "a")));
        clock.advance(Turnstile.SETTLE_MS);
        turnstile.tick();
        assertThat(threads()).isEmpty();
        end(turnstile, "t1", "a", true);
        assertThat(threads()).containsExactly("t2");
    }

    @Test
    void whatIsUnderWayOnPartitionsThatFollowCountsToo() {
        Turnstile turnstile = new Turnstile(byTarget("a", concurrency(1)), clock);
        turnstile.claimed(4, this::release, List.of(), List.of(new Turn(4, key("t2"), owed("a", 1))));
        clock.advance(Turnstile.SETTLE_MS - 1);
        turnstile.tick();
        turnstile.claimed(PARTITION, this::release, List.of(Begun.of(call("t1", "a", 1))), List.of());
        clock.advance(Turnstile.SETTLE_MS);
        turnstile.tick();
        assertThat(threads()).isEmpty();
        end(turnstile, "t1", "a", true);
        assertThat(threads()).containsExactly("t2");
    }

    @Test
    void whoDoesNotWaitAnyMoreGivesHisPlaceBack() {
        Turnstile turnstile = turnstile(byTarget("a", concurrency(1)));
        want(turnstile, turn("t1", "a"), turn("t2", "a"), turn("t3", "a"));
        leave(turnstile, turn("t2", "a"));
        assertThat(turnstile.held()).isEqualTo(1);
        leave(turnstile, turn("t1", "a"));
        assertThat(threads()).containsExactly("t1", "t3");
    }

    @Test
    void whatGoesElsewhereIsForgottenAndMakesRoom() {
        Turnstile turnstile = turnstile(byTarget("a", concurrency(1)));
        turnstile.claimed(4, this::release, List.of(), List.of());
        clock.advance(Turnstile.SETTLE_MS);
        want(turnstile, turn("t1", "a"), turn("t2", "a"));
        turnstile.committed(
                new Changes(List.of(), List.of(), List.of(), List.of(), List.of(new Turn(4, key("t3"), owed("a", 1)))));
        turnstile.dropped(PARTITION);
        assertThat(threads()).containsExactly("t1", "t3");
        assertThat(turnstile.held()).isZero();
        want(turnstile, turn("t4", "a"));
        assertThat(turnstile.held()).as("of a partition that is not here").isZero();
    }

    @Test
    void aTurnThatNobodyTookIsGivenUpAndLookedForAgain() {
        Turnstile turnstile = turnstile(byTarget("a", concurrency(1)));
        want(turnstile, turn("t1", "a"), turn("t2", "a"));
        clock.advance(Turnstile.GRANT_MS);
        turnstile.tick();
        assertThat(threads()).containsExactly("t1", "t2");
        assertThat(turnstile.forgotten()).containsOnlyKeys(PARTITION);
        turnstile.found(PARTITION, List.of(turn("t1", "a"), turn("t2", "a")));
        assertThat(turnstile.forgotten()).isEmpty();
        assertThat(turnstile.held()).as("t2 has its turn, t1 waits again").isEqualTo(1);
    }

    // Rates

    @Test
    void asManyBeginInAPeriodAsMay() {
        Turnstile turnstile = turnstile(byTarget("a", rate(2, Duration.ofSeconds(1))));
        want(turnstile, turn("t1", "a"), turn("t2", "a"), turn("t3", "a"), turn("t4", "a"));
        assertThat(threads()).containsExactly("t1", "t2");
        turnstile.tick();
        assertThat(threads()).hasSize(2);
        clock.advance(500);
        turnstile.tick();
        assertThat(threads()).containsExactly("t1", "t2", "t3");
        clock.advance(499);
        turnstile.tick();
        assertThat(threads()).hasSize(3);
        clock.advance(1);
        turnstile.tick();
        assertThat(threads()).hasSize(4);
    }

    @Test
    void aThreadsRateHoldsThatThreadOnly() {
        Turnstile turnstile = turnstile(perThread(rate(1, Duration.ofSeconds(1))));
        want(turnstile, turn("t1", "a", 1), turn("t1", "a", 2), turn("t2", "a", 1));
        assertThat(threads()).containsExactly("t1", "t2");
        clock.advance(1_000);
        turnstile.tick();
        assertThat(threads()).containsExactly("t1", "t2", "t1");
    }

    // Memory

    @Test
    void moreThanFitWaitInTheJournalAlone() {
        Turnstile turnstile =
                turnstile(new LimitSettings(Map.of("a", concurrency(1)), Limit.NONE, Limit.NONE, null, 4));
        List<Turn> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(turn("t" + i, "a"));
        }
        // One has its turn only after all of them have come.
        want(turnstile, all.toArray(Turn[]::new));
        assertThat(turnstile.held()).isEqualTo(3);
        assertThat(turnstile.forgotten()).as("no room yet").isEmpty();
        for (String thread : List.of("t0", "t1")) {
            begin(turnstile, thread, "a");
            end(turnstile, thread, "a", true);
        }
        assertThat(turnstile.forgotten()).containsExactly(Map.entry(PARTITION, 3));
        turnstile.found(PARTITION, all.subList(2, 8));
        assertThat(turnstile.held()).isEqualTo(4);
        assertThat(turnstile.forgotten()).as("there are more").isEmpty();
        begin(turnstile, "t2", "a");
        end(turnstile, "t2", "a", true);
        begin(turnstile, "t3", "a");
        end(turnstile, "t3", "a", true);
        assertThat(turnstile.forgotten()).containsOnlyKeys(PARTITION);
    }

    // Circuits

    @Test
    void whatFailsTooOftenIsLeftAloneAndTriedAgainLater() {
        Turnstile turnstile = turnstile(circuit());
        assertThat(turnstile.holds("default", "a")).isFalse();
        fail(turnstile, "t1");
        assertThat(turnstile.holds("default", "a")).as("one is not enough").isFalse();
        fail(turnstile, "t2");
        assertThat(turnstile.holds("default", "a")).isTrue();
        assertThat(turnstile.holds("default", "b")).isFalse();
        assertThat(turnstile.holds("other", "a")).as("another tenant's").isFalse();
        assertThat(turnstile.openCircuits()).isEqualTo(1);
        want(turnstile, turn("t3", "a"), turn("t4", "a"));
        clock.advance(10_000);
        turnstile.tick();
        assertThat(threads()).isEmpty();
        assertThat(turnstile.targets("default"))
                .containsExactly(new TargetStatus("a", 2, 0, TargetStatus.Circuit.OPEN));
        clock.advance(1);
        turnstile.tick();
        assertThat(threads()).as("one finds out").containsExactly("t3");
        assertThat(released.getFirst().probe()).isTrue();
        begin(turnstile, "t3", "a");
        end(turnstile, "t3", "a", true);
        assertThat(threads()).containsExactly("t3", "t4");
        assertThat(released.getLast().probe()).isFalse();
        assertThat(turnstile.holds("default", "a")).isFalse();
        assertThat(turnstile.openCircuits()).isZero();
    }

    @Test
    void aProbeThatFailsLeavesItAloneForAsLongAgain() {
        Turnstile turnstile = opened();
        want(turnstile, turn("t3", "a"), turn("t4", "a"));
        clock.advance(10_001);
        turnstile.tick();
        begin(turnstile, "t3", "a");
        end(turnstile, "t3", "a", false);
        clock.advance(10_000);
        turnstile.tick();
        assertThat(threads()).containsExactly("t3");
        clock.advance(1);
        turnstile.tick();
        assertThat(threads()).containsExactly("t3", "t4");
    }

    @Test
    void aProbeThatComesToNothingMakesRoomForAnother() {
        Turnstile turnstile = opened();
        want(turnstile, turn("t3", "a"), turn("t4", "a"));
        clock.advance(10_001);
        turnstile.tick();
        leave(turnstile, turn("t3", "a"));
        assertThat(threads()).containsExactly("t3", "t4");
    }

    @Test
    void whatBeganBeforeSaysNothingOfWhetherItWorksAgain() {
        Turnstile turnstile = opened();
        clock.advance(10_001);
        turnstile.tick();
        turnstile.committed(changes(new AttemptEnd(key("old"), new ActionId("r-1"), 1, "a", true)));
        assertThat(turnstile.holds("default", "a")).isTrue();
    }

    @Test
    void someFailuresAmongManyThatWorkOpenNothing() {
        Turnstile turnstile = turnstile(circuit());
        for (int i = 0; i < 12; i++) {
            turnstile.committed(changes(new AttemptEnd(key("t"), new ActionId("r-" + i), 1, "a", i % 4 < 3)));
        }
        assertThat(turnstile.holds("default", "a")).isFalse();
    }

    @Test
    void asManyCircuitsAreKnownAsMayBeAndThoseUsedLast() {
        Circuits circuits = new Circuits(CIRCUIT, clock);
        for (int i = 0; i < Circuits.MAX + 1; i++) {
            circuits.ended(new Lane.Key("default", "a" + i), false, false);
        }
        assertThat(circuits.known("default")).hasSize(Circuits.MAX).doesNotContain("a0");
    }

    // Whatever happens

    /** In each of many lives: never more under way than may be, nobody forgotten, and in the end nothing is left. */
    @Test
    void limitsHoldAndEverybodyHasHisTurn() {
        for (long seed = 1; seed <= 200; seed++) {
            new Life(seed).run();
        }
    }

    private static final class Life {
        final long seed;
        final RandomGenerator random;
        final TestClock clock = new TestClock();
        final Turnstile turnstile;
        final Map<String, Turn> waiting = new LinkedHashMap<>();
        final Map<String, StepCall> underWay = new LinkedHashMap<>();
        final List<Command.ReleaseAction> releases = new ArrayList<>();
        int number;

        Life(long seed) {
            this.seed = seed;
            random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            turnstile = new Turnstile(
                    new LimitSettings(Map.of("a", concurrency(2)), concurrency(1), concurrency(4), CIRCUIT, 10), clock);
            turnstile.claimed(
                    PARTITION, command -> releases.add((Command.ReleaseAction) command), List.of(), List.of());
            clock.advance(Turnstile.SETTLE_MS);
        }

        void run() {
            for (int i = 0; i < 300; i++) {
                switch (random.nextInt(5)) {
                    case 0, 1 -> want();
                    case 2 -> end();
                    case 3 -> leave();
                    default -> {
                        clock.advance(random.nextInt(3_000));
                        turnstile.tick();
                    }
                }
                look();
                begin(random.nextInt(3));
                assertLimits();
            }
            for (int i = 0; i < 2_000 && !(waiting.isEmpty() && underWay.isEmpty()); i++) {
                begin(Integer.MAX_VALUE);
                assertLimits();
                end();
                clock.advance(1_000);
                turnstile.tick();
                look();
            }
            assertThat(waiting).as("seed %d: nobody is forgotten", seed).isEmpty();
            assertThat(turnstile.held()).as("seed %d", seed).isZero();
        }

        private void want() {
            Turn turn = turn("t" + random.nextInt(6), random.nextBoolean() ? "a" : "b", ++number);
            waiting.put(ref(turn), turn);
            turnstile.committed(new Changes(List.of(), List.of(), List.of(), List.of(), List.of(turn)));
        }

        private void leave() {
            if (!waiting.isEmpty()) {
                Turn turn = waiting.remove(any(waiting));
                turnstile.committed(new Changes(List.of(), List.of(), List.of(), List.of(turn), List.of()));
            }
        }

        private void begin(int most) {
            for (int i = 0; i < most && !releases.isEmpty(); i++) {
                Command.ReleaseAction release = releases.removeFirst();
                String ref = Owed.Call.ref(release.action(), release.attempt());
                Turn turn = waiting.remove(ref);
                if (turn != null) {
                    StepCall call = call(turn.thread().thread(), turn.owed().target(), number(release.action()));
                    underWay.put(ref, call);
                    turnstile.committed(new Changes(List.of(), List.of(call), List.of(), List.of(turn), List.of()));
                }
            }
        }

        private void end() {
            if (!underWay.isEmpty()) {
                StepCall call = underWay.remove(any(underWay));
                AttemptEnd end = new AttemptEnd(
                        call.thread(), call.call().action(), 1, call.call().handler(), random.nextInt(3) > 0);
                turnstile.committed(new Changes(
                        random.nextInt(5) > 0 ? List.of(end) : List.of(),
                        List.of(),
                        List.of(call),
                        List.of(),
                        List.of()));
            }
        }

        /** As the one does who looks after the partition. */
        private void look() {
            turnstile
                    .forgotten()
                    .forEach((partition, room) -> turnstile.found(partition, List.copyOf(waiting.values())));
        }

        private void assertLimits() {
            Map<String, Integer> byThread = new HashMap<>();
            Map<String, Integer> byTarget = new HashMap<>();
            underWay.values().forEach(call -> {
                byThread.merge(call.thread().thread(), 1, Integer::sum);
                byTarget.merge(call.call().handler(), 1, Integer::sum);
            });
            assertThat(byThread.values()).as("seed %d: of each thread", seed).allMatch(count -> count <= 1);
            assertThat(byTarget.getOrDefault("a", 0)).as("seed %d: of a", seed).isLessThanOrEqualTo(2);
            assertThat(underWay.size()).as("seed %d: of the tenant", seed).isLessThanOrEqualTo(4);
            assertThat(turnstile.held()).as("seed %d: remembered", seed).isLessThanOrEqualTo(10);
        }

        private String any(Map<String, ?> map) {
            return List.copyOf(map.keySet()).get(random.nextInt(map.size()));
        }

        private static String ref(Turn turn) {
            return Owed.Call.ref(turn.owed().action(), turn.owed().attempt());
        }

        private static int number(ActionId action) {
            return Integer.parseInt(action.value().substring(action.value().lastIndexOf('-') + 1));
        }
    }

    // What is not possible

    @Test
    void limitsThatAreNoneAreRefused() {
        assertThatThrownBy(() -> concurrency(0)).hasMessage("a concurrency is at least 1, not 0");
        assertThatThrownBy(() -> rate(0, Duration.ofSeconds(1))).hasMessage("a rate is at least 1, not 0");
        assertThatThrownBy(() -> rate(1, Duration.ZERO)).hasMessage("a rate's period is at least 1 ms, not 0 ms");
        assertThatThrownBy(() -> new LimitSettings(Map.of(), Limit.NONE, Limit.NONE, null, 0))
                .hasMessage("max-held is at least 1, not 0");
        assertThatThrownBy(() -> new LimitSettings.Circuit(0, 1, 1, Duration.ofSeconds(1), 1))
                .hasMessage("circuit.failure-percent is 1 to 100, not 0");
        assertThatThrownBy(() -> new LimitSettings.Circuit(50, 10, 11, Duration.ofSeconds(1), 1))
                .hasMessage("circuit.minimum is 1 to circuit.window, which is 10, not 11");
    }

    private Turnstile opened() {
        Turnstile turnstile = turnstile(circuit());
        fail(turnstile, "o1");
        fail(turnstile, "o2");
        return turnstile;
    }

    private void fail(Turnstile turnstile, String thread) {
        turnstile.committed(changes(new AttemptEnd(key(thread), new ActionId("r-1"), 1, "a", false)));
    }

    private static Changes changes(AttemptEnd end) {
        return new Changes(List.of(end), List.of(), List.of(), List.of(), List.of());
    }

    private Turnstile turnstile(LimitSettings settings) {
        Turnstile turnstile = new Turnstile(settings, clock);
        turnstile.claimed(PARTITION, this::release, List.of(), List.of());
        clock.advance(Turnstile.SETTLE_MS);
        return turnstile;
    }

    private void release(Command command) {
        released.add((Command.ReleaseAction) command);
    }

    private List<String> threads() {
        return released.stream()
                .map(release -> release.header().thread().thread())
                .toList();
    }

    private static void want(Turnstile turnstile, Turn... turns) {
        turnstile.committed(new Changes(List.of(), List.of(), List.of(), List.of(), List.of(turns)));
    }

    private static void leave(Turnstile turnstile, Turn turn) {
        turnstile.committed(new Changes(List.of(), List.of(), List.of(), List.of(turn), List.of()));
    }

    private static void begin(Turnstile turnstile, String thread, String target) {
        begin(turnstile, thread, target, 1);
    }

    private static void begin(Turnstile turnstile, String thread, String target, int number) {
        turnstile.committed(new Changes(
                List.of(),
                List.of(call(thread, target, number)),
                List.of(),
                List.of(turn(thread, target, number)),
                List.of()));
    }

    private static void end(Turnstile turnstile, String thread, String target, boolean worked) {
        end(turnstile, thread, target, 1, worked);
    }

    private static void end(Turnstile turnstile, String thread, String target, int number, boolean worked) {
        turnstile.committed(new Changes(
                List.of(new AttemptEnd(key(thread), action(number), 1, target, worked)),
                List.of(),
                List.of(call(thread, target, number)),
                List.of(),
                List.of()));
    }

    private static LimitSettings byTarget(String target, Limit limit) {
        return new LimitSettings(Map.of(target, limit), Limit.NONE, Limit.NONE, null, 100);
    }

    private static LimitSettings perThread(Limit limit) {
        return new LimitSettings(Map.of(), limit, Limit.NONE, null, 100);
    }

    private static LimitSettings circuit() {
        return new LimitSettings(Map.of(), Limit.NONE, Limit.NONE, CIRCUIT, 100);
    }

    private static Limit concurrency(int most) {
        return new Limit(most, null);
    }

    private static Limit rate(int permits, Duration period) {
        return new Limit(null, new Limit.Rate(permits, period));
    }

    private static ThreadKey key(String thread) {
        return new ThreadKey("default", thread);
    }

    private static ActionId action(int number) {
        return new ActionId("r-" + number);
    }

    private static Owed.Turn owed(String target, int number) {
        return new Owed.Turn(new RunId("r"), action(number), 1, target);
    }

    private static Turn turn(String thread, String target) {
        return turn(thread, target, 1);
    }

    private static Turn turn(String thread, String target, int number) {
        return turn(key(thread), target, number);
    }

    private static Turn turn(ThreadKey thread, String target, int number) {
        return new Turn(PARTITION, thread, owed(target, number));
    }

    private static StepCall call(String thread, String target, int number) {
        return new StepCall(
                PARTITION,
                key(thread),
                new Owed.Call(
                        new RunId("r"),
                        action(number),
                        1,
                        new WorkflowRef("w", 1),
                        "step",
                        target,
                        Json.NULL,
                        Channels.EMPTY,
                        true,
                        Long.MAX_VALUE,
                        Replay.NONE,
                        Awaited.WORKER));
    }

    private static final class TestClock extends Clock {
        private long ms = 1_000_000;

        void advance(long by) {
            ms += by;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(ms);
        }
    }
}

package dev.threadwright.limit;

import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.actor.Turns;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Gate;
import dev.threadwright.thread.Owed;
import dev.threadwright.thread.ThreadKey;
import io.github.bucket4j.TimeMeter;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Holds attempts back until the limits of this server and the state of what they reach let them begin, each lane in its
 * order, and the lanes in turn.
 *
 * <p>What waits, waits in the journal: this only remembers it. An attempt that has begun counts until it is over, whoever
 * let it begin.
 */
public final class Turnstile implements Gate, Turns {

    /** Between two looks at whether time alone has made room. */
    public static final long TICK_MS = 25;

    /** After which a turn that was given and not taken is given up, and looked for in the journal. */
    static final long GRANT_MS = 30_000;

    static final long SWEEP_MS = 1_000;

    /**
     * For which nothing begins after a partition has come: others may follow it, and what is under way on them counts, too.
     */
    static final long SETTLE_MS = 1_000;

    private final LimitSettings settings;
    private final Clock clock;
    private final Meters<String> byTarget;
    private final Meters<String> byTenant;
    private final Meters<ThreadKey> byThread;
    private final Circuits circuits;
    private final Map<Integer, Consumer<Command>> partitions = new HashMap<>();
    private final Map<AttemptKey, Permit> permits = new HashMap<>();
    private final Map<Lane.Key, Lane> lanes = new LinkedHashMap<>();

    /** What waits for others of its thread, so that it is in nobody's way. */
    private final Map<ThreadKey, Map<AttemptKey, Turn>> aside = new HashMap<>();

    private final Set<Integer> forgotten = new HashSet<>();
    private int held;
    private long sweptAtMs;
    private long settledAtMs;

    /** @param attempt as {@link Owed.Call#ref} has it */
    record AttemptKey(ThreadKey thread, String attempt) {
        static AttemptKey of(StepCall step) {
            return new AttemptKey(step.thread(), step.call().ref());
        }

        static AttemptKey of(Turn turn) {
            Owed.Turn owed = turn.owed();
            return new AttemptKey(turn.thread(), Owed.Call.ref(owed.action(), owed.attempt()));
        }
    }

    /** An attempt that has its turn. */
    private static final class Permit {
        final int partition;
        final ThreadKey thread;
        final Lane.Key lane;
        final boolean probe;
        final long grantedAtMs;
        boolean begun;
        boolean told;

        Permit(int partition, ThreadKey thread, Lane.Key lane, boolean probe, long grantedAtMs) {
            this.partition = partition;
            this.thread = thread;
            this.lane = lane;
            this.probe = probe;
            this.grantedAtMs = grantedAtMs;
        }
    }

    private record Release(Consumer<Command> to, Command command) {}

    private enum Room {
        TAKEN,
        NONE_FOR_THE_THREAD,
        NONE
    }

    public Turnstile(LimitSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        TimeMeter time = new ClockMeter(clock);
        this.byTarget = new Meters<>(settings.byTarget()::get, time);
        this.byTenant = new Meters<>(tenant -> settings.perTenant(), time);
        this.byThread = new Meters<>(thread -> settings.perThread(), time);
        this.circuits = new Circuits(settings.circuit(), clock);
    }

    @Override
    public synchronized boolean holds(String tenant, String target) {
        return counts(target) || !circuits.isClosed(new Lane.Key(tenant, target));
    }

    @Override
    public boolean counts(String target) {
        return !settings.perThread().isNone()
                || !settings.perTenant().isNone()
                || settings.byTarget().containsKey(target);
    }

    @Override
    public void claimed(int partition, Consumer<Command> release, List<Begun> begun, List<Turn> turns) {
        List<Release> releases;
        synchronized (this) {
            drop(partition);
            partitions.put(partition, release);
            settledAtMs = clock.millis() + SETTLE_MS;
            begun.forEach(this::begun);
            turns.forEach(this::wanted);
            releases = pump();
        }
        tell(releases);
    }

    @Override
    public void committed(Changes changes) {
        if (changes.isEmpty()) {
            return;
        }
        List<Release> releases;
        synchronized (this) {
            changes.ends().forEach(this::ended);
            changes.begun().forEach(step -> begun(Begun.of(step)));
            changes.over().forEach(step -> give(AttemptKey.of(step)));
            changes.left().forEach(this::left);
            changes.wanted().forEach(this::wanted);
            releases = pump();
        }
        tell(releases);
    }

    @Override
    public void dropped(int partition) {
        List<Release> releases;
        synchronized (this) {
            drop(partition);
            releases = pump();
        }
        tell(releases);
    }

    @Override
    public void found(int partition, List<Turn> turns) {
        List<Release> releases;
        synchronized (this) {
            forgotten.remove(partition);
            turns.forEach(this::wanted);
            releases = pump();
        }
        tell(releases);
    }

    @Override
    public synchronized Map<Integer, Integer> forgotten() {
        int room = settings.maxHeld() - held;
        // With half of the room free, so that the journal is not read for one turn after the other.
        if (forgotten.isEmpty() || room < (settings.maxHeld() + 1) / 2) {
            return Map.of();
        }
        Map<Integer, Integer> wanted = new HashMap<>();
        forgotten.forEach(partition -> wanted.put(partition, room));
        return wanted;
    }

    /** Time has passed. */
    public void tick() {
        List<Release> releases;
        synchronized (this) {
            long now = clock.millis();
            if (now - sweptAtMs >= SWEEP_MS) {
                sweptAtMs = now;
                giveUpGrants(now);
                byTarget.sweep();
                byTenant.sweep();
                byThread.sweep();
            }
            if (held == 0) {
                return;
            }
            // Those that wait for another attempt of their thread come back in line with its end; only a rate lets time
            // do it.
            if (settings.perThread().rate() != null) {
                List.copyOf(aside.keySet()).forEach(this::backInLine);
            }
            releases = pump();
        }
        tell(releases);
    }

    /** Those of a tenant that this server holds attempts for, limits, or leaves alone; by their names. */
    public synchronized List<TargetStatus> targets(String tenant) {
        Map<String, Integer> waiting = new TreeMap<>();
        settings.byTarget().keySet().forEach(target -> waiting.put(target, 0));
        circuits.known(tenant).forEach(target -> waiting.put(target, 0));
        lanes.values().stream()
                .filter(lane -> lane.key().tenant().equals(tenant))
                .forEach(lane -> waiting.put(lane.key().target(), lane.waiting().size()));
        aside.forEach((thread, turns) -> turns.values().stream()
                .filter(turn -> thread.tenant().equals(tenant))
                .forEach(turn -> waiting.merge(turn.owed().target(), 1, Integer::sum)));
        List<TargetStatus> all = new ArrayList<>();
        waiting.forEach((target, count) -> all.add(new TargetStatus(
                target, count, byTarget.underWay(target), circuit(circuits.state(new Lane.Key(tenant, target))))));
        return all;
    }

    /** Attempts that wait and are remembered here. */
    public synchronized int held() {
        return held;
    }

    /** Targets that are left alone, or tried whether they work again. */
    public synchronized long openCircuits() {
        return circuits.open();
    }

    private static TargetStatus.Circuit circuit(CircuitBreaker.State state) {
        return switch (state) {
            case OPEN, FORCED_OPEN -> TargetStatus.Circuit.OPEN;
            case HALF_OPEN -> TargetStatus.Circuit.HALF_OPEN;
            case CLOSED, DISABLED, METRICS_ONLY -> TargetStatus.Circuit.CLOSED;
        };
    }

    private void ended(AttemptEnd end) {
        Permit permit = permits.get(new AttemptKey(end.thread(), Owed.Call.ref(end.action(), end.attempt())));
        boolean probe = false;
        if (permit != null && permit.probe) {
            permit.told = true;
            probe = true;
        }
        circuits.ended(new Lane.Key(end.thread().tenant(), end.target()), end.worked(), probe);
    }

    private void begun(Begun attempt) {
        AttemptKey key = new AttemptKey(attempt.thread(), attempt.attempt());
        Permit granted = permits.get(key);
        if (granted != null) {
            granted.begun = true;
            return;
        }
        if (!counts(attempt.target())) {
            return;
        }
        // It was under way before this server came, or somebody let it pass.
        Lane.Key lane = new Lane.Key(attempt.thread().tenant(), attempt.target());
        Permit permit = new Permit(attempt.partition(), attempt.thread(), lane, false, clock.millis());
        permit.begun = true;
        permits.put(key, permit);
        metersOf(permit).forEach(Meter::join);
    }

    private void left(Turn turn) {
        AttemptKey key = AttemptKey.of(turn);
        Lane lane = lanes.get(laneOf(turn));
        if (lane != null && lane.waiting().remove(key) != null) {
            held--;
        } else if (removeAside(turn.thread(), key)) {
            held--;
        }
        Permit granted = permits.get(key);
        if (granted != null && !granted.begun) {
            give(key);
        }
    }

    private void wanted(Turn turn) {
        AttemptKey key = AttemptKey.of(turn);
        Map<AttemptKey, Turn> ofThread = aside.get(turn.thread());
        if (!partitions.containsKey(turn.partition())
                || permits.containsKey(key)
                || ofThread != null && ofThread.containsKey(key)) {
            return;
        }
        Map<AttemptKey, Turn> waiting =
                lanes.computeIfAbsent(laneOf(turn), Lane::new).waiting();
        if (waiting.containsKey(key)) {
            return;
        }
        if (held >= settings.maxHeld()) {
            forgotten.add(turn.partition());
            return;
        }
        waiting.put(key, turn);
        held++;
    }

    /** Lets begin what may, one of each lane after the other, until nothing more may. */
    private List<Release> pump() {
        List<Release> releases = new ArrayList<>();
        boolean goesOn = held > 0 && clock.millis() >= settledAtMs;
        while (goesOn) {
            goesOn = false;
            for (Lane lane : lanes.values()) {
                goesOn |= letOneBegin(lane, releases);
            }
        }
        lanes.values().removeIf(lane -> lane.waiting().isEmpty());
        return releases;
    }

    private boolean letOneBegin(Lane lane, List<Release> releases) {
        Iterator<Map.Entry<AttemptKey, Turn>> waiting =
                lane.waiting().entrySet().iterator();
        while (waiting.hasNext()) {
            Map.Entry<AttemptKey, Turn> next = waiting.next();
            Turn turn = next.getValue();
            switch (take(lane.key(), next.getKey(), turn)) {
                case TAKEN -> {
                    waiting.remove();
                    held--;
                    releases.add(release(turn, next.getKey()));
                    return true;
                }
                case NONE_FOR_THE_THREAD -> {
                    waiting.remove();
                    aside.computeIfAbsent(turn.thread(), thread -> new LinkedHashMap<>())
                            .put(next.getKey(), turn);
                }
                case NONE -> {
                    return false;
                }
            }
        }
        return false;
    }

    private Room take(Lane.Key lane, AttemptKey key, Turn turn) {
        if (!byTarget.of(lane.target()).hasRoom() || !byTenant.of(lane.tenant()).hasRoom()) {
            return Room.NONE;
        }
        if (!byThread.of(turn.thread()).hasRoom()) {
            return Room.NONE_FOR_THE_THREAD;
        }
        Circuits.Permission permission = circuits.tryBegin(lane);
        if (permission == Circuits.Permission.NONE) {
            return Room.NONE;
        }
        Permit permit = new Permit(
                turn.partition(), turn.thread(), lane, permission == Circuits.Permission.PROBE, clock.millis());
        permits.put(key, permit);
        metersOf(permit).forEach(Meter::begin);
        return Room.TAKEN;
    }

    private Release release(Turn turn, AttemptKey key) {
        Consumer<Command> to = partitions.get(turn.partition());
        Permit permit = permits.get(key);
        if (to == null || permit == null) {
            throw new IllegalStateException("Partition " + turn.partition() + " was dropped and its turns were not");
        }
        Owed.Turn owed = turn.owed();
        return new Release(
                to,
                new Command.ReleaseAction(
                        new Command.Header(turn.thread(), clock.millis(), null, "", "action.release", "system"),
                        owed.run(),
                        owed.action(),
                        owed.attempt(),
                        permit.probe));
    }

    private static void tell(List<Release> releases) {
        releases.forEach(release -> release.to().accept(release.command()));
    }

    /** The attempt is over, or does not begin. */
    private void give(AttemptKey key) {
        Permit permit = permits.remove(key);
        if (permit == null) {
            return;
        }
        metersOf(permit).forEach(Meter::end);
        if (permit.probe && !permit.told) {
            circuits.untold(permit.lane);
        }
        backInLine(permit.thread);
    }

    /** At the end of it: where it stood before has gone on. */
    private void backInLine(ThreadKey thread) {
        Map<AttemptKey, Turn> turns = aside.remove(thread);
        if (turns != null) {
            turns.forEach((key, turn) ->
                    lanes.computeIfAbsent(laneOf(turn), Lane::new).waiting().put(key, turn));
        }
    }

    private boolean removeAside(ThreadKey thread, AttemptKey key) {
        Map<AttemptKey, Turn> turns = aside.get(thread);
        if (turns == null || turns.remove(key) == null) {
            return false;
        }
        if (turns.isEmpty()) {
            aside.remove(thread);
        }
        return true;
    }

    /** Its release got lost, or what was read from the journal was out of date. */
    private void giveUpGrants(long now) {
        List<AttemptKey> late = new ArrayList<>();
        permits.forEach((key, permit) -> {
            if (!permit.begun && now - permit.grantedAtMs >= GRANT_MS) {
                late.add(key);
                forgotten.add(permit.partition);
            }
        });
        late.forEach(this::give);
    }

    private void drop(int partition) {
        partitions.remove(partition);
        forgotten.remove(partition);
        List<AttemptKey> gone = new ArrayList<>();
        permits.forEach((key, permit) -> {
            if (permit.partition == partition) {
                gone.add(key);
            }
        });
        gone.forEach(this::give);
        lanes.values().forEach(lane -> held -= removed(lane.waiting(), partition));
        aside.values().forEach(turns -> held -= removed(turns, partition));
        aside.values().removeIf(Map::isEmpty);
    }

    private static int removed(Map<AttemptKey, Turn> turns, int partition) {
        int before = turns.size();
        turns.values().removeIf(turn -> turn.partition() == partition);
        return before - turns.size();
    }

    private List<Meter> metersOf(Permit permit) {
        return List.of(
                byTarget.of(permit.lane.target()), byTenant.of(permit.lane.tenant()), byThread.of(permit.thread));
    }

    private static Lane.Key laneOf(Turn turn) {
        return new Lane.Key(turn.thread().tenant(), turn.owed().target());
    }

    /** The library's clock, by ours. */
    private record ClockMeter(Clock clock) implements TimeMeter {
        @Override
        public long currentTimeNanos() {
            return TimeUnit.MILLISECONDS.toNanos(clock.millis());
        }

        @Override
        public boolean isWallClockBased() {
            return true;
        }
    }
}

package dev.threadwright.simulation;

import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.OutboxRow.Coordinates;
import dev.threadwright.journal.SetAsideThread;
import dev.threadwright.simulation.Faults.Kind;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.IdentityHash;
import dev.threadwright.thread.StartedRun;
import dev.threadwright.thread.ThreadAudit;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One history, as its seed has it: servers, users and workers, and all that goes wrong, for a while; then nothing goes
 * wrong any more, and everything has to come to its end.
 */
final class Simulation {

    private static final long MAX_STEPS = 3_000_000;
    private static final long REST_WITHIN_MS = 600_000;
    private static final long ANSWERS_EVERY_MS = 700;
    private static final long RELEASES_EVERY_MS = 500;
    private static final int MAX_SET_ASIDE = 1_000;

    private final long seed;
    private final RandomGenerator random;
    private final Timeline timeline;
    private final Faults faults;
    private final Auditor auditor;
    private final Broker broker;
    private final Group group;
    private final Users users;
    private final Workers workers;
    private final InMemoryJournal journal = new InMemoryJournal();
    private final Defect defect = new Defect();
    private final Map<Integer, Node> nodes = new TreeMap<>();
    private final Timeline.Process world;
    private final int servers;
    private final long spanMs;
    private int started;
    private boolean calm;

    /** What happened. */
    record Result(
            long seed,
            long hash,
            long steps,
            long virtualMs,
            int acknowledged,
            long commits,
            long events,
            long published,
            long drained,
            Map<Kind, Long> faults) {}

    Simulation(long seed) {
        this.seed = seed;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        this.timeline = new Timeline(random);
        this.faults = new Faults(timeline, random);
        this.auditor = new Auditor(timeline);
        int partitions = random.nextInt(1, 5);
        this.servers = random.nextInt(1, 4);
        this.spanMs = random.nextLong(2_000, 40_000);
        this.world = timeline.process("world");
        this.broker = new Broker(timeline, partitions, this::published);
        this.group = new Group(timeline, random, partitions);
        this.users = new Users(timeline, broker, faults, random, auditor, random.nextInt(1, 9));
        this.workers = new Workers(timeline, broker, faults, random);
    }

    private void published(List<Broker.Appended> records) {
        auditor.published(records);
        workers.told(records);
    }

    /** Since the beginning. */
    long elapsedMs() {
        return timeline.nowMs() - Timeline.START_MS;
    }

    /** @throws AssertionError that names the seed, if a promise was broken or anything did not come to its end */
    Result run() {
        try {
            drawFaults();
            for (int i = 0; i < servers; i++) {
                start(i);
            }
            users.plan(random.nextInt(5, 80), spanMs);
            world.after(ANSWERS_EVERY_MS, this::answers);
            world.after(RELEASES_EVERY_MS, this::releases);
            goOnUntil(Timeline.START_MS + spanMs);
            calmDown();
            long deadline = timeline.nowMs() + REST_WITHIN_MS;
            while (!isAtRest()) {
                if (timeline.nowMs() > deadline) {
                    throw new AssertionError("It does not come to rest: " + unfinished());
                }
                goOnUntil(timeline.nowMs() + 500);
            }
            check();
            return new Result(
                    seed,
                    timeline.hash(),
                    timeline.steps(),
                    elapsedMs(),
                    users.acknowledged().size(),
                    auditor.commits(),
                    auditor.events(),
                    auditor.published(),
                    auditor.drained(),
                    new TreeMap<>(faults.counts()));
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed %d, after %d steps and %d ms, faults %s: %s"
                            .formatted(seed, timeline.steps(), elapsedMs(), faults.counts(), e.getMessage()),
                    e);
        }
    }

    /** Some kinds of faults, each more or less often. */
    private void drawFaults() {
        Map<Kind, Double> most = Map.ofEntries(
                Map.entry(Kind.KILLED_AT_AN_EFFECT, 0.004),
                Map.entry(Kind.COMMIT_REFUSED, 0.2),
                Map.entry(Kind.COMMIT_UNKNOWN_NOT_STORED, 0.15),
                Map.entry(Kind.COMMIT_UNKNOWN_STORED, 0.15),
                Map.entry(Kind.JOURNAL_READ, 0.1),
                Map.entry(Kind.LOG_CALL_BEFORE, 0.1),
                Map.entry(Kind.LOG_CALL_AFTER, 0.1),
                Map.entry(Kind.LONG_DELAY, 0.05),
                Map.entry(Kind.INPUT_TWICE, 0.4),
                Map.entry(Kind.INPUT_MISROUTED, 0.1),
                Map.entry(Kind.RESULT_TWICE, 0.5),
                Map.entry(Kind.RESULT_NEVER, 0.3));
        for (Kind kind : Kind.values()) {
            Double upTo = most.get(kind);
            if (upTo != null && random.nextInt(3) > 0) {
                faults.odds(kind, upTo * random.nextDouble());
            }
        }
        faults.killsBy(process -> {
            process.kill();
            restartLater(process.name);
        });
        plan(6, () -> stop(some()));
        plan(4, () -> kill(some()));
        plan(3, () -> endInOrder(some()));
        plan(4, () -> {
            faults.count(Kind.REBALANCE);
            group.storm();
        });
        plan(3, this::defect);
        plan(2, () -> faults.journalAway(random.nextInt(200, 6_000)));
        plan(2, () -> faults.logAway(random.nextInt(200, 6_000)));
        plan(3, () -> {
            Node node = some();
            if (node != null) {
                faults.count(Kind.CLOCK_JUMP);
                node.process.skew(random.nextLong(-60_000, 60_000));
            }
        });
    }

    /** For all servers, until the next one comes or it is repaired. */
    private void defect() {
        faults.count(Kind.DEFECT);
        defect.begin(Trades.WITHOUT_PEOPLE.get(random.nextInt(Trades.WITHOUT_PEOPLE.size())));
        world.after(random.nextLong(100, 6_000), defect::end);
    }

    private void plan(int most, Runnable fault) {
        int times = random.nextInt(2) == 0 ? 0 : random.nextInt(1, most + 1);
        for (int i = 0; i < times; i++) {
            world.after(random.nextLong(spanMs), () -> {
                if (!calm) {
                    fault.run();
                }
            });
        }
    }

    private Node some() {
        List<Node> alive =
                nodes.values().stream().filter(node -> node.process.isRunning()).toList();
        return alive.isEmpty() ? null : alive.get(random.nextInt(alive.size()));
    }

    private void start(int slot) {
        String name = slot + "-" + started++;
        Node node = new Node(name, timeline.process(name), journal, broker, group, faults, random, defect, auditor);
        nodes.put(slot, node);
        node.start();
    }

    private void kill(Node node) {
        if (node != null) {
            faults.count(Kind.KILLED_AT_AN_EFFECT);
            node.process.kill();
            restartLater(node.process.name);
        }
    }

    /** For longer than the group waits, or not. */
    private void stop(Node node) {
        if (node != null) {
            faults.count(Kind.STOPPED);
            node.process.stop();
            world.after(random.nextLong(100, 9_000), node.process::resume);
        }
    }

    private void endInOrder(Node node) {
        if (node != null) {
            node.end(() -> {
                if (!node.process.isDead()) {
                    node.process.kill();
                    restartLater(node.process.name);
                }
            });
        }
    }

    private void restartLater(String name) {
        int slot = Integer.parseInt(name.substring(0, name.indexOf('-')));
        world.after(random.nextLong(50, 8_000), () -> {
            if (nodes.get(slot).process.isDead()) {
                start(slot);
            }
        });
    }

    private void answers() {
        if (calm || random.nextInt(3) == 0) {
            users.answer();
        }
        world.after(ANSWERS_EVERY_MS, this::answers);
    }

    /** Somebody looks now and then at what is set aside, and releases it: too early, or twice, or late. */
    private void releases() {
        for (SetAsideThread thread : setAside()) {
            if (calm || random.nextInt(3) == 0) {
                journal.release(thread.thread());
            }
        }
        world.after(RELEASES_EVERY_MS, this::releases);
    }

    private List<SetAsideThread> setAside() {
        return journal.setAside(IntStream.range(0, broker.partitions()).boxed().toList(), MAX_SET_ASIDE);
    }

    private void calmDown() {
        calm = true;
        defect.end();
        faults.end();
        nodes.values().forEach(node -> {
            node.process.skew(0);
            if (!node.process.isDead()) {
                node.process.resume();
            }
        });
    }

    private void goOnUntil(long timeMs) {
        while (timeline.nowMs() < timeMs) {
            timeline.step();
            Throwable violation = auditor.violation();
            if (violation != null) {
                throw new AssertionError(violation.getMessage(), violation);
            }
            if (timeline.steps() > MAX_STEPS) {
                throw new AssertionError("It goes on for ever: " + unfinished());
            }
        }
    }

    private boolean isAtRest() {
        for (ThreadAudit thread : auditor.threads()) {
            if (!thread.state().started().isEmpty() || !thread.state().queue().isEmpty()) {
                return false;
            }
        }
        return auditor.backlog() == 0 && setAside().isEmpty() && undecided().isEmpty();
    }

    /** Acknowledged, and neither decided nor set aside with its reason. */
    private List<Identity> undecided() {
        List<Identity> missing = new ArrayList<>();
        users.acknowledged().forEach((identity, places) -> {
            if (!auditor.decided().contains(identity)
                    && places.stream().noneMatch(auditor.deadLetters()::contains)
                    && !hasOutcome(identity)) {
                missing.add(identity);
            }
        });
        return missing;
    }

    private boolean hasOutcome(Identity identity) {
        for (ThreadAudit thread : auditor.threads()) {
            if (!journal.outcomes(List.of(new OutcomeKey(thread.state().key(), IdentityHash.of(identity))))
                    .isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private void check() {
        Map<ThreadKey, ThreadState> expected = new LinkedHashMap<>();
        auditor.threads().forEach(thread -> expected.put(thread.state().key(), thread.state()));
        Map<ThreadKey, ThreadState> loaded = journal.load(expected.keySet());
        if (!loaded.equals(expected)) {
            throw new AssertionError("The journal folds to " + loaded + " and not to " + expected);
        }
        nodes.forEach((slot, node) -> {
            if (!node.stopped().isEmpty()) {
                throw new AssertionError("A partition was stopped: " + node.stopped());
            }
        });
    }

    private String unfinished() {
        List<String> busy = new ArrayList<>();
        for (ThreadAudit thread : auditor.threads()) {
            for (StartedRun run : thread.state().started()) {
                busy.add(thread.state().key() + " " + run.id() + " " + run.status() + " "
                        + run.frame().all());
            }
        }
        return busy.size() + " runs " + busy + ", unpublished " + auditor.backlog() + ", undecided "
                + undecided().stream()
                        .map(identity -> identity.id() + " "
                                + users.acknowledged().get(identity).stream()
                                        .map(Coordinates::toString)
                                        .collect(Collectors.joining(" ")))
                        .toList()
                + ", set aside " + setAside() + ", servers "
                + nodes.values().stream()
                        .map(node -> node.process.name + (node.process.isRunning() ? "" : " away") + node.stopped())
                        .toList();
    }
}

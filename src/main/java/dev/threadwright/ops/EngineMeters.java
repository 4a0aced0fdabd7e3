package dev.threadwright.ops;

import dev.threadwright.actor.Measurements;
import dev.threadwright.actor.RawRecord;
import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.actor.Work;
import dev.threadwright.journal.Batch;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.EventCodec;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.Publication;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Event.DecisionKind;
import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.thread.Event.Why;
import dev.threadwright.thread.Recorded;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Counts and times of loops, steps and relays. What is said of every single work is said by batch and after its commit, so it
 * is in nobody's way; labels have the values of an enum or of a short list, and never an id. docs/metrics.md explains each.
 */
final class EngineMeters implements Measurements {

    /** Upper bounds of the buckets of what takes time. */
    static final Duration[] TIMES =
            millis(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000);

    private static final double[] COUNTS = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000};
    private static final double[] BYTES = {1 << 10, 10 << 10, 100 << 10, 1 << 20, 4 << 20, 16 << 20};

    /** Of policies, as they begin on a decision's record; {@code none} where none was asked. */
    private static final Set<String> POLICIES =
            Set.of("none", "interrupt", "parallel", "merge", "reject", "queue", "rollback", "custom");

    private static final String OTHER = "other";

    private final MeterRegistry meters;
    private final LongSupplier nowMs;

    private final DistributionSummary batchWorks;
    private final DistributionSummary batchBytes;
    private final Timer commit;
    private final Map<CommitFailure, Counter> commitFailures;
    private final Map<String, Timer> decisionDelays;
    private final Timer timerDelay;
    private final Map<Rejection, Counter> rejections;
    private final Map<OutboxRow.Kind, Counter> deadLetters = new EnumMap<>(OutboxRow.Kind.class);
    private final Counter forwards;
    private final Counter snapshots;
    private final Counter loadedThreads;
    private final Timer load;
    private final Map<Rebalance, Counter> rebalances;
    private final Timer claim;
    private final Counter claimFailures;
    private final Map<StepEnd, Timer> steps;
    private final Counter publications;
    private final Timer publish;
    private final Counter publishFailures;
    private final Timer relayDelay;

    /** Those that have occurred; as many as there are kinds of events. */
    private final Map<Class<?>, Counter> events = new ConcurrentHashMap<>();

    /** Those that have occurred; as many as there are policies and kinds of decisions. */
    private final Map<Decided, Counter> decisions = new ConcurrentHashMap<>();

    private record Decided(String policy, DecisionKind decision) {}

    /** How a handler's call ended. */
    private enum StepEnd {
        SUCCEEDED,
        FAILED,
        ASKED,
        ACCEPTED,
        CANCELLED
    }

    /** @param topics roles of the inbound topics, by their names */
    EngineMeters(MeterRegistry meters, Map<String, String> topics, LongSupplier nowMs) {
        this.meters = meters;
        this.nowMs = nowMs;
        batchWorks = DistributionSummary.builder("threadwright.batch.works")
                .description("Works in a commit")
                .serviceLevelObjectives(COUNTS)
                .register(meters);
        batchBytes = DistributionSummary.builder("threadwright.batch.bytes")
                .description("Bytes of the records that a commit has decided")
                .baseUnit("bytes")
                .serviceLevelObjectives(BYTES)
                .register(meters);
        commit = timer("threadwright.commit", "From the first attempt to commit a batch until it was stored");
        commitFailures = counters(
                CommitFailure.class,
                "threadwright.commit.failures",
                "Attempts to commit a batch that have not stored it, by why",
                "cause");
        decisionDelays = new ConcurrentHashMap<>();
        topics.forEach((topic, role) -> decisionDelays.put(
                topic,
                timer(
                        "threadwright.decision.delay",
                        "From a record's append to its topic until what it led to was committed",
                        "topic",
                        role)));
        timerDelay = timer("threadwright.timer.delay", "From when a timer was due until what it led to was committed");
        rejections = counters(
                Rejection.class, "threadwright.rejections", "Commands that a thread refused, by reason", "reason");
        for (OutboxRow.Kind kind : OutboxRow.Kind.values()) {
            if (kind.isDeadLetter()) {
                deadLetters.put(
                        kind,
                        counter(
                                "threadwright.dead.letters",
                                "Records that became dead letters, by kind",
                                "kind",
                                kind.word()));
            }
        }
        forwards = counter("threadwright.forwards", "Records that came to the wrong partition and were sent on");
        snapshots = counter("threadwright.snapshots", "States of threads that were stored");
        loadedThreads = counter("threadwright.threads.loaded", "Threads that were not in memory and were read");
        load = timer("threadwright.load", "Reads of threads that were not in memory, many at once");
        rebalances = counters(
                Rebalance.class,
                "threadwright.rebalances",
                "How often the consumer group has told a loop of partitions, by what",
                "kind");
        claim = timer("threadwright.claim", "Claims of a partition, until it was worked on");
        claimFailures = counter("threadwright.claim.failures", "Attempts to claim a partition that failed");
        steps = new EnumMap<>(StepEnd.class);
        for (StepEnd end : StepEnd.values()) {
            steps.put(end, timer("threadwright.step", "Calls of handlers, by how they ended", "outcome", word(end)));
        }
        publications = counter("threadwright.publications", "Decisions, dead letters, forwards and requests on Kafka");
        publish = timer("threadwright.publish", "Transactions of the relay");
        publishFailures = counter("threadwright.publish.failures", "Transactions of the relay that failed");
        relayDelay =
                timer("threadwright.relay.delay", "From a commit until all that it left in a partition was on Kafka");
    }

    @Override
    public void committed(List<Work> works, Batch batch, long nanos) {
        commit.record(nanos, TimeUnit.NANOSECONDS);
        batchWorks.record(works.size());
        long now = nowMs.getAsLong();
        long bytes = 0;
        for (Work work : works) {
            RawRecord record = work.record();
            if (record != null) {
                bytes += record.bytes();
                Timer delay = decisionDelays.get(record.source().topic());
                // What was parked was measured when it came.
                if (delay != null && batch.drained() == null) {
                    delay.record(Math.max(0, now - record.timeMs()), TimeUnit.MILLISECONDS);
                }
            } else if (work instanceof Work.Decide decide && decide.command() instanceof Command.FireTimers timers) {
                timerDelay.record(Math.max(0, now - timers.header().timeMs()), TimeUnit.MILLISECONDS);
            }
        }
        batchBytes.record(bytes);
        for (DecisionRow decision : batch.decisions()) {
            for (Recorded recorded : decision.events()) {
                count(recorded.event());
            }
        }
        for (OutboxRow row : batch.outbox()) {
            Counter letters = deadLetters.get(row.kind());
            if (letters != null) {
                letters.increment();
            } else if (row.kind() == OutboxRow.Kind.FORWARD) {
                forwards.increment();
            }
        }
        snapshots.increment(batch.snapshots().size());
    }

    private void count(Event event) {
        Counter counter = events.get(event.getClass());
        if (counter == null) {
            counter = events.computeIfAbsent(
                    event.getClass(),
                    type -> counter(
                            "threadwright.events", "Events committed, by type", "type", EventCodec.typeOf(event)));
        }
        counter.increment();
        if (event instanceof Event.InputAccepted accepted) {
            count(accepted.why());
        } else if (event instanceof Event.InputRejected rejected) {
            Counter reason = rejections.get(rejected.reason());
            if (reason != null) {
                reason.increment();
            }
            Why why = rejected.why();
            if (why != null) {
                count(why);
            }
        }
    }

    private void count(Why why) {
        decisions
                .computeIfAbsent(
                        new Decided(policy(why.policy()), why.decision()),
                        decided -> counter(
                                "threadwright.decisions",
                                "Inputs decided, by the kind of policy that was asked and by what it chose",
                                "policy",
                                decided.policy(),
                                "decision",
                                word(decided.decision())))
                .increment();
    }

    /** Without its numbers, and without the names that people give to custom ones: {@code queue(max=100)}. */
    static String policy(String words) {
        int end = 0;
        while (end < words.length() && Character.isLetter(words.charAt(end))) {
            end++;
        }
        String kind = end == 0 ? "none" : words.substring(0, end);
        return POLICIES.contains(kind) ? kind : OTHER;
    }

    @Override
    public void commitFailed(CommitFailure why) {
        increment(commitFailures, why);
    }

    @Override
    public void loaded(int threads, long nanos) {
        loadedThreads.increment(threads);
        load.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void rebalanced(Rebalance what, int partitions) {
        increment(rebalances, what);
    }

    @Override
    public void claimed(long nanos) {
        claim.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void claimFailed() {
        claimFailures.increment();
    }

    @Override
    public void stepEnded(StepCall step, Command result, long nanos) {
        record(
                switch (result) {
                    case Command.FailAction ignored -> StepEnd.FAILED;
                    case Command.RaiseInterrupt ignored -> StepEnd.ASKED;
                    case Command.AcceptAction ignored -> StepEnd.ACCEPTED;
                    default -> StepEnd.SUCCEEDED;
                },
                nanos);
    }

    @Override
    public void stepCancelled(StepCall step, long nanos) {
        record(StepEnd.CANCELLED, nanos);
    }

    private void record(StepEnd end, long nanos) {
        Timer timer = steps.get(end);
        if (timer != null) {
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void published(List<Publication> published, long nanos) {
        publications.increment(published.size());
        publish.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void publishingFailed() {
        publishFailures.increment();
    }

    @Override
    public void relayed(long nanos) {
        relayDelay.record(nanos, TimeUnit.NANOSECONDS);
    }

    private static <E> void increment(Map<E, Counter> counters, E of) {
        Counter counter = counters.get(of);
        if (counter != null) {
            counter.increment();
        }
    }

    private <E extends Enum<E>> Map<E, Counter> counters(Class<E> type, String name, String description, String label) {
        Map<E, Counter> counters = new EnumMap<>(type);
        for (E value : type.getEnumConstants()) {
            counters.put(value, counter(name, description, label, word(value)));
        }
        return counters;
    }

    private Counter counter(String name, String description, String... labels) {
        return Counter.builder(name).description(description).tags(labels).register(meters);
    }

    private Timer timer(String name, String description, String... labels) {
        return Timer.builder(name)
                .description(description)
                .tags(labels)
                .serviceLevelObjectives(TIMES)
                .register(meters);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static Duration[] millis(long... bounds) {
        return Arrays.stream(bounds).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }
}

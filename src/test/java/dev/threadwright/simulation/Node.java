package dev.threadwright.simulation;

import dev.threadwright.actor.Loop;
import dev.threadwright.actor.LoopSettings;
import dev.threadwright.actor.Measurements;
import dev.threadwright.actor.NeededWorkflows;
import dev.threadwright.actor.Ownership;
import dev.threadwright.actor.Quotas;
import dev.threadwright.actor.Turns;
import dev.threadwright.actor.Work.Decide;
import dev.threadwright.ingress.CommandRecords;
import dev.threadwright.ingress.Consumers;
import dev.threadwright.ingress.Pace;
import dev.threadwright.ingress.RecordDecoder;
import dev.threadwright.ingress.TopicRole;
import dev.threadwright.journal.Journal;
import dev.threadwright.relay.OutgoingRecords;
import dev.threadwright.relay.Relay;
import dev.threadwright.schema.JsonSchemas;
import dev.threadwright.simulation.Timeline.Process;
import dev.threadwright.step.InProcessSteps;
import dev.threadwright.thread.Decider;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.ServerSettings;
import dev.threadwright.thread.policy.Judges;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.thread.policy.Situation;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A server from its start to its death: all of the engine, put together as the real one is. */
final class Node {

    private static final LoopSettings SETTINGS = new LoopSettings(16, 16 << 10, 40, 1 << 20, 4, 1 << 20, 7);
    private static final int DATA_BYTES = 100_000;

    /** Of no process: it only remembers what it has compiled. */
    private static final JsonSchemas SCHEMAS = new JsonSchemas();

    private static final Judges NO_JUDGES = new Judges() {
        @Override
        public boolean holds(String condition, Input input, Situation situation) {
            throw new IllegalStateException("no conditions here");
        }

        @Override
        public Policy choose(String name, Input input, Situation situation) {
            throw new IllegalStateException("no custom policies here");
        }
    };

    final Process process;
    private final Loop loop;
    private final Relay relay;
    private final Ownership ownership;
    private final Consumers consumers;

    Node(
            String name,
            Process process,
            Journal shared,
            Broker broker,
            Group group,
            Faults faults,
            RandomGenerator random,
            Auditor auditor) {
        this.process = process;
        SimulatedThreads threads = new SimulatedThreads(process);
        Journal journal = new SimulatedJournal(process, shared, faults, auditor::committed);
        Journal claimJournal = new SimulatedJournal(process, shared, faults, auditor::committed);
        AtomicReference<Ownership> claims = new AtomicReference<>();
        OutgoingRecords records = new OutgoingRecords(Names.OUT, Names.DEAD_LETTERS, broker.partitions(), DATA_BYTES);
        relay = new Relay(
                "relay",
                threads,
                name,
                () -> new LogProducer(process, broker, faults, name).asProducer(),
                new LogPositions(process, broker, faults),
                Names.POSITIONS,
                records::of,
                claimJournal::holders,
                partition -> claims.get().seenElsewhere(partition),
                Measurements.NONE);
        AtomicReference<Loop> itself = new AtomicReference<>();
        AtomicReference<Consumers> inbound = new AtomicReference<>();
        Map<String, Work> handlers = Stream.of(Trades.WORK, Trades.ONCE, Trades.FLAKY)
                .collect(Collectors.toMap(one -> one, one -> new Work(one, process, random, auditor)));
        InProcessSteps steps = new InProcessSteps(
                handlers::get,
                Trades.ALL,
                DATA_BYTES,
                process::nowMs,
                (partition, result) -> itself.get().offer(List.of(new Decide(partition, result, null, false))),
                said -> {},
                Measurements.NONE);
        CommandRecords commands = new CommandRecords(Names.COMMANDS, Names.RESULTS, broker.partitions());
        loop = new Loop(
                "loop",
                name,
                threads,
                journal,
                new Decider(new ServerSettings(QueuePolicy.DEFAULT, "plain", 3, 4), Trades.ALL, NO_JUDGES, SCHEMAS),
                NeededWorkflows.fixed(Trades.ALL),
                SETTINGS,
                relay,
                steps,
                Turns.NONE,
                Quotas.NONE,
                batch -> inbound.get().consumed(batch.offsets()),
                command -> {
                    var record = commands.ofStray(command);
                    if (record != null) {
                        broker.append(record);
                    }
                },
                (partition, epoch) -> claims.get().fenced(partition, epoch),
                Measurements.NONE);
        itself.set(loop);
        consumers = new Consumers(
                "consumer",
                threads,
                isStatic -> new LogConsumer(process, broker, group, faults, random).asConsumer(),
                new LogConsumer(process, broker, group, faults, random).asConsumer(),
                new RecordDecoder(topic -> "default", policy -> {}, DATA_BYTES),
                Names.INPUT,
                Map.of(
                        Names.INPUT, TopicRole.INPUT,
                        Names.COMMANDS, TopicRole.COMMANDS,
                        Names.RESULTS, TopicRole.RESULTS),
                broker.partitions(),
                loop,
                Pace.FREE,
                Group.SESSION_TIMEOUT_MS);
        inbound.set(consumers);
        ownership = new Ownership(
                "claims",
                name,
                threads,
                claimJournal,
                relay,
                steps,
                Turns.NONE,
                loop,
                consumers,
                process::nowMs,
                Measurements.NONE);
        claims.set(ownership);
    }

    void start() {
        relay.start();
        loop.start();
        consumers.start(ownership);
    }

    /** In order: partitions are given back before the rest ends. */
    void end(Runnable ended) {
        process.later(0, "end", () -> {
            consumers.close();
            ownership.close();
            loop.close();
            relay.close();
            ended.run();
        });
    }

    /** Partitions that cannot go on, and why. */
    Map<Integer, String> stopped() {
        return ownership.stopped();
    }
}

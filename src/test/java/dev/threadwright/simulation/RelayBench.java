package dev.threadwright.simulation;

import dev.threadwright.actor.Measurements;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.OutboxRow.Coordinates;
import dev.threadwright.journal.RawHeaders;
import dev.threadwright.relay.OutgoingRecords;
import dev.threadwright.relay.Relay;
import dev.threadwright.thread.ThreadKey;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** One relay, alone with a log that may fail, on time that passes when it is told to. */
final class RelayBench {

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    private final Timeline timeline = new Timeline(random);
    private final Timeline.Process process = timeline.process("server");
    final Faults faults = new Faults(timeline, random);
    final InMemoryJournal journal = new InMemoryJournal();
    final Relay relay;

    /**
     * @param published by transaction: the positions of what it has
     * @param lost partitions that others have
     */
    RelayBench(int partitions, Consumer<List<Integer>> published, IntConsumer lost) {
        Broker broker = new Broker(
                timeline,
                partitions,
                records -> published.accept(records.stream()
                        .filter(record -> !record.partition().topic().equals(Names.POSITIONS))
                        .map(record -> Integer.valueOf(Auditor.text(record, "tw_source_offset")))
                        .toList()));
        relay = new Relay(
                "relay",
                new SimulatedThreads(process),
                "mine",
                () -> new LogProducer(process, broker, faults, "mine").asProducer(),
                new LogPositions(process, broker, faults),
                Names.POSITIONS,
                new OutgoingRecords(Names.OUT, Names.DEAD_LETTERS, partitions, 1_000)::of,
                journal::holders,
                lost::accept,
                Measurements.NONE);
    }

    static OutboxRow deadLetter(int partition, int position, byte[] value) {
        return new OutboxRow(
                ThreadKey.DEFAULT_TENANT,
                OutboxRow.Kind.INVALID,
                partition,
                position,
                new Coordinates(Names.INPUT, partition, position),
                null,
                value,
                RawHeaders.NONE,
                "why",
                1);
    }

    void later(Runnable task) {
        process.later(0, "test", task);
    }

    /** For a second of its own time. */
    void goOn() {
        boolean[] over = {false};
        timeline.process("test").after(1_000, () -> over[0] = true);
        while (!over[0]) {
            timeline.step();
        }
    }
}

package dev.threadwright.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.actor.Measurements;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.OutboxRow.Coordinates;
import dev.threadwright.journal.RawHeaders;
import dev.threadwright.relay.OutgoingRecords;
import dev.threadwright.relay.Relay;
import dev.threadwright.simulation.Faults.Kind;
import dev.threadwright.thread.ThreadKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a relay holds, and what it publishes at once, is bounded in number and in bytes. */
class RelayBacklogTest {

    private static final byte[] SMALL = {'x'};

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    private final Timeline timeline = new Timeline(random);
    private final Faults faults = new Faults(timeline, random);

    /** By transaction. */
    private final List<List<Integer>> published = new ArrayList<>();

    private final Broker broker = new Broker(
            timeline,
            2,
            records -> published.add(records.stream()
                    .filter(record -> !record.partition().topic().equals(Names.POSITIONS))
                    .map(record -> Integer.valueOf(Auditor.text(record, "tw_source_offset")))
                    .toList()));
    private final InMemoryJournal journal = new InMemoryJournal();
    private final Timeline.Process process = timeline.process("server");
    private final Relay relay = new Relay(
            "relay",
            new SimulatedThreads(process),
            "mine",
            () -> new LogProducer(process, broker, faults, "mine"),
            new LogPositions(process, broker, faults),
            Names.POSITIONS,
            new OutgoingRecords(Names.OUT, 2, 1_000)::of,
            journal::holders,
            partition -> {},
            Measurements.NONE);

    @BeforeAll
    static void quiet() {
        Quiet.begin();
    }

    @AfterAll
    static void loud() {
        Quiet.end();
    }

    @BeforeEach
    void open() {
        relay.start();
        for (int partition : List.of(0, 1)) {
            later(() -> relay.open(List.of(journal.claim(partition, "server", "mine"))));
            goOn();
        }
        faults.odds(Kind.LOG_CALL_BEFORE, 1);
    }

    @Test
    void isSaturatedByANumberOfPublications_andGoesOnWhenTheyAreOut() {
        give(0, 1, Relay.MAX_BACKLOG - 1, SMALL);
        assertThat(relay.isSaturated()).isFalse();
        give(1, 1, 1, SMALL);
        assertThat(relay.isSaturated()).isTrue();
        assertThat(relay.backlog()).isEqualTo(new Relay.Backlog(Relay.MAX_BACKLOG, Relay.MAX_BACKLOG * bytes(SMALL)));
        boolean[] hasRoom = awaitRoom();
        goOn();
        assertThat(hasRoom[0]).isFalse();

        drain();
        assertThat(hasRoom[0]).isTrue();
        assertThat(published).extracting(List::size).containsOnly(Relay.MAX_TRANSACTION);
        assertThat(all())
                .isEqualTo(withAnother(
                        IntStream.range(1, Relay.MAX_BACKLOG).boxed().toList()));
    }

    @Test
    void isSaturatedByTheBytesOfPublications_andGoesOnWhenTheyAreOut() {
        byte[] eighth = new byte[(int) Relay.MAX_BACKLOG_BYTES / 8];
        give(0, 1, 7, eighth);
        assertThat(relay.isSaturated()).isFalse();
        give(1, 1, 1, eighth);
        assertThat(relay.isSaturated()).isTrue();
        assertThat(relay.backlog()).isEqualTo(new Relay.Backlog(8, 8 * bytes(eighth)));
        boolean[] hasRoom = awaitRoom();
        goOn();
        assertThat(hasRoom[0]).isFalse();

        drain();
        assertThat(hasRoom[0]).isTrue();
        assertThat(all()).isEqualTo(withAnother(List.of(1, 2, 3, 4, 5, 6, 7)));
    }

    @Test
    void whatItLosesWithItsPartitionItDoesNotHoldAnyMore() {
        byte[] half = new byte[(int) Relay.MAX_BACKLOG_BYTES / 2];
        give(0, 1, 3, half);
        give(1, 1, 2, SMALL);
        assertThat(relay.isSaturated()).isTrue();
        later(() -> relay.drop(0));
        goOn();
        assertThat(relay.backlog()).isEqualTo(new Relay.Backlog(2, 2 * bytes(SMALL)));
        assertThat(relay.isSaturated()).isFalse();
    }

    @Test
    void aTransactionHasNoMoreThanItsBytes_orOnePublication() {
        byte[] third = new byte[(int) Relay.MAX_TRANSACTION_BYTES / 3 - 1_000];
        byte[] more = new byte[(int) Relay.MAX_TRANSACTION_BYTES + 1];
        give(0, 1, 4, third);
        give(0, 5, 1, more);
        give(0, 6, 2, SMALL);
        drain();
        assertThat(published).containsExactly(List.of(1, 2, 3), List.of(4), List.of(5), List.of(6, 7));
    }

    private void give(int partition, int from, int count, byte[] value) {
        List<OutboxRow> rows = IntStream.range(from, from + count)
                .mapToObj(position -> deadLetter(partition, position, value))
                .toList();
        later(() -> relay.publish(rows));
        goOn();
    }

    private static long bytes(byte[] value) {
        return deadLetter(0, 1, value).bytes();
    }

    private static OutboxRow deadLetter(int partition, int position, byte[] value) {
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

    private boolean[] awaitRoom() {
        boolean[] hasRoom = {false};
        later(() -> {
            try {
                relay.awaitRoom();
                hasRoom[0] = true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return hasRoom;
    }

    /** The log takes everything again. */
    private void drain() {
        faults.end();
        for (int i = 0; i < 30 && relay.backlog().publications() > 0; i++) {
            goOn();
        }
        // Whoever waited has gone on, too.
        goOn();
        assertThat(relay.backlog()).isEqualTo(new Relay.Backlog(0, 0));
        assertThat(relay.isSaturated()).isFalse();
    }

    private List<Integer> all() {
        return published.stream().flatMap(List::stream).toList();
    }

    /** And the first of the other partition, which was given last. */
    private static List<Integer> withAnother(List<Integer> positions) {
        List<Integer> all = new ArrayList<>(positions);
        Collections.addAll(all, 1);
        return all;
    }

    private void later(Runnable task) {
        process.later(0, "test", task);
    }

    /** For a second of its own time. */
    private void goOn() {
        boolean[] over = {false};
        timeline.process("test").after(1_000, () -> over[0] = true);
        while (!over[0]) {
            timeline.step();
        }
    }
}

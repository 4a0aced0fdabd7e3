package dev.threadwright.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.OutboxRow;
import dev.threadwright.relay.Relay;
import dev.threadwright.simulation.Faults.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a relay holds, and what it publishes at once, is bounded in number and in bytes. */
class RelayBacklogTest {

    private static final byte[] SMALL = {'x'};

    /** By transaction. */
    private final List<List<Integer>> published = new ArrayList<>();

    private final RelayBench bench = new RelayBench(2, published::add, partition -> {});
    private final Relay relay = bench.relay;

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
            bench.later(() -> relay.open(List.of(bench.journal.claim(partition, "server", "mine"))));
            bench.goOn();
        }
        bench.faults.odds(Kind.LOG_CALL_BEFORE, 1);
    }

    @Test
    void isSaturatedByANumberOfPublications_andGoesOnWhenTheyAreOut() {
        give(0, 1, Relay.MAX_BACKLOG - 1, SMALL);
        assertThat(relay.isSaturated()).isFalse();
        give(1, 1, 1, SMALL);
        assertThat(relay.isSaturated()).isTrue();
        assertThat(relay.backlog()).isEqualTo(new Relay.Backlog(Relay.MAX_BACKLOG, Relay.MAX_BACKLOG * bytes(SMALL)));
        boolean[] hasRoom = awaitRoom();
        bench.goOn();
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
        bench.goOn();
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
        bench.later(() -> relay.drop(0));
        bench.goOn();
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
                .mapToObj(position -> RelayBench.deadLetter(partition, position, value))
                .toList();
        bench.later(() -> relay.publish(rows));
        bench.goOn();
    }

    private static long bytes(byte[] value) {
        return RelayBench.deadLetter(0, 1, value).bytes();
    }

    private boolean[] awaitRoom() {
        boolean[] hasRoom = {false};
        bench.later(() -> {
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
        bench.faults.end();
        for (int i = 0; i < 30 && relay.backlog().publications() > 0; i++) {
            bench.goOn();
        }
        // Whoever waited has gone on, too.
        bench.goOn();
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
}

package dev.threadwright.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.actor.Measurements;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.Journal.Claim;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.OutboxRow.Coordinates;
import dev.threadwright.journal.RawHeaders;
import dev.threadwright.relay.OutgoingRecords;
import dev.threadwright.relay.Relay;
import dev.threadwright.relay.RelayException;
import dev.threadwright.simulation.Faults.Kind;
import dev.threadwright.thread.ThreadKey;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a relay does that has lost its producer, beside what its loop and others do to its partitions. */
class RelayRecoveryTest {

    /** Two of it are enough to be saturated with. */
    private static final byte[] LARGE = new byte[(int) Relay.MAX_BACKLOG_BYTES / 2];

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    private final Timeline timeline = new Timeline(random);
    private final Faults faults = new Faults(timeline, random);
    private final List<String> published = new ArrayList<>();
    private final Broker broker = new Broker(
            timeline,
            1,
            records -> records.stream()
                    .filter(record -> !record.partition().topic().equals(Names.POSITIONS))
                    .forEach(record -> published.add(Auditor.text(record, "tw_source_offset"))));
    private final InMemoryJournal journal = new InMemoryJournal();
    private final List<Integer> lost = new ArrayList<>();
    private final Timeline.Process process = timeline.process("server");
    private final Relay relay = new Relay(
            "relay",
            new SimulatedThreads(process),
            "mine",
            () -> new LogProducer(process, broker, faults, "mine"),
            new LogPositions(process, broker, faults),
            Names.POSITIONS,
            new OutgoingRecords(Names.OUT, 1, 1_000)::of,
            journal::holders,
            lost::add,
            Measurements.NONE);

    @BeforeAll
    static void quiet() {
        Quiet.begin();
    }

    @AfterAll
    static void loud() {
        Quiet.end();
    }

    @Test
    void goesOnAfterItsOwnLoopHasClaimedThePartitionAgain() {
        Claim claim = journal.claim(0, "server", "mine");
        begin(claim);
        failingLog(() -> {
            give(1, 2);
            journal.reclaim(0, claim.epoch(), "server", "mine");
        });
        give(3, 3);
        goOn();
        assertThat(published).containsExactly("1", "2", "3");
        assertThat(lost).isEmpty();
    }

    @Test
    void leavesToOthersWhatTheyHaveClaimedAndSaysSo() {
        begin(journal.claim(0, "server", "mine"));
        failingLog(() -> {
            give(1, 2);
            journal.claim(0, "another", "theirs");
        });
        goOn();
        assertThat(published).isEmpty();
        assertThat(lost).containsExactly(0);
        assertThat(relay.backlog()).isEqualTo(new Relay.Backlog(0, 0));
    }

    @Test
    void aClaimThatWasOvertakenDoesNotSayThatTheJournalIsTooOld() {
        begin(journal.claim(0, "server", "mine"));
        Claim slow = journal.claim(0, "server", "mine");
        give(1, 2);
        goOn();
        journal.claim(0, "another", "theirs");
        List<RuntimeException> thrown = new ArrayList<>();
        later(() -> {
            try {
                relay.open(List.of(slow));
                relay.opened(slow);
            } catch (RuntimeException e) {
                thrown.add(e);
            }
        });
        goOn();
        assertThat(thrown).singleElement().isInstanceOf(RelayException.class);
        assertThat(thrown.getFirst()).hasMessageContaining("claimed by another");
    }

    private void begin(Claim claim) {
        relay.start();
        later(() -> relay.open(List.of(claim)));
        goOn();
    }

    private void give(int from, int to) {
        later(() -> relay.publish(IntStream.rangeClosed(from, to)
                .mapToObj(RelayRecoveryTest::deadLetter)
                .toList()));
    }

    private static OutboxRow deadLetter(int position) {
        return new OutboxRow(
                ThreadKey.DEFAULT_TENANT,
                OutboxRow.Kind.INVALID,
                0,
                position,
                new Coordinates(Names.INPUT, 0, position),
                null,
                LARGE,
                RawHeaders.NONE,
                "why",
                1);
    }

    private void failingLog(Runnable meanwhile) {
        faults.odds(Kind.LOG_CALL_BEFORE, 1);
        meanwhile.run();
        goOn();
        faults.end();
        goOn();
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

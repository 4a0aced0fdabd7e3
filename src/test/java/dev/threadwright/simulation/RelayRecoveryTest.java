package dev.threadwright.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.Journal.Claim;
import dev.threadwright.relay.Relay;
import dev.threadwright.relay.RelayException;
import dev.threadwright.simulation.Faults.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a relay does that has lost its producer, beside what its loop and others do to its partitions. */
class RelayRecoveryTest {

    /** Two of it are enough to be saturated with. */
    private static final byte[] LARGE = new byte[(int) Relay.MAX_BACKLOG_BYTES / 2];

    private final List<Integer> published = new ArrayList<>();
    private final List<Integer> lost = new ArrayList<>();
    private final RelayBench bench = new RelayBench(1, published::addAll, lost::add);
    private final Relay relay = bench.relay;
    private final InMemoryJournal journal = bench.journal;

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
        bench.goOn();
        assertThat(published).containsExactly(1, 2, 3);
        assertThat(lost).isEmpty();
    }

    @Test
    void leavesToOthersWhatTheyHaveClaimedAndSaysSo() {
        begin(journal.claim(0, "server", "mine"));
        failingLog(() -> {
            give(1, 2);
            journal.claim(0, "another", "theirs");
        });
        bench.goOn();
        assertThat(published).isEmpty();
        assertThat(lost).containsExactly(0);
        assertThat(relay.backlog()).isEqualTo(new Relay.Backlog(0, 0));
    }

    @Test
    void aClaimThatWasOvertakenDoesNotSayThatTheJournalIsTooOld() {
        begin(journal.claim(0, "server", "mine"));
        Claim slow = journal.claim(0, "server", "mine");
        give(1, 2);
        bench.goOn();
        journal.claim(0, "another", "theirs");
        List<RuntimeException> thrown = new ArrayList<>();
        bench.later(() -> {
            try {
                relay.open(List.of(slow));
                relay.opened(slow);
            } catch (RuntimeException e) {
                thrown.add(e);
            }
        });
        bench.goOn();
        assertThat(thrown).singleElement().isInstanceOf(RelayException.class);
        assertThat(thrown.getFirst()).hasMessageContaining("claimed by another");
    }

    private void begin(Claim claim) {
        relay.start();
        bench.later(() -> relay.open(List.of(claim)));
        bench.goOn();
    }

    private void give(int from, int to) {
        bench.later(() -> relay.publish(IntStream.rangeClosed(from, to)
                .mapToObj(position -> RelayBench.deadLetter(0, position, LARGE))
                .toList()));
    }

    private void failingLog(Runnable meanwhile) {
        bench.faults.odds(Kind.LOG_CALL_BEFORE, 1);
        meanwhile.run();
        bench.goOn();
        bench.faults.end();
        bench.goOn();
    }
}

package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.raw;
import static dev.threadwright.actor.LoopHarness.thread;
import static dev.threadwright.actor.LoopHarness.work;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.OutboxRow;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchLimitTest {

    private static final int MOST = 100;

    private final BatchLimit limit = new BatchLimit(MOST);
    private final Work one = work(0, 0, input(thread("t"), "1", 1, null, "echo"));
    private final Work two = work(0, 1, input(thread("t"), "2", 2, null, "echo"));

    @Test
    void itBeginsAtTheMost_andNeverExceedsIt() {
        assertThat(limit.works()).isEqualTo(MOST);
        limit.stored();
        assertThat(limit.works()).isEqualTo(MOST);
    }

    @Test
    void whatIsRefusedIsHalvedUntilOneIsLeft_andWhatIsStoredLetsItDouble() {
        assertThat(afterRefusal(60)).isEqualTo(30);
        assertThat(afterRefusal(30)).isEqualTo(15);
        assertThat(afterRefusal(3)).isEqualTo(1);
        assertThat(afterRefusal(1)).isEqualTo(1);
        assertThat(afterCommits(1)).isEqualTo(2);
        assertThat(afterCommits(5)).isEqualTo(64);
        assertThat(afterCommits(1)).isEqualTo(MOST);
    }

    @Test
    void afterABatchTookTooLongItGrowsByOneWithEach() {
        assertThat(limit.timedOut(many(40))).isZero();
        assertThat(limit.works()).isEqualTo(20);
        assertThat(afterCommits(1)).isEqualTo(21);
        assertThat(afterCommits(9)).isEqualTo(30);
        assertThat(afterRefusal(30)).isEqualTo(15);
        assertThat(afterCommits(1)).as("as far as it may by then").isEqualTo(30);
        assertThat(afterCommits(1)).isEqualTo(32);
        assertThat(afterCommits(MOST)).isEqualTo(MOST);
    }

    @Test
    void noMoreAreTakenAtOnceThanTheBytesHadRoomFor() {
        limit.full(7);
        assertThat(limit.works()).isEqualTo(7);
        assertThat(afterCommits(1)).isEqualTo(14);
    }

    @Test
    void howOftenACommandAloneTookTooLongIsCountedInARow() {
        assertThat(limit.timedOut(List.of(one))).isEqualTo(1);
        assertThat(limit.works()).isEqualTo(1);
        assertThat(limit.timedOut(List.of(one))).isEqualTo(2);
        assertThat(limit.timedOut(List.of(two))).as("another").isEqualTo(1);
        assertThat(limit.timedOut(List.of(one))).isEqualTo(1);
        assertThat(limit.timedOut(List.of(one))).isEqualTo(2);
        limit.stored();
        assertThat(limit.timedOut(List.of(one))).as("after a commit").isEqualTo(1);
    }

    @Test
    void aDeadLetterAloneIsNeverToBlame() {
        Work letter = new Work.SetAside(0, OutboxRow.Kind.INVALID, "no JSON", raw(0, 0, 1));
        for (int i = 0; i < 10; i++) {
            assertThat(limit.timedOut(List.of(letter))).isZero();
        }
        assertThat(limit.works()).isEqualTo(1);
    }

    private int afterRefusal(int batch) {
        limit.refused(batch);
        return limit.works();
    }

    private int afterCommits(int times) {
        for (int i = 0; i < times; i++) {
            limit.stored();
        }
        return limit.works();
    }

    private List<Work> many(int count) {
        return Collections.nCopies(count, one);
    }
}

package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.thread;
import static dev.threadwright.actor.LoopHarness.work;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NextBatchTest {

    private final Work a = of(0, 1);
    private final Work b = of(1, 2);
    private final Work c = of(0, 3);
    private final Work d = of(1, 4);
    private final NextBatch next = new NextBatch();

    @Test
    void whatArrivesIsReadyOnceItIsLookedUp_behindWhatWasReadyBefore() {
        assertThat(next.isEmpty()).isTrue();
        next.add(a);
        next.add(b);
        assertThat(next.ready()).isEmpty();
        assertThat(next.isEmpty()).isFalse();
        next.lookedUp();
        next.add(c);
        assertThat(next.ready()).containsExactly(a, b);
        assertThat(next.arrived()).containsExactly(c);
        next.lookedUp();
        assertThat(next.ready()).containsExactly(a, b, c);
        assertThat(next.arrived()).isEmpty();
        assertThat(next.isEmpty()).isFalse();
    }

    @Test
    void bothCount() {
        next.add(a);
        next.lookedUp();
        next.add(b);
        assertThat(next.count()).isEqualTo(2);
        assertThat(next.bytes()).isEqualTo(a.bytes() + b.bytes()).isPositive();
    }

    @Test
    void whatIsDecidedLeavesFromTheFront() {
        ready(a, b, c);
        next.decided(2);
        assertThat(next.ready()).containsExactly(c);
        next.decided(0);
        assertThat(next.ready()).containsExactly(c);
        next.decided(1);
        assertThat(next.isEmpty()).isTrue();
    }

    @Test
    void whatIsReplacedIsReadyInItsPlace() {
        ready(a, b, c);
        next.add(d);
        next.replaceReady(List.of(a, c));
        next.lookedUp();
        assertThat(next.ready()).containsExactly(a, c, d);
    }

    @Test
    void withoutAPartitionAllElseIsLookedUpAgainInItsOrder() {
        ready(a, b);
        next.add(c);
        next.add(d);
        next.forget(0);
        assertThat(next.ready()).isEmpty();
        assertThat(next.arrived()).containsExactly(b, d);
    }

    @Test
    void whatStartsAgainComesBeforeAllThatCameAfter() {
        ready(b);
        next.add(c);
        assertThat(next.startAgain(List.of(a), work -> true, 10)).isEmpty();
        assertThat(next.ready()).isEmpty();
        assertThat(next.arrived()).containsExactly(a, b, c);
    }

    @Test
    void itTakesNoMoreThanTheLimit_andLeavesTheRestInOrder() {
        ready(c);
        next.add(d);
        assertThat(next.startAgain(List.of(a, b), work -> true, 1)).containsExactly(b, c, d);
        assertThat(next.arrived()).containsExactly(a);
    }

    @Test
    void whatIsNotWantedAnyMoreIsNeitherTakenNorLeft() {
        ready(b);
        next.add(c);
        assertThat(next.startAgain(List.of(a, d), work -> work.partition() == 0, 1))
                .containsExactly(c);
        assertThat(next.arrived()).containsExactly(a);
    }

    private void ready(Work... works) {
        List.of(works).forEach(next::add);
        next.lookedUp();
    }

    private static Work of(int partition, long offset) {
        return work(partition, offset, input(thread("t" + offset), "i" + offset, offset, null, "echo"));
    }
}

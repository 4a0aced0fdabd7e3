package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.thread.ThreadState;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ActorsTest {

    @Test
    void scenario59_ofEightPlacesTheLongestIdleIsGivenToTheNinth() {
        Actors actors = new Actors(8, Long.MAX_VALUE);
        for (int i = 0; i < 8; i++) {
            actors.put(0, ThreadState.absent(thread("t" + i)));
        }
        actors.get(thread("t0"));
        actors.put(0, ThreadState.absent(thread("t8")));
        actors.trim();

        assertThat(actors.size()).isEqualTo(8);
        assertThat(actors.contains(thread("t1"))).as("idle for longest").isFalse();
        for (String kept : Set.of("t0", "t2", "t7", "t8")) {
            assertThat(actors.contains(thread(kept))).as(kept).isTrue();
        }
    }

    @Test
    void actorsAreBoundedInBytesToo() {
        Actors actors = new Actors(1_000, 10_000);
        for (int i = 0; i < 100; i++) {
            actors.put(0, ThreadState.absent(thread("t" + i)));
        }
        actors.trim();
        assertThat(actors.bytes()).isLessThanOrEqualTo(10_000);
        assertThat(actors.contains(thread("t99"))).isTrue();
        actors.removePartition(0);
        assertThat(actors.bytes()).isZero();
        assertThat(actors.size()).isZero();
    }
}

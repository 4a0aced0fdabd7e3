package dev.threadwright.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SparingTest {

    private long nanos;
    private final Sparing sparing = new Sparing(Duration.ofNanos(100), 3, () -> nanos);

    @Test
    void theFirstCountsAndAfterAWhileTheNextWithHowManyWereBetween() {
        assertThat(sparing.admit("a")).isZero();
        assertThat(sparing.admit("a")).isNull();
        nanos = 99;
        assertThat(sparing.admit("a")).isNull();
        assertThat(sparing.admit("b")).isZero();
        nanos = 100;
        assertThat(sparing.admit("a")).isEqualTo(2);
        assertThat(sparing.admit("a")).isNull();
        nanos = 200;
        assertThat(sparing.admit("a")).isEqualTo(1);
    }

    @Test
    void whatWasNotWrittenCountsAgain() {
        assertThat(sparing.admit("a")).isZero();
        sparing.forget("a");
        assertThat(sparing.admit("a")).isZero();
    }

    @Test
    void itRemembersNoMoreThanItMay() {
        for (String key : new String[] {"a", "b", "c", "d"}) {
            assertThat(sparing.admit(key)).isZero();
        }
        assertThat(sparing.size()).isEqualTo(3);
        assertThat(sparing.admit("d")).isNull();
        assertThat(sparing.admit("a")).as("forgotten").isZero();
    }
}

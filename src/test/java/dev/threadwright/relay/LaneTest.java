package dev.threadwright.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long what was given has waited. */
class LaneTest {

    private final Lane lane = new Lane(0, 10);
    private final List<Long> delays = new ArrayList<>();

    @Test
    void eachCommitIsToldOnceWhenAllOfItIsPublished() {
        give(13, 1_000);
        give(14, 2_000);

        publish(12, 5_000);
        assertThat(delays).isEmpty();
        assertThat(lane.oldestNanos()).isEqualTo(1_000);

        publish(13, 6_000);
        assertThat(delays).containsExactly(5_000L);
        assertThat(lane.oldestNanos()).isEqualTo(2_000);

        publish(14, 7_000);
        publish(14, 8_000);
        assertThat(delays).containsExactly(5_000L, 5_000L);
        assertThat(lane.oldestNanos()).isNull();
    }

    @Test
    void aCommitThatLeftNothingHereDoesNotCount() {
        lane.note(1_000);
        assertThat(lane.oldestNanos()).isNull();
        give(11, 2_000);
        lane.note(3_000);
        assertThat(lane.oldestNanos()).isEqualTo(2_000);

        publish(11, 4_000);
        assertThat(delays).containsExactly(2_000L);
        lane.note(5_000);
        assertThat(lane.oldestNanos()).isNull();
    }

    private void give(long upTo, long nanos) {
        lane.given = upTo;
        lane.note(nanos);
    }

    private void publish(long upTo, long nowNanos) {
        lane.published = upTo;
        lane.tellRelayed(nowNanos, delays::add);
    }
}

package dev.threadwright.faults.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InputsTest {
    private final Inputs inputs = new Inputs();

    @Test
    void whatIsAcknowledgedAndNeverDecidedIsLost_whatNobodyAnsweredIsNot() {
        int lost = inputs.next(1);
        int decided = inputs.next(2);
        int unsure = inputs.next(3);
        inputs.acknowledged(lost);
        inputs.acknowledged(decided);
        inputs.unsure(unsure);

        assertThat(inputs.decided(decided, true)).isTrue();
        assertThat(inputs.lost()).containsExactly(lost);
        assertThat(inputs.outstanding()).isEqualTo(1);

        assertThat(inputs.decided(unsure, false)).isTrue();
        assertThat(inputs.decided(lost, true)).isTrue();
        assertThat(inputs.lost()).isEmpty();
        assertThat(inputs.undecided()).isZero();
        assertThat(inputs.outstanding()).isZero();
    }

    @Test
    void aSecondDecisionShows_andOneOfWhatWasNeverSent() {
        int input = inputs.next(1);
        assertThat(inputs.decided(input, true)).isTrue();
        assertThat(inputs.decided(input, false)).isFalse();
        assertThat(inputs.decided(input + 1, true)).isFalse();
        inputs.acknowledged(input);
        assertThat(inputs.undecided()).as("decided before it was acknowledged").isZero();
    }

    @Test
    void aHundredThousandAreKept() {
        for (int i = 0; i < 100_000; i++) {
            inputs.acknowledged(inputs.next(i % 7));
        }
        for (int i = 0; i < 100_000; i++) {
            assertThat(i == 70_001 || inputs.decided(i, true)).isTrue();
        }
        assertThat(inputs.lost()).containsExactly(70_001);
        assertThat(inputs.thread(70_001)).isEqualTo(70_001 % 7);
    }
}

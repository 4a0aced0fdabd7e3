package dev.threadwright.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "1ms, 1",
        "200ms, 200",
        "30s, 30000",
        "5m, 300000",
        "2h, 7200000",
        "7d, 604800000",
        "PT1M30S, 90000",
        "PT0.001S, 1",
        "P1D, 86400000",
        "3660d, 316224000000"
    })
    void areReadAsPeopleWriteThem(String text, long ms) {
        assertThat(Durations.ms(text)).isEqualTo(ms);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0ms", "0d", "PT0S", "PT-5S", "PT0.0001S", "3661d", "999999999999h", "999999999999d"})
    void areFromOneMillisecondToTenYears(String text) {
        assertThatThrownBy(() -> Durations.ms(text))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be from 1ms to 3660d, not " + text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "5 s", "-5s", "1.5s", "1w", "5S", "soon", "P", "P1Y", "P1000000000000D"})
    void areNothingElse(String text) {
        assertThatThrownBy(() -> Durations.ms(text))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("is no span of time like 200ms, 30s, 5m, 12h, 7d or PT1M: " + text);
    }
}

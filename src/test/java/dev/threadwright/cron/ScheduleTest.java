package dev.threadwright.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

    /** In 2026 Berlin puts the clock forward on 29 March at 2:00 and back on 25 October at 3:00. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            */5 * * * *      | UTC           | 2026-03-01T10:02:00Z      | 2026-03-01T10:05:00Z      | 2026-03-01T10:10:00Z
            */5 * * * *      | UTC           | 2026-03-01T10:05:00Z      | 2026-03-01T10:10:00Z      | 2026-03-01T10:15:00Z
            0 9 * * MON-FRI  | Europe/Berlin | 2026-03-06T12:00:00+01:00 | 2026-03-09T09:00:00+01:00 | 2026-03-10T09:00:00+01:00
            0 0 13 * FRI     | UTC           | 2026-03-01T00:00:00Z      | 2026-03-06T00:00:00Z      | 2026-03-13T00:00:00Z
            0 0 29 2 *       | UTC           | 2026-03-01T00:00:00Z      | 2028-02-29T00:00:00Z      | 2032-02-29T00:00:00Z
            0 0 * * 7        | UTC           | 2026-03-01T12:00:00Z      | 2026-03-08T00:00:00Z      | 2026-03-15T00:00:00Z
            0 9 * * *        | Europe/Berlin | 2026-03-28T09:00:00+01:00 | 2026-03-29T09:00:00+02:00 | 2026-03-30T09:00:00+02:00
            30 2 * * *       | Europe/Berlin | 2026-03-28T02:30:00+01:00 | 2026-03-29T03:30:00+02:00 | 2026-03-30T02:30:00+02:00
            30 2,3 * * *     | Europe/Berlin | 2026-03-28T03:30:00+01:00 | 2026-03-29T03:30:00+02:00 | 2026-03-30T02:30:00+02:00
            */30 * * * *     | Europe/Berlin | 2026-03-29T01:30:00+01:00 | 2026-03-29T03:00:00+02:00 | 2026-03-29T03:30:00+02:00
            30 2 * * SUN     | Europe/Berlin | 2026-03-23T00:00:00+01:00 | 2026-03-29T03:30:00+02:00 | 2026-04-05T02:30:00+02:00
            30 2 * * *       | Europe/Berlin | 2026-10-24T02:30:00+02:00 | 2026-10-25T02:30:00+02:00 | 2026-10-26T02:30:00+01:00
            0 * * * *        | Europe/Berlin | 2026-10-25T01:00:00+02:00 | 2026-10-25T02:00:00+02:00 | 2026-10-25T02:00:00+01:00
            0 12 * * *       | Asia/Kolkata  | 2026-03-01T00:00:00Z      | 2026-03-01T06:30:00Z      | 2026-03-02T06:30:00Z
            """)
    void isDueWhenTheClockOfItsZoneSaysSo(
            String text, String zone, ZonedDateTime after, ZonedDateTime first, ZonedDateTime second) {
        Schedule schedule = Schedule.of(text, zone);

        Instant one = schedule.next(after.toInstant());
        assertThat(one).isEqualTo(first.toInstant());
        assertThat(schedule.next(one)).isEqualTo(second.toInstant());
    }

    @Test
    void whatNeverComesIsNeverDue() {
        assertThat(Schedule.of("0 0 30 2 *", null).next(Instant.EPOCH)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "now and then", "61 * * * *", "* * * * * *", "@daily", "* * * *", "0 0 * * 8", "0 24 * * *"})
    void whatIsNoScheduleIsRefused(String text) {
        assertThatThrownBy(() -> Schedule.of(text, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Schedule.of("0,".repeat(200) + "0 * * * *", null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void offsetsAreNoTimeZones() {
        assertThat(Schedule.isZone("Europe/Berlin")).isTrue();
        assertThat(Schedule.isZone("UTC")).isTrue();
        assertThat(Schedule.isZone("Moon/Crater")).isFalse();
        assertThat(Schedule.isZone("+01:00")).isFalse();
    }
}

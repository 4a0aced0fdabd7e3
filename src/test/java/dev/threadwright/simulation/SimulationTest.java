package dev.threadwright.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.simulation.Faults.Kind;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Histories with faults. A failure names its seed; {@code -Dthreadwright.seed=N} starts with that one, {@code
 * -Dthreadwright.histories=N} runs so many.
 */
class SimulationTest {

    private static final long FIRST_SEED = Long.getLong("threadwright.seed", 1);
    private static final int HISTORIES = Integer.getInteger("threadwright.histories", 1_000);

    @BeforeAll
    static void quiet() {
        Quiet.begin();
    }

    @AfterAll
    static void loud() {
        Quiet.end();
    }

    @Test
    void nothingIsLostDoubledMisorderedOrStaleWhateverGoesWrong() {
        Map<Kind, Long> faults = new EnumMap<>(Kind.class);
        long acknowledged = 0;
        long drained = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
            Simulation.Result result = new Simulation(seed).run();
            acknowledged += result.acknowledged();
            drained += result.drained();
            result.faults().forEach((kind, count) -> faults.merge(kind, count, Long::sum));
        }
        if (HISTORIES >= 100) {
            assertThat(faults.keySet()).as("faults that occurred").isEqualTo(EnumSet.allOf(Kind.class));
            assertThat(acknowledged).as("inputs").isGreaterThan(HISTORIES);
            assertThat(drained).as("commands that were parked and decided").isGreaterThan(HISTORIES / 10);
        }
    }

    @Test
    void theSameSeedGivesTheSameHistory() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 20; seed++) {
            assertThat(new Simulation(seed).run()).isEqualTo(new Simulation(seed).run());
        }
    }
}

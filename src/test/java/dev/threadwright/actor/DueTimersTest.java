package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.Journal.DueTimer;
import dev.threadwright.journal.JournalDelegate;
import dev.threadwright.thread.Command;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DueTimersTest {

    private static final Set<Integer> PARTITIONS = Set.of(3, 4);

    private final List<DueTimer> owed = new ArrayList<>();
    private final Journal journal = new JournalDelegate(new InMemoryJournal()) {
        @Override
        public List<DueTimer> timers(Collection<Integer> partitions, long dueByMs, int limit) {
            assertThat(partitions).isEqualTo(PARTITIONS);
            return owed.stream()
                    .filter(timer -> timer.dueAtMs() <= dueByMs)
                    .limit(limit)
                    .toList();
        }
    };

    private long nowMs = 5_000;
    private final DueTimers timers = new DueTimers(journal, () -> nowMs);

    @Test
    void aThreadIsToldWhatIsDueAndWhenItWas() {
        owed.add(new DueTimer(3, thread("t"), "timer", 4_000));
        owed.add(new DueTimer(4, thread("later"), "timer", 5_001));
        assertThat(timers.of(PARTITIONS))
                .containsExactly(new Work.Decide(
                        3,
                        new Command.FireTimers(
                                new Command.Header(thread("t"), 4_000, null, "", "timer.due", "system"), 5_000),
                        null,
                        false));
    }

    @Test
    void itIsToldOnce_andOnceMoreIfItIsStillOwedAWhileLater() {
        owed.add(new DueTimer(3, thread("t"), "timer", 4_000));
        assertThat(timers.of(PARTITIONS)).hasSize(1);
        assertThat(timers.of(PARTITIONS)).isEmpty();
        nowMs += DueTimers.AGAIN_MS;
        assertThat(timers.of(PARTITIONS)).isEmpty();
        nowMs++;
        assertThat(timers.of(PARTITIONS)).hasSize(1);
        assertThat(timers.of(PARTITIONS)).isEmpty();
    }

    @Test
    void anotherTimerOfTheThreadIsAnother() {
        owed.add(new DueTimer(3, thread("t"), "timer", 4_000));
        timers.of(PARTITIONS);
        owed.add(new DueTimer(3, thread("t"), "timer-2", 4_500));
        assertThat(timers.of(PARTITIONS)).hasSize(1);
    }

    @Test
    void noMoreAreToldAtOnceThanTheLimit() {
        for (int i = 0; i <= DueTimers.MAX_AT_ONCE; i++) {
            owed.add(new DueTimer(3, thread("t" + i), "timer", i));
        }
        assertThat(timers.of(PARTITIONS)).hasSize(DueTimers.MAX_AT_ONCE);
        owed.removeFirst();
        assertThat(timers.of(PARTITIONS)).as("the next look").hasSize(1);
    }
}

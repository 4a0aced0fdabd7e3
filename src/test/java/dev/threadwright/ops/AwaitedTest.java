package dev.threadwright.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.testing.LogTail;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AwaitedTest {

    private final List<Long> waitedMs = new ArrayList<>();
    private final List<List<String>> seen = new ArrayList<>();
    private final Awaited awaited = new Awaited(this::noted);

    private void noted(long ms) {
        waitedMs.add(ms);
        seen.add(awaited.now());
    }

    @AfterEach
    void forgetInterrupt() {
        Thread.interrupted();
    }

    @Test
    void whatIsAwayIsTriedAgainLessAndLessOftenUntilItIsThere() throws Exception {
        int[] attempts = {0};
        try (LogTail log = LogTail.from(Level.WARNING)) {
            assertThat(awaited.get("Postgres, to look", () -> {
                        if (attempts[0]++ < 8) {
                            throw new JournalUnavailableException(
                                    "Postgres (jdbc:postgresql://host/db?password=secret): refused\nand more", null);
                        }
                        return "there";
                    }))
                    .isEqualTo("there");
            assertThat(log.lines())
                    .as("at first, and then as often as it waits longest")
                    .hasSize(4)
                    .allSatisfy(line -> assertThat(line)
                            .startsWith("Still waiting for Postgres, to look: ")
                            .doesNotContain("secret")
                            .doesNotContain("and more"));
        }
        assertThat(waitedMs).containsExactly(250L, 500L, 1_000L, 2_000L, 4_000L, 5_000L, 5_000L, 5_000L);
        assertThat(seen).allMatch(List.of("Postgres, to look")::equals);
        assertThat(awaited.now()).isEmpty();
    }

    @Test
    void whatNoWaitingHelpsAgainstIsToldAtOnce() {
        for (RuntimeException wrong :
                List.of(new MisconfiguredException("wrong"), new IllegalStateException("defect"))) {
            assertThatThrownBy(() -> awaited.get("it", () -> {
                        throw wrong;
                    }))
                    .isSameAs(wrong);
        }
        assertThat(waitedMs).isEmpty();
    }

    @Test
    void aStartThatIsEndedWaitsNoLonger() {
        assertThatThrownBy(() -> awaited.get("it", () -> {
                    Thread.currentThread().interrupt();
                    throw new JournalUnavailableException("away", null);
                }))
                .isExactlyInstanceOf(InterruptedException.class)
                .hasMessage("Ended while waiting for it");
        assertThat(waitedMs).isEmpty();
    }
}

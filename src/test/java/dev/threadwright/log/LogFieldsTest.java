package dev.threadwright.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import org.jboss.logging.MDC;
import org.junit.jupiter.api.Test;

class LogFieldsTest {

    @Test
    void whatALineIsAboutIsForgottenBehindIt() {
        try (LogFields ignored =
                LogFields.of(new ThreadKey("acme", "t-1")).run(new RunId("r-1")).seq(7)) {
            assertThat(MDC.getMap())
                    .containsEntry("tenant", "acme")
                    .containsEntry("thread_id", "t-1")
                    .containsEntry("run_id", "r-1")
                    .containsEntry("seq", "7");
        }
        assertThat(MDC.getMap()).doesNotContainKeys("tenant", "thread_id", "run_id", "seq");
    }
}

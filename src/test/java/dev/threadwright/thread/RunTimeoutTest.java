package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.MERGE;
import static dev.threadwright.thread.Commands.NOW_MS;
import static dev.threadwright.thread.Commands.QUEUE;
import static dev.threadwright.thread.Commands.carryOn;
import static dev.threadwright.thread.Commands.doneAt;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.timersAt;
import static dev.threadwright.thread.People.answerAt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.Workflows;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long a run may be at work. */
class RunTimeoutTest {

    /** Works, asks, works again; 1,000 ms in all. */
    private static final Workflow WORK = People.workflow("work")
            .timeoutMs(1_000)
            .start("first")
            .action("first", "worker", Step.View::trigger, step -> step.to("ask"))
            .interrupt("ask", view -> Prompt.of("question", Json.NULL, null), step -> step.to("second"))
            .action("second", "worker", Step.View::trigger, step -> step)
            .build();

    private static ThreadSpec work() {
        return ThreadSpec.thread()
                .workflows(new Workflows(List.of(WORK, TestWorkflows.PURE)))
                .and(input(1).workflow("work"));
    }

    @Test
    void aRunThatIsAtWorkForTooLongTimesOut() {
        ThreadSpec spec = work();
        assertThat(Owed.of(spec.state()).stream().map(Owed::ref)).contains("r1@" + (NOW_MS + 1_000));

        spec.when(timersAt(NOW_MS + 999)).thenNothing();
        spec.when(timersAt(NOW_MS + 1_000)).then("RunTimedOut r1").running("idle");
        spec.when(doneAt(NOW_MS + 1_001, "r1-1", 1, "{}")).then("ActionResultDiscarded r1-1#1: The run is not running");
    }

    @Test
    void timeInWhichItWaitsDoesNotCount() {
        ThreadSpec spec = work().and(doneAt(NOW_MS + 600, "r1-1", 1, "{}"));
        assertThat(Owed.of(spec.state())).as("it waits").isEmpty();
        spec.when(timersAt(NOW_MS + 5_000)).thenNothing();

        spec.and(answerAt(NOW_MS + 10_000, "1"));
        assertThat(Owed.of(spec.state()).stream().map(Owed::ref)).contains("r1@" + (NOW_MS + 10_400));
        spec.when(timersAt(NOW_MS + 10_399)).thenNothing();
        spec.when(timersAt(NOW_MS + 10_400)).then("RunTimedOut r1");
    }

    @Test
    void whatHappensOnTheThreadMeanwhileDoesNotMoveIt() {
        ThreadSpec spec = work().and(input(2).workflow("pure").policy(QUEUE).at(NOW_MS + 300));

        assertThat(Owed.of(spec.state()).stream().map(Owed::ref)).contains("r1@" + (NOW_MS + 1_000));
        spec.when(timersAt(NOW_MS + 1_000));
        assertThat(spec.words()).startsWith("RunTimedOut r1", "InputPromoted r2");
    }

    @Test
    void aCommandThatComesLaterFindsItOverWhetherOrNotItsTimerHasFired() {
        ThreadSpec spec =
                work().when(input(2).workflow("pure").policy(Commands.REJECT).at(NOW_MS + 2_000));

        assertThat(spec.words()).startsWith("RunTimedOut r1").contains("InputAccepted i2 -> r2 START");
    }

    @Test
    void whatItHadNotTakenInFollowsAndWhatItHadLeftToDoCanBeTakenUp() {
        ThreadSpec spec = work().and(input(2).workflow("work").policy(MERGE));
        spec.when(timersAt(NOW_MS + 1_000));
        assertThat(spec.words()).startsWith("RunTimedOut r1", "RunStarted r1' work@1 FOLLOW_UP by i2 main head=3");

        ThreadSpec alone = work().and(timersAt(NOW_MS + 1_000));
        alone.when(carryOn("r2"));
        assertThat(alone.words()).contains("ActionRequested r2 r2-1#1 \"hello 1\"");
    }
}

package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.INTERRUPT;
import static dev.threadwright.thread.Commands.PARALLEL;
import static dev.threadwright.thread.Commands.QUEUE;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.cancelAll;
import static dev.threadwright.thread.Commands.complete;
import static dev.threadwright.thread.Commands.fail;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.queueFor;
import static dev.threadwright.thread.Commands.timersAt;
import static dev.threadwright.thread.ThreadSpec.given;
import static dev.threadwright.thread.ThreadSpec.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Channels;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a state owes to the outside. */
class OwedTest {

    @Test
    void anIdleThreadOwesNothing() {
        assertThat(owed(thread())).isEmpty();
        assertThat(owed(given(input(1).workflow("pure")))).isEmpty();
        assertThat(owed(given(input(1), complete("r1", 1)))).isEmpty();
    }

    @Test
    void everyRunOwesTheActionItWaitsFor() {
        assertThat(Owed.of(given(input(1), input(2).policy(PARALLEL)).state()))
                .isEqualTo(List.of(call("r1", input(1)), call("r2", input(2))));
    }

    private static Owed call(String run, Submit submit) {
        return new Owed.Call(
                new RunId(run),
                new ActionId(run + "-1"),
                1,
                TestWorkflows.ASYNC.ref(),
                "work",
                "worker",
                submit.input().data(),
                Channels.EMPTY,
                true,
                Commands.NOW_MS + 60_000,
                Replay.NONE,
                Awaited.HANDLER);
    }

    @Test
    void theNextSuperStepOwesAnotherAction() {
        assertThat(owed(given(input(1).workflow("three")))).containsExactly("r1-1#1");
        assertThat(owed(given(input(1).workflow("three"), complete("r1", 1)))).containsExactly("r1-2#1");
    }

    @Test
    void aQueuedRunOwesNoActionButTheTimerOfItsTimeToLive() {
        assertThat(owed(given(input(1), input(2).policy(QUEUE)))).containsExactly("r1-1#1");
        assertThat(owed(given(input(1), input(2).policy(queueFor(50))))).containsExactly("r1-1#1", "r2@1050");
        assertThat(owed(given(input(1), input(2).policy(queueFor(50)), complete("r1", 1))))
                .containsExactly("r2-1#1");
        assertThat(owed(given(input(1), input(2).policy(queueFor(50)), timersAt(1_050))))
                .containsExactly("r1-1#1");
    }

    @Test
    void whatWasStartedAndCancelledLeavesNothingOwed() {
        assertThat(owed(given(input(1), input(2).policy(queueFor(50)), cancelAll())))
                .isEmpty();
        assertThat(owed(given(input(1), cancel("r1")))).isEmpty();
        assertThat(owed(given(input(1), input(2).policy(INTERRUPT)))).containsExactly("r2-1#1");
        assertThat(owed(given(input(1), fail("r1", 1, "no")))).isEmpty();
    }

    @Test
    void aDiscardedResultLeavesTheActionOwed() {
        assertThat(owed(given(input(1), complete("r1", 2)))).containsExactly("r1-1#1");
    }

    private static Stream<String> owed(ThreadSpec spec) {
        return Owed.of(spec.state()).stream().map(Owed::ref);
    }
}

package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.NOW_MS;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.complete;
import static dev.threadwright.thread.Commands.doneAt;
import static dev.threadwright.thread.Commands.failed;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.timersAt;
import static dev.threadwright.thread.People.answer;
import static dev.threadwright.thread.People.pause;
import static dev.threadwright.thread.People.steer;
import static dev.threadwright.thread.People.unpause;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.Workflows;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What operators do to runs. */
class PauseAndSteerTest {

    private static ThreadSpec on(Workflow... workflows) {
        return ThreadSpec.thread().workflows(new Workflows(List.of(workflows)));
    }

    @Test
    void anOperatorsPauseLetsWhatIsInFlightEndAndStartsNothingNew() {
        ThreadSpec spec = on(TestWorkflows.THREE).and(input(1).workflow("three"));
        spec.when(pause("r1"))
                .then("RunPaused r1 by ann", "RunInterrupted r1 at 1 by an operator")
                .running("1 paused");
        spec.when(complete("r1", 1))
                .then("ActionSucceeded r1-1#1", "StepCompleted r1 1 first")
                .running("1 paused");
        spec.when(pause("r1")).thenNothing();
        spec.when(unpause("r1"))
                .then("RunUnpaused r1 by ann", "RunResumed r1 leg 2 by ann", "ActionRequested r1 r1-2#1 \"hello 1\"")
                .running("1 active");
        spec.when(unpause("r1")).thenNothing();
        spec.when(pause("r9")).refused("UNKNOWN_RUN: Unknown run r9");
    }

    @Test
    void answersToAPausedRunAreStoredAndRetriesWait() {
        ThreadSpec spec = on(People.BESIDE).and(input(1).workflow("beside"), pause("r1"));
        spec.when(answer("\"fine\"")).then("InterruptResolved r1 \"fine\" by ann");
        spec.when(failed("r1-1", Failure.passing("busy")));
        assertThat(Owed.of(spec.state()))
                .as("a retry that would start something")
                .isEmpty();
        spec.when(timersAt(NOW_MS + 60_000)).thenNothing();
        spec.when(unpause("r1"));
        assertThat(spec.words()).contains("StepCompleted r1 1.1 ask last=\"fine\"");
        spec.when(timersAt(NOW_MS + 60_000)).then("TimerFired r1 1");
        spec.when(doneAt(NOW_MS + 60_001, "r1-1", 2, "{\"log\":\"worked\"}"))
                .state("{\"last\":\"fine\",\"log\":[\"worked\",\"noted\"]}");
    }

    @Test
    void scenario56_exactlyAStartedRunIsSteered() {
        ThreadSpec spec = on(TestWorkflows.THREE).and(input(1).workflow("three"));
        spec.when(steer("r1", 2))
                .then("InputAccepted i2 -> r1 STEER", "RunSteered r1 i2 (1)")
                .outcome("Merged r1");
        spec.when(complete("r1", 1));
        assertThat(spec.words()).contains("InputMerged r1 [i2] log+=\"steered\"");
        spec.when(steer("r7", 3)).refused("UNKNOWN_RUN: Unknown run r7");
        spec.and(cancel("r1")).when(steer("r1", 4)).refused("RUN_ENDED: Run r1 is already cancelled");
    }

    @Test
    void scenario57_aCancellationThatRacesTheEndMakesOneTerminalEvent() {
        on(TestWorkflows.ASYNC)
                .and(input(1), cancel("r1"))
                .when(complete("r1", 1))
                .then("ActionResultDiscarded r1-1#1: The run is not running");
        on(TestWorkflows.ASYNC)
                .and(input(1), complete("r1", 1))
                .when(cancel("r1"))
                .thenNothing();
    }

    @Test
    void whatComesTooLateForTheRunThatItSteersStartsNoOther() {
        ThreadSpec spec = on(TestWorkflows.ASYNC)
                .and(input(1), steer("r1", 2), input(3).log("merged").to("r1"));
        spec.when(complete("r1", 1));

        assertThat(spec.words()).contains("InputExpired i2 of r1");
        assertThat(spec.words()).noneMatch(event -> event.contains("i2") && event.contains("FOLLOW_UP"));
        assertThat(spec.last(Event.RunStarted.class).source().id())
                .as("what follows")
                .isEqualTo("i3");

        ThreadSpec taken = on(TestWorkflows.THREE).and(input(1).workflow("three"), steer("r1", 2), complete("r1", 1));
        taken.when(cancel("r1"));
        assertThat(taken.words()).noneMatch(event -> event.startsWith("InputExpired"));
    }
}

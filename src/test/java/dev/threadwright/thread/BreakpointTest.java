package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.NOW_MS;
import static dev.threadwright.thread.Commands.REJECT;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.timersAt;
import static dev.threadwright.thread.People.after;
import static dev.threadwright.thread.People.before;
import static dev.threadwright.thread.People.edit;
import static dev.threadwright.thread.People.log;
import static dev.threadwright.thread.People.pending;
import static dev.threadwright.thread.People.proceed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.Workflows;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Stops before and after steps, of workflows and of legs. */
class BreakpointTest {

    private static ThreadSpec on(Workflow... workflows) {
        return ThreadSpec.thread().workflows(new Workflows(List.of(workflows)));
    }

    /** a, then b, then c; each logs its name. */
    private static Workflow abc(Breakpoints breakpoints) {
        return People.workflow("abc")
                .start("a")
                .pure("a", log("a"), step -> step.to("b"))
                .pure("b", log("b"), step -> step.to("c"))
                .pure("c", log("c"), step -> step)
                .breakpoints(breakpoints)
                .build();
    }

    private static Submit abc(int number) {
        return input(number).workflow("abc");
    }

    @Test
    void scenario40_aRunStopsBeforeAStepAndContinues() {
        on(abc(before("b")))
                .when(abc(1))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 abc@1 INPUT by i1 main head=0",
                        "StepCompleted r1 1 a log+=\"a\"",
                        "RunInterrupted r1 at 2 before \"b\"")
                .running("1 paused")
                .when(proceed())
                .then(
                        "RunResumed r1 leg 2 by ann",
                        "StepCompleted r1 2 b log+=\"b\"",
                        "StepCompleted r1 3 c log+=\"c\"",
                        "RunCompleted r1 {\"log\":[\"a\",\"b\",\"c\"]}")
                .outcome("Resumed r1 with 0");
    }

    @Test
    void scenario41_anUpdateAtABreakpointIsInTheFinalState() {
        on(abc(before("a")))
                .and(abc(1))
                .when(edit("last", "\"injected\"", false))
                .then("StateUpdated last=\"injected\"")
                .outcome("Applied")
                .running("1 paused")
                .when(proceed())
                .state("{\"last\":\"injected\",\"log\":[\"a\",\"b\",\"c\"]}");
    }

    @Test
    void scenario42_twoBreakpointsInOneSuperStepAreOneStopEach() {
        Workflow beside = People.workflow("beside")
                .start("x", "y")
                .pure("x", log("x"), step -> step)
                .pure("y", log("y"), step -> step)
                .breakpoints(before(Breakpoints.ALL))
                .build();
        ThreadSpec spec = on(beside).and(input(1).workflow("beside"));

        spec.when(proceed()).then("RunResumed r1 leg 2 by ann", "RunInterrupted r1 at 1 before \"y\"");
        spec.when(proceed()).state("{\"log\":[\"x\",\"y\"]}").running("idle");
    }

    @Test
    void scenario43_aRunStopsAfterAStep() {
        ThreadSpec spec = on(abc(after("a"))).and(abc(1));

        assertThat(spec.words()).endsWith("StepCompleted r1 1 a log+=\"a\"", "RunInterrupted r1 at 2 after \"a\"");
        spec.running("1 paused").state("{\"log\":[\"a\"]}");
        spec.when(timersAt(NOW_MS + 1_000)).thenNothing();
        spec.when(proceed()).state("{\"log\":[\"a\",\"b\",\"c\"]}");
    }

    @Test
    void breakpointsOfALegAreThoseOfTheInputOrTheResumeBesidesTheWorkflows() {
        Command first = new Command.SubmitInput(
                ((Command.SubmitInput) abc(1).get()).header(),
                abc(1).input(),
                new RunId("r1"),
                null,
                "abc",
                null,
                null,
                Bounds.at(before("a")));
        ThreadSpec spec = on(abc(Breakpoints.NONE)).and(first);
        assertThat(spec.words()).endsWith("RunInterrupted r1 at 1 before \"a\"");
        spec.when(proceed(after("b")));
        assertThat(spec.words()).endsWith("RunInterrupted r1 at 3 after \"b\"");
        spec.when(proceed()).running("idle");
    }

    @Test
    void continuingWhatIsAtNoBreakpointIsRefusedNamingWhatItWaitsFor() {
        ThreadSpec spec = on(People.APPROVAL).and(input(1).workflow("approval"));
        spec.when(proceed())
                .refused("NOT_WAITING: Run r1 is at no breakpoint; it waits for the answer to " + pending(spec));
    }

    @Test
    void scenario21_aRunThatHasEndedIsNotResumed() {
        on(abc(before("b")))
                .and(abc(1), cancel("r1"))
                .when(proceed())
                .refused("NOT_WAITING: No run of the thread waits for anybody or is paused");
    }

    @Test
    void scenario22_anOrdinaryInputDoesNotResumeWhatIsPaused() {
        on(abc(before("b"))).and(abc(1)).when(abc(2).policy(REJECT)).refused("BUSY: Thread is busy");
        ThreadSpec spec = on(abc(before("b"))).and(abc(1)).when(abc(2));
        assertThat(spec.words()).contains("RunCancelled r1 SUPERSEDED");
    }

    @Test
    void breakpointsAtStepsThatAreNotThereAreRefused() {
        ThreadSpec spec = on(abc(before("b"))).and(abc(1));
        spec.when(proceed(after("d", "b", "e"))).refused("UNKNOWN_STEP: Workflow abc@1 has no step \"d\", \"e\"");
        spec.running("1 paused");
        on(abc(Breakpoints.NONE))
                .when(new Command.SubmitInput(
                        ((Command.SubmitInput) abc(1).get()).header(),
                        abc(1).input(),
                        new RunId("r1"),
                        null,
                        "abc",
                        null,
                        null,
                        Bounds.at(before("z"))))
                .thenNothing()
                .outcome("Invalid: Workflow abc@1 has no step \"z\"");
    }
}

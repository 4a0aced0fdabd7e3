package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.NOW_MS;
import static dev.threadwright.thread.Commands.done;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.People.answer;
import static dev.threadwright.thread.People.before;
import static dev.threadwright.thread.People.edit;
import static dev.threadwright.thread.People.goTo;
import static dev.threadwright.thread.People.goToWith;
import static dev.threadwright.thread.People.into;
import static dev.threadwright.thread.People.log;
import static dev.threadwright.thread.People.pending;
import static dev.threadwright.thread.People.proceed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.Workflows;
import dev.threadwright.workflow.Write;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers, edits and redirections of runs that wait. */
class ResumeTest {

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
    void scenario39_theAnswerIsInTheNextStep() {
        Workflow pay = People.workflow("pay")
                .start("ask")
                .interrupt(
                        "ask",
                        People.approval(),
                        step -> step.result(into("last")).to("pay"))
                .pure(
                        "pay",
                        view -> List.of(
                                new Write("log", Json.array(List.of(view.state().get("last"), view.trigger())))),
                        step -> step)
                .build();
        on(pay).and(input(1).workflow("pay").data(Json.of(42)))
                .when(answer("true"))
                .state("{\"last\":true,\"log\":[true,42]}");
    }

    @Test
    void scenario44_aRunGoesBackwards() {
        on(abc(before("c")))
                .and(abc(1))
                .when(goTo("a"))
                .then(
                        "RunResumed r1 leg 2 by ann",
                        "RunRedirected r1 to [a], dropping [3] now",
                        "StepCompleted r1 4 a log+=\"a\"",
                        "StepCompleted r1 5 b log+=\"b\"",
                        "RunInterrupted r1 at 6 before \"c\"");
    }

    @Test
    void scenario45_unknownStepsAndChannelsAreErrorsAndTheRunStaysPaused() {
        ThreadSpec spec = on(abc(before("b"))).and(abc(1));
        spec.when(goTo("z"))
                .refused("UNKNOWN_STEP: Workflow abc@1 has no step \"z\"")
                .running("1 paused");
        spec.when(edit("nowhere", "1", false))
                .refused("UNKNOWN_CHANNEL: Unknown channel \"nowhere\"")
                .running("1 paused");
        spec.when(proceed()).running("idle");
    }

    @Test
    void scenario46_theSiblingOfWhatAsksIsNotRunAgain() {
        ThreadSpec spec = on(People.BESIDE).and(input(1).workflow("beside"), done("r1-1", "{\"log\":\"worked\"}"));
        spec.running("1 waiting for a user");
        spec.when(answer("\"fine\""))
                .then(
                        "InterruptResolved r1 \"fine\" by ann",
                        "RunResumed r1 leg 2 by ann",
                        "StepCompleted r1 1.1 ask last=\"fine\"",
                        "StepCompleted r1 2 note log+=\"noted\"",
                        "RunCompleted r1 {\"last\":\"fine\",\"log\":[\"worked\",\"noted\"]}");
    }

    @Test
    void scenario74_anUpdateBetweenASiblingsWriteAndTheAnswerLeavesBothInTheState() {
        on(People.BESIDE)
                .and(input(1).workflow("beside"), done("r1-1", "{\"log\":\"worked\"}"))
                .and(edit("log", "\"edited\"", false))
                .when(answer("\"fine\""))
                .state("{\"last\":\"fine\",\"log\":[\"edited\",\"worked\",\"noted\"]}");
    }

    @Test
    void anUpdateMayReplaceWhatAReducerWouldAddTo() {
        on(abc(before("c")))
                .and(abc(1), edit("log", "[\"only\"]", true))
                .when(proceed())
                .state("{\"log\":[\"only\",\"c\"]}");
    }

    @Test
    void scenario75_goingElsewhereExpiresWhatIsPendingAndAStaleCardIsRefused() {
        ThreadSpec spec = on(People.APPROVAL).and(input(1).workflow("approval"));
        InterruptId card = pending(spec);

        spec.when(goTo("note"))
                .then(
                        "RunResumed r1 leg 2 by ann",
                        "InterruptExpired r1 REDIRECTED",
                        "RunRedirected r1 to [note], dropping [1] now",
                        "StepCompleted r1 2 note log+=\"noted\"",
                        "RunCompleted r1 {\"log\":[\"noted\"]}");
        spec.when(answer(card, "true"))
                .refused("INTERRUPT_EXPIRED: Interrupt " + card + " has expired: its run was sent elsewhere");
    }

    @Test
    void withAnAnswerWhatWasAnsweredRunsFirstAndGoesWhereTheRunIsSent() {
        on(People.APPROVAL, abc(Breakpoints.NONE))
                .and(input(1).workflow("approval"))
                .when(goToWith("true", "ask"))
                .then(
                        "InterruptResolved r1 true by ann",
                        "RunResumed r1 leg 2 by ann",
                        "RunRedirected r1 to [ask], dropping []",
                        "StepCompleted r1 1 ask last=true",
                        "InterruptRaised r1 2 ask approval_required {\"amount\":42}",
                        "RunInterrupted r1 at 2 asking 1");
    }

    @Test
    void nothingIsUpdatedOrSentElsewhereWhileWorkIsInFlight() {
        on(People.BESIDE)
                .and(input(1).workflow("beside"))
                .when(goTo("note"))
                .refused(
                        "IN_FLIGHT: Run r1 has work in flight; wait until that ends (a pause keeps more from starting)");
    }

    @Test
    void aFailedResumeChangesNothingAtAll() {
        ThreadSpec spec = on(abc(before("b"))).and(abc(1));
        Command both = new Command.ResumeRun(
                new Command.Header(Commands.THREAD, NOW_MS, new Identity("t", "x"), "x", "run.resume", "ann"),
                null,
                null,
                null,
                List.of(new Command.Edit("last", Json.of(1), false)),
                List.of("nowhere"),
                Json.NULL,
                Event.Pass.ONE,
                Bounds.NONE);
        spec.when(both)
                .refused("UNKNOWN_STEP: Workflow abc@1 has no step \"nowhere\"")
                .state("{\"log\":[\"a\"]}");
    }

    @Test
    void whatRepeatsAnAnswerIsDoneWithAllThatCameWithIt() {
        ThreadSpec spec = on(People.CHAT).and(input(1).workflow("chat"));
        InterruptId first = pending(spec);
        Command together = new Command.ResumeRun(
                new Command.Header(Commands.THREAD, NOW_MS, new Identity("t", "x1"), "x1", "run.resume", "ann"),
                null,
                first,
                Json.of("bob"),
                List.of(new Command.Edit("last", Json.of(1), false)),
                null,
                Json.NULL,
                Event.Pass.NONE,
                Bounds.NONE);
        Command again = new Command.ResumeRun(
                new Command.Header(Commands.THREAD, NOW_MS, new Identity("t", "x2"), "x2", "run.resume", "ann"),
                null,
                first,
                Json.of("bob"),
                List.of(new Command.Edit("last", Json.of(2), false)),
                List.of("first"),
                Json.NULL,
                Event.Pass.NONE,
                Bounds.NONE);
        spec.when(together).outcome("Resumed r1 with 1");
        spec.when(again).thenNothing().outcome("Duplicate of Resumed r1 with 1");
        spec.state("{\"last\":1,\"log\":[\"bob\"]}");
    }

    @Test
    void aBareAnswerClickedTwiceSendsTheRunNowhereElse() {
        ThreadSpec spec = on(People.CHAT).and(input(1).workflow("chat"), goToWith("\"bob\"", "second"));
        InterruptId second = pending(spec);

        spec.when(goToWith("\"bob\"", "second")).thenNothing().outcome("Duplicate of Resumed r1 with 1");
        assertThat(pending(spec)).isEqualTo(second);
    }
}

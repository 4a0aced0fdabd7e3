package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.INTERRUPT;
import static dev.threadwright.thread.Commands.NOW_MS;
import static dev.threadwright.thread.Commands.PARALLEL;
import static dev.threadwright.thread.Commands.QUEUE;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.done;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.timersAt;
import static dev.threadwright.thread.People.BOOLEAN;
import static dev.threadwright.thread.People.allPending;
import static dev.threadwright.thread.People.answer;
import static dev.threadwright.thread.People.answerAt;
import static dev.threadwright.thread.People.answerOf;
import static dev.threadwright.thread.People.pending;
import static dev.threadwright.thread.People.reject;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.Workflows;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Questions to people: asked, answered once, refused, expired. */
class InterruptTest {

    private static ThreadSpec on(Workflow... workflows) {
        return ThreadSpec.thread().workflows(new Workflows(List.of(workflows)));
    }

    private static ThreadSpec approval() {
        return on(People.APPROVAL, TestWorkflows.PURE).and(input(1).workflow("approval"));
    }

    private static ThreadSpec chat() {
        return on(People.CHAT, TestWorkflows.PURE).and(input(1).workflow("chat"));
    }

    @Test
    void anInterruptIsRaisedInTheCommitThatStopsTheRun() {
        ThreadSpec spec = on(People.APPROVAL)
                .when(input(1).workflow("approval"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 approval@1 INPUT by i1 main head=0",
                        "InterruptRaised r1 1 ask approval_required {\"amount\":42}",
                        "RunInterrupted r1 at 1 asking 1")
                .running("1 waiting for a user");

        assertThat(pending(spec).value()).matches("[0-9a-f]{32}");
        assertThat(spec.last(Event.RunInterrupted.class)
                        .interrupts()
                        .getFirst()
                        .prompt()
                        .schema())
                .isEqualTo(BOOLEAN);
    }

    @Test
    void anAnswerReachesTheStepThatAsked() {
        approval()
                .when(answer("true"))
                .then(
                        "InterruptResolved r1 true by ann",
                        "RunResumed r1 leg 2 by ann",
                        "StepCompleted r1 1 ask last=true",
                        "StepCompleted r1 2 note log+=\"noted\"",
                        "RunCompleted r1 {\"last\":true,\"log\":[\"noted\"]}")
                .outcome("Resumed r1 with 1");
    }

    @Test
    void scenario03_freeTextNeverApproves() {
        ThreadSpec spec = approval();
        spec.when(input(2).workflow("pure").data(Json.of("yes")));

        assertThat(spec.words())
                .contains("InterruptExpired r1 SUPERSEDED", "RunCancelled r1 SUPERSEDED")
                .noneMatch(event -> event.startsWith("InterruptResolved"));
    }

    @Test
    void scenario18_aUserInputAnswersTheRunThatStartedLast() {
        on(People.CHAT)
                .and(input(1).workflow("chat"), input(2).workflow("chat").policy(PARALLEL))
                .when(input(3).data(Json.of("bob")))
                .then(
                        "InputAccepted i3 -> r2 RESUME",
                        "InterruptResolved r2 \"bob\" by tester",
                        "RunResumed r2 leg 2 by tester",
                        "StepCompleted r2 1 first log+=\"bob\"",
                        "InterruptRaised r2 2 second human_in_the_loop \"age?\"",
                        "RunInterrupted r2 at 2 asking 1")
                .outcome("Resumed r2 with 1");
    }

    @Test
    void scenario34_anAnswerOfTheWrongShapeIsRefusedAndTheInterruptStaysPending() {
        ThreadSpec spec = approval();
        InterruptId interrupt = pending(spec);

        spec.when(answer("\"sure\""));

        assertThat(spec.words())
                .singleElement()
                .asString()
                .startsWith("InterruptAnswerRejected r1: Interrupt " + interrupt + " takes no such answer: /: ");
        assertThat(pending(spec)).isEqualTo(interrupt);
        spec.when(answer(interrupt, "false")).outcome("Resumed r1 with 1");
    }

    @Test
    void scenario35_theSameAnswerAgainIsTheStoredResultAndAnotherOneAConflict() {
        ThreadSpec spec = chat();
        InterruptId first = pending(spec);
        spec.and(answer(first, "\"bob\""));

        spec.when(answer(first, "\"bob\"")).thenNothing().outcome("Duplicate of Resumed r1 with 1");
        spec.when(answer(first, "\"eve\""))
                .refused("ALREADY_ANSWERED: Interrupt " + first + " was answered otherwise before");
        assertThat(pending(spec)).as("the next one").isNotEqualTo(first);
    }

    @Test
    void scenario36_oneOfTwoIsAnsweredAndTheOtherStays() {
        ThreadSpec spec = on(People.BOTH).and(input(1).workflow("both"));
        List<InterruptId> both = allPending(spec);

        spec.when(answer(both.get(1), "\"B\""))
                .then(
                        "InterruptResolved r1 \"B\" by ann",
                        "RunResumed r1 leg 2 by ann",
                        "StepCompleted r1 1.1 b log+=\"B\"",
                        "RunInterrupted r1 at 1 asking 1");
        assertThat(allPending(spec)).containsExactly(both.getFirst());
        spec.when(answer("\"A\"")).state("{\"log\":[\"A\",\"B\",\"noted\"]}");
    }

    @Test
    void scenario37_aBareAnswerToTwoIsRefusedWithBothIds() {
        ThreadSpec spec = on(People.BOTH).and(input(1).workflow("both"));
        List<InterruptId> both = allPending(spec);

        spec.when(answer("\"?\""))
                .refused("AMBIGUOUS: Run r1 waits for 2 answers; say which interrupt this one is" + " for: "
                        + both.get(0) + ", " + both.get(1));
    }

    @Test
    void severalAreAnsweredAtOnceByTheirIds() {
        ThreadSpec spec = on(People.BOTH).and(input(1).workflow("both"));
        List<InterruptId> both = allPending(spec);

        spec.when(answer("{\"%s\":1,\"%s\":2}".formatted(both.get(1), both.get(0))))
                .outcome("Resumed r1 with 2")
                .state("{\"log\":[2,1,\"noted\"]}");
    }

    @Test
    void scenario38_rejectingCancelsTheRun() {
        ThreadSpec spec = approval();
        InterruptId interrupt = pending(spec);

        spec.when(reject(interrupt))
                .then("InterruptRejected r1 no way by ann", "RunCancelled r1 REJECTED")
                .outcome("Cancelled [r1]")
                .running("idle");
        spec.when(reject(interrupt)).thenNothing();
        spec.when(answer(interrupt, "true"))
                .refused("ALREADY_ANSWERED: Interrupt " + interrupt + " was rejected before");
    }

    @Test
    void scenario58_anUnansweredApprovalHasItsDeclaredOutcome() {
        expiring(Json.FALSE)
                .when(timersAt(NOW_MS + 1_000))
                .then(
                        "InterruptExpired r1 TIME false",
                        "RunResumed r1 leg 2 by system",
                        "StepCompleted r1 1 ask last=false",
                        "RunCompleted r1 {\"last\":false}");
        ThreadSpec failing = expiring(null);
        InterruptId interrupt = pending(failing);
        failing.when(timersAt(NOW_MS + 1_000))
                .then(
                        "InterruptExpired r1 TIME",
                        "StepFailed r1 1 ask: Interrupt %s was not answered in time".formatted(interrupt),
                        "RunFailed r1 at \"ask\": Interrupt %s was not answered in time".formatted(interrupt));
    }

    @Test
    void anAnswerAtItsExpiryIsTooLateEvenIfTheTimerHasNotFired() {
        ThreadSpec spec = expiring(Json.FALSE);
        InterruptId interrupt = pending(spec);

        spec.when(answerAt(NOW_MS + 1_000, interrupt, "true"));

        assertThat(spec.words()).startsWith("InterruptExpired r1 TIME false").contains("RunResumed r1 leg 2 by system");
        assertThat(spec.last(Event.InputRejected.class).message())
                .isEqualTo("Interrupt " + interrupt + " has expired: it was answered too late");
        spec.when(timersAt(NOW_MS + 1_000)).thenNothing();
    }

    @Test
    void scenario71_anAnswerAppendedBeforeTheExpiryIsTaken() {
        expiring(Json.FALSE).when(answerAt(NOW_MS + 999, "true")).state("{\"last\":true}");
    }

    private static ThreadSpec expiring(Json outcome) {
        Workflow workflow = People.workflow("expiring")
                .start("ask")
                .interrupt(
                        "ask",
                        view -> new Prompt(Prompt.APPROVAL_REQUIRED, Json.NULL, BOOLEAN, 1_000L, outcome),
                        step -> step.result(People.into("last")))
                .build();
        return on(workflow).and(input(1).workflow("expiring"));
    }

    @Test
    void scenario63_aFreeAnswerIsTakenWhileASiblingIsAtWork() {
        ThreadSpec spec = on(People.BESIDE).and(input(1).workflow("beside"));

        spec.when(input(2).data(Json.of("fine")))
                .then(
                        "InputAccepted i2 -> r1 RESUME",
                        "InterruptResolved r1 \"fine\" by tester",
                        "StepCompleted r1 1.1 ask last=\"fine\"")
                .running("1 active");
        spec.when(done("r1-1", "{\"log\":\"worked\"}")).state("{\"last\":\"fine\",\"log\":[\"worked\",\"noted\"]}");
    }

    @Test
    void scenario64_anExplicitPolicyIsNoAnswer() {
        ThreadSpec spec = chat();
        spec.when(input(2).workflow("pure").policy(INTERRUPT));

        assertThat(spec.words()).contains("InterruptExpired r1 SUPERSEDED", "RunCancelled r1 SUPERSEDED");
    }

    @Test
    void scenario65_aFreeAnswerThatDoesNotFitLeavesItPending() {
        ThreadSpec spec = chat();
        InterruptId interrupt = pending(spec);

        spec.when(input(2).data(Json.of(7)));

        assertThat(spec.words()).singleElement().asString().startsWith("InterruptAnswerRejected r1");
        assertThat(pending(spec)).isEqualTo(interrupt);
    }

    @Test
    void scenario76_aSecondClickDoesNotAnswerTheNextQuestion() {
        ThreadSpec spec = chat().and(answerAt(NOW_MS, "\"bob\""));
        InterruptId second = pending(spec);

        spec.when(answerAt(NOW_MS + 250, "\"bob\"")).thenNothing().outcome("Duplicate of Resumed r1 with 1");
        assertThat(pending(spec)).isEqualTo(second);
        spec.when(answerAt(NOW_MS + 60_000, "\"bob\"")).outcome("Resumed r1 with 1");
    }

    @Test
    void anAnswerToNobodyIsRefused() {
        ThreadSpec spec = chat();
        InterruptId unknown = new InterruptId("0".repeat(32));
        spec.when(answer(unknown, "1")).refused("UNKNOWN_INTERRUPT: Unknown interrupt " + unknown);
        spec.when(answerOf("r9", "1")).refused("UNKNOWN_RUN: Unknown run r9");
        spec.and(cancel("r1"))
                .when(answer("1"))
                .refused("NOT_WAITING: No run of the thread waits for anybody or is paused");
        spec.when(answerOf("r1", "1")).refused("RUN_ENDED: Run r1 is already cancelled");
        ThreadSpec.thread().when(answer("1")).thenNothing().outcome("Invalid: Thread t1 does not exist");
    }

    @Test
    void aStaleCardIsRefused() {
        ThreadSpec spec = approval();
        InterruptId card = pending(spec);
        spec.and(input(2).workflow("pure"));

        spec.when(answer(card, "true"))
                .refused("INTERRUPT_EXPIRED: Interrupt " + card + " has expired: its run was superseded");
        spec.when(input(3).data(Json.TRUE).answering(card.value()))
                .refused("INTERRUPT_EXPIRED: Interrupt " + card + " has expired: its run was superseded");
    }

    @Test
    void anInputThatNamesTheInterruptAnswersItWhateverItsKind() {
        ThreadSpec spec = approval();

        spec.when(input(2).data(Json.TRUE).answering(pending(spec).value())).outcome("Resumed r1 with 1");
        assertThat(spec.words()).contains("RunCompleted r1 {\"last\":true,\"log\":[\"noted\"]}");
    }

    @Test
    void anInputToARunThatAsksSeveralIsRefusedAndToOneThatAsksNobodyWaitsInItsInbox() {
        Workflow twoHumans = People.workflow("humans")
                .start("a", "b")
                .interrupt("a", human("a?"), step -> step)
                .interrupt("b", human("b?"), step -> step)
                .build();
        ThreadSpec spec = on(twoHumans).and(input(1).workflow("humans"));
        spec.when(input(2).to("r1"));
        assertThat(spec.words()).singleElement().asString().startsWith("InputRejected i2 AMBIGUOUS: Run r1");

        approval().when(input(2).log("more").to("r1")).then("InputAccepted i2 -> r1 ADDRESSED");
    }

    private static dev.threadwright.workflow.Step.Question human(String payload) {
        return view -> Prompt.of(Prompt.HUMAN_IN_THE_LOOP, Json.of(payload), null);
    }

    @Test
    void aThreadMayApproveByItself() {
        ThreadSpec spec = on(People.APPROVAL)
                .and(new Command.UpdateThread(
                        new Command.Header(
                                Commands.THREAD, NOW_MS, new Identity("t", "u"), "u", "thread.update", "ann"),
                        null,
                        null,
                        null,
                        (Json.Obj) JsonText.parse("{\"approval_required\":true,\"question\":7}")));

        spec.when(input(1).workflow("approval")).state("{\"last\":true,\"log\":[\"noted\"]}");
        assertThat(spec.words()).contains("InterruptResolved r1 true by policy");
    }

    @Test
    void whatARunAsksExpiresWithItsFailure() {
        ThreadSpec spec = on(People.BESIDE).and(input(1).workflow("beside"));

        spec.when(Commands.fail("r1", 1, "broken"))
                .then(
                        "ActionFailed r1-1#1: broken",
                        "StepFailed r1 1 work: broken",
                        "InterruptExpired r1 FAILED",
                        "RunFailed r1 at \"work\": broken");
    }

    @Test
    void aQueuedInputWaitsBehindAnApproval() {
        ThreadSpec spec = approval().and(input(2).workflow("pure").policy(QUEUE));
        spec.running("1 waiting for a user, 1 queued");
        spec.when(answer("true"));
        assertThat(spec.words()).contains("InputPromoted r2");
    }

    @Test
    void aSchemaThatIsNoneFailsTheStep() {
        Workflow broken = People.workflow("broken")
                .start("ask")
                .interrupt(
                        "ask",
                        view -> Prompt.of("q", Json.NULL, People.schema("{\"type\":\"nonsense\"}")),
                        step -> step)
                .build();
        ThreadSpec spec = on(broken).and(input(1).workflow("broken"));

        assertThat(spec.words().getLast()).startsWith("RunFailed r1 at \"ask\": The schema of the answer is not valid");
    }

    @Test
    void anInputThatSaysWhatItIsForIsNoAnswer() {
        ThreadSpec spec = chat();
        spec.when(input(2).workflow("pure").data(Json.of("bob")));
        assertThat(spec.words()).contains("RunCancelled r1 SUPERSEDED");
    }

    @Test
    void aQuestionThatIsAskedLateHasItsTimeFromThen() {
        Workflow escalating = People.workflow("escalating")
                .start("clerk")
                .interrupt("clerk", expiresIn(1_000), step -> step.onError("manager"))
                .interrupt("manager", expiresIn(1_000), step -> step)
                .build();
        ThreadSpec spec = on(escalating).and(input(1).workflow("escalating"));

        spec.and(new Command.FireTimers(
                new Command.Header(Commands.THREAD, NOW_MS + 1_000, null, "", "timer", "system"), NOW_MS + 60_000));

        assertThat(spec.last(Event.InterruptRaised.class).interrupt().expiresAtMs())
                .isEqualTo(NOW_MS + 61_000);
        spec.when(answerAt(NOW_MS + 60_500, "true")).outcome("Resumed r1 with 1");
    }

    private static dev.threadwright.workflow.Step.Question expiresIn(long ms) {
        return view -> new Prompt("question", Json.NULL, null, ms, null);
    }
}

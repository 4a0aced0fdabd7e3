package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.INTERRUPT;
import static dev.threadwright.thread.Commands.MERGE;
import static dev.threadwright.thread.Commands.NOW_MS;
import static dev.threadwright.thread.Commands.PARALLEL;
import static dev.threadwright.thread.Commands.PREPEND;
import static dev.threadwright.thread.Commands.QUEUE;
import static dev.threadwright.thread.Commands.QUEUE_BEHIND_ACTIVE;
import static dev.threadwright.thread.Commands.REJECT;
import static dev.threadwright.thread.Commands.ROLLBACK;
import static dev.threadwright.thread.Commands.THREAD;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.cancelAll;
import static dev.threadwright.thread.Commands.complete;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.settings;
import static dev.threadwright.thread.ThreadSpec.given;
import static dev.threadwright.thread.ThreadSpec.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.thread.policy.CustomPolicy;
import dev.threadwright.thread.policy.Judges;
import dev.threadwright.thread.policy.ParallelPolicy;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.RulesPolicy;
import dev.threadwright.thread.policy.Situation;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Workflows;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of one input: scenarios 1, 6, 8, 17, 21, 23, 24, 28 and 29, and the limits. */
class AdmissionTest {

    static Stream<Policy> policies() {
        return Stream.of(
                INTERRUPT,
                PREPEND,
                PARALLEL,
                MERGE,
                REJECT,
                QUEUE,
                QUEUE_BEHIND_ACTIVE,
                ROLLBACK,
                new RulesPolicy(List.of(), REJECT));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void scenario1_onAnIdleThreadEveryPolicyStartsOneRunWhoseIdIsOnTheInput(Policy policy) {
        given(input(1).policy(policy))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 async@1 INPUT by i1 main head=0",
                        "ActionRequested r1 r1-1#1 \"hello 1\"")
                .outcome("Started r1");
    }

    @Test
    void aRunOfOnePureStepOnAnExistingThreadNeedsFourEvents() {
        given(input(1).workflow("pure"))
                .when(input(2).workflow("pure").data(Json.of("hi")))
                .then(
                        "InputAccepted i2 -> r2 START",
                        "RunStarted r2 pure@1 INPUT by i2 main head=5",
                        "StepCompleted r2 1 note last=\"hi\" log+=[\"note\",[]]",
                        "RunCompleted r2 {\"last\":\"hi\",\"log\":[\"note\",[],\"note\",[]]}")
                .outcome("Started r2")
                .running("idle");
    }

    @Test
    void keysOfTheInputThatNameChannelsAreInTheStateWhenTheRunStarts() {
        given(input(1).log("a"), complete("r1", 1))
                .when(input(2).log("b"))
                .then(
                        "InputAccepted i2 -> r2 START",
                        "RunStarted r2 async@1 INPUT by i2 main head=7 log+=\"b\"",
                        "ActionRequested r2 r2-1#1 {\"log\":\"b\"}")
                .state("{\"log\":[\"a\",\"b\"]}");
    }

    @Test
    void theInputsOwnPolicyGoesBeforeTheThreadsAndThatBeforeTheServers() {
        given(input(1), settings(REJECT, null, null))
                .when(input(2))
                .outcome("Rejected BUSY: Thread is busy")
                .when(input(3).policy(QUEUE))
                .outcome("Queued r3");
        thread().policy(QUEUE).and(input(1)).when(input(2)).outcome("Queued r2");
    }

    @Test
    void theInputsOwnWorkflowGoesBeforeTheThreadsAndThatBeforeTheServers() {
        given(input(1).workflow("three"))
                .then(
                        "ThreadCreated",
                        "InputAccepted i1 -> r1 START",
                        "RunStarted r1 three@1 INPUT by i1 main head=0",
                        "ActionRequested r1 r1-1#1 \"hello 1\"");
        ThreadSpec spec = given(settings(null, "pure", null)).when(input(1));
        assertThat(spec.last(Event.RunStarted.class).workflow().name()).isEqualTo("pure");
        spec.when(input(2).workflow("failing"));
        assertThat(spec.last(Event.RunStarted.class).workflow().name()).isEqualTo("failing");
    }

    @Test
    void theDecisionSaysWhy() {
        ThreadSpec spec = given(input(1)).when(input(2).policy(new ParallelPolicy(2)));

        assertThat(spec.last(Event.InputAccepted.class).why())
                .isEqualTo(new Event.Why(Event.DecisionKind.PARALLEL, "parallel(max=2)", null, "1 active", List.of()));
    }

    @Test
    void scenario7_rejectRefusesWhileARunIsUnfinishedAndStartsAfterIt() {
        given(input(1))
                .when(input(2).policy(REJECT))
                .then("InputRejected i2 BUSY: Thread is busy")
                .running("1 active")
                .when(complete("r1", 1))
                .when(input(3).policy(REJECT))
                .outcome("Started r3");
    }

    @Test
    void scenario8_aRefusalIsStoredOnceWithItsReasonAndNeverReachesTheState() {
        ThreadSpec spec = given(input(1).log("a")).when(input(2).log("b").policy(REJECT));

        spec.then("InputRejected i2 BUSY: Thread is busy")
                .outcome("Rejected BUSY: Thread is busy")
                .state("{\"log\":[\"a\"]}");
        assertThat(spec.last(Event.InputRejected.class).why())
                .isEqualTo(new Event.Why(Event.DecisionKind.REJECT, "reject", null, "1 active", List.of()));
        spec.when(input(2).log("b").policy(REJECT)).thenNothing().outcome("Duplicate of Rejected BUSY: Thread is busy");
        spec.when(complete("r1", 1)).state("{\"log\":[\"a\"]}");
    }

    @Test
    void scenario5_parallelRefusesWhatWouldBeOneTooMany() {
        given(input(1), input(2).policy(PARALLEL))
                .when(input(3).policy(new ParallelPolicy(2)))
                .then("InputRejected i3 MAX_PARALLEL_RUNS: Maximum parallel runs (2) reached")
                .when(input(4).policy(new ParallelPolicy(3)))
                .outcome("Started r4");
    }

    @Test
    void scenario6_theLimitOnActiveRunsStandsAboveThePolicy() {
        thread().limits(1, 10)
                .and(input(1))
                .when(input(2).policy(PARALLEL))
                .then("InputRejected i2 MAX_ACTIVE_RUNS: Maximum active runs (1) reached")
                .running("1 active");
        thread().limits(2, 10)
                .and(input(1), input(2).policy(PARALLEL))
                .running("2 active")
                .when(input(3).policy(PARALLEL))
                .outcome("Rejected MAX_ACTIVE_RUNS: Maximum active runs (2) reached");
    }

    @Test
    void theLimitOnActiveRunsDoesNotKeepAnInterruptFromStarting() {
        thread().limits(1, 10)
                .and(input(1))
                .when(input(2).policy(INTERRUPT))
                .outcome("Started r2")
                .when(input(3).policy(ROLLBACK))
                .outcome("Started r3");
    }

    @Test
    void scenario17_rulesDecideByTheirFirstMatchAndElseByOtherwise() {
        Judges judges = new Judges() {
            @Override
            public boolean holds(String condition, Input input, Situation situation) {
                return ((Json.Obj) input.data()).get("urgent") == Json.TRUE;
            }

            @Override
            public Policy choose(String name, Input input, Situation situation) {
                throw new IllegalStateException("not asked");
            }
        };
        Policy rules = new RulesPolicy(List.of(new RulesPolicy.Rule("data.urgent == true", INTERRUPT)), QUEUE);

        ThreadSpec spec = thread().judges(judges).policy(rules).and(input(1).data(Json.object("urgent", Json.FALSE)));
        spec.when(input(2).data(Json.object("urgent", Json.FALSE))).outcome("Queued r2");
        assertThat(spec.last(Event.InputAccepted.class).why().rule()).isEqualTo("otherwise");
        spec.when(input(3).data(Json.object("urgent", Json.TRUE)))
                .outcome("Started r3")
                .running("1 active");
        assertThat(spec.last(Event.InputAccepted.class).why())
                .isEqualTo(new Event.Why(
                        Event.DecisionKind.INTERRUPT_AND_START_NEW,
                        "interrupt",
                        "data.urgent == true",
                        "1 active, 1 queued",
                        List.of()));
        // A text has no field "urgent": the condition fails, does not match, and is recorded.
        spec.when(input(4)).outcome("Queued r4");
        assertThat(spec.last(Event.InputAccepted.class).why().failedConditions())
                .hasSize(1);
    }

    @Test
    void aCustomPolicyThatThrowsRefusesEvenOnANewThread() {
        given(input(1).policy(new CustomPolicy("absent")))
                .then("ThreadCreated", "InputRejected i1 POLICY_FAILED: Policy failed")
                .running("idle");
    }

    @Test
    void scenario21_anInputToARunThatEndedIsRefusedAndSaysHowItEnded() {
        given(input(1), complete("r1", 1))
                .when(input(2).to("r1"))
                .then("InputRejected i2 RUN_ENDED: Run r1 is already completed")
                .outcome("Rejected RUN_ENDED: Run r1 is already completed");
    }

    @Test
    void scenario23_anAddressedInputBelongsToThatRunWhateverThePolicyIs() {
        ThreadSpec spec = given(input(1), input(2).policy(PARALLEL))
                .when(input(3).to("r1").policy(INTERRUPT))
                .then("InputAccepted i3 -> r1 ADDRESSED")
                .outcome("Merged r1")
                .running("2 active");
        assertThat(spec.state().started(new RunId("r1")).inbox()).hasSize(1);
        assertThat(spec.state().started(new RunId("r2")).inbox()).isEmpty();
    }

    @Test
    void scenario24_anInputToAnUnknownRunIsRefusedAndDoesNotFallThrough() {
        given(input(1))
                .when(input(2).to("r9").policy(INTERRUPT))
                .then("InputRejected i2 UNKNOWN_RUN: Unknown run r9")
                .running("1 active");
    }

    @Test
    void anInputToAnUnknownInterruptIsRefusedAndDoesNotFallThrough() {
        given(input(1))
                .when(input(2).answering("abc"))
                .then("InputRejected i2 UNKNOWN_INTERRUPT: Unknown interrupt abc")
                .running("1 active");
    }

    @Test
    void whatIsAddressedOnAThreadThatDoesNotExistIsInvalidAndStoresNothing() {
        thread().when(input(1).to("r1")).thenNothing().outcome("Invalid: Thread t1 does not exist");
        thread().when(input(1).answering("abc")).thenNothing().outcome("Invalid: Thread t1 does not exist");
        thread().when(cancel("r1")).thenNothing().outcome("Invalid: Thread t1 does not exist");
        thread().when(cancelAll()).thenNothing().outcome("Invalid: Thread t1 does not exist");
        thread().when(complete("r1", 1)).thenNothing().outcome("Invalid: Thread t1 does not exist");
    }

    @Test
    void anInputAddressedToAQueuedRunWaitsWithItAndIsTakenInAtItsStart() {
        given(input(1), input(2).policy(QUEUE).log("b"))
                .when(input(3).to("r2").log("c"))
                .then("InputAccepted i3 -> r2 ADDRESSED")
                .outcome("Merged r2")
                .running("1 active, 1 queued")
                .when(complete("r1", 1))
                .state("{\"log\":[\"b\",\"c\"]}");
    }

    @Test
    void scenario28_theSameInputAgainGetsTheFirstOutcomeAndDoesNothing() {
        given(input(1), input(2).policy(QUEUE))
                .when(input(2).policy(QUEUE))
                .thenNothing()
                .outcome("Duplicate of Queued r2")
                .when(input(1))
                .thenNothing()
                .outcome("Duplicate of Started r1");
    }

    @Test
    void scenario28_aDuplicateIsRecognisedAfterItsRunEnded() {
        given(input(1), complete("r1", 1)).when(input(1)).thenNothing().outcome("Duplicate of Started r1");
    }

    @Test
    void scenario29_theSameIdWithOtherContentIsAConflictAndChangesNothing() {
        given(input(1).log("a"))
                .when(input(1).log("b"))
                .then("InputRejected i1 CONFLICT: This id was used before with other content")
                .state("{\"log\":[\"a\"]}")
                .running("1 active")
                .when(input(1).log("a").policy(QUEUE))
                .outcome("Rejected CONFLICT: This id was used before with other content");
    }

    @Test
    void anUnknownWorkflowOnANewThreadIsInvalidAndOnAnExistingOneARefusal() {
        thread().when(input(1).workflow("nope")).thenNothing().outcome("Invalid: Unknown workflow \"nope\"");
        given(input(1))
                .when(input(2).workflow("nope").policy(INTERRUPT))
                .then("InputRejected i2 UNKNOWN_WORKFLOW: Unknown workflow \"nope\"")
                .running("1 active");
    }

    @Test
    void theNewestVersionOfAWorkflowIsStarted() {
        Workflows two =
                new Workflows(List.of(TestWorkflows.ASYNC, TestWorkflows.of("async", 2, TestWorkflows.work("work"))));

        ThreadSpec spec = thread().workflows(two).and(input(1));

        assertThat(spec.last(Event.RunStarted.class).workflow()).hasToString("async@2");
    }

    @Test
    void theInboxIsFullAtItsLimitAndNotBefore() {
        ThreadSpec spec = thread().limits(10, 2)
                .and(input(1), input(2).policy(MERGE), input(3).policy(MERGE))
                .outcome("Merged r1");
        spec.when(input(4).policy(MERGE)).then("InputRejected i4 INBOX_FULL: The inbox of run r1 is full (2)");
        assertThat(spec.last(Event.InputRejected.class).why().decision()).isEqualTo(Event.DecisionKind.REJECT);
        spec.when(input(5).to("r1")).outcome("Rejected INBOX_FULL: The inbox of run r1 is full (2)");
    }

    @Test
    void aQueuedRunsInboxHasTheSameLimit() {
        thread().limits(10, 1)
                .and(input(1), input(2).policy(QUEUE), input(3).to("r2"))
                .outcome("Merged r2")
                .when(input(4).to("r2"))
                .outcome("Rejected INBOX_FULL: The inbox of run r2 is full (1)");
    }

    @Test
    void anUpdateCreatesTheThreadAndKeepsWhatItDoesNotName() {
        given(settings(QUEUE, null, null))
                .then("ThreadCreated", "ThreadUpdated policy=queue(max=100) workflow=- metadata={}")
                .outcome("Applied");
        ThreadSpec spec = given(settings(QUEUE, "pure", Json.object("a", Json.of(1))));
        spec.and(new Command.UpdateThread(header("second"), REJECT, null, null))
                .then("ThreadUpdated policy=reject workflow=pure metadata={\"a\":1}");
        spec.and(new Command.UpdateThread(header("third"), null, "async", Json.object("b", Json.of(2))))
                .then("ThreadUpdated policy=reject workflow=async metadata={\"a\":1,\"b\":2}");
        spec.and(new Command.UpdateThread(header("fourth"), null, null, Json.object("a", Json.NULL)))
                .then("ThreadUpdated policy=reject workflow=async metadata={\"a\":null,\"b\":2}");
    }

    private static Command.Header header(String id) {
        return new Command.Header(THREAD, NOW_MS, new Identity("test", id), id, "thread.update", "tester");
    }
}

package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.MERGE;
import static dev.threadwright.thread.Commands.NOW_MS;
import static dev.threadwright.thread.Commands.QUEUE;
import static dev.threadwright.thread.Commands.REJECT;
import static dev.threadwright.thread.Commands.complete;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.ThreadSpec.given;
import static dev.threadwright.thread.ThreadSpec.thread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Planned;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.WorkflowRef;
import dev.threadwright.workflow.Workflows;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What cannot have happened is refused: a journal that says so is damaged, or another thread's. */
class FoldTest {

    private static final RunId R1 = new RunId("r1");
    private static final RunId R2 = new RunId("r2");
    private static final RunId R9 = new RunId("r9");
    private static final WorkflowRef ASYNC = TestWorkflows.ASYNC.ref();
    private static final ActionId A1 = Commands.action(R1, 1);
    private static final Event.Why WHY = new Event.Why(Event.DecisionKind.START, "reject", null, "idle", List.of());

    private static final InterruptId NONE = new InterruptId("0".repeat(32));
    private static final Stop STOP = new Stop(List.of(), null, true, List.of());

    private record Case(String state, Event event, String message) {}

    /** The states that the cases name. */
    private static final Map<String, ThreadSpec> STATES = Map.ofEntries(
            Map.entry("absent", thread()),
            Map.entry("idle", given(input(1).workflow("pure"))),
            Map.entry("deleted", given(input(1).workflow("pure"), new Event.ThreadDeleted())),
            Map.entry("r1 active", given(input(1))),
            Map.entry(
                    "r1 asks",
                    thread().workflows(new Workflows(List.of(People.APPROVAL))).and(input(1).workflow("approval"))),
            Map.entry("r1 active, i3 merged", given(input(1), input(3).policy(MERGE))),
            Map.entry("r1 active, r2 queued", given(input(1), input(2).policy(QUEUE))),
            Map.entry("i9 accepted", given(input(1), new Event.InputAccepted(input(9).input(), R9, WHY))),
            Map.entry("both at work", given(input(1).workflow("two"))),
            Map.entry("both at work, a done", given(input(1).workflow("two"), complete("r1", 1))),
            Map.entry(
                    "i9 accepted on idle",
                    given(input(1).workflow("pure"), new Event.InputAccepted(input(9).input(), R9, WHY))));

    private static final List<Case> CASES = List.of(
            new Case("idle", new Event.ThreadCreated(), "the thread exists"),
            new Case("absent", new Event.ThreadUpdated(ThreadSettings.NONE), "there is no thread"),
            new Case("absent", new Event.InputAccepted(input(9).input(), R9, WHY), "there is no thread"),
            new Case("i9 accepted", new Event.InputAccepted(input(8).input(), R9, WHY), "has no run"),
            new Case("r1 active", new Event.InputQueued(R9, ASYNC, null, Event.Behind.ACTIVE), "there is no input"),
            new Case("r1 active", new Event.InputPromoted(R1), "the run is not queued"),
            new Case("r1 active", new Event.RunTimedOut(R1), "as long as it likes"),
            new Case("r1 active", new Event.RunTimedOut(R9), "the run is not queued"),
            new Case("r1 active", new Event.InputMerged(R9, List.of(), List.of(), false), "the run is not started"),
            new Case(
                    "r1 active, r2 queued",
                    new Event.InputMerged(R2, List.of(), List.of(), false),
                    "the run is not started"),
            new Case("r1 active, i3 merged", new Event.InputMerged(R1, List.of(), List.of(), false), "the inbox holds"),
            new Case("idle", started(9, true, 5), "there is no input"),
            new Case("i9 accepted", started(9, false, 7), "the head is 3"),
            new Case("i9 accepted", started(9, true, 3), "starts alone"),
            new Case("i9 accepted on idle", started(9, false, 5), "starts alone"),
            new Case("i9 accepted", started(8, false, 3), "its source"),
            new Case("r1 active", completed(R9), "the run is not started"),
            new Case("r1 active", new Event.RunFailed(R9, "", ""), "the run is not started"),
            new Case("r1 active", new Event.RunCancelled(R9, Event.Cause.REQUESTED, false), "the run is not started"),
            new Case("r1 active", new Event.StateRolledBack(R1, 4), "the head is 3"),
            new Case("r1 active", completed(R1), "its tasks have not ended"),
            new Case("r1 active", stepped(R9, "1", "work", List.of()), "the run is not started"),
            new Case("r1 active", stepped(R1, "2", "work", List.of()), "task 2 is not under way"),
            new Case("r1 active", stepped(R1, "1.1", "work", List.of()), "task 1.1 is not under way"),
            new Case("r1 active", stepped(R1, "1/1", "work", List.of()), "task 1/1 is not under way"),
            new Case("r1 active", stepped(R1, "1", "play", List.of()), "the task is at step work"),
            new Case("both at work", stepped(R1, "1", "a", List.of(Planned.ready("a"))), "other tasks"),
            new Case("both at work, a done", stepped(R1, "1", "a", List.of()), "task 1 is not under way"),
            new Case("r1 active", stepFailed(R9, "1"), "the run is not started"),
            new Case("r1 active", stepFailed(R1, "2"), "task 2 is not under way"),
            new Case("r1 active", subgraph(R1, "1"), "task 1 is not due"),
            new Case("r1 active", subgraph(R9, "1"), "the run is not started"),
            new Case("r1 active", new Event.TimerSet(R1, new TaskId("1"), "work", 5), "task 1 is not due"),
            new Case("r1 active", new Event.TimerFired(R1, new TaskId("1")), "the task waits for no time"),
            new Case("r1 active", new Event.TimerFired(R1, new TaskId("2")), "task 2 is not under way"),
            new Case("r1 active", new Event.ActionRetryScheduled(R1, A1, 2, "no", 5), "does not wait"),
            new Case("r1 active", new Event.ActionUncertain(R1, A1, 2, "gone"), "does not wait"),
            new Case("r1 active", new Event.ActionHeld(R1, A1, 2), "does not wait"),
            new Case("r1 active", new Event.ActionReleased(R1, A1, 1, false), "does not wait"),
            new Case("r1 active", new Event.ActionAccepted(R1, A1, 2), "does not wait"),
            new Case("r1 active", new Event.ActionExtended(R1, A1, 2), "does not wait"),
            new Case("r1 active", new Event.ActionRetried(R1, A1, 2), "does not wait"),
            new Case("absent", new Event.StateUpdated(List.of()), "there is no thread"),
            new Case("absent", new Event.StateRestored("c", Channels.EMPTY, null), "there is no thread"),
            new Case("absent", new Event.ThreadForked("t", "c", Channels.EMPTY, null), "there is no thread"),
            new Case("absent", new Event.ThreadDeleted(), "there is no thread"),
            new Case("r1 active", new Event.ThreadDeleted(), "the thread is busy"),
            new Case("i9 accepted on idle", new Event.ThreadDeleted(), "the thread is busy"),
            new Case("deleted", new Event.ThreadCreated(), "the thread exists"),
            new Case("deleted", new Event.ThreadUpdated(ThreadSettings.NONE), "the thread was deleted"),
            new Case("r1 active", branched(), "the thread is busy"),
            new Case("absent", branched(), "there is no thread"),
            new Case("idle", continued(), "there is nothing to continue"),
            new Case("r1 active", requested(R9), "the run is not started"),
            new Case("r1 active", requested(R1), "task 1 is not due"),
            new Case("r1 active", new Event.ActionSucceeded(R9, A1, 1, Json.NULL), "the run is not started"),
            new Case("r1 active", new Event.ActionSucceeded(R1, A1, 2, Json.NULL), "does not wait"),
            new Case("r1 active", new Event.ActionSucceeded(R1, Commands.action(R1, 2), 1, Json.NULL), "does not wait"),
            new Case("r1 active", new Event.ActionFailed(R1, A1, 2, "no"), "does not wait"),
            new Case("r1 active", new Event.ActionDenied(R1, new TaskId("9"), A1, "work", "x"), "is not under way"),
            new Case("r1 active", new Event.ActionResultRecorded(R1, A1, 2, "x", Json.NULL), "does not wait"),
            new Case("r1 active", new Event.InputKept(input(9).input().identity(), R1, false, 5), "there is no input"),
            new Case("r1 active", raised(null), "cannot ask"),
            new Case("r1 active", raised(new ActionId("r1-9")), "cannot ask"),
            new Case("r1 asks", raised(null), "cannot ask"),
            new Case(
                    "r1 active",
                    new Event.InterruptResolved(R1, NONE, Json.NULL, "ann", "http", null, false),
                    "is not pending"),
            new Case("r1 asks", new Event.InterruptRejected(R1, NONE, null, "ann", "http"), "is not pending"),
            new Case("r1 asks", new Event.InterruptExpired(R1, NONE, Event.Expiry.TIME, null), "is not pending"),
            new Case("r1 asks", new Event.InterruptExpired(R9, NONE, Event.Expiry.TIME, null), "not started"),
            new Case("r1 active", new Event.WaitStarted(R1, new TaskId("1"), "work", List.of("*"), null), "is not due"),
            new Case(
                    "r1 active",
                    new Event.WaitSatisfied(
                            R1, new TaskId("1"), input(9).input().identity(), 0),
                    "waits for no event"),
            new Case("r1 active", new Event.RunInterrupted(R9, 1, STOP, List.of(), null), "the run is not started"),
            new Case(
                    "r1 active",
                    new Event.RunResumed(R1, "ann", "http", 3, List.of(), Bounds.NONE, Event.Pass.NONE, null),
                    "the run is in leg 1"),
            new Case("r1 active", new Event.RunPaused(R9, "ann"), "the run is not started"),
            new Case("r1 active", new Event.RunUnpaused(R9, "ann"), "the run is not started"),
            new Case("r1 active", new Event.RunSteered(R9, input(9).input().identity(), 1), "the run is not started"),
            new Case(
                    "both at work",
                    new Event.RunRedirected(
                            R1, List.of("a"), Json.NULL, List.of(), List.of(), List.of(Planned.ready("a"))),
                    "other tasks"),
            new Case("r1 active", new Event.CompactionStarted(R9, "", 1, 1), "the thread is busy"),
            new Case("r1 active", new Event.CompactionCompleted(R9, 1, 1), "the run is not started"));

    private static Event raised(ActionId action) {
        Interrupt interrupt = new Interrupt(NONE, 1, Prompt.of("q", Json.NULL, null), 0);
        return new Event.InterruptRaised(R1, new TaskId("1"), "work", interrupt, action, action == null ? 0 : 1);
    }

    /** These happen in whatever state an existing thread is. */
    private static final Set<Class<?>> ALWAYS_POSSIBLE = Set.of(
            Event.InputRejected.class,
            Event.InputExpired.class,
            Event.ActionResultDiscarded.class,
            Event.InterruptAnswerRejected.class,
            Event.RunRequested.class,
            Event.RunRequestEnded.class);

    @TestFactory
    Stream<DynamicTest> theImpossibleIsRefused() {
        return CASES.stream()
                .map(one -> DynamicTest.dynamicTest(one.state() + " | " + Words.of(one.event()), () -> {
                    ThreadState state = STATES.get(one.state()).state();
                    Recorded recorded = new Recorded(state.seq() + 1, NOW_MS, one.event());
                    assertThatThrownBy(() -> Fold.evolve(state, recorded))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining(one.message());
                }));
    }

    @Test
    void everyEventThatCanBeImpossibleHasACase() {
        Set<Class<?>> covered =
                CASES.stream().map(one -> one.event().getClass()).collect(Collectors.toSet());
        covered.addAll(ALWAYS_POSSIBLE);

        assertThat(covered).containsExactlyInAnyOrder(Event.class.getPermittedSubclasses());
    }

    @Test
    void aGapOrARepetitionInTheSequenceIsRefused() {
        ThreadState state = STATES.get("idle").state();
        Event event = new Event.ThreadUpdated(ThreadSettings.NONE);

        assertThatThrownBy(() -> Fold.evolve(state, new Recorded(state.seq() + 2, NOW_MS, event)))
                .hasMessage("Thread default/t1: event 7 cannot follow 5");
        assertThatThrownBy(() -> Fold.evolve(state, new Recorded(state.seq(), NOW_MS, event)))
                .hasMessage("Thread default/t1: event 5 cannot follow 5");
    }

    @Test
    void whatIsAlwaysPossibleChangesNothingButTheSequenceAndTheTime() {
        ThreadState before = STATES.get("r1 active, r2 queued").state();
        for (Event event : List.of(
                new Event.InputRejected(null, "user.input", Event.Rejection.BUSY, "busy", null),
                new Event.InputExpired(new Identity("test", "i2"), R2, "late"),
                new Event.ActionResultDiscarded(R1, A1, 1, "late"))) {
            ThreadState after = Fold.evolve(before, new Recorded(before.seq() + 1, 2_000, event));

            assertThat(after).isEqualTo(before.at(before.seq() + 1, 2_000));
        }
    }

    @Test
    void theHeadIsTheEventThatMadeTheLastCheckpoint() {
        ThreadSpec spec = given(input(1).log("a"));
        assertThat(spec.state().headSeq()).isEqualTo(3);
        spec.and(input(2).policy(REJECT));
        assertThat(spec.state().headSeq()).isEqualTo(3);
        spec.and(complete("r1", 1, Json.object("last", Json.of(1))));
        assertThat(spec.state().headSeq()).isEqualTo(8);
    }

    @Test
    void aThreadKnowsItsTimesAndItsLatestRun() {
        ThreadState state =
                given(input(1).at(1_000), input(2).policy(QUEUE).at(1_500)).state();

        assertThat(state.createdAtMs()).isEqualTo(1_000);
        assertThat(state.updatedAtMs()).isEqualTo(1_500);
        assertThat(state.latestRun()).isEqualTo(R1);
        assertThat(state.isIdle()).isFalse();
        assertThat(state.started(R1).startedAtMs()).isEqualTo(1_000);
        assertThat(state.queued(R2).admittedAtMs()).isEqualTo(1_500);
        assertThat(state.started(R2)).isNull();
        assertThat(state.queued(R1)).isNull();
    }

    private static Event started(int source, boolean main, long previousHead) {
        return new Event.RunStarted(
                R9,
                ASYNC,
                Event.Start.INPUT,
                input(source).input().identity(),
                main,
                previousHead,
                List.of(new Change("log", Reducer.APPEND, Json.of("x"))),
                false,
                List.of(Planned.ready("work")));
    }

    private static Event completed(RunId run) {
        return new Event.RunCompleted(run, Map.of(), List.of(), List.of(), List.of());
    }

    private static Event stepped(RunId run, String task, String step, List<Planned> next) {
        return new Event.StepCompleted(run, new TaskId(task), step, List.of(), null, List.of(), next);
    }

    private static Event stepFailed(RunId run, String task) {
        return new Event.StepFailed(run, new TaskId(task), "work", "no", null, List.of(), List.of());
    }

    private static Event subgraph(RunId run, String task) {
        return new Event.SubgraphStarted(run, new TaskId(task), ASYNC, Json.NULL, List.of(), List.of());
    }

    private static Event branched() {
        return new Event.StateBranched(null, null, List.of("one"), List.of(), null);
    }

    private static Event continued() {
        return new Event.RunStarted(
                R9, ASYNC, Event.Start.CONTINUE, input(9).input().identity(), true, 5, List.of(), false, List.of());
    }

    private static Event requested(RunId run) {
        return new Event.ActionRequested(run, new TaskId("1"), A1, "work", "worker", Json.NULL, true, 60_000);
    }
}

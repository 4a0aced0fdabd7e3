package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.Batch.OwedChange;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Owed;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.thread.policy.ParallelPolicy;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.workflow.BuiltInWorkflows;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What follows for timers, calls and turns from the states before and after a batch. */
class OwedDifferenceTest {

    private static final ThreadKey T = thread("t");
    private static final int PARTITION = 3;
    private static final long DELAY_TIMEOUT_MS = BuiltInWorkflows.MAX_DELAY_MS + 60_000;

    private final Set<String> held = new HashSet<>();
    private final DecidedThread thread =
            new DecidedThread(T, (tenant, target) -> held.contains(target), ActorWorkflows.ALL);
    private final OwedDifference owed = new OwedDifference();

    @Test
    void aCallThatIsOwedAfterwardsAndWasNotBeforeBegins() {
        ThreadState before = thread.state();
        RunId run = submit("1", 1, null, "delay");
        owed.add(PARTITION, before, thread.state());

        assertThat(owed.changes()).containsExactly(change(true, OwedChange.CALL, call(run), 1 + DELAY_TIMEOUT_MS));
        assertThat(refs(owed.starts())).containsExactly(call(run));
        assertThat(owed.startsHere()).isEqualTo(owed.starts());
        assertThat(owed.stops()).isEmpty();
        assertThat(owed.turns(List.of()).begun()).isEqualTo(owed.starts());
    }

    @Test
    void aCallThatIsOwedNoMoreStops() {
        RunId run = submit("1", 1, null, "delay");
        ThreadState before = thread.state();
        cancel(run);
        owed.add(PARTITION, before, thread.state());

        assertThat(owed.changes()).containsExactly(change(false, OwedChange.CALL, call(run), 1 + DELAY_TIMEOUT_MS));
        assertThat(refs(owed.stops())).containsExactly(call(run));
        assertThat(owed.stopsHere()).isEqualTo(owed.stops());
        assertThat(owed.starts()).isEmpty();
        assertThat(owed.turns(List.of()).over()).isEqualTo(owed.stops());
    }

    @Test
    void whatBeginsAndStopsWithinTheBatchIsNotTold() {
        ThreadState before = thread.state();
        cancel(submit("1", 1, null, "delay"));
        owed.add(PARTITION, before, thread.state());
        submit("2", 2, null, "delay");
        ThreadState running = thread.state();
        cancel(submit("3", 3, ParallelPolicy.DEFAULT, "delay"));
        owed.add(PARTITION, running, thread.state());

        assertThat(owed.changes()).isEmpty();
        assertThat(owed.starts()).isEmpty();
        assertThat(owed.stops()).isEmpty();
        assertThat(owed.turns(List.of()).isEmpty()).isTrue();
    }

    @Test
    void aDeadlineThatMovesChangesItsRowAndNothingElse() {
        RunId run = submit("1", 0, null, "delegate");
        ThreadState before = thread.state();
        thread.decide(new Command.ExtendAction(header(700), run, action(run), 1));
        owed.add(PARTITION, before, thread.state());

        assertThat(owed.changes())
                .containsExactly(
                        change(false, OwedChange.CALL, call(run), ActorWorkflows.TIMEOUT_MS),
                        change(true, OwedChange.CALL, call(run), 700 + ActorWorkflows.TIMEOUT_MS));
        assertThat(owed.starts()).isEmpty();
        assertThat(owed.stops()).isEmpty();
    }

    @Test
    void whatWorkersAreAskedForRunsElsewhere() {
        ThreadState before = thread.state();
        RunId run = submit("1", 0, null, "delegate");
        ThreadState asked = thread.state();
        owed.add(PARTITION, before, asked);
        cancel(run);
        owed.add(PARTITION, asked, thread.state());

        assertThat(refs(owed.starts())).containsExactly(call(run));
        assertThat(refs(owed.stops())).containsExactly(call(run));
        assertThat(owed.startsHere()).isEmpty();
        assertThat(owed.stopsHere()).isEmpty();
    }

    /** A handler may be asking a second time for what is accepted, after a take-over. */
    @Test
    void whatWaitsForACallbackIsToldToStopHere() {
        RunId run = submit("1", 0, null, "delay");
        thread.decide(new Command.AcceptAction(header(1), run, action(run), 1));
        ThreadState before = thread.state();
        cancel(run);
        owed.add(PARTITION, before, thread.state());

        assertThat(refs(owed.stopsHere())).containsExactly(call(run));
    }

    @Test
    void anAttemptThatIsHeldWantsItsTurnAndNoTimeTellsIt() {
        held.add("charge-card");
        ThreadState before = thread.state();
        RunId run = submit("1", 0, null, "delegate");
        ThreadState waiting = thread.state();
        owed.add(PARTITION, before, waiting);

        Turns.Turn turn = new Turns.Turn(PARTITION, T, new Owed.Turn(run, action(run), 1, "charge-card"));
        assertThat(owed.turns(List.of()).wanted()).containsExactly(turn);
        assertThat(owed.turns(List.of()).left()).isEmpty();
        assertThat(owed.starts()).isEmpty();
        assertThat(owed.changes())
                .containsExactly(change(true, OwedChange.CALL, "turn-" + call(run), OwedDifference.NEVER_MS));

        OwedDifference next = new OwedDifference();
        thread.decide(new Command.ReleaseAction(header(5), run, action(run), 1, false));
        next.add(PARTITION, waiting, thread.state());
        assertThat(next.turns(List.of()).left()).containsExactly(turn);
        assertThat(refs(next.turns(List.of()).begun())).containsExactly(call(run));
        assertThat(next.changes())
                .containsExactlyInAnyOrder(
                        change(false, OwedChange.CALL, "turn-" + call(run), OwedDifference.NEVER_MS),
                        change(true, OwedChange.CALL, call(run), 5 + ActorWorkflows.TIMEOUT_MS));
    }

    @Test
    void aTimerIsARowAndNothingElse() {
        submit("1", 1, null, "delay");
        ThreadState before = thread.state();
        RunId queued = submit("2", 2, new QueuePolicy(10, 50L, Event.Behind.UNFINISHED), "echo");
        owed.add(PARTITION, before, thread.state());

        assertThat(owed.changes()).containsExactly(change(true, OwedChange.TIMER, queued + "@52", 52));
        assertThat(owed.turns(List.of()).isEmpty()).isTrue();
    }

    @Test
    void endsOfAttemptsArePassedOn() {
        List<Turns.AttemptEnd> ends = new ArrayList<>();
        ends.add(new Turns.AttemptEnd(T, new ActionId("a"), 1, "target", true));
        assertThat(owed.turns(ends).ends()).isEqualTo(ends);
    }

    private RunId submit(String id, long timeMs, @Nullable Policy policy, String workflow) {
        Command.SubmitInput input = input(T, id, timeMs, policy, workflow);
        thread.decide(input);
        return input.newRun();
    }

    private void cancel(RunId run) {
        thread.decide(new Command.CancelRun(header(9), run, false));
    }

    private static Command.Header header(long timeMs) {
        return new Command.Header(T, timeMs, null, "", "test", "test");
    }

    private static OwedChange change(boolean isOwed, String kind, String ref, long dueAtMs) {
        return new OwedChange(isOwed, PARTITION, T, kind, ref, dueAtMs);
    }

    private static ActionId action(RunId run) {
        return new ActionId(run + "-1");
    }

    private static String call(RunId run) {
        return run + "-1#1";
    }

    private static List<String> refs(List<StepStarter.StepCall> calls) {
        return calls.stream().map(step -> step.call().ref()).toList();
    }
}

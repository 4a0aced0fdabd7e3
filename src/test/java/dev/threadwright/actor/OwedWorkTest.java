package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.JournalDelegate;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.thread.policy.QueuePolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwedWorkTest {

    private static final int PARTITION = 0;
    private static final long NOW_MS = 50;

    private final Set<String> gated = new HashSet<>();
    private final InMemoryJournal memory = new InMemoryJournal();
    private final CommittedBatches batches = new CommittedBatches(
            memory, LoopHarness.decider((tenant, target) -> gated.contains(target), ActorWorkflows.ALL));
    private final LoopHarness.RecordingSteps steps = new LoopHarness.RecordingSteps();
    private final List<Work> works = new ArrayList<>();
    private final OwedWork owed = owedWork(memory, new LoopHarness.RecordingTurns());

    @Test
    void callsOfHandlersAreToRunHere_othersAreUnderWayElsewhere() {
        RunId here = submit("here", "delay");
        RunId worker = submit("worker", "delegate");
        RunId callback = submit("callback", "delay");
        batches.commit(new Command.AcceptAction(header(thread("callback")), callback, action(callback), 1));
        submit("done", "echo");

        OwedWork.Left left = owed.of(PARTITION);
        assertThat(refs(left.calls())).containsExactly(call(here));
        assertThat(left.begun())
                .extracting(Turns.Begun::attempt)
                .containsExactlyInAnyOrder(call(here), call(worker), call(callback));
        assertThat(left.turns()).isEmpty();
    }

    @Test
    void whatNoLimitCountsIsNotListedAsUnderWay() {
        RunId run = submit("here", "delay");
        OwedWork.Left left = owedWork(memory, Turns.NONE).of(PARTITION);
        assertThat(left.begun()).isEmpty();
        assertThat(refs(left.calls())).containsExactly(call(run));
    }

    @Test
    void attemptsThatAreHeldWaitForTheirTurn() {
        gated.add("charge-card");
        RunId run = submit("t", "delegate");
        OwedWork.Left left = owed.of(PARTITION);
        assertThat(left.turns())
                .singleElement()
                .satisfies(turn -> assertThat(turn.owed().ref()).isEqualTo("turn-" + call(run)));
        assertThat(left.calls()).isEmpty();
        assertThat(left.begun()).isEmpty();
        assertThat(owed.turns(PARTITION, 10)).isEqualTo(left.turns());
    }

    @Test
    void itLooksForNoMoreTurnsThanAreAskedFor_byWholePages() {
        gated.add("charge-card");
        Command[] commands = new Command[OwedWork.PAGE + 1];
        for (int i = 0; i < commands.length; i++) {
            commands[i] = input(thread("t" + i), "1", 1, QueuePolicy.DEFAULT, "delegate");
        }
        batches.commit(commands);
        assertThat(owed.turns(PARTITION, 1)).hasSize(OwedWork.PAGE);
        assertThat(owed.turns(PARTITION, OwedWork.PAGE + 1)).hasSize(OwedWork.PAGE + 1);
        assertThat(owed.turns(PARTITION, 0)).isEmpty();
    }

    @Test
    void ofOneThreadItIsThatThreadsAlone() {
        RunId run = submit("t", "delay");
        submit("other", "delay");
        assertThat(refs(owed.of(PARTITION, thread("t")).calls())).containsExactly(call(run));
    }

    @Test
    void aThreadThatCannotBeReadIsLeftOut() {
        ThreadKey damaged = thread("damaged");
        submit("damaged", "delay");
        RunId run = submit("t", "delay");
        Journal journal = new JournalDelegate(memory) {
            @Override
            public Map<ThreadKey, ThreadState> load(Collection<ThreadKey> threads) {
                if (threads.contains(damaged)) {
                    throw unreadable(damaged);
                }
                return super.load(threads);
            }
        };
        assertThat(refs(owedWork(journal, Turns.NONE).of(PARTITION).calls())).containsExactly(call(run));
    }

    @Test
    void whatMayBeDoneAgainIsStarted_andOfTheRestItsThreadIsTold() {
        RunId again = submit("again", "delay");
        RunId once = submit("once", "once");
        RunId running = submit("running", "once");
        steps.running.add(call(running));
        owed.resume(owed.of(PARTITION).calls());

        assertThat(steps.log).containsExactly("start " + call(again));
        assertThat(works)
                .containsExactly(new Work.Decide(
                        PARTITION,
                        new Command.LoseAction(
                                new Command.Header(thread("once"), NOW_MS, null, "", "action.lost", "system"),
                                once,
                                action(once),
                                1),
                        null,
                        false));
    }

    private OwedWork owedWork(Journal journal, Turns turns) {
        return new OwedWork(journal, steps, turns, works::addAll, () -> NOW_MS);
    }

    private RunId submit(String thread, String workflow) {
        Command.SubmitInput input = input(thread(thread), "1", 1, null, workflow);
        batches.commit(input);
        return input.newRun();
    }

    private static Command.Header header(ThreadKey thread) {
        return new Command.Header(thread, 2, null, "", "test", "test");
    }

    private static ActionId action(RunId run) {
        return new ActionId(run + "-1");
    }

    private static String call(RunId run) {
        return run + "-1#1";
    }

    private static List<String> refs(List<StepCall> calls) {
        return calls.stream().map(step -> step.call().ref()).toList();
    }
}

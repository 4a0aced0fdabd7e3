package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.Batch.ActionRow;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Failure;
import dev.threadwright.thread.Gate;
import dev.threadwright.thread.OpenAction;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.BuiltInWorkflows;
import org.junit.jupiter.api.Test;

class ActionRowsTest {

    private static final ThreadKey T = thread("t");

    private final DecidedThread thread = new DecidedThread(T, Gate.OPEN, BuiltInWorkflows.registry());
    private final Command.SubmitInput input = input(T, "1", 1, null, "delay");
    private final ActionId action = new ActionId(input.newRun() + "-1");
    private final ActionRows rows = new ActionRows();

    @Test
    void anActionHasARowAsItIsAfterTheBatch() {
        ThreadState before = thread.state();
        thread.decide(input);
        fail();
        rows.add(before, thread.state());
        assertThat(rows.rows())
                .containsExactly(
                        new ActionRow(T, action, OpenAction.of(thread.state()).get(action)));
        assertThat(rows.rows().getFirst().open().status()).isEqualTo(OpenAction.Status.RETRYING);
    }

    @Test
    void oneThatIsDoneHasNoneAnyMore() {
        thread.decide(input);
        ThreadState before = thread.state();
        cancel();
        rows.add(before, thread.state());
        assertThat(rows.rows()).containsExactly(new ActionRow(T, action, null));
    }

    @Test
    void whatStaysAsItIsIsNotWritten() {
        thread.decide(input);
        rows.add(thread.state(), thread.state());
        assertThat(rows.rows()).isEmpty();
    }

    @Test
    void whatComesAndGoesWithinTheBatchIsNotWritten() {
        ThreadState before = thread.state();
        thread.decide(input);
        cancel();
        rows.add(before, thread.state());
        assertThat(rows.rows()).isEmpty();
    }

    private void fail() {
        thread.decide(new Command.FailAction(header(), input.newRun(), action, 1, Failure.passing("busy")));
    }

    private void cancel() {
        thread.decide(new Command.CancelRun(header(), input.newRun(), false));
    }

    private static Command.Header header() {
        return new Command.Header(T, 2, null, "", "test", "test");
    }
}

package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.thread.Command;
import dev.threadwright.thread.Gate;
import dev.threadwright.thread.Known;
import dev.threadwright.thread.Room;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.thread.policy.ParallelPolicy;
import dev.threadwright.workflow.BuiltInWorkflows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TenantUseTest {

    private static final String ACME = "acme";

    private final List<String> asked = new ArrayList<>();
    private final Quotas quotas = new Quotas() {
        @Override
        public Room room(String tenant) {
            asked.add(tenant);
            return tenant.equals(ACME) ? new Room(2, 3) : Room.UNLIMITED;
        }

        @Override
        public void committed(Map<String, Use> byTenant) {
            throw new AssertionError("nothing is committed here");
        }
    };

    private final TenantUse use = new TenantUse(quotas);
    private final DecidedThread thread = thread("t");

    @Test
    void quotasAreAskedOnceForEachTenant() {
        use.room(ACME);
        submit(thread, "1", "delay");
        use.room(ACME);
        use.room("other");
        use.room("other");
        assertThat(asked).containsExactly(ACME, "other");
    }

    @Test
    void whatTheBatchHasIsNotLeftToIt() {
        assertThat(use.room(ACME)).isEqualTo(new Room(2, 3));
        submit(thread, "1", "delay");
        assertThat(use.room(ACME)).isEqualTo(new Room(1, 2));
        submit(thread, "2", "delay");
        assertThat(use.room(ACME)).isEqualTo(new Room(1, 1));
        assertThat(use.room("other")).isEqualTo(Room.UNLIMITED);
        assertThat(use.byTenant()).containsExactly(Map.entry(ACME, new Quotas.Use(1, 2, 0, 0)));
    }

    @Test
    void whatEndsInTheBatchIsLeftToItAgain() {
        RunId run = submit(thread, "1", "delay");
        decide(thread, new Command.CancelRun(header(thread), run, false));
        assertThat(use.room(ACME)).isEqualTo(new Room(1, 3));
        decide(thread, new Command.DeleteThread(header(thread), null));
        assertThat(use.room(ACME)).isEqualTo(new Room(2, 3));
        assertThat(use.byTenant().get(ACME)).isEqualTo(new Quotas.Use(0, 0, 0, 0));
    }

    @Test
    void moreMayEndThanBegins() {
        RunId run = submit(thread, "1", "delay");
        TenantUse next = new TenantUse(quotas);
        ThreadState before = thread.state();
        next.add(ACME, before, thread.decide(new Command.CancelRun(header(thread), run, false)));
        assertThat(next.room(ACME)).isEqualTo(new Room(2, 4));
    }

    @Test
    void refusalsAreCountedByWhatThereWasNoRoomFor() {
        submit(thread("refused"), "1", "delay", new Room(0, 1));
        submit(thread, "1", "delay");
        submit(thread, "2", "delay", new Room(1, 0));
        submit(thread, "3", "delay", new Room(1, 0));
        assertThat(use.byTenant().get(ACME)).isEqualTo(new Quotas.Use(1, 1, 1, 2));
    }

    @Test
    void whatChangesNothingIsNotTold() {
        decide(thread, new Command.CancelRun(header(thread), new RunId("r"), false));
        assertThat(use.byTenant()).isEmpty();
    }

    private static DecidedThread thread(String name) {
        return new DecidedThread(new ThreadKey(ACME, name), Gate.OPEN, BuiltInWorkflows.registry());
    }

    private RunId submit(DecidedThread to, String id, String workflow) {
        return submit(to, id, workflow, Room.UNLIMITED);
    }

    private RunId submit(DecidedThread to, String id, String workflow, Room room) {
        Command.SubmitInput input = input(to.state().key(), id, 1, ParallelPolicy.DEFAULT, workflow);
        ThreadState before = to.state();
        use.add(ACME, before, to.decide(input, new Known(null, null, null, Map.of(), room)));
        return input.newRun();
    }

    private void decide(DecidedThread on, Command command) {
        ThreadState before = on.state();
        use.add(ACME, before, on.decide(command));
    }

    private static Command.Header header(DecidedThread of) {
        return new Command.Header(of.state().key(), 9, null, "", "test", "test");
    }
}

package dev.threadwright.thread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.thread.policy.InterruptPolicy;
import dev.threadwright.thread.policy.ParallelPolicy;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.workflow.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a tenant's quotas leave is a limit on what begins, and on nothing else. */
class RoomTest {

    private static final ThreadKey THREAD = new ThreadKey("acme", "t");
    private static final Room FULL = new Room(0, 0);

    private final Decider decider = new Decider(
            ThreadSpec.SETTINGS, TestWorkflows.ALL, ThreadSpec.NO_JUDGES, new dev.threadwright.schema.JsonSchemas());

    private ThreadState state = ThreadState.absent(THREAD);
    private int inputs;

    @Test
    void withoutRoomForAThreadNoneComesIntoBeing() {
        assertThat(submit(InterruptPolicy.DEFAULT, new Room(0, 5)))
                .isEqualTo(new Outcome.Invalid(
                        Event.Rejection.QUOTA_THREADS, "The tenant has as many threads as its quota allows"));
        assertThat(state.exists()).isFalse();
        assertThat(submit(InterruptPolicy.DEFAULT, new Room(1, 5))).isInstanceOf(Outcome.Started.class);
    }

    @Test
    void aThreadThatIsThereGoesOn() {
        submit(InterruptPolicy.DEFAULT, Room.UNLIMITED);
        assertThat(submit(ParallelPolicy.DEFAULT, new Room(-3, 1))).isInstanceOf(Outcome.Started.class);
    }

    @Test
    void withoutRoomForARunANewThreadDoesNotComeIntoBeingEither() {
        assertThat(submit(InterruptPolicy.DEFAULT, new Room(1, 0)))
                .isInstanceOfSatisfying(
                        Outcome.Invalid.class,
                        invalid -> assertThat(invalid.reason()).isEqualTo(Event.Rejection.QUOTA_RUNS));
        assertThat(state.exists()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"parallel, 0, false", "parallel, 1, true", "queue, 0, false", "queue, 1, true", "interrupt, 0, true"})
    void aRunTooManyIsRefusedOnItsThreadAndNotOneInPlaceOfAnother(String name, long runs, boolean isTaken) {
        submit(InterruptPolicy.DEFAULT, Room.UNLIMITED);
        Policy policy = switch (name) {
            case "parallel" -> ParallelPolicy.DEFAULT;
            case "queue" -> QueuePolicy.DEFAULT;
            default -> InterruptPolicy.DEFAULT;
        };
        ThreadState before = state;
        Outcome outcome = submit(policy, new Room(0, runs));
        if (isTaken) {
            assertThat(outcome).isNotInstanceOf(Outcome.Rejected.class);
        } else {
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Outcome.Rejected.class,
                            rejected -> assertThat(rejected.reason()).isEqualTo(Event.Rejection.QUOTA_RUNS));
            assertThat(state.seq()).as("which is an event").isEqualTo(before.seq() + 1);
            assertThat(state.unfinished()).isEqualTo(before.unfinished());
        }
    }

    @Test
    void whatEndsOrIsUndoneNeedsNoRoom() {
        submit(InterruptPolicy.DEFAULT, Room.UNLIMITED);
        Command cancel = new Command.CancelAll(header("cancel", "run.cancel"), 2_000, false);
        assertThat(decide(cancel, FULL)).isInstanceOf(Outcome.Cancelled.class);
        assertThat(state.unfinished()).isZero();
        assertThat(decide(new Command.DeleteThread(header("delete", "thread.delete"), null), FULL))
                .isInstanceOf(Outcome.Applied.class);
        assertThat(state.isLive()).isFalse();
    }

    private Outcome submit(Policy policy, Room room) {
        Command.Header header = header("i" + inputs++, "user.input");
        Identity identity = header.identity();
        return decide(
                new Command.SubmitInput(
                        header,
                        new Input(identity, Input.Type.USER_INPUT, null, Json.of(1)),
                        RunIds.of(THREAD, identity, 1_000),
                        policy,
                        null,
                        null,
                        null),
                room);
    }

    private Outcome decide(Command command, Room room) {
        Decision decision = decider.decide(state, command, new Known(null, null, null, Map.of(), room));
        state = decision.after();
        return decision.outcome();
    }

    private static Command.Header header(String id, String type) {
        return new Command.Header(THREAD, 1_000, new Identity("/test", id), "0".repeat(64), type, "test");
    }
}

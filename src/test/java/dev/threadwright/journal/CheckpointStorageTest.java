package dev.threadwright.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.schema.JsonSchemas;
import dev.threadwright.thread.CheckpointWalk;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Decider;
import dev.threadwright.thread.Decision;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.Known;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ServerSettings;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.thread.policy.InterruptPolicy;
import dev.threadwright.thread.policy.Judges;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.Situation;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Workflows;
import dev.threadwright.workflow.Write;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the decision record on checkpoints says: storage per super-step grows with what changed. */
class CheckpointStorageTest {

    private static final ThreadKey T = new ThreadKey("default", "t");
    private static final int STEPS = 10;

    @Test
    void aSuperStepCostsTheSameBesideAMegabyteOfStateAsBesideNone() {
        Decision small = run("");
        Decision large = run("x".repeat(1 << 20));

        int inputs = bytes(large) - bytes(small);
        assertThat(inputs)
                .as("the megabyte is there thrice: in the input, in what it writes, and in what the run ends with")
                .isBetween(3 << 20, (3 << 20) + 100);
        assertThat(checkpoints(large))
                .as("one for each super-step, and two at the start")
                .isEqualTo(STEPS + 2);
        assertThat(bytes(small) / STEPS).as("bytes per super-step").isLessThan(400);
    }

    private static Decision run(String ballast) {
        WorkflowBuilder builder = WorkflowBuilder.workflow("steps", 1)
                .channel("ballast", Reducer.LAST_WRITE_WINS)
                .channel("count", Reducer.SUM)
                .start("s0");
        for (int i = 0; i < STEPS; i++) {
            String next = i + 1 < STEPS ? "s" + (i + 1) : null;
            builder.pure(
                    "s" + i,
                    view -> List.of(new Write("count", Json.of(1))),
                    step -> next == null ? step : step.to(next));
        }
        Workflow workflow = builder.build();
        Decider decider = new Decider(
                new ServerSettings(InterruptPolicy.DEFAULT, "steps", 10, 10),
                new Workflows(List.of(workflow)),
                NOBODY,
                new JsonSchemas());
        Identity identity = new Identity("/test", "1");
        return decider.decide(
                ThreadState.absent(T),
                new Command.SubmitInput(
                        new Command.Header(T, 1_000, identity, "", "user.input", "test"),
                        new Input(identity, Input.Type.USER_INPUT, null, Json.object("ballast", Json.of(ballast))),
                        new RunId("r1"),
                        null,
                        null,
                        null,
                        null),
                Known.NOTHING);
    }

    private static int bytes(Decision decision) {
        return EventCodec.writeAll(decision.events()).getBytes(StandardCharsets.UTF_8).length;
    }

    private static int checkpoints(Decision decision) {
        CheckpointWalk walk = new CheckpointWalk(T, checkpoint -> true, 100);
        decision.events().forEach(walk::add);
        return walk.newest().size();
    }

    private static final Judges NOBODY = new Judges() {
        @Override
        public boolean holds(String condition, Input input, Situation situation) {
            throw new IllegalStateException("no conditions here");
        }

        @Override
        public Policy choose(String name, Input input, Situation situation) {
            throw new IllegalStateException("no custom policies here");
        }
    };
}

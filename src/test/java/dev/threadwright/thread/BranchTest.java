package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.QUEUE;
import static dev.threadwright.thread.Commands.carryOn;
import static dev.threadwright.thread.Commands.done;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.ThreadSpec.given;
import static dev.threadwright.thread.ThreadSpec.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Workflows;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes of a state that also say what is to be done next. */
class BranchTest {

    @Test
    void anUpdateAsAStepLeadsToTheStepsAfterIt() {
        finished()
                .when(update("u", null, as("first", "{\"log\":\"instead\"}")))
                .then("StateBranched as first log+=\"instead\" next [second]")
                .outcome("Applied")
                .when(carryOn("r2"))
                .has("ActionRequested r2 r2-2#1");
    }

    @Test
    void asTheLastStepOrTheEndNothingIsToBeDone() {
        ThreadSpec spec = finished().when(update("u", null, as("note", "{\"last\":1}")));
        assertThat(spec.state().resumable()).isNull();
        spec.when(update("v", null, as("first", "{}")));
        assertThat(spec.state().resumable()).isNotNull();
        spec.when(update("w", null, as("__end__", "{\"last\":2}")));
        assertThat(spec.state().resumable()).isNull();
    }

    @Test
    void asAStepThatChoseWhatFollowsThatIsToBeDone() {
        finished()
                .when(update("u", null, as("first", "{\"log\":\"one\"}", "note")))
                .then("StateBranched as first log+=\"one\" next [note]")
                .when(update("v", null, as("first", "{}", "__end__")))
                .then("StateBranched as first");
    }

    @Test
    void asTheStartItIsAnInput() {
        finished()
                .when(update("u", null, as("__start__", "{\"log\":\"in\"}")))
                .then("StateBranched as __start__ log+=\"in\" next [first]");
    }

    @Test
    void severalStepsOfOneSuperStepLeadOnTogether() {
        given(input(1).workflow("two"), done("r1-1", "{}"), done("r1-1.1", "{}"))
                .when(update("u", null, as("a", "{\"log\":\"a\"}"), as("b", "{\"log\":\"b\"}")))
                .then("StateBranched as a, b log+=\"a\" log+=\"b\" next [note]");
    }

    @Test
    void anUpdateAtACheckpointBranchesOffThere() {
        ThreadSpec spec = finished();
        Checkpoint then = spec.checkpoints().get(2);
        spec.when(update("u", then.id().text(Commands.THREAD), as(null, "{\"last\":\"branched\"}")))
                .state("{\"last\":\"branched\",\"log\":[\"in\",\"one\"]}")
                .outcome("Applied");
        Checkpoint made = spec.checkpoints().getLast();
        assertThat(made.parents()).containsExactly(then.id());
        assertThat(made.next()).containsExactly("second");
        assertThat(made.source()).isEqualTo(Checkpoint.Source.UPDATE);
    }

    @Test
    void whatWaitsIsSuperseded() {
        thread().workflows(new Workflows(List.of(People.APPROVAL)))
                .and(input(1).workflow("approval"))
                .when(update("u", null, as("__end__", "{}")))
                .has("InterruptExpired")
                .has("RunCancelled r1 SUPERSEDED")
                .has("StateBranched as __end__");
    }

    @Test
    void whatCannotBeIsRefusedAndChangesNothing() {
        finished()
                .when(update("u", null, as("fourth", "{}")))
                .outcome("Rejected UNKNOWN_STEP: Workflow three@1 has no step \"fourth\"")
                .when(update("v", null, as("first", "{\"nonsense\":1}")))
                .outcome("Rejected UNKNOWN_CHANNEL: Unknown channel \"nonsense\"")
                .when(update("w", "nonsense", as(null, "{}")))
                .outcome("Rejected UNKNOWN_CHECKPOINT: Unknown checkpoint nonsense")
                .when(update("x", null, as("first", "{}"), as("__end__", "{}")))
                .outcome("Rejected UNKNOWN_STEP: An update as \"__end__\" stands alone")
                .when(update("y", null, as("first", "{}"), as(null, "{}")))
                .outcome("Rejected UNKNOWN_STEP: Of several updates of one super-step, each has to say as which step");
        finished()
                .when(update("u", null, as("first", "{}", "fourth")))
                .outcome("Rejected UNKNOWN_STEP: Workflow three@1 has no step \"fourth\"")
                .when(update("v", null, as(null, "{}", "note")))
                .outcome("Rejected UNKNOWN_STEP: An update that goes somewhere has to say as which step")
                .when(update("w", null, as("__start__", "{}", "note")))
                .outcome("Rejected UNKNOWN_STEP: An update as \"__start__\" goes nowhere else");
        given(input(1)).when(update("z", null, as("work", "{}"))).outcome("Rejected BUSY: Thread is busy");
        thread().when(update("n", null, as("work", "{}"))).outcome("Invalid: Thread t1 does not exist");
    }

    @Test
    void whatIsQueuedKeepsTheStateFromBranching() {
        thread().workflows(new Workflows(List.of(People.APPROVAL)))
                .and(
                        input(1).workflow("approval"),
                        input(2).workflow("approval").policy(QUEUE))
                .when(update("u", null, as("__end__", "{}")))
                .outcome("Rejected BUSY: Thread is busy");
    }

    @Test
    void anUpdateThatNamesNeitherLeavesWhatIsToBeDone() {
        finished().when(update("u", null, as(null, "{\"log\":\"by hand\"}"))).then("StateUpdated log+=\"by hand\"");
    }

    private static ThreadSpec finished() {
        return given(
                input(1).workflow("three").log("in"), done("r1-1", "{\"log\":\"one\"}"), done("r1-2", "{\"last\":2}"));
    }

    static Command.Update as(String step, String values) {
        return new Command.Update(Command.Update.edits(ExistenceTest.json(values)), step);
    }

    private static Command.Update as(String step, String values, String goTo) {
        return new Command.Update(Command.Update.edits(ExistenceTest.json(values)), step, List.of(goTo));
    }

    private static Command update(String id, String checkpoint, Command.Update... updates) {
        return new Command.UpdateState(ExistenceTest.header(id, "state.update"), List.of(updates), checkpoint);
    }
}

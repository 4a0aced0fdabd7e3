package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.QUEUE;
import static dev.threadwright.thread.Commands.complete;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.ThreadSpec.given;
import static dev.threadwright.thread.ThreadSpec.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Workflows;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How threads begin and end, and what is set on them. */
class ExistenceTest {

    private static final SettingsChange NOTHING = SettingsChange.NONE;

    @Test
    void aThreadIsMadeWithWhatIsSetOnIt() {
        SettingsChange settings = new SettingsChange(null, "pure", Json.object("a", Json.of(1)), null, 60L);
        given(create("c", settings, null, false))
                .then("ThreadCreated", "ThreadUpdated policy=- workflow=pure metadata={\"a\":1}")
                .outcome("Applied");
        assertThat(given(create("c", settings, null, false)).state().settings().ttlMinutes())
                .isEqualTo(60);
        given(create("c", NOTHING, null, false)).then("ThreadCreated").outcome("Applied");
    }

    @Test
    void aThreadThatExistsIsNotMadeAgain() {
        given(create("first", NOTHING, null, false))
                .when(create("second", NOTHING, null, false))
                .outcome("Rejected THREAD_EXISTS: Thread t1 exists already")
                .when(create("third", new SettingsChange(QUEUE, null, null, null, null), null, true))
                .then()
                .outcome("Unchanged: Thread t1 exists already");
    }

    @Test
    void aGraphBecomesTheWorkflowIfItIsOne() {
        given(create("c", NOTHING, "pure", false))
                .then("ThreadCreated", "ThreadUpdated policy=- workflow=pure metadata={}");
        given(create("c", NOTHING, "an-assistant", false)).then("ThreadCreated");
        given(create("c", new SettingsChange(null, "nowhere", null, null, null), null, false))
                .then()
                .outcome("Invalid: Unknown workflow \"nowhere\"");
    }

    @Test
    void aThreadBeginsWithTheOutcomeOfSuperSteps() {
        ThreadSpec spec = given(create(
                "c",
                NOTHING,
                "three",
                false,
                List.of(
                        List.of(BranchTest.as("__start__", "{\"log\":\"in\"}")),
                        List.of(BranchTest.as("first", "{\"log\":\"one\"}")))));
        spec.state("{\"log\":[\"in\",\"one\"]}").outcome("Applied");
        assertThat(spec.checkpoints())
                .extracting(Checkpoint::next)
                .containsExactly(List.of("first"), List.of("second"));
    }

    @Test
    void aThreadWhoseSuperStepsAreWrongDoesNotComeIntoBeing() {
        given(create("c", NOTHING, "three", false, List.of(List.of(BranchTest.as("fourth", "{}")))))
                .then()
                .outcome("Invalid: Workflow three@1 has no step \"fourth\"");
    }

    @Test
    void deletingEndsAllThatRunsAndEmptiesTheThread() {
        ThreadSpec spec = given(input(1), input(2).policy(QUEUE))
                .when(delete("d", null))
                .then("RunCancelled r1 REQUESTED", "RunCancelled r2 REQUESTED", "ThreadDeleted")
                .outcome("Cancelled [r1, r2]")
                .state("{}");
        assertThat(spec.state().deleted()).isTrue();
        assertThat(spec.state().settings()).isEqualTo(ThreadSettings.NONE);
        assertThat(spec.state().head()).isNull();
    }

    @Test
    void whatIsAskedExpiresWhenTheThreadIsDeleted() {
        thread().workflows(new Workflows(List.of(People.APPROVAL)))
                .and(input(1).workflow("approval"))
                .when(delete("d", null))
                .has("InterruptExpired")
                .has("ThreadDeleted");
    }

    @Test
    void nothingReachesADeletedThread() {
        ThreadSpec spec = given(input(1), delete("d", null));
        String gone = "Thread t1 was deleted; its id cannot be used again";
        spec.when(input(2)).then().outcome("Invalid: " + gone);
        spec.when(create("again", NOTHING, null, true)).then().outcome("Invalid: " + gone);
        spec.when(delete("twice", null)).then().outcome("Invalid: " + gone);
        spec.when(complete("r1", 1)).then().outcome("Unchanged: " + gone);
        spec.when(delete("d", null)).then().outcome("Duplicate of Cancelled [r1]");
        spec.when(input(1).log("other")).then().outcome("Invalid: This id was used before with other content");
    }

    @Test
    void whatWasIdleForTooLongIsDeletedOnlyIfItStillIs() {
        ThreadSpec spec = given(input(1).workflow("pure"));
        long seq = spec.state().seq();
        spec.when(delete("early", seq - 1)).then().outcome("Unchanged: Something has happened on the thread since");
        spec.when(delete("due", seq)).then("ThreadDeleted").outcome("Applied");
        given(input(1)).when(delete("busy", 4L)).then();
    }

    @Test
    void whatDoesNotExistIsNotDeleted() {
        thread().when(delete("d", null)).then().outcome("Invalid: Thread t1 does not exist");
    }

    private static Command create(String id, SettingsChange settings, String graph, boolean ifAbsent) {
        return create(id, settings, graph, ifAbsent, List.of());
    }

    private static Command create(
            String id, SettingsChange settings, String graph, boolean ifAbsent, List<List<Command.Update>> superSteps) {
        return new Command.CreateThread(header(id, "thread.create"), settings, graph, ifAbsent, superSteps);
    }

    private static Command delete(String id, Long ifSeq) {
        return new Command.DeleteThread(header(id, "thread.delete"), ifSeq);
    }

    static Command.Header header(String id, String type) {
        return new Command.Header(Commands.THREAD, Commands.NOW_MS, new Identity("test", id), id, type, "tester");
    }

    static Json.Obj json(String text) {
        return (Json.Obj) JsonText.parse(text);
    }
}
